CREATE TABLE retail.book_closings (
    number BIGINT NOT NULL,
    through DATE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    up_to BIGINT NOT NULL,
    open_from BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_ref TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_book_closings PRIMARY KEY (number),
    CONSTRAINT ck_book_closings_number CHECK (number >= 1),
    CONSTRAINT ck_book_closings_reach CHECK (up_to >= 0 AND open_from <= up_to + 1),
    CONSTRAINT uq_book_closings_through UNIQUE (through)
);

CREATE TABLE retail.book_days (
    day DATE NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    number BIGINT NOT NULL,
    opening_minor BIGINT NOT NULL,
    debit_minor BIGINT NOT NULL,
    credit_minor BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    CONSTRAINT pk_book_days PRIMARY KEY (day, account, currency),
    CONSTRAINT fk_book_days_number FOREIGN KEY(number) REFERENCES retail.book_closings (number),
    CONSTRAINT ck_book_days_sums CHECK (debit_minor >= 0 AND credit_minor >= 0 AND entries >= 0)
);
