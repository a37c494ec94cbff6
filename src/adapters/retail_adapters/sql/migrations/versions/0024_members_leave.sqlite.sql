ALTER TABLE retail.members ADD COLUMN closed_at INTEGER;

CREATE TABLE retail.erasures (
    member_id BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    step TEXT NOT NULL,
    round INTEGER NOT NULL,
    due_at INTEGER,
    done_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_erasures PRIMARY KEY (member_id),
    CONSTRAINT ck_erasures_done CHECK ((due_at IS NULL) = (done_at IS NOT NULL))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_erasures_due ON erasures (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE retail.trade_records (
    order_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    recipient TEXT NOT NULL,
    phone TEXT NOT NULL,
    region_code TEXT NOT NULL,
    region TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_trade_records PRIMARY KEY (order_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_trade_records_ends_at ON trade_records (ends_at);
