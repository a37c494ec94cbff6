"""Jobs that a worker does, and the file and the report of each."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index

from retail_adapters.sql.tables.base import SHOP, needed, table
from retail_adapters.sql.tables.growth import SWEPT, Growth, With
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Raw, Whole, Words
from retail_domain.jobs.model import JobKind, JobState
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.ranks import Rank

_KEPT = "until it is over + 90 days, or as `jobs.kept_days` says"

jobs = table(
    "jobs",
    needed("id", Id, primary_key=True),
    needed("kind", Choice(JobKind)),
    needed("is_trial", Flag),
    needed("options", Doc),
    needed("size_bytes", Whole),
    needed("digest", Words),
    Column("open_under", Words, unique=True),
    needed("needs", Words),
    needed("places", Words),
    needed("asked_by_kind", Choice(ActorKind)),
    needed("asked_by_ref", Words),
    needed("asked_at", Instant),
    needed("state", Choice(JobState)),
    needed("phase", Words),
    needed("rows_done", Whole),
    needed("rows_all", Whole),
    needed("tries", Whole),
    Column("due_at", Instant),
    needed("reason", Words),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Column("done_by", Id),
    needed("version", Whole),
    CheckConstraint("(ended_at IS NULL) = (state IN ('waiting', 'under_way'))", name="ended"),
    CheckConstraint("(open_under IS NULL) = (ended_at IS NOT NULL)", name="open_under"),
    CheckConstraint("rows_done >= 0 AND rows_done <= rows_all", name="rows"),
    CheckConstraint("tries >= 0", name="tries"),
    owner=SHOP,
    rank=Rank.JOB,
    grows=Growth(
        With.STAFF, "2 a file that staff hand in", 900, kept=_KEPT, goes=SWEPT,
        personal="a reason, as whoever handed it in wrote it", read_by="staff who may do the same",
    ),
)  # fmt: skip
_due = jobs.c.due_at.is_not(None)
Index("ix_jobs_due", jobs.c.due_at, postgresql_where=_due, sqlite_where=_due)
_ended = jobs.c.ended_at.is_not(None)
Index("ix_jobs_ended", jobs.c.ended_at, postgresql_where=_ended, sqlite_where=_ended)

job_papers = table(
    "job_papers",
    needed("job_id", Id, primary_key=True),
    Column("file", Raw),
    Column("report", Doc),
    needed("version", Whole),
    ForeignKeyConstraint(["job_id"], ["retail.jobs.id"]),
    owner="job_id",
    grows=Growth(
        With.STAFF, "1 a job", 6_000, kept=_KEPT, goes=SWEPT,
        personal="what a file says of members, until it is done; what is wrong with its rows, in the words of the rule",
        read_by="staff who may do the same",
    ),
)  # fmt: skip
