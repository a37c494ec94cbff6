"""What jobs need from a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.jobs.model import Job, JobPaper
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.settings import SettingsKnown
from retail_domain.kernel.units import Unit


class Jobs(Protocol):
    """Jobs; one open for each thing to do (`jobs.open_under`)."""

    async def find(self, id: JobId) -> Job | None:
        """The job of this id, unlocked."""
        ...

    async def claim(self, id: JobId) -> Job | None:
        """Lock this job until the unit ends: rivals wait, and see what became of it."""
        ...

    async def open_under(self, digest: str) -> Job | None:
        """The open job of this thing to do, unlocked."""
        ...

    async def due(self, at: datetime, most: int) -> Sequence[JobId]:
        """So many of those that are due, the most overdue first, without a lock."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete up to so many that were over before, with their papers; how many went."""
        ...

    def save(self, change: Change[Job]) -> None:
        """Stage a change; a thing to do that a rival handed in first raises `Taken` at commit."""
        ...


class JobPapers(Protocol):
    """Files and reports, one a job."""

    async def of(self, id: JobId) -> JobPaper | None:
        """Of a job that is claimed."""
        ...

    def save(self, change: Change[JobPaper]) -> None:
        """Stage a change."""
        ...


class JobsWork(Unit, Protocol):
    """The unit of work of jobs."""

    @property
    def jobs(self) -> Jobs: ...
    @property
    def job_papers(self) -> JobPapers: ...


class RuledJobsWork(JobsWork, Protocol):
    """The same where settings have a say."""

    @property
    def settings(self) -> SettingsKnown:
        """What is set."""
        ...
