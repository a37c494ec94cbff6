ALTER TABLE retail.events ADD COLUMN number INTEGER;

CREATE UNIQUE INDEX retail.ix_events_number ON events (number) WHERE number IS NOT NULL;

CREATE INDEX retail.ix_events_unnumbered ON events (position) WHERE number IS NOT NULL;
