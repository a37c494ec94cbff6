ALTER TABLE retail.orders ADD COLUMN points_rate BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE retail.points_accounts (
    member_id UUID NOT NULL,
    debt BIGINT NOT NULL,
    decisions BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_points_accounts PRIMARY KEY (member_id),
    CONSTRAINT ck_points_accounts_debt CHECK (debt >= 0)
);

CREATE TABLE retail.points_entries (
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    number BIGINT NOT NULL,
    units BIGINT NOT NULL,
    out_of TEXT NOT NULL,
    went_to TEXT NOT NULL,
    because TEXT NOT NULL,
    cause_ref TEXT NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_points_entries PRIMARY KEY (member_id, ref, source, number),
    CONSTRAINT ck_points_entries_units CHECK (units >= 1 AND out_of <> went_to AND went_to <> 'outside')
);

CREATE INDEX ix_points_entries_member_id_at ON retail.points_entries (member_id, at);

CREATE TABLE retail.points_lots (
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    amount BIGINT NOT NULL,
    frozen BIGINT NOT NULL,
    free BIGINT NOT NULL,
    locked BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    owed BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    written BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    available_from TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_points_lots PRIMARY KEY (member_id, ref, source),
    CONSTRAINT ck_points_lots_counts CHECK (amount >= 1 AND frozen >= 0 AND free >= 0 AND locked >= 0 AND spent >= 0 AND expired >= 0 AND revoked >= 0 AND undone >= 0),
    CONSTRAINT ck_points_lots_amount CHECK (amount = frozen + free + locked + spent + expired + revoked + owed)
);

CREATE INDEX ix_points_lots_expiring ON retail.points_lots (expires_at) WHERE free > 0;

CREATE INDEX ix_points_lots_live ON retail.points_lots (member_id, free, frozen, locked, expires_at) WHERE frozen + free + locked > 0;

CREATE TABLE retail.points_uses (
    order_id UUID NOT NULL,
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    source TEXT NOT NULL,
    turn BIGINT NOT NULL,
    units BIGINT NOT NULL,
    open BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    back BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_points_uses PRIMARY KEY (order_id, turn),
    CONSTRAINT ck_points_uses_units CHECK (units >= 1 AND open >= 0 AND spent >= 0 AND back >= 0 AND units = open + spent + back)
);
