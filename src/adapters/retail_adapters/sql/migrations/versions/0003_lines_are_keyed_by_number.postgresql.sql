ALTER TABLE retail.order_lines
    DROP CONSTRAINT pk_order_lines,
    ADD CONSTRAINT pk_order_lines PRIMARY KEY USING INDEX new_order_lines_key;

ALTER TABLE retail.reservations
    DROP CONSTRAINT pk_reservations,
    ADD CONSTRAINT pk_reservations PRIMARY KEY USING INDEX new_reservations_key;

DROP INDEX retail.ix_reservations_order_id_sku_id_location_id;

ALTER INDEX retail.new_reservations_id RENAME TO ix_reservations_id;

DROP INDEX retail.uq_payments_applied;

ALTER INDEX retail.new_payments_applied RENAME TO uq_payments_applied;
