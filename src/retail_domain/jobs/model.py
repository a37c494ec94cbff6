"""Job (后台任务): a file that staff handed in, what is to be done with it, how far that is, and what came of it (JOB-R1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from attrs import evolve, field, frozen

from retail_domain.jobs.errors import JobLost, JobNotDue, JobNotWaiting, TrialNotDone
from retail_domain.jobs.events import JobEnded, JobWentOn
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import JobId, LocationId
from retail_domain.kernel.rows import RowProblem

FILE_BYTES_MAX: Final = 1024 * 1024
"""So large a file may be: all of it lies in memory while it is done."""
LEASE: Final = timedelta(minutes=5)
"""So long after it was heard of last, a worker is taken for dead, and another one takes up its job."""
WAITS: Final = (5, 30, 120, 600)
"""Seconds until the next try of a job that could not be done."""
TRIES_MAX: Final = len(WAITS) + 1
TRIAL_KEPT: Final = timedelta(days=1)
"""So long a trial's file waits to be done in earnest."""
CHANGES_KEPT: Final = 500
"""So many of the changes of a file are kept in full; all are counted."""


class JobKind(Enum):
    """What is done with the file."""

    GOODS = "goods"
    """Goods are imported."""
    PRICES = "prices"
    """Other prices are asked."""
    COUNTS = "counts"
    """It is said what was counted."""
    MEMBERS = "members"
    """Members are moved in."""


class JobState(Enum):
    """How far it is. One that could not be done and is tried again is `waiting`, with a reason."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    REFUSED = "refused"
    """The file is wrong, or whoever handed it in may not: nothing was done."""
    FAILED = "failed"
    """Given up after so many tries: nothing was done."""
    CANCELLED = "cancelled"


OPEN: Final = (JobState.WAITING, JobState.UNDER_WAY)


@frozen(kw_only=True)
class JobChange:
    """What a row of the file changes: minor units of the shop's currency, or units of goods."""

    row: int
    code: str
    before: int | None
    after: int


AS_TRIED: Final = "as_tried"
"""The option in which a job keeps what its trial had come to."""


@frozen(kw_only=True)
class JobReport:
    """What came of it: counts by name, what is wrong with which row, and what changed, the first of each in full."""

    counts: Mapping[str, int] = field(factory=dict)
    problem_count: int = 0
    problems: tuple[RowProblem, ...] = ()
    changes: tuple[JobChange, ...] = ()
    unread: tuple[str, ...] = ()
    """Columns of the file that nobody reads."""
    basis: str = ""
    """Of a trial: a digest of everything that it would change, from what to what."""
    can_be_done: bool = False
    """Of a trial: there is something that could be done in earnest."""


@frozen(kw_only=True)
class JobPaper:
    """What a job has beside it: the file until it is over, and then what came of it."""

    job_id: JobId
    file: bytes | None = field(repr=False)
    report: JobReport | None = None
    version: int = 0

    def filed(self) -> Change[JobPaper]:
        """It is there from now on."""
        return Change(None, self)

    def ended(self, report: JobReport | None, *, keeps_file: bool) -> Change[JobPaper]:
        """The file gives way to what came of it."""
        return Change(self, evolve(self, report=report or self.report, file=self.file if keeps_file else None))


