ALTER TABLE retail.message_settings ADD COLUMN quiet_hours TEXT;
