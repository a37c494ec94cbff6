ALTER TABLE retail.order_transitions ADD COLUMN before_minor INTEGER;

ALTER TABLE retail.order_transitions ADD COLUMN after_minor INTEGER;

ALTER TABLE retail.orders ADD COLUMN remark TEXT DEFAULT '' NOT NULL;

CREATE TABLE retail.order_memos (
    order_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_order_memos PRIMARY KEY (order_id, number),
    CONSTRAINT fk_order_memos_order_id FOREIGN KEY(order_id) REFERENCES orders (id),
    CONSTRAINT ck_order_memos_number CHECK (number >= 1)
)
 WITHOUT ROWID,
 STRICT;
