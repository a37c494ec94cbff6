ALTER TABLE retail.orders ADD COLUMN points_rate INTEGER DEFAULT 0 NOT NULL;

CREATE TABLE retail.points_accounts (
    member_id BLOB NOT NULL,
    debt INTEGER NOT NULL,
    decisions INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_points_accounts PRIMARY KEY (member_id),
    CONSTRAINT ck_points_accounts_debt CHECK (debt >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.points_entries (
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    number INTEGER NOT NULL,
    units INTEGER NOT NULL,
    out_of TEXT NOT NULL,
    went_to TEXT NOT NULL,
    because TEXT NOT NULL,
    cause_ref TEXT NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_points_entries PRIMARY KEY (member_id, ref, source, number),
    CONSTRAINT ck_points_entries_units CHECK (units >= 1 AND out_of <> went_to AND went_to <> 'outside')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_points_entries_member_id_at ON points_entries (member_id, at);

CREATE TABLE retail.points_lots (
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    amount INTEGER NOT NULL,
    frozen INTEGER NOT NULL,
    free INTEGER NOT NULL,
    locked INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    written INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    available_from INTEGER,
    expires_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_points_lots PRIMARY KEY (member_id, ref, source),
    CONSTRAINT ck_points_lots_counts CHECK (amount >= 1 AND frozen >= 0 AND free >= 0 AND locked >= 0 AND spent >= 0 AND expired >= 0 AND revoked >= 0 AND undone >= 0),
    CONSTRAINT ck_points_lots_amount CHECK (amount = frozen + free + locked + spent + expired + revoked + owed)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_points_lots_expiring ON points_lots (expires_at) WHERE free > 0;

CREATE INDEX retail.ix_points_lots_live ON points_lots (member_id, free, frozen, locked, expires_at) WHERE frozen + free + locked > 0;

CREATE TABLE retail.points_uses (
    order_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    turn INTEGER NOT NULL,
    units INTEGER NOT NULL,
    open INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    back INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_points_uses PRIMARY KEY (order_id, turn),
    CONSTRAINT ck_points_uses_units CHECK (units >= 1 AND open >= 0 AND spent >= 0 AND back >= 0 AND units = open + spent + back)
)
 WITHOUT ROWID,
 STRICT;
