ALTER TABLE retail.products ADD COLUMN parameters TEXT DEFAULT '[]' NOT NULL;

ALTER TABLE retail.products ADD COLUMN arrived_at INTEGER;

ALTER TABLE retail.skus ADD COLUMN barcodes TEXT DEFAULT '[]' NOT NULL;

ALTER TABLE retail.skus ADD COLUMN tax_code TEXT;

ALTER TABLE retail.skus ADD COLUMN tax_rate_bp INTEGER;

ALTER TABLE retail.skus ADD COLUMN cost_minor INTEGER;

ALTER TABLE retail.skus ADD COLUMN floor_minor INTEGER;

ALTER TABLE retail.skus ADD COLUMN member_price_minor INTEGER;

ALTER TABLE retail.skus ADD COLUMN basis TEXT;

ALTER TABLE retail.skus ADD COLUMN basis_since TEXT;

CREATE TABLE retail.price_changes (
    sku_id BLOB NOT NULL,
    price_version INTEGER NOT NULL,
    product_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    before_minor INTEGER,
    price_minor INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_price_changes PRIMARY KEY (sku_id, price_version),
    CONSTRAINT ck_price_changes_price CHECK (price_minor >= 1 AND price_version >= 1),
    CONSTRAINT fk_price_changes_sku_id FOREIGN KEY(sku_id) REFERENCES skus (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.sku_barcodes (
    barcode TEXT NOT NULL,
    sku_id BLOB NOT NULL,
    CONSTRAINT pk_sku_barcodes PRIMARY KEY (barcode),
    CONSTRAINT fk_sku_barcodes_sku_id FOREIGN KEY(sku_id) REFERENCES skus (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_sku_barcodes_sku_id ON sku_barcodes (sku_id);
