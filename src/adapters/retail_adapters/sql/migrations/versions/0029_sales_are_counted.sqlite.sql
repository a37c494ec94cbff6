CREATE INDEX retail.ix_orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;
