CREATE TABLE retail.tier_standings (
    member_id BLOB NOT NULL,
    tier TEXT NOT NULL,
    place INTEGER NOT NULL,
    since INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    told_of INTEGER,
    grant_tier TEXT,
    grant_place INTEGER,
    grant_until INTEGER,
    grant_reason TEXT,
    due_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_tier_standings PRIMARY KEY (member_id),
    CONSTRAINT ck_tier_standings_place CHECK (place >= 0),
    CONSTRAINT ck_tier_standings_granted CHECK ((grant_tier IS NULL) = (grant_until IS NULL))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_tier_standings_due ON tier_standings (due_at) WHERE due_at IS NOT NULL;
