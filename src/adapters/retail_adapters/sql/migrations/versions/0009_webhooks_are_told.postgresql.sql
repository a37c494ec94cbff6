CREATE TABLE retail.webhooks (
    id UUID NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    kinds TEXT NOT NULL,
    state TEXT NOT NULL,
    seed TEXT NOT NULL,
    seed_check TEXT NOT NULL,
    old_seed TEXT,
    old_seed_check TEXT,
    old_until TIMESTAMP WITH TIME ZONE,
    came_to BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_webhooks PRIMARY KEY (id),
    CONSTRAINT ck_webhooks_came_to CHECK (came_to >= 0)
);

CREATE TABLE retail.webhook_tellings (
    webhook_id UUID NOT NULL,
    number BIGINT NOT NULL,
    event_id UUID NOT NULL,
    event_name TEXT NOT NULL,
    aggregate_id UUID NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    status BIGINT,
    untold TEXT,
    version BIGINT NOT NULL,
    CONSTRAINT pk_webhook_tellings PRIMARY KEY (webhook_id, number),
    CONSTRAINT fk_webhook_tellings_webhook_id FOREIGN KEY(webhook_id) REFERENCES retail.webhooks (id),
    CONSTRAINT ck_webhook_tellings_tries CHECK (tries >= 0),
    CONSTRAINT ck_webhook_tellings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('delivered', 'released')))
);

CREATE INDEX ix_webhook_tellings_aggregate ON retail.webhook_tellings (webhook_id, aggregate_id, number) WHERE ended_at IS NULL;

CREATE INDEX ix_webhook_tellings_ended ON retail.webhook_tellings (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX ix_webhook_tellings_open ON retail.webhook_tellings (webhook_id, next_at, number) WHERE ended_at IS NULL;
