ALTER TABLE retail.price_books ADD COLUMN offers TEXT;

CREATE TABLE retail.promotions (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    edition INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    launched_at INTEGER,
    stopped_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_promotions PRIMARY KEY (id),
    CONSTRAINT ck_promotions_edition CHECK (edition >= 1)
)
 WITHOUT ROWID,
 STRICT;
