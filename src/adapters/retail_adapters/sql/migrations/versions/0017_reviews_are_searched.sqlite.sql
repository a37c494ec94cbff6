CREATE INDEX retail.ix_orders_signed ON orders (signed_at) WHERE signed_at IS NOT NULL;

ALTER TABLE retail.reviews ADD COLUMN words TEXT;
