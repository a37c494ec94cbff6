ALTER TABLE retail.webhooks ADD COLUMN IF NOT EXISTS place BIGINT;

DROP INDEX IF EXISTS retail.new_webhooks_place;

CREATE UNIQUE INDEX CONCURRENTLY new_webhooks_place ON retail.webhooks (place) WHERE state != 'removed';
