CREATE TABLE retail.trail_seals (
    number BIGSERIAL NOT NULL,
    until BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    digest TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_trail_seals PRIMARY KEY (number)
);
