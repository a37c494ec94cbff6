"""What a job came to, as it is kept and shown: counts, changes and problems."""

from __future__ import annotations

from hashlib import sha256

from attrs import asdict

from retail_domain.catalog import CatalogueFlawed, ImportReport
from retail_domain.jobs import JobChange, JobReport
from retail_domain.jobs.model import CHANGES_KEPT
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.rows import RowProblem
from retail_domain.processes.delivery.edits_by_file import EditsFlawed, EditsReport
from retail_domain.processes.staff.moving_in import MembersFlawed, MembersMovedIn


def basis_of(report: EditsReport) -> str:
    """A digest of all that would change, so that what was tried is known again (JOB-R2)."""
    told = "\n".join(f"{one.row} {one.sku_id} {one.before} {one.after}" for one in report.changes)
    return sha256(told.encode()).hexdigest()


def of_import(report: ImportReport) -> JobReport:
    """A file of goods: its counts, and what is wrong with it."""
    told = asdict(report, filter=lambda about, _: about.name not in ("problems", "problem_count", "stored"))
    return JobReport(
        counts={name: count for name, count in told.items() if count}, problem_count=report.problem_count,
        problems=report.problems, can_be_done=bool(report.rows_stored),
    )  # fmt: skip


def of_edits(report: EditsReport) -> JobReport:
    """A file of prices or counts, and what the trial was made from."""
    counts = {"rows_read": report.rows_read, "changed": len(report.changes), "unchanged": report.unchanged}
    changes = tuple(
        JobChange(row=one.row, code=one.sku, before=one.before, after=one.after) for one in report.changes[:CHANGES_KEPT]
    )
    return JobReport(
        counts=counts, changes=changes, unread=report.unread, basis=basis_of(report), can_be_done=bool(report.changes)
    )


def of_members(moved: MembersMovedIn) -> JobReport:
    """A file of members, in numbers only."""
    told = asdict(moved, filter=lambda about, _: about.name not in ("done", "stored")) | dict(moved.done)
    return JobReport(counts={name: count for name, count in told.items() if count}, can_be_done=bool(moved.rows_read))


def of_refusal(refused: DomainError) -> JobReport:
    """What is wrong with a file that was refused, by row or by field."""
    if isinstance(refused, CatalogueFlawed | EditsFlawed | MembersFlawed):
        problems = tuple(one for one in refused.problems if isinstance(one, RowProblem))
        return JobReport(counts={"rows_read": refused.rows_read}, problem_count=refused.problem_count, problems=problems)
    if isinstance(refused, InvalidInput):
        told = tuple(
            RowProblem(file="", row=0, field=one.field, rule=one.rule, message=one.message) for one in refused.problems
        )
        return JobReport(problem_count=len(told), problems=told)
    return JobReport()
