CREATE TABLE retail.wallet_accounts (
    member_id BLOB NOT NULL,
    decisions INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_wallet_accounts PRIMARY KEY (member_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.wallet_entries (
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    number INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    out_of TEXT NOT NULL,
    went_to TEXT NOT NULL,
    because TEXT NOT NULL,
    cause_ref BLOB NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_wallet_entries PRIMARY KEY (member_id, ref, whence, number),
    CONSTRAINT ck_wallet_entries_amount CHECK (amount_minor >= 1 AND out_of <> went_to AND went_to <> 'outside')
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_wallet_entries_member_id_at ON wallet_entries (member_id, at);

CREATE TABLE retail.wallet_lots (
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    free INTEGER NOT NULL,
    used INTEGER NOT NULL,
    frozen INTEGER NOT NULL,
    paid_out INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    forfeited INTEGER NOT NULL,
    written INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_wallet_lots PRIMARY KEY (member_id, ref, whence),
    CONSTRAINT ck_wallet_lots_counts CHECK (amount_minor >= 1 AND free >= 0 AND used >= 0 AND frozen >= 0 AND paid_out >= 0 AND taken >= 0 AND forfeited >= 0),
    CONSTRAINT ck_wallet_lots_amount CHECK (amount_minor = free + used + frozen + paid_out + taken + forfeited),
    CONSTRAINT ck_wallet_lots_given CHECK (whence <> 'given' OR (frozen = 0 AND paid_out = 0))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_wallet_lots_left ON wallet_lots (member_id) WHERE free + frozen > 0;

CREATE TABLE retail.wallet_uses (
    because TEXT NOT NULL,
    cause_ref BLOB NOT NULL,
    turn INTEGER NOT NULL,
    member_id BLOB NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    minor INTEGER NOT NULL,
    back INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_wallet_uses PRIMARY KEY (because, cause_ref, turn),
    CONSTRAINT ck_wallet_uses_minor CHECK (minor >= 1 AND back >= 0 AND back <= minor)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.withdrawals (
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    pay_to TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by_kind TEXT,
    decided_by_ref TEXT,
    ended_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_withdrawals PRIMARY KEY (id),
    CONSTRAINT ck_withdrawals_amount CHECK (amount_minor >= 1),
    CONSTRAINT ck_withdrawals_ended CHECK ((state IN ('requested', 'approved')) = (ended_at IS NULL)),
    CONSTRAINT ck_withdrawals_reference CHECK ((state = 'paid') = (reference <> ''))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_withdrawals_member_id_id ON withdrawals (member_id, id);

CREATE INDEX retail.ix_withdrawals_waiting ON withdrawals (id) WHERE state IN ('requested', 'approved');
