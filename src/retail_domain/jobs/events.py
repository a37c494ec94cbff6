"""What happens to jobs: whoever looks at one is told that it went on, or is over (JOB-R4)."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import JobId


@frozen(kw_only=True)
class JobWentOn(Event):
    """A worker has taken it up, has come further, or waits to try it once more; told some twenty times a job at the most."""

    name: ClassVar[str] = "job.went_on"
    job_id: JobId
    kind: str
    state: str
    phase: str
    rows_done: int
    rows_all: int

    @property
    def aggregate_id(self) -> UUID:
        """The job."""
        return self.job_id


@frozen(kw_only=True)
class JobEnded(Event):
    """It is over: `done`, `refused`, `failed` or `cancelled`."""

    name: ClassVar[str] = "job.ended"
    job_id: JobId
    kind: str
    state: str
    is_trial: bool

    @property
    def aggregate_id(self) -> UUID:
        """The job."""
        return self.job_id


EVENTS: Final[tuple[type[Event], ...]] = (JobWentOn, JobEnded)
