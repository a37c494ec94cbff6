"""Laws of jobs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.tables.jobs import job_papers, jobs

_is_open = jobs.c.ended_at.is_(None)
_waits = and_(jobs.c.is_trial, jobs.c.due_at.is_not(None))

LAWS: Final = (
    law(
        "JOB-R5",
        "a job has its file while it is open, a trial while it may be done in earnest, and no other has one",
        select(jobs.c.id, jobs.c.state, job_papers.c.job_id.label("has_paper"))
        .outerjoin(job_papers, job_papers.c.job_id == jobs.c.id)
        .where(
            or_(
                and_(_is_open, job_papers.c.file.is_(None)),
                and_(~_is_open, ~_waits, job_papers.c.file.is_not(None)),
            )
        ),
    ),
)
