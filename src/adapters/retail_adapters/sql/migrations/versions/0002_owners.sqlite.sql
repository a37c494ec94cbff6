ALTER TABLE retail.order_lines ADD COLUMN member_id BLOB;

ALTER TABLE retail.order_transitions ADD COLUMN member_id BLOB;

ALTER TABLE retail.parcels ADD COLUMN member_id BLOB;

ALTER TABLE retail.reservations ADD COLUMN member_id BLOB;
