ALTER INDEX retail.new_orders_signed RENAME TO ix_orders_signed;

ALTER TABLE retail.reviews ADD COLUMN words TEXT;
