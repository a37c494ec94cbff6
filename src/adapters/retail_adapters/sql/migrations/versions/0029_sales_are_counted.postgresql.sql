ALTER INDEX retail.new_orders_paid RENAME TO ix_orders_paid;
