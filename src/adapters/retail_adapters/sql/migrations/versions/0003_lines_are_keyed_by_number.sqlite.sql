CREATE TABLE retail.order_lines_new (
    order_id BLOB NOT NULL,
    member_id BLOB,
    position INTEGER NOT NULL,
    sku_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    title TEXT NOT NULL,
    options TEXT NOT NULL,
    image_url TEXT,
    quantity INTEGER NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    payable_minor INTEGER NOT NULL,
    freight_minor INTEGER NOT NULL,
    shares TEXT NOT NULL,
    freight_shares TEXT DEFAULT '[]' NOT NULL,
    included_tax_minor INTEGER DEFAULT 0 NOT NULL,
    location_id BLOB,
    limited INTEGER NOT NULL,
    gift INTEGER DEFAULT 0 NOT NULL,
    shipped INTEGER NOT NULL,
    refunded_shipped INTEGER NOT NULL,
    refunded_unshipped INTEGER NOT NULL,
    CONSTRAINT pk_order_lines PRIMARY KEY (order_id, position),
    CONSTRAINT fk_order_lines_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_order_lines_amounts CHECK (quantity >= 1 AND payable_minor >= 0 AND freight_minor >= 0),
    CONSTRAINT ck_order_lines_units CHECK (shipped >= 0 AND refunded_unshipped >= 0 AND shipped + refunded_unshipped <= quantity),
    CONSTRAINT ck_order_lines_refunded CHECK (refunded_shipped >= 0 AND refunded_shipped <= shipped)
)
 WITHOUT ROWID,
 STRICT;

INSERT INTO retail.order_lines_new (
    order_id, member_id, position, sku_id, product_id, title, options, image_url, quantity, unit_price_minor, payable_minor,
    freight_minor, shares, location_id, limited, shipped, refunded_shipped, refunded_unshipped
) SELECT
    order_id, member_id, position, sku_id, product_id, title, options, image_url, quantity, unit_price_minor, payable_minor,
    freight_minor, shares, location_id, limited, shipped, refunded_shipped, refunded_unshipped
FROM retail.order_lines;

DROP TABLE retail.order_lines;

ALTER TABLE retail.order_lines_new RENAME TO retail.order_lines;

CREATE TABLE retail.reservations_new (
    id BLOB NOT NULL,
    member_id BLOB,
    order_id BLOB NOT NULL,
    owner_kind TEXT DEFAULT 'order' NOT NULL,
    line INTEGER DEFAULT 0 NOT NULL,
    sku_id BLOB NOT NULL,
    location_id BLOB NOT NULL,
    quantity INTEGER NOT NULL,
    open INTEGER NOT NULL,
    released INTEGER NOT NULL,
    consumed INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_reservations PRIMARY KEY (order_id, owner_kind, line, sku_id, location_id),
    CONSTRAINT fk_reservations_sku_id_location_id FOREIGN KEY(sku_id, location_id) REFERENCES stock_items (sku_id, location_id),
    CONSTRAINT ck_reservations_units CHECK (quantity >= 1 AND open >= 0 AND released >= 0 AND consumed >= 0),
    CONSTRAINT ck_reservations_sum CHECK (quantity = open + released + consumed)
)
 WITHOUT ROWID,
 STRICT;

INSERT INTO retail.reservations_new (
    id, member_id, order_id, line, sku_id, location_id, quantity, open, released, consumed, state, version
) SELECT
    id, member_id, order_id, line, sku_id, location_id, quantity, open, released, consumed, state, version
FROM retail.reservations;

DROP TABLE retail.reservations;

ALTER TABLE retail.reservations_new RENAME TO retail.reservations;

CREATE UNIQUE INDEX retail.ix_reservations_id ON reservations (id);

CREATE INDEX retail.ix_reservations_open ON reservations (sku_id, location_id) WHERE open > 0;

DROP INDEX retail.uq_payments_applied;

CREATE UNIQUE INDEX retail.uq_payments_applied ON payments (order_id, tender) WHERE money = 'applied' OR state = 'held';
