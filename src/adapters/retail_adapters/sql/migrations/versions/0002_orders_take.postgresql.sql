ALTER TABLE retail.orders
    ADD COLUMN store_id UUID,
    ADD COLUMN took TEXT DEFAULT '' NOT NULL,
    ADD COLUMN refund_order TEXT DEFAULT '' NOT NULL,
    ADD COLUMN kept_back_minor BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE retail.order_lines
    ADD COLUMN member_id UUID,
    ADD COLUMN freight_shares JSONB DEFAULT '[]' NOT NULL,
    ADD COLUMN included_tax_minor BIGINT DEFAULT 0 NOT NULL,
    ADD COLUMN gift BOOLEAN DEFAULT false NOT NULL,
    ALTER COLUMN location_id DROP NOT NULL;

ALTER TABLE retail.order_transitions ADD COLUMN member_id UUID;

ALTER TABLE retail.parcels ADD COLUMN member_id UUID;

ALTER TABLE retail.payments ADD COLUMN tender TEXT DEFAULT 'gateway' NOT NULL;

ALTER TABLE retail.refunds ADD COLUMN tender TEXT DEFAULT 'gateway' NOT NULL;

ALTER TABLE retail.reservations
    ADD COLUMN member_id UUID,
    ADD COLUMN owner_kind TEXT DEFAULT 'order' NOT NULL,
    ADD COLUMN line BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE retail.quotas (
    sku_id UUID NOT NULL,
    size BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    edition BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_quotas PRIMARY KEY (sku_id),
    CONSTRAINT ck_quotas_taken CHECK (taken >= 0 AND taken <= size)
);

CREATE TABLE retail.quota_shares (
    order_id UUID NOT NULL,
    line BIGINT NOT NULL,
    sku_id UUID NOT NULL,
    member_id UUID NOT NULL,
    quantity BIGINT NOT NULL,
    open BIGINT NOT NULL,
    used BIGINT NOT NULL,
    back BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_quota_shares PRIMARY KEY (order_id, line),
    CONSTRAINT fk_quota_shares_order_id FOREIGN KEY(order_id) REFERENCES retail.orders (id),
    CONSTRAINT ck_quota_shares_units CHECK (quantity >= 1 AND open >= 0 AND used >= 0 AND back >= 0),
    CONSTRAINT ck_quota_shares_sum CHECK (quantity = open + used + back)
);

CREATE INDEX ix_quota_shares_sku_id ON retail.quota_shares (sku_id);
