CREATE TABLE retail.product_sales (
    id UUID NOT NULL,
    product_id UUID NOT NULL,
    units BIGINT NOT NULL,
    CONSTRAINT pk_product_sales PRIMARY KEY (id)
);
