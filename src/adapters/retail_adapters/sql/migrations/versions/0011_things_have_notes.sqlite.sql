CREATE TABLE retail.notes (
    sort TEXT NOT NULL,
    thing_id BLOB NOT NULL,
    text TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_notes PRIMARY KEY (sort, thing_id)
)
 WITHOUT ROWID,
 STRICT;
