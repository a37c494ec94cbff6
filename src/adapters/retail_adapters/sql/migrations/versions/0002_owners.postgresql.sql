ALTER TABLE retail.order_lines ADD COLUMN member_id UUID;

ALTER TABLE retail.order_transitions ADD COLUMN member_id UUID;

ALTER TABLE retail.parcels ADD COLUMN member_id UUID;

ALTER TABLE retail.reservations ADD COLUMN member_id UUID;
