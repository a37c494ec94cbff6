ALTER TABLE retail.events ADD COLUMN IF NOT EXISTS number BIGINT;

DROP INDEX IF EXISTS retail.ix_events_number;

CREATE UNIQUE INDEX CONCURRENTLY ix_events_number ON retail.events (number) WHERE number IS NOT NULL;

DROP INDEX IF EXISTS retail.ix_events_unnumbered;

CREATE INDEX CONCURRENTLY ix_events_unnumbered ON retail.events (position) WHERE number IS NULL;
