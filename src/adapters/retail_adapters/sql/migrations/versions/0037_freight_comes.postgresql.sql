ALTER TABLE retail.freight_templates ADD COLUMN coming JSONB;

ALTER TABLE retail.tier_standings ADD COLUMN taken_because TEXT DEFAULT '' NOT NULL;
