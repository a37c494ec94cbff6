CREATE TABLE retail.marketing_consents (
    member_id UUID NOT NULL,
    number BIGINT NOT NULL,
    given BOOLEAN NOT NULL,
    terms_version TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_marketing_consents PRIMARY KEY (member_id, number),
    CONSTRAINT ck_marketing_consents_number CHECK (number >= 1)
);

CREATE TABLE retail.message_reading (
    name TEXT NOT NULL,
    came_to BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_message_reading PRIMARY KEY (name),
    CONSTRAINT ck_message_reading_came_to CHECK (came_to >= 0)
);

CREATE TABLE retail.message_settings (
    member_id UUID NOT NULL,
    language TEXT NOT NULL,
    muted TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_message_settings PRIMARY KEY (member_id)
);

CREATE TABLE retail.messages (
    id UUID NOT NULL,
    cause TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    about UUID NOT NULL,
    filled JSONB NOT NULL,
    count BIGINT NOT NULL,
    bundles_until TIMESTAMP WITH TIME ZONE,
    consent BIGINT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT ck_messages_count CHECK (count >= 1),
    CONSTRAINT ck_messages_consent CHECK ((kind = 'marketing') = (consent IS NOT NULL))
);

CREATE INDEX ix_messages_at ON retail.messages (at);

CREATE INDEX ix_messages_open ON retail.messages (recipient_id) WHERE bundles_until IS NOT NULL;

CREATE INDEX ix_messages_recipient_kind_recipient_id_id ON retail.messages (recipient_kind, recipient_id, id);

CREATE INDEX ix_messages_unread ON retail.messages (recipient_kind, recipient_id, id) WHERE read_at IS NULL;

CREATE TABLE retail.message_occasions (
    occasion UUID NOT NULL,
    cause TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    message_id UUID NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_message_occasions PRIMARY KEY (occasion, cause, recipient_kind, recipient_id),
    CONSTRAINT fk_message_occasions_message_id FOREIGN KEY(message_id) REFERENCES retail.messages (id)
);

CREATE INDEX ix_message_occasions_message_id ON retail.message_occasions (message_id);

CREATE TABLE retail.message_sendings (
    message_id UUID NOT NULL,
    channel TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_message_sendings PRIMARY KEY (message_id, channel),
    CONSTRAINT fk_message_sendings_message_id FOREIGN KEY(message_id) REFERENCES retail.messages (id),
    CONSTRAINT ck_message_sendings_tries CHECK (tries >= 0),
    CONSTRAINT ck_message_sendings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('sent', 'refused', 'unknown', 'left_out')))
);

CREATE INDEX ix_message_sendings_due ON retail.message_sendings (next_at) WHERE ended_at IS NULL;

INSERT INTO retail.message_reading (name, came_to, version)
SELECT 'events', told.last, 1
FROM (
    SELECT coalesce((SELECT max(number) FROM retail.events), 0) + (SELECT count(*) FROM retail.events WHERE number IS NULL) AS last
) AS told
WHERE told.last > 0;
