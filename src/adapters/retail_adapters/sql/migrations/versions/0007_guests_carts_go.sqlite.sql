CREATE INDEX retail.ix_carts_guests ON carts (changed_at) WHERE member_id IS NULL;