@frozen(kw_only=True)
class Job:
    """A file, who handed it in, and how far it is."""

    id: JobId
    kind: JobKind
    is_trial: bool
    """Everything is tried, and nothing is stored."""
    options: Mapping[str, str] = field(repr=False)
    """What is said beside the file, by the name of its field."""
    size_bytes: int
    digest: str
    """Of the file (SHA-256)."""
    open_under: str | None
    """What makes it the same job: given again while it is open, it is this one (JOB-R1)."""
    needs: tuple[Effect, ...]
    """What whoever sees it must be allowed to bring about."""
    places: tuple[LocationId, ...]
    asked_by: Actor
    asked_at: datetime
    state: JobState = JobState.WAITING
    phase: str = ""
    rows_done: int = 0
    rows_all: int
    tries: int = 0
    due_at: datetime | None
    """When a worker takes it up, or takes it from one that is dead; of a trial that is done: when its file goes."""
    reason: str = ""
    """Why it was refused, or could not be done, by the code of the refusal."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    done_by: JobId | None = None
    """Of a trial: the job that does it in earnest."""
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN

    def filed(self) -> Change[Job]:
        """It waits from now on."""
        return Change(None, self)

    def taken_up(self, *, at: datetime) -> Change[Job]:
        """A worker begins it, from the beginning. One that was begun too often is given up. Raises JobNotDue."""
        if not self.is_open or not has_passed(self.due_at, at):
            raise JobNotDue(job_id=self.id)
        if self.tries >= TRIES_MAX:
            return self._ended_as(JobState.FAILED, at, self.reason or "job.lost")
        state = evolve(
            self, state=JobState.UNDER_WAY, tries=self.tries + 1, due_at=at + LEASE, phase="", rows_done=0,
            began_at=self.began_at or at,
        )  # fmt: skip
        return self._went_on(state, at)

    def went_on(self, tries: int, phase: str, rows: int, *, at: datetime) -> Change[Job]:
        """The worker of this try has come so far, and is alive. Raises JobLost."""
        self.check_held(tries)
        return self._went_on(evolve(self, phase=phase, rows_done=min(rows, self.rows_all), due_at=at + LEASE), at)

    def concluded(self, tries: int, *, is_kept: bool, at: datetime) -> Change[Job]:
        """It is done; a trial's file may wait to be done in earnest. Raises JobLost."""
        self.check_held(tries)
        change = self._ended_as(JobState.DONE, at, "")
        kept = at + TRIAL_KEPT if is_kept else None
        return change.then(lambda job: Change(job, evolve(job, rows_done=job.rows_all, due_at=kept)))

    def refused(self, tries: int, reason: str, *, at: datetime) -> Change[Job]:
        """It cannot be done as it is. Raises JobLost."""
        self.check_held(tries)
        return self._ended_as(JobState.REFUSED, at, reason)

    def put_off(self, tries: int, reason: str, *, at: datetime) -> Change[Job]:
        """It could not be done now, and is tried again, or given up. Raises JobLost."""
        self.check_held(tries)
        if tries >= TRIES_MAX:
            return self._ended_as(JobState.FAILED, at, reason)
        due = at + timedelta(seconds=WAITS[tries - 1])
        state = evolve(self, state=JobState.WAITING, reason=reason, due_at=due, phase="", rows_done=0)
        return self._went_on(state, at)

    def cancelled(self, *, at: datetime) -> Change[Job]:
        """Nobody wants it any more. Raises JobNotWaiting."""
        if self.state is not JobState.WAITING:
            raise JobNotWaiting(job_id=self.id)
        return self._ended_as(JobState.CANCELLED, at, self.reason)

    def done_in_earnest(self, by: JobId) -> Change[Job]:
        """Another job has its file by now. Raises TrialNotDone."""
        if not self.is_trial or self.state is not JobState.DONE or self.due_at is None:
            raise TrialNotDone(job_id=self.id)
        return Change(self, evolve(self, due_at=None, done_by=by))

    def let_go(self, *, at: datetime) -> Change[Job] | None:
        """Nobody has done this trial in earnest in time: its file goes. None where that is not so."""
        if self.state is not JobState.DONE or not has_passed(self.due_at, at):
            return None
        return Change(self, evolve(self, due_at=None))

    def check_held(self, tries: int) -> None:
        """Raises JobLost unless the worker of this try still has it."""
        if self.state is not JobState.UNDER_WAY or self.tries != tries:
            raise JobLost(job_id=self.id)

    def _went_on(self, state: Job, at: datetime) -> Change[Job]:
        told = JobWentOn(
            at=at, job_id=self.id, kind=self.kind.value, state=state.state.value, phase=state.phase,
            rows_done=state.rows_done, rows_all=state.rows_all,
        )  # fmt: skip
        return Change(self, state, (told,))

    def _ended_as(self, state: JobState, at: datetime, reason: str) -> Change[Job]:
        over = evolve(self, state=state, reason=reason, ended_at=at, due_at=None, open_under=None, phase="")
        told = JobEnded(at=at, job_id=self.id, kind=self.kind.value, state=state.value, is_trial=self.is_trial)
        return Change(self, over, (told,))
