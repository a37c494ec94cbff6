ALTER TABLE retail.freight_templates ADD COLUMN coming JSONB;

ALTER TABLE retail.tier_standings ADD COLUMN taken_because TEXT DEFAULT '' NOT NULL;

UPDATE retail.products SET sale_until = NULL WHERE sale_until >= '2200-01-01T00:00:00Z';

UPDATE retail.products SET sale_from = NULL WHERE sale_from < '2000-01-01T00:00:00Z';

UPDATE retail.products SET sale_until = '2000-01-01T00:00:00Z' WHERE sale_until < '2000-01-01T00:00:00Z';

UPDATE retail.products SET sale_from = '2199-12-31T00:00:00Z' WHERE sale_from >= '2200-01-01T00:00:00Z';

UPDATE retail.skus SET basis = NULL, basis_since = NULL WHERE basis_since < '1970-01-01' OR basis_since > '2199-12-31';

UPDATE retail.api_keys SET expires_at = NULL WHERE expires_at >= '2200-01-01T00:00:00Z';
