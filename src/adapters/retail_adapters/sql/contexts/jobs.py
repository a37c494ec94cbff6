"""Jobs in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, delete, select

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Database, Flush
from retail_adapters.sql.portions import ended_before
from retail_adapters.sql.repositories.staff import PLACES
from retail_adapters.sql.rows import Part, Rows, spread
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.jobs import job_papers, jobs
from retail_adapters.sql.types import Instant
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.jobs import Job, JobPaper, JobQueries, JobReport, JobsWork
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.paging import Page, PageRequest

_READ_REPORT: Final = kept(JobReport)
_ROWS: Final = Rows(
    jobs,
    Job,
    parts={
        "options": Part(("options",), dict, dict),
        "needs": Part(
            ("needs",),
            lambda several: " ".join(one.value for one in several),
            lambda words: tuple(Effect(word) for word in words.split()),
        ),
        "places": PLACES,
        "asked_by": spread(Actor, "asked_by_kind", "asked_by_ref"),
    },
)
_PAPERS: Final = Rows(
    job_papers,
    JobPaper,
    parts={
        "report": Part(
            ("report",),
            lambda report: None if report is None else converter.unstructure(report),
            lambda told: None if told is None else _READ_REPORT(told),
        )
    },
)

_AT: Final = bindparam("at", type_=Instant())
_BY_ID = select(jobs).where(jobs.c.id == bindparam("id"))
_FIND: Final = Statement("jobs.find", _BY_ID)
_CLAIM: Final = Statement("jobs.claim", _BY_ID.with_for_update())
_UNDER: Final = Statement("jobs.open_under", select(jobs).where(jobs.c.open_under == bindparam("digest")))
_DUE: Final = Statement(
    "jobs.due",
    select(jobs.c.id).where(jobs.c.due_at <= _AT).order_by(jobs.c.due_at, jobs.c.id).limit(bindparam("most")),
)
_PAGE = select(jobs).where(jobs.c.id < bindparam("before")).order_by(jobs.c.id.desc()).limit(bindparam("most"))
_ALL: Final = Statement("jobs.all", _PAGE)
_OPEN: Final = Statement("jobs.open", _PAGE.where(jobs.c.open_under.is_not(None)))
_over = select(jobs.c.id).where(jobs.c.ended_at < bindparam("before", type_=Instant()))
_FORGET_PAPERS: Final = Statement(
    "job_papers.forget",
    delete(job_papers).where(job_papers.c.job_id.in_(_over.order_by(jobs.c.ended_at).limit(bindparam("most")))),
)
_FORGET: Final = Statement("jobs.forget", ended_before(jobs, jobs.c.ended_at))
_OF: Final = Statement("job_papers.of", select(job_papers).where(job_papers.c.job_id == bindparam("id")))
_REPORT: Final = Statement("job_papers.report", select(job_papers.c.report).where(job_papers.c.job_id == bindparam("id")))


class SqlJobs(SqlCollection[JobId, Job]):
    """What a worker does; see the port."""

    table = jobs

    def key(self, state: Job) -> JobId:
        """Its id."""
        return state.id

    async def find(self, id: JobId) -> Job | None:
        """Unlocked."""
        return await self._one(_FIND, id=id)

    async def claim(self, id: JobId) -> Job | None:
        """Locked."""
        self._session.lock(self.rank)
        return await self._one(_CLAIM, id=id)

    async def open_under(self, digest: str) -> Job | None:
        """Unlocked."""
        return await self._one(_UNDER, digest=digest)

    async def due(self, at: datetime, most: int) -> Sequence[JobId]:
        """Stored ones."""
        return [JobId(row["id"]) for row in await self._session.tx.rows(_DUE, at=at, most=most)]

    async def forget(self, before: datetime, limit: int) -> int:
        """Papers first: they point at the jobs."""
        await self._session.tx.changed(_FORGET_PAPERS, before=before, most=limit)
        return await self._session.tx.changed(_FORGET, before=before, most=limit)

    async def _one(self, statement: Statement, **values: Any) -> Job | None:
        rows = await self._session.tx.rows(statement, **values)
        return next((self.seen(one.id, one) for one in map(_ROWS.state, rows)), None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(jobs), new), Flush(update_of(jobs), changed, "job")]


class SqlJobPapers(SqlCollection[JobId, JobPaper]):
    """Files and reports; see the port."""

    table = job_papers

    def key(self, state: JobPaper) -> JobId:
        """Its job."""
        return state.job_id

    async def of(self, id: JobId) -> JobPaper | None:
        """The job's lock covers it."""
        rows = await self._session.tx.rows(_OF, id=id)
        return self.seen(id, _PAPERS.state(rows[0]) if rows else None)

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _PAPERS.row(one)) for one in self.new()]
        changed = [updated(before, _PAPERS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(job_papers), new), Flush(update_of(job_papers), changed, "job paper")]


@frozen
class SqlJobQueries:
    """The read side; see the Protocol."""

    database: Database

    async def all(self, page: PageRequest, *, only_open: bool = False) -> Page[Job]:
        """The newest first."""
        (before,) = key_after(page.cursor, (UUID(int=2**128 - 1),))
        rows = await self.database.rows(_OPEN if only_open else _ALL, before=before, most=page.limit + 1)
        shown = tuple(map(_ROWS.state, rows[: page.limit]))
        return Page(shown, cursor_of(shown[-1].id) if len(rows) > page.limit else None)

    async def show(self, job_id: JobId) -> Job | None:
        """One of them."""
        rows = await self.database.rows(_FIND, id=job_id)
        return _ROWS.state(rows[0]) if rows else None

    async def report(self, job_id: JobId) -> JobReport | None:
        """What came of it."""
        rows = await self.database.rows(_REPORT, id=job_id)
        return _READ_REPORT(rows[0]["report"]) if rows and rows[0]["report"] is not None else None


class Collections(SqlUnit):
    """What a worker does."""

    jobs = collection(SqlJobs)
    job_papers = collection(SqlJobPapers)


MANIFEST: Final = Manifest[JobsWork, JobQueries](Collections, SqlJobQueries)
