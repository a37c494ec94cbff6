CREATE TABLE retail.opening_totals (
    member_id BLOB NOT NULL,
    orders_count INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_opening_totals PRIMARY KEY (member_id),
    CONSTRAINT ck_opening_totals_totals CHECK (orders_count >= 0 AND amount_minor >= 0)
)
 WITHOUT ROWID,
 STRICT;
