CREATE TABLE retail.settings_changes (
    number INTEGER NOT NULL,
    settings TEXT NOT NULL,
    takes_back INTEGER,
    effective_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_settings_changes PRIMARY KEY (number),
    CONSTRAINT ck_settings_changes_number CHECK (number >= 1),
    CONSTRAINT ck_settings_changes_back CHECK (takes_back < number),
    CONSTRAINT ck_settings_changes_effective CHECK (effective_at >= at),
    CONSTRAINT uq_settings_changes_takes_back UNIQUE (takes_back)
)
 WITHOUT ROWID,
 STRICT;
