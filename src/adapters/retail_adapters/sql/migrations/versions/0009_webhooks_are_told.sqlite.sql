CREATE TABLE retail.webhooks (
    id BLOB NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    kinds TEXT NOT NULL,
    state TEXT NOT NULL,
    seed TEXT NOT NULL,
    seed_check TEXT NOT NULL,
    old_seed TEXT,
    old_seed_check TEXT,
    old_until INTEGER,
    came_to INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_webhooks PRIMARY KEY (id),
    CONSTRAINT ck_webhooks_came_to CHECK (came_to >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.webhook_tellings (
    webhook_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    event_name TEXT NOT NULL,
    aggregate_id BLOB NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    first_at INTEGER,
    ended_at INTEGER,
    status INTEGER,
    untold TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_webhook_tellings PRIMARY KEY (webhook_id, number),
    CONSTRAINT fk_webhook_tellings_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id),
    CONSTRAINT ck_webhook_tellings_tries CHECK (tries >= 0),
    CONSTRAINT ck_webhook_tellings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('delivered', 'released')))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_webhook_tellings_aggregate ON webhook_tellings (webhook_id, aggregate_id, number) WHERE ended_at IS NULL;

CREATE INDEX retail.ix_webhook_tellings_ended ON webhook_tellings (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX retail.ix_webhook_tellings_open ON webhook_tellings (webhook_id, next_at, number) WHERE ended_at IS NULL;
