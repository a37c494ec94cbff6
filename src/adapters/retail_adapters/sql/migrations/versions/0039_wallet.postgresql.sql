CREATE TABLE retail.wallet_accounts (
    member_id UUID NOT NULL,
    decisions BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_wallet_accounts PRIMARY KEY (member_id)
);

CREATE TABLE retail.wallet_entries (
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    number BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    out_of TEXT NOT NULL,
    went_to TEXT NOT NULL,
    because TEXT NOT NULL,
    cause_ref UUID NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_wallet_entries PRIMARY KEY (member_id, ref, whence, number),
    CONSTRAINT ck_wallet_entries_amount CHECK (amount_minor >= 1 AND out_of <> went_to AND went_to <> 'outside')
);

CREATE INDEX ix_wallet_entries_member_id_at ON retail.wallet_entries (member_id, at);

CREATE TABLE retail.wallet_lots (
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    free BIGINT NOT NULL,
    used BIGINT NOT NULL,
    frozen BIGINT NOT NULL,
    paid_out BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    forfeited BIGINT NOT NULL,
    written BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_wallet_lots PRIMARY KEY (member_id, ref, whence),
    CONSTRAINT ck_wallet_lots_counts CHECK (amount_minor >= 1 AND free >= 0 AND used >= 0 AND frozen >= 0 AND paid_out >= 0 AND taken >= 0 AND forfeited >= 0),
    CONSTRAINT ck_wallet_lots_amount CHECK (amount_minor = free + used + frozen + paid_out + taken + forfeited),
    CONSTRAINT ck_wallet_lots_given CHECK (whence <> 'given' OR (frozen = 0 AND paid_out = 0))
);

CREATE INDEX ix_wallet_lots_left ON retail.wallet_lots (member_id) WHERE free + frozen > 0;

CREATE TABLE retail.wallet_uses (
    because TEXT NOT NULL,
    cause_ref UUID NOT NULL,
    turn BIGINT NOT NULL,
    member_id UUID NOT NULL,
    ref TEXT NOT NULL,
    whence TEXT NOT NULL,
    minor BIGINT NOT NULL,
    back BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_wallet_uses PRIMARY KEY (because, cause_ref, turn),
    CONSTRAINT ck_wallet_uses_minor CHECK (minor >= 1 AND back >= 0 AND back <= minor)
);

CREATE TABLE retail.withdrawals (
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    pay_to TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    decided_by_kind TEXT,
    decided_by_ref TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_withdrawals PRIMARY KEY (id),
    CONSTRAINT ck_withdrawals_amount CHECK (amount_minor >= 1),
    CONSTRAINT ck_withdrawals_ended CHECK ((state IN ('requested', 'approved')) = (ended_at IS NULL)),
    CONSTRAINT ck_withdrawals_reference CHECK ((state = 'paid') = (reference <> ''))
);

CREATE INDEX ix_withdrawals_member_id_id ON retail.withdrawals (member_id, id);

CREATE INDEX ix_withdrawals_waiting ON retail.withdrawals (id) WHERE state IN ('requested', 'approved');
