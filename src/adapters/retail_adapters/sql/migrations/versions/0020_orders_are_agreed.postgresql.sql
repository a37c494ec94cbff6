ALTER TABLE retail.order_transitions ADD COLUMN before_minor BIGINT;

ALTER TABLE retail.order_transitions ADD COLUMN after_minor BIGINT;
