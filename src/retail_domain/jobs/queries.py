"""What jobs show."""

from __future__ import annotations

from typing import Protocol

from retail_domain.jobs.model import Job, JobReport
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.paging import Page, PageRequest


class JobQueries(Protocol):
    """Reads jobs; whoever shows them looks at what somebody may see."""

    async def all(self, page: PageRequest, *, only_open: bool = False) -> Page[Job]:
        """The newest first."""
        ...

    async def show(self, job_id: JobId) -> Job | None:
        """One of them."""
        ...

    async def report(self, job_id: JobId) -> JobReport | None:
        """What came of it; None while it is open, and of what was never begun."""
        ...
