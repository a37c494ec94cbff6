CREATE TABLE retail.approvals (
    id BLOB NOT NULL,
    does TEXT NOT NULL,
    wish TEXT NOT NULL,
    about TEXT NOT NULL,
    matter TEXT NOT NULL,
    size INTEGER NOT NULL,
    above INTEGER NOT NULL,
    needs TEXT NOT NULL,
    places TEXT NOT NULL,
    asked_by_kind TEXT NOT NULL,
    asked_by_ref TEXT NOT NULL,
    asked_under TEXT,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    decided_by_kind TEXT,
    decided_by_ref TEXT,
    decided_at INTEGER,
    reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (id),
    CONSTRAINT ck_approvals_decided CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT uq_approvals_asked_under UNIQUE (asked_under)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_approvals_state_id ON approvals (state, id);

CREATE INDEX retail.ix_audit_trail_actor_ref_position ON audit_trail (actor_ref, position);

CREATE INDEX retail.ix_audit_trail_at ON audit_trail (at);
