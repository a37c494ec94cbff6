CREATE TABLE retail.opening_totals (
    member_id UUID NOT NULL,
    orders_count BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_opening_totals PRIMARY KEY (member_id),
    CONSTRAINT ck_opening_totals_totals CHECK (orders_count >= 0 AND amount_minor >= 0)
);
