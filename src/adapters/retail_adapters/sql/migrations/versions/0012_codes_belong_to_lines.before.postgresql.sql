ALTER TABLE retail.challenges ADD COLUMN IF NOT EXISTS line TEXT DEFAULT '' NOT NULL;

DROP INDEX IF EXISTS retail.new_challenges_open;

CREATE UNIQUE INDEX CONCURRENTLY new_challenges_open ON retail.challenges (purpose, phone, line) WHERE status = 'open';
