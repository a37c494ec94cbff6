ALTER TABLE retail.freight_templates ADD COLUMN coming TEXT;
