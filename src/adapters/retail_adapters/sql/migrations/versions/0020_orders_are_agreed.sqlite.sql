ALTER TABLE retail.order_transitions ADD COLUMN before_minor INTEGER;

ALTER TABLE retail.order_transitions ADD COLUMN after_minor INTEGER;
