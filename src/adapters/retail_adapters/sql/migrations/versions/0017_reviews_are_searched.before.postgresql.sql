DROP INDEX IF EXISTS retail.new_orders_signed;

CREATE INDEX CONCURRENTLY new_orders_signed ON retail.orders (signed_at) WHERE signed_at IS NOT NULL;
