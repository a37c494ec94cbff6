ALTER TABLE retail.order_transitions ADD COLUMN before_minor BIGINT;

ALTER TABLE retail.order_transitions ADD COLUMN after_minor BIGINT;

ALTER TABLE retail.orders ADD COLUMN remark TEXT DEFAULT '' NOT NULL;

CREATE TABLE retail.order_memos (
    order_id UUID NOT NULL,
    member_id UUID NOT NULL,
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_order_memos PRIMARY KEY (order_id, number),
    CONSTRAINT fk_order_memos_order_id FOREIGN KEY(order_id) REFERENCES retail.orders (id),
    CONSTRAINT ck_order_memos_number CHECK (number >= 1)
);
