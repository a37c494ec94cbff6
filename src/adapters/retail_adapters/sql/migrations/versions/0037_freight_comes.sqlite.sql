ALTER TABLE retail.freight_templates ADD COLUMN coming TEXT;

ALTER TABLE retail.tier_standings ADD COLUMN taken_because TEXT DEFAULT '' NOT NULL;

UPDATE retail.products SET sale_until = NULL WHERE sale_until >= 7258118400000000;

UPDATE retail.products SET sale_from = NULL WHERE sale_from < 946684800000000;

UPDATE retail.products SET sale_until = 946684800000000 WHERE sale_until < 946684800000000;

UPDATE retail.products SET sale_from = 7258032000000000 WHERE sale_from >= 7258118400000000;

UPDATE retail.skus SET basis = NULL, basis_since = NULL WHERE basis_since < '1970-01-01' OR basis_since > '2199-12-31';

UPDATE retail.api_keys SET expires_at = NULL WHERE expires_at >= 7258118400000000;
