ALTER INDEX retail.new_orders_open RENAME TO uq_orders_open;

ALTER TABLE retail.cart_lines ADD COLUMN wished_in BIGINT;
