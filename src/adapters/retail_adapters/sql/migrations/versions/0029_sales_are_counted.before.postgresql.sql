DROP INDEX IF EXISTS retail.new_orders_paid;

CREATE INDEX CONCURRENTLY new_orders_paid ON retail.orders (paid_at) WHERE paid_at IS NOT NULL;
