CREATE TABLE retail.notes (
    sort TEXT NOT NULL,
    thing_id UUID NOT NULL,
    text TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_notes PRIMARY KEY (sort, thing_id)
);
