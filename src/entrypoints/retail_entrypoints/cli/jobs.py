"""`retail jobs`: files that a worker does, and how far they are (JOB-R3)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs
import click

from retail_domain.jobs import CancelJob, Job, JobNotFound
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.cli.deciding import decides
from retail_entrypoints.cli.desk import Columns, StaffDesk, listing, opened, show_json, show_list, show_rows
from retail_entrypoints.cli.examples import example
from retail_entrypoints.cli.tables import tabular

_ONE: Final = "0192f3c4-0000-7000-8000-000000000001"
_COLUMNS: Final[Columns] = {
    "job_id": lambda job: job.id,
    "kind": lambda job: f"{job.kind.value}{' (trial)' if job.is_trial else ''}",
    "state": lambda job: job.state,
    "rows": lambda job: f"{job.rows_done} of {job.rows_all}",
    "asked_by": lambda job: f"{job.asked_by.kind.value}:{job.asked_by.ref}",
    "asked_at": lambda job: job.asked_at,
    "reason": lambda job: job.reason,
}
_PROBLEMS: Final[Columns] = {
    "row": lambda problem: problem.row,
    "field": lambda problem: problem.field,
    "rule": lambda problem: problem.rule,
    "message": lambda problem: problem.message,
}


@click.group()
def jobs() -> None:
    """Files that a worker does, and how far they are."""


@jobs.command("list", epilog=example("jobs list --open"))
@click.option("--open", "is_open", is_flag=True, help="Only what is still to be done.")
@listing
@opened
async def list_jobs(desk: StaffDesk, is_open: bool, as_json: bool, limit: int) -> None:
    """All of them, the newest first."""

    async def fetch(page: PageRequest) -> Page[Job]:
        return await desk.reads.jobs.all(page, only_open=is_open)

    await show_list(fetch, _COLUMNS, as_json=as_json, limit=limit)


@jobs.command("show", epilog=example(f"jobs show {_ONE}"))
@click.argument("job_id", type=click.UUID)
@tabular
@opened
async def show_job(desk: StaffDesk, job_id: UUID, as_json: bool) -> None:
    """How far one of them is, and what came of it."""
    job = await desk.reads.jobs.show(JobId(job_id))
    if job is None:
        raise JobNotFound(job_id=JobId(job_id))
    report = await desk.reads.jobs.report(job.id)
    if as_json:
        told = {name: read(job) for name, read in _COLUMNS.items()}
        show_json(told | {"phase": job.phase, "tries": job.tries, "report": attrs.asdict(report) if report else None})
        return
    for name, read in _COLUMNS.items():
        click.echo(f"{name.replace('_', ' ')}: {getattr(read(job), 'value', read(job))}")
    if report is None:
        return
    for name, count in report.counts.items():
        click.echo(f"{name.replace('_', ' ')}: {count}")
    if report.problems:
        show_rows(report.problems, _PROBLEMS, as_json=False)
        if report.problem_count > len(report.problems):
            click.echo(f"... and {report.problem_count - len(report.problems)} more")


@jobs.command("cancel", epilog=example(f"jobs cancel {_ONE} --as admin"))
@click.argument("job_id", type=click.UUID)
@decides("jobs.cancel")
async def cancel_job(desk: StaffDesk, job_id: UUID) -> None:
    """Do not do it: only while it waits."""
    wish = CancelJob(job_id=JobId(job_id), actor=desk.actor, once=desk.once)
    click.echo((await desk.retail.jobs.cancel(wish)).state.value)
