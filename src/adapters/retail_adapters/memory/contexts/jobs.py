"""Jobs in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.system.units import Manifest, collection
from retail_domain.jobs import Job, JobPaper, JobQueries, JobReport, JobsWork
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank


class MemoryJobs(MemoryCollection[JobId, Job]):
    """What a worker does; see the port."""

    table: ClassVar[str] = "jobs"
    unique: ClassVar[Mapping[str, Any]] = {"jobs.open_under": lambda one: one.open_under}

    async def find(self, id: JobId) -> Job | None:
        """Unlocked."""
        return self.look(id)

    async def claim(self, id: JobId) -> Job | None:
        """Rivals make the commit raise `Stale`."""
        self._session.lock(Rank.JOB)
        return self.look(id)

    async def open_under(self, digest: str) -> Job | None:
        """The open job of this thing to do."""
        return next((one for one in self.every() if one.open_under == digest), None)

    async def due(self, at: datetime, most: int) -> Sequence[JobId]:
        """The most overdue first."""
        found = sorted((one.due_at, one.id) for one in self.every() if one.due_at is not None and one.due_at <= at)
        return [id for _, id in found[:most]]

    async def forget(self, before: datetime, limit: int) -> int:
        """Staged until commit."""
        over = [(one.ended_at, one.id) for one in self.every() if one.ended_at is not None and one.ended_at < before]
        gone = [id for _, id in sorted(over)[:limit]]
        self._session.at_commit.append(lambda: self._lose_papers(gone))
        return self.drop_first(over, limit)

    def _lose_papers(self, gone: Sequence[JobId]) -> None:
        papers = self._session.memory.table("job_papers")
        for id in gone:
            papers.pop(id, None)


class MemoryJobPapers(MemoryCollection[JobId, JobPaper]):
    """Files and reports; see the port."""

    table: ClassVar[str] = "job_papers"
    key_columns: ClassVar[str] = "job_id"

    def key(self, state: JobPaper) -> JobId:
        """Its job."""
        return state.job_id

    async def of(self, id: JobId) -> JobPaper | None:
        """Rivals make the commit raise `Stale`."""
        return self.look(id)


@frozen
class MemoryJobQueries:
    """The read side; see the Protocol."""

    memory: Memory

    async def all(self, page: PageRequest, *, only_open: bool = False) -> Page[Job]:
        """The newest first."""
        (before,) = key_after(page.cursor, (UUID(int=2**128 - 1),))
        found = [
            one for one in sorted(self.memory.table("jobs").values(), key=lambda one: one.id, reverse=True)
            if one.id < before and (one.is_open or not only_open)
        ]  # fmt: skip
        shown = tuple(found[: page.limit])
        return Page(shown, cursor_of(shown[-1].id) if len(found) > page.limit else None)

    async def show(self, job_id: JobId) -> Job | None:
        """One of them."""
        return self.memory.table("jobs").get(job_id)

    async def report(self, job_id: JobId) -> JobReport | None:
        """What came of it."""
        paper = self.memory.table("job_papers").get(job_id)
        return paper.report if paper is not None else None


class Collections(MemoryUnit):
    """What a worker does."""

    jobs = collection(MemoryJobs)
    job_papers = collection(MemoryJobPapers)


MANIFEST: Final = Manifest[JobsWork, JobQueries](Collections, MemoryJobQueries)
