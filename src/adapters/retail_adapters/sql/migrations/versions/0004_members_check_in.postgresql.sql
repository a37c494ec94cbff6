CREATE TABLE retail.check_ins (
    member_id UUID NOT NULL,
    day DATE NOT NULL,
    streak BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_check_ins PRIMARY KEY (member_id, day),
    CONSTRAINT ck_check_ins_streak CHECK (streak >= 1)
);
