ALTER TABLE retail.products ADD COLUMN parameters JSONB DEFAULT '[]' NOT NULL;

ALTER TABLE retail.products ADD COLUMN arrived_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE retail.skus ADD COLUMN barcodes JSONB DEFAULT '[]' NOT NULL;

ALTER TABLE retail.skus ADD COLUMN tax_code TEXT;

ALTER TABLE retail.skus ADD COLUMN tax_rate_bp BIGINT;

ALTER TABLE retail.skus ADD COLUMN cost_minor BIGINT;

ALTER TABLE retail.skus ADD COLUMN floor_minor BIGINT;

ALTER TABLE retail.skus ADD COLUMN member_price_minor BIGINT;

ALTER TABLE retail.skus ADD COLUMN basis TEXT;

ALTER TABLE retail.skus ADD COLUMN basis_since DATE;

CREATE TABLE retail.price_changes (
    sku_id UUID NOT NULL,
    price_version BIGINT NOT NULL,
    product_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    before_minor BIGINT,
    price_minor BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_price_changes PRIMARY KEY (sku_id, price_version),
    CONSTRAINT ck_price_changes_price CHECK (price_minor >= 1 AND price_version >= 1),
    CONSTRAINT fk_price_changes_sku_id FOREIGN KEY(sku_id) REFERENCES retail.skus (id)
);

CREATE TABLE retail.sku_barcodes (
    barcode TEXT NOT NULL,
    sku_id UUID NOT NULL,
    CONSTRAINT pk_sku_barcodes PRIMARY KEY (barcode),
    CONSTRAINT fk_sku_barcodes_sku_id FOREIGN KEY(sku_id) REFERENCES retail.skus (id)
);

CREATE INDEX ix_sku_barcodes_sku_id ON retail.sku_barcodes (sku_id);
