CREATE TABLE retail.jobs (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    is_trial BOOLEAN NOT NULL,
    options JSONB NOT NULL,
    size_bytes BIGINT NOT NULL,
    digest TEXT NOT NULL,
    open_under TEXT,
    needs TEXT NOT NULL,
    places TEXT NOT NULL,
    asked_by_kind TEXT NOT NULL,
    asked_by_ref TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_all BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    reason TEXT NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    done_by UUID,
    version BIGINT NOT NULL,
    CONSTRAINT pk_jobs PRIMARY KEY (id),
    CONSTRAINT ck_jobs_ended CHECK ((ended_at IS NULL) = (state IN ('waiting', 'under_way'))),
    CONSTRAINT ck_jobs_open_under CHECK ((open_under IS NULL) = (ended_at IS NOT NULL)),
    CONSTRAINT ck_jobs_rows CHECK (rows_done >= 0 AND rows_done <= rows_all),
    CONSTRAINT ck_jobs_tries CHECK (tries >= 0),
    CONSTRAINT uq_jobs_open_under UNIQUE (open_under)
);

CREATE INDEX ix_jobs_due ON retail.jobs (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX ix_jobs_ended ON retail.jobs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE retail.job_papers (
    job_id UUID NOT NULL,
    file BYTEA,
    report JSONB,
    version BIGINT NOT NULL,
    CONSTRAINT pk_job_papers PRIMARY KEY (job_id),
    CONSTRAINT fk_job_papers_job_id FOREIGN KEY(job_id) REFERENCES retail.jobs (id)
);
