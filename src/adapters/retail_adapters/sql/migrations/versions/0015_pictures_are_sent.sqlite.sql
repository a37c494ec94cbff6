CREATE TABLE retail.pictures (
    id BLOB NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_ref TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    name TEXT NOT NULL,
    reason TEXT,
    tries INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    is_sent_kept INTEGER NOT NULL,
    due_at INTEGER,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_pictures PRIMARY KEY (id),
    CONSTRAINT ck_pictures_uses CHECK (uses >= 0),
    CONSTRAINT ck_pictures_size CHECK (width >= 1 AND height >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_pictures_due_at_id ON pictures (due_at, id);

CREATE TABLE retail.picture_uses (
    picture_id BLOB NOT NULL,
    sort TEXT NOT NULL,
    user_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_picture_uses PRIMARY KEY (picture_id, sort, user_id),
    CONSTRAINT fk_picture_uses_picture_id FOREIGN KEY(picture_id) REFERENCES pictures (id)
)
 WITHOUT ROWID,
 STRICT;
