ALTER TABLE retail.orders ADD COLUMN open_slot INTEGER;

CREATE UNIQUE INDEX retail.uq_orders_open ON orders (member_id, open_slot) WHERE status = 'pending_payment';

ALTER TABLE retail.cart_lines ADD COLUMN wished_in INTEGER;
