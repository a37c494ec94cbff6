CREATE TABLE retail.trail_seals (
    number INTEGER NOT NULL,
    until INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_trail_seals PRIMARY KEY (number)
)
 WITHOUT ROWID,
 STRICT;
