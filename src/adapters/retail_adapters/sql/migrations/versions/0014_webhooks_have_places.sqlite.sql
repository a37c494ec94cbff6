ALTER TABLE retail.webhooks ADD COLUMN place INTEGER;

ALTER TABLE retail.webhooks ADD COLUMN failing_since INTEGER;

CREATE UNIQUE INDEX retail.uq_webhooks_place ON webhooks (place) WHERE state != 'removed';
