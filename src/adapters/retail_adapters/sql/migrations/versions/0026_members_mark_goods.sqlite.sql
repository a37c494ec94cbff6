CREATE TABLE retail.favourites (
    member_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_favourites PRIMARY KEY (member_id, product_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_favourites_product_id ON favourites (product_id);
