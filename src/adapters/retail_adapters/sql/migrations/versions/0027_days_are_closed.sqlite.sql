CREATE TABLE retail.book_closings (
    number INTEGER NOT NULL,
    through TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    up_to INTEGER NOT NULL,
    open_from INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_book_closings PRIMARY KEY (number),
    CONSTRAINT ck_book_closings_number CHECK (number >= 1),
    CONSTRAINT ck_book_closings_reach CHECK (up_to >= 0 AND open_from <= up_to + 1),
    CONSTRAINT uq_book_closings_through UNIQUE (through)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE retail.book_days (
    day TEXT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    number INTEGER NOT NULL,
    opening_minor INTEGER NOT NULL,
    debit_minor INTEGER NOT NULL,
    credit_minor INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    CONSTRAINT pk_book_days PRIMARY KEY (day, account, currency),
    CONSTRAINT fk_book_days_number FOREIGN KEY(number) REFERENCES book_closings (number),
    CONSTRAINT ck_book_days_sums CHECK (debit_minor >= 0 AND credit_minor >= 0 AND entries >= 0)
)
 WITHOUT ROWID,
 STRICT;
