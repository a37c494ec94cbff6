ALTER INDEX retail.new_webhooks_place RENAME TO uq_webhooks_place;

ALTER TABLE retail.webhooks ADD COLUMN failing_since TIMESTAMP WITH TIME ZONE;
