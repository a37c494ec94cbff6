"""What pages of jobs show: how far a job is, what came of it, and what whoever looks can decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from attrs import frozen

from retail_domain.jobs import Job, JobKind, JobReport, JobState
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.money import Money
from retail_entrypoints.web.amounts import amount_for_typing
from retail_entrypoints.web.desk.people import Names, Somebody
from retail_entrypoints.web.view import View

SHOWN: Final = 200
"""So many rows a page shows; all are counted."""
_LOOKS: Final = {
    JobState.WAITING: "wait", JobState.UNDER_WAY: "wait", JobState.DONE: "ok", JobState.REFUSED: "bad", JobState.FAILED: "bad",
    JobState.CANCELLED: "idle",
}  # fmt: skip
_SORTS: Final[Mapping[JobKind, tuple[str, str, str]]] = {
    JobKind.GOODS: ("import", "/desk/goods/import", "/desk/goods"),
    JobKind.PRICES: ("prices", "/desk/goods/prices", "/desk/goods"),
    JobKind.COUNTS: ("counts", "/desk/stock/counts", "/desk/stock"),
    JobKind.MEMBERS: ("members", "/desk/members/import", "/desk/members"),
}
"""The words and handlers of a sort, where its files are handed in, and where one sees what they made."""


@cache
def _sentences() -> Mapping[str, str]:
    """Every refusal by its code, as a shop assistant could say it."""
    found: dict[str, str] = {}
    waiting = [DomainError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind.sentence()
        waiting += kind.__subclasses__()
    return found


@frozen(kw_only=True)
class JobAtDesk:
    """A job as it is shown."""

    job: Job
    name: str
    path: str
    back: str
    by: Somebody
    look: str
    why: str
    report: JobReport
    has_report: bool
    changes: tuple[tuple[int, str, str | None, str], ...]
    can_be_done: bool
    can_be_cancelled: bool

    @classmethod
    def of(cls, job: Job, report: JobReport | None, currency: str, names: Names, view: View) -> JobAtDesk:
        """As of now."""
        name, path, back = _SORTS[job.kind]
        told = report or JobReport()

        def shown(value: int) -> str:
            return amount_for_typing(Money(value, currency)) if job.kind is JobKind.PRICES else str(value)

        changes = tuple(
            (one.row, one.code, None if one.before is None else shown(one.before), shown(one.after))
            for one in told.changes[:SHOWN]
        )  # fmt: skip
        waits_for_it = job.is_trial and job.state is JobState.DONE and told.can_be_done and job.due_at is not None
        return cls(
            job=job, name=name, path=path, back=back, by=names.of(job.asked_by), look=_LOOKS[job.state],
            why=_why(job, view), report=told, has_report=report is not None and not job.is_open, changes=changes,
            can_be_done=waits_for_it and view.may(f"do_{name}_file"), can_be_cancelled=job.state is JobState.WAITING,
        )  # fmt: skip


def _why(job: Job, view: View) -> str:
    """Why it was refused, has failed or is tried again."""
    if not job.reason:
        return ""
    for word in (f"refusal.{job.reason}", f"desk.job.because.{job.reason}"):
        if word in view.words:
            return view.words(word)
    return _sentences().get(job.reason, job.reason)
