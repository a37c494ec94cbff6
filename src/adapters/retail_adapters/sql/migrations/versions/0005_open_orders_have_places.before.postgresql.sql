ALTER TABLE retail.orders ADD COLUMN IF NOT EXISTS open_slot BIGINT;

DROP INDEX IF EXISTS retail.new_orders_open;

CREATE UNIQUE INDEX CONCURRENTLY new_orders_open ON retail.orders (member_id, open_slot) WHERE status = 'pending_payment';
