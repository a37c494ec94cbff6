CREATE TABLE retail.marketing_consents (
    member_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    given INTEGER NOT NULL,
    terms_version TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_marketing_consents PRIMARY KEY (member_id, number),
    CONSTRAINT ck_marketing_consents_number CHECK (number >= 1)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.message_reading (
    name TEXT NOT NULL,
    came_to INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_message_reading PRIMARY KEY (name),
    CONSTRAINT ck_message_reading_came_to CHECK (came_to >= 0)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.message_settings (
    member_id BLOB NOT NULL,
    language TEXT NOT NULL,
    muted TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_message_settings PRIMARY KEY (member_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.messages (
    id BLOB NOT NULL,
    cause TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    about BLOB NOT NULL,
    filled TEXT NOT NULL,
    count INTEGER NOT NULL,
    bundles_until INTEGER,
    consent INTEGER,
    at INTEGER NOT NULL,
    read_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT ck_messages_count CHECK (count >= 1),
    CONSTRAINT ck_messages_consent CHECK ((kind = 'marketing') = (consent IS NOT NULL))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_messages_at ON messages (at);

CREATE INDEX retail.ix_messages_open ON messages (recipient_id) WHERE bundles_until IS NOT NULL;

CREATE INDEX retail.ix_messages_recipient_kind_recipient_id_id ON messages (recipient_kind, recipient_id, id);

CREATE INDEX retail.ix_messages_unread ON messages (recipient_kind, recipient_id, id) WHERE read_at IS NULL;

CREATE TABLE retail.message_occasions (
    occasion BLOB NOT NULL,
    cause TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_message_occasions PRIMARY KEY (occasion, cause, recipient_kind, recipient_id),
    CONSTRAINT fk_message_occasions_message_id FOREIGN KEY(message_id) REFERENCES messages (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_message_occasions_message_id ON message_occasions (message_id);

CREATE TABLE retail.message_sendings (
    message_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    recipient_id BLOB NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    ended_at INTEGER,
    reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_message_sendings PRIMARY KEY (message_id, channel),
    CONSTRAINT fk_message_sendings_message_id FOREIGN KEY(message_id) REFERENCES messages (id),
    CONSTRAINT ck_message_sendings_tries CHECK (tries >= 0),
    CONSTRAINT ck_message_sendings_ended CHECK ((ended_at IS NOT NULL) = (state IN ('sent', 'refused', 'unknown', 'left_out')))
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_message_sendings_due ON message_sendings (next_at) WHERE ended_at IS NULL;

INSERT INTO retail.message_reading (name, came_to, version)
SELECT 'events', max(position), 1 FROM retail.events HAVING max(position) > 0;
