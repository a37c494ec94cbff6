CREATE TABLE retail.settings_changes (
    number BIGINT NOT NULL,
    settings JSONB NOT NULL,
    takes_back BIGINT,
    effective_at TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    reason TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_settings_changes PRIMARY KEY (number),
    CONSTRAINT ck_settings_changes_number CHECK (number >= 1),
    CONSTRAINT ck_settings_changes_back CHECK (takes_back < number),
    CONSTRAINT ck_settings_changes_effective CHECK (effective_at >= at),
    CONSTRAINT uq_settings_changes_takes_back UNIQUE (takes_back)
);
