ALTER TABLE retail.challenges ADD COLUMN line TEXT DEFAULT '' NOT NULL;

DROP INDEX retail.uq_challenges_open;

CREATE UNIQUE INDEX retail.uq_challenges_open ON challenges (purpose, phone, line) WHERE status = 'open';
