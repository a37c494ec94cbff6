CREATE TABLE retail.pictures (
    id UUID NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_ref TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    name TEXT NOT NULL,
    reason TEXT,
    tries BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    is_sent_kept BOOLEAN NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_pictures PRIMARY KEY (id),
    CONSTRAINT ck_pictures_uses CHECK (uses >= 0),
    CONSTRAINT ck_pictures_size CHECK (width >= 1 AND height >= 1)
);

CREATE INDEX ix_pictures_due_at_id ON retail.pictures (due_at, id);

CREATE TABLE retail.picture_uses (
    picture_id UUID NOT NULL,
    sort TEXT NOT NULL,
    user_id UUID NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_picture_uses PRIMARY KEY (picture_id, sort, user_id),
    CONSTRAINT fk_picture_uses_picture_id FOREIGN KEY(picture_id) REFERENCES retail.pictures (id)
);
