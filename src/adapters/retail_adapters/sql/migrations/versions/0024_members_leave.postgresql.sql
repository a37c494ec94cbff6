ALTER TABLE retail.members ADD COLUMN closed_at TIMESTAMP WITH TIME ZONE;

CREATE TABLE retail.erasures (
    member_id UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    step TEXT NOT NULL,
    round BIGINT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    version BIGINT NOT NULL,
    CONSTRAINT pk_erasures PRIMARY KEY (member_id),
    CONSTRAINT ck_erasures_done CHECK ((due_at IS NULL) = (done_at IS NOT NULL))
);

CREATE INDEX ix_erasures_due ON retail.erasures (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE retail.trade_records (
    order_id UUID NOT NULL,
    member_id UUID NOT NULL,
    recipient TEXT NOT NULL,
    phone TEXT NOT NULL,
    region_code TEXT NOT NULL,
    region TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_trade_records PRIMARY KEY (order_id)
);

CREATE INDEX ix_trade_records_ends_at ON retail.trade_records (ends_at);
