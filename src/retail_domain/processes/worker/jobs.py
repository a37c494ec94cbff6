"""A worker does what staff handed in: it takes a job up, does it in one unit that also says so, and tells how far it is.

Whoever is killed midway has stored nothing, and another one begins anew when the lease is over (JOB-R2). One that was only slow
finds at the end of its unit that the job is another's, and then nothing of its try is stored: so a file is done once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from retail_domain.catalog import CatalogWork, ImportCatalogue, ImportReport
from retail_domain.catalog.importing import Judgement
from retail_domain.jobs import (
    KEPT_DAYS_USUAL,
    Job,
    JobAskerMayNot,
    JobKind,
    JobLost,
    JobReport,
    JobsWork,
    RuledJobsWork,
)
from retail_domain.jobs.errors import TrialOutdated
from retail_domain.jobs.model import AS_TRIED
from retail_domain.jobs.settings import KEPT_DAYS
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.errors import DomainError, Kind, Stale, Taken
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.means import Means
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.progress import CHECKING, STORING
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.processes.delivery.catalogue_import import ImportWork, import_catalogue, store_judged
from retail_domain.processes.delivery.edits_by_file import (
    CountStock,
    EditPrices,
    EditsReport,
    StockEditsWork,
    count_stock,
    edit_prices,
)
from retail_domain.processes.staff.jobs import JobDeskWork, JobFiles, may_have, note_job, rights_at
from retail_domain.processes.staff.moving_in import (
    MembersMovedIn,
    MoveMembersIn,
    Moving,
    MovingInWork,
    move_members_in,
    stored_members,
)
from retail_domain.processes.worker.due import WhatIsDue
from retail_domain.processes.worker.job_reports import basis_of, of_edits, of_import, of_members, of_refusal

STEPS: Final = 20
"""So often a phase tells how far it is, at the most."""


class GoodsJobWork(ImportWork, JobDeskWork, Protocol):
    """Goods are imported, and the job is done."""


class PricesJobWork(CatalogWork, JobDeskWork, Protocol):
    """Other prices are asked, and the job is done."""


class CountsJobWork(StockEditsWork, JobDeskWork, Protocol):
    """It is said what was counted, and the job is done."""


class MembersJobWork(MovingInWork, JobDeskWork, Protocol):
    """Members are moved in, and the job is done."""


@frozen(kw_only=True)
class TakenJob:
    """A job that this worker has, its file, and what whoever handed it in may bring about now."""

    job: Job
    file: str = field(repr=False)
    granted: Granted
    within: Places


@frozen(kw_only=True)
class JobRun:
    """What a job comes to, and the job."""

    taken: TakenJob
    wish: Any


@frozen(kw_only=True)
class NoteProgress:
    """A worker has come so far."""

    job_id: JobId
    tries: int
    phase: str
    rows: int


@frozen(kw_only=True)
class EndJob:
    """It came to this: done, without a reason; refused, for one that stays; or put off, for one that passes."""

    taken: TakenJob
    report: JobReport
    reason: str = ""
    is_put_off: bool = False


@frozen(kw_only=True)
class JobSteps:
    """The steps of a worker, each a unit of its own."""

    take_up: Called[JobId, TakenJob | None]
    note: Called[NoteProgress, None]
    end: Called[EndJob, None]
    store_goods: Called[JobRun, ImportReport]
    try_goods: Called[Judgement, ImportReport]
    edit_prices: Called[JobRun, EditsReport]
    try_prices: Called[EditPrices, EditsReport]
    count_stock: Called[JobRun, EditsReport]
    try_counts: Called[CountStock, EditsReport]
    store_members: Called[JobRun, MembersMovedIn]
    try_members: Called[Moving, MembersMovedIn]


async def due_jobs(work: JobsWork, wanted: WhatIsDue) -> Sequence[JobId]:
    """Jobs that wait for a worker, or whose worker is dead; and trials whose file goes."""
    return await work.jobs.due(wanted.at, wanted.most)


async def take_up_job(work: JobDeskWork, job_id: JobId, means: Means) -> TakenJob | None:
    """This worker has it now. None where there is nothing to be done any more. Raises JobNotDue."""
    at = means.clock.now()
    job = await work.jobs.claim(job_id)
    if job is None:
        return None
    paper = await work.job_papers.of(job_id)
    assert paper is not None
    let_go = job.let_go(at=at)
    if let_go is not None:
        work.jobs.save(let_go)
        work.job_papers.save(paper.ended(None, keeps_file=False))
        return None
    change = job.taken_up(at=at)
    work.jobs.save(change)
    if not change.state.is_open:
        work.job_papers.save(paper.ended(None, keeps_file=False))
        note_job(work, f"job.{change.state.state.value}", change.state, means)
        return None
    rights = await rights_at(work, job.asked_by, means)
    may = may_have(job, rights)
    within = Places.of(job.places) if job.places else EVERYWHERE
    file = (paper.file or b"").decode("utf-8", "surrogatepass")
    granted = rights.granted(within) if may else frozenset()
    return TakenJob(job=change.state, file=file, granted=granted, within=within)


async def note_progress(work: JobsWork, note: NoteProgress, means: Means) -> None:
    """It is alive, and so far. Raises JobLost."""
    job = await work.jobs.claim(note.job_id)
    if job is None:
        raise JobLost(job_id=note.job_id)
    work.jobs.save(job.went_on(note.tries, note.phase, note.rows, at=means.clock.now()))


async def end_job(work: JobDeskWork, command: EndJob, means: Means) -> None:
    """What came of it stands, and the file goes. Raises JobLost, and whoever called stores nothing."""
    taken, report, at = command.taken, command.report, means.clock.now()
    job, tries = await work.jobs.claim(taken.job.id), taken.job.tries
    if job is None:
        raise JobLost(job_id=taken.job.id)
    keeps_file = False
    if command.is_put_off:
        change = job.put_off(tries, command.reason, at=at)
        keeps_file = change.state.is_open
    elif command.reason:
        change = job.refused(tries, command.reason, at=at)
    else:
        keeps_file = job.is_trial and report.can_be_done
        change = job.concluded(tries, is_kept=keeps_file, at=at)
    paper = await work.job_papers.of(job.id)
    assert paper is not None
    work.jobs.save(change)
    work.job_papers.save(paper.ended(None if change.state.is_open else report, keeps_file=keeps_file))
    if not change.state.is_open:
        note_job(work, f"job.{change.state.state.value}", change.state, means)


async def store_goods_of_job(work: GoodsJobWork, run: JobRun, means: Means) -> ImportReport:
    """Goods, and that the job is done, in one unit."""
    report = await store_judged(work, run.wish, means)
    await end_job(work, EndJob(taken=run.taken, report=of_import(report)), means)
    return report


async def edit_prices_of_job(work: PricesJobWork, run: JobRun, means: Means, currency: str) -> EditsReport:
    """Prices, and that the job is done, in one unit."""
    report = await edit_prices(work, run.wish, means, currency)
    _require_as_tried(run.taken.job, report)
    await end_job(work, EndJob(taken=run.taken, report=of_edits(report)), means)
    return report


async def count_stock_of_job(work: CountsJobWork, run: JobRun, means: Means, second: SecondPerson) -> EditsReport:
    """What was counted, and that the job is done, in one unit."""
    report = await count_stock(work, run.wish, means, second)
    _require_as_tried(run.taken.job, report)
    await end_job(work, EndJob(taken=run.taken, report=of_edits(report)), means)
    return report


def _require_as_tried(job: Job, report: EditsReport) -> None:
    """What was counted or asked at a trial is not put over what happened since (JOB-R2). Raises TrialOutdated."""
    seen = job.options.get(AS_TRIED, "")
    if seen and seen != basis_of(report):
        raise TrialOutdated(job_id=job.id)


async def store_members_of_job(work: MembersJobWork, run: JobRun, means: Means, second: SecondPerson) -> MembersMovedIn:
    """Members, and that the job is done, in one unit."""
    moved = await stored_members(work, run.wish, means, second, lasts=True)
    await end_job(work, EndJob(taken=run.taken, report=of_members(moved)), means)
    return moved


@define
class JobTelling:
    """Tells how far a job is, some times a phase: not while the one writer of a store is busy with the job itself."""

    taken: TakenJob
    note: Called[NoteProgress, None]
    tells_while_storing: bool
    _last: tuple[str, int] = ("", 0)

    async def __call__(self, phase: str, rows: int) -> None:
        """So far it is. Raises JobLost."""
        before, least = self._last, max(1, self.taken.job.rows_all // STEPS)
        if phase == before[0] and rows - before[1] < least:
            return
        if phase == STORING and rows and not self.tells_while_storing:
            return
        self._last = (phase, rows)
        await self.note(NoteProgress(job_id=self.taken.job.id, tries=self.taken.job.tries, phase=phase, rows=rows))


@frozen(kw_only=True)
class DoJob:
    """Does one job; a timer asks it."""

    steps: JobSteps
    files: JobFiles
    spell: Any
    currency: str
    tells_while_storing: bool

    async def __call__(self, job_id: JobId) -> None:
        """Raises JobNotDue and JobLost where another worker has it, and what nobody thought of: then it is tried again."""
        taken = await self.steps.take_up(job_id)
        if taken is None:
            return
        try:
            if not taken.granted:
                raise JobAskerMayNot(job_id=job_id)
            report = await self._done(taken)
        except JobLost:
            raise
        except DomainError as refused:
            passes = refused.kind is Kind.UNAVAILABLE or isinstance(refused, Stale | Taken)
            end = EndJob(taken=taken, report=of_refusal(refused), reason=refused.code, is_put_off=passes)
            await self.steps.end(end)
            return
        except Exception:
            await self.steps.end(EndJob(taken=taken, report=JobReport(), reason="job.broken", is_put_off=True))
            raise
        if report is not None:
            await self.steps.end(EndJob(taken=taken, report=report))

    async def _done(self, taken: TakenJob) -> JobReport | None:
        """What a trial came to; None for what was done in earnest: then it is said so already."""
        tell = JobTelling(taken, self.steps.note, self.tells_while_storing)
        await tell(CHECKING, 0)
        does: Mapping[JobKind, Callable[[TakenJob, JobTelling], Awaitable[JobReport]]] = {
            JobKind.GOODS: self._goods, JobKind.PRICES: self._prices, JobKind.COUNTS: self._counts,
            JobKind.MEMBERS: self._members,
        }  # fmt: skip
        report = await does[taken.job.kind](taken, tell)
        return report if taken.job.is_trial else None

    async def _goods(self, taken: TakenJob, tell: JobTelling) -> JobReport:
        options = taken.job.options

        async def store(judged: Judgement) -> ImportReport:
            await tell(STORING, 0)
            if taken.job.is_trial:
                return await self.steps.try_goods(judged)
            return await self.steps.store_goods(JobRun(taken=taken, wish=judged))

        with self.files.catalogue(taken.file, options.get("mapping", "")) as (mapping, source):
            wish = ImportCatalogue(
                mapping=mapping, source=source, skip_bad=bool(options.get("skip_bad")), dry_run=taken.job.is_trial,
                location=options.get("location") or None, actor=taken.job.asked_by, granted=taken.granted, follow=tell,
            )  # fmt: skip
            return of_import(await import_catalogue(wish, store, self.currency))

    async def _prices(self, taken: TakenJob, tell: JobTelling) -> JobReport:
        _, rows = self.files.rows(taken.file)
        wish = EditPrices(
            rows=rows, dry_run=taken.job.is_trial, reason=taken.job.options.get("reason", ""), actor=taken.job.asked_by
        )
        await tell(STORING, 0)
        if taken.job.is_trial:
            return of_edits(await self.steps.try_prices(wish))
        return of_edits(await self.steps.edit_prices(JobRun(taken=taken, wish=wish)))

    async def _counts(self, taken: TakenJob, tell: JobTelling) -> JobReport:
        _, rows = self.files.rows(taken.file)
        options = taken.job.options
        wish = CountStock(
            rows=rows, location=options["location"], reason=options["reason"], dry_run=taken.job.is_trial,
            actor=taken.job.asked_by, within=taken.within,
        )  # fmt: skip
        await tell(STORING, 0)
        if taken.job.is_trial:
            return of_edits(await self.steps.try_counts(wish))
        return of_edits(await self.steps.count_stock(JobRun(taken=taken, wish=wish)))

    async def _members(self, taken: TakenJob, tell: JobTelling) -> JobReport:
        header, rows = self.files.rows(taken.file)

        async def store(moving: Moving) -> MembersMovedIn:
            await tell(STORING, 0)
            return await self.steps.store_members(JobRun(taken=taken, wish=moving))

        wish = MoveMembersIn(
            header=header, rows=rows, dry_run=taken.job.is_trial, actor=taken.job.asked_by, granted=taken.granted, follow=tell
        )
        return of_members(await move_members_in(wish, store, self.steps.try_members, self.spell, self.currency))


@frozen
class ForgetJobs:
    """So many jobs that are over may go at once."""

    limit: int = 1_000


async def forget_jobs(work: RuledJobsWork, command: ForgetJobs, means: Means) -> int:
    """Answers how many went: those that were over long enough ago."""
    at = means.clock.now()
    days = (await work.settings.timetable()).at(at).of(KEPT_DAYS, KEPT_DAYS_USUAL)
    return await work.jobs.forget(at - timedelta(days=days), command.limit)
