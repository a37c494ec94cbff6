DROP INDEX IF EXISTS retail.new_order_lines_key;

CREATE UNIQUE INDEX CONCURRENTLY new_order_lines_key ON retail.order_lines (order_id, position);

DROP INDEX IF EXISTS retail.new_reservations_key;

CREATE UNIQUE INDEX CONCURRENTLY new_reservations_key ON retail.reservations (order_id, owner_kind, line, sku_id, location_id);

DROP INDEX IF EXISTS retail.new_reservations_id;

CREATE UNIQUE INDEX CONCURRENTLY new_reservations_id ON retail.reservations (id);

DROP INDEX IF EXISTS retail.new_payments_applied;

CREATE UNIQUE INDEX CONCURRENTLY new_payments_applied ON retail.payments (order_id, tender)
WHERE money = 'applied' OR state = 'held';
