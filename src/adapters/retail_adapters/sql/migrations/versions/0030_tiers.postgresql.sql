CREATE TABLE retail.tier_standings (
    member_id UUID NOT NULL,
    tier TEXT NOT NULL,
    place BIGINT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    keep_until TIMESTAMP WITH TIME ZONE NOT NULL,
    told_of TIMESTAMP WITH TIME ZONE,
    grant_tier TEXT,
    grant_place BIGINT,
    grant_until TIMESTAMP WITH TIME ZONE,
    grant_reason TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_tier_standings PRIMARY KEY (member_id),
    CONSTRAINT ck_tier_standings_place CHECK (place >= 0),
    CONSTRAINT ck_tier_standings_granted CHECK ((grant_tier IS NULL) = (grant_until IS NULL))
);

CREATE INDEX ix_tier_standings_due ON retail.tier_standings (due_at) WHERE due_at IS NOT NULL;
