CREATE TABLE retail.favourites (
    member_id UUID NOT NULL,
    product_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_favourites PRIMARY KEY (member_id, product_id)
);

CREATE INDEX ix_favourites_product_id ON retail.favourites (product_id);
