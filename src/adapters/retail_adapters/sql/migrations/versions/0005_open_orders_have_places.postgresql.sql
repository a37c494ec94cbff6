ALTER INDEX retail.new_orders_open RENAME TO uq_orders_open;
