CREATE TABLE retail.jobs (
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    is_trial INTEGER NOT NULL,
    options TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    open_under TEXT,
    needs TEXT NOT NULL,
    places TEXT NOT NULL,
    asked_by_kind TEXT NOT NULL,
    asked_by_ref TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    rows_done INTEGER NOT NULL,
    rows_all INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER,
    reason TEXT NOT NULL,
    began_at INTEGER,
    ended_at INTEGER,
    done_by BLOB,
    version INTEGER NOT NULL,
    CONSTRAINT pk_jobs PRIMARY KEY (id),
    CONSTRAINT ck_jobs_ended CHECK ((ended_at IS NULL) = (state IN ('waiting', 'under_way'))),
    CONSTRAINT ck_jobs_open_under CHECK ((open_under IS NULL) = (ended_at IS NOT NULL)),
    CONSTRAINT ck_jobs_rows CHECK (rows_done >= 0 AND rows_done <= rows_all),
    CONSTRAINT ck_jobs_tries CHECK (tries >= 0),
    CONSTRAINT uq_jobs_open_under UNIQUE (open_under)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retail.ix_jobs_due ON jobs (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX retail.ix_jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE retail.job_papers (
    job_id BLOB NOT NULL,
    file BLOB,
    report TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_job_papers PRIMARY KEY (job_id),
    CONSTRAINT fk_job_papers_job_id FOREIGN KEY(job_id) REFERENCES jobs (id)
)
 WITHOUT ROWID,
 STRICT;
