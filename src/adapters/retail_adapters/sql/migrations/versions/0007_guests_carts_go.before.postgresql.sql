DROP INDEX IF EXISTS retail.ix_carts_guests;

CREATE INDEX CONCURRENTLY ix_carts_guests ON retail.carts (changed_at) WHERE member_id IS NULL;
