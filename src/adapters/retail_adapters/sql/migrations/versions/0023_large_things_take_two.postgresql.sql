CREATE TABLE retail.approvals (
    id UUID NOT NULL,
    does TEXT NOT NULL,
    wish TEXT NOT NULL,
    about TEXT NOT NULL,
    matter TEXT NOT NULL,
    size BIGINT NOT NULL,
    above BIGINT NOT NULL,
    needs TEXT NOT NULL,
    places TEXT NOT NULL,
    asked_by_kind TEXT NOT NULL,
    asked_by_ref TEXT NOT NULL,
    asked_under TEXT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    decided_by_kind TEXT,
    decided_by_ref TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (id),
    CONSTRAINT ck_approvals_decided CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT uq_approvals_asked_under UNIQUE (asked_under)
);

CREATE INDEX ix_approvals_state_id ON retail.approvals (state, id);

CREATE INDEX ix_audit_trail_actor_ref_position ON retail.audit_trail (actor_ref, position);

CREATE INDEX ix_audit_trail_at ON retail.audit_trail (at);
