ALTER TABLE retail.orders ADD COLUMN store_id BLOB;

ALTER TABLE retail.orders ADD COLUMN took TEXT DEFAULT '' NOT NULL;

ALTER TABLE retail.orders ADD COLUMN refund_order TEXT DEFAULT '' NOT NULL;

ALTER TABLE retail.orders ADD COLUMN kept_back_minor INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE retail.order_lines ADD COLUMN member_id BLOB;

ALTER TABLE retail.order_transitions ADD COLUMN member_id BLOB;

ALTER TABLE retail.parcels ADD COLUMN member_id BLOB;

ALTER TABLE retail.payments ADD COLUMN tender TEXT DEFAULT 'gateway' NOT NULL;

ALTER TABLE retail.refunds ADD COLUMN tender TEXT DEFAULT 'gateway' NOT NULL;

ALTER TABLE retail.reservations ADD COLUMN member_id BLOB;

ALTER TABLE retail.reservations ADD COLUMN line INTEGER DEFAULT 0 NOT NULL;

CREATE TABLE retail.quotas (
    sku_id BLOB NOT NULL,
    size INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_quotas PRIMARY KEY (sku_id),
    CONSTRAINT ck_quotas_taken CHECK (taken >= 0 AND taken <= size)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.quota_shares (
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    open INTEGER NOT NULL,
    used INTEGER NOT NULL,
    back INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_quota_shares PRIMARY KEY (order_id, line),
    CONSTRAINT fk_quota_shares_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_quota_shares_units CHECK (quantity >= 1 AND open >= 0 AND used >= 0 AND back >= 0),
    CONSTRAINT ck_quota_shares_sum CHECK (quantity = open + used + back)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_quota_shares_sku_id ON quota_shares (sku_id);
