ALTER TABLE retail.freight_templates ADD COLUMN coming TEXT;

ALTER TABLE retail.tier_standings ADD COLUMN taken_because TEXT DEFAULT '' NOT NULL;
