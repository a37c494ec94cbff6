CREATE TABLE retail.product_sales (
    id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    units INTEGER NOT NULL,
    CONSTRAINT pk_product_sales PRIMARY KEY (id)
)
 WITHOUT ROWID,
 STRICT;
