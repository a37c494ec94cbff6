"""Staff hand in files that a worker does, and look after them (JOB-R1, JOB-R3): a trial first, then in earnest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Any, Protocol

from attrs import evolve, field, frozen

from retail_domain.accounts import ALL_RIGHTS, NEEDS, AccountsWork, Rights, StaffAction, StaffForbidden
from retail_domain.catalog import CatalogueSource, ImportMapping
from retail_domain.inventory import LocationNotFound, Locations
from retail_domain.jobs import (
    FILE_BYTES_MAX,
    CancelJob,
    CountStockJob,
    EditPricesJob,
    FileJob,
    ImportGoodsJob,
    Job,
    JobKind,
    JobNotFound,
    JobOutcome,
    JobPaper,
    JobsWork,
    MoveMembersJob,
    TrialNotDone,
)
from retail_domain.jobs.model import AS_TRIED
from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import JobId, LocationId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE, LINE, LINES, REFERENCE_LETTERS_MAX
from retail_domain.kernel.rows import Row
from retail_domain.processes.staff.seconding import rights_of_asker

MAPPING_LETTERS_MAX = 10_000


class JobFiles(Protocol):
    """Reads what was handed in."""

    def check(self, kind: JobKind, file: str, options: Mapping[str, str]) -> int:
        """How many rows there are. Raises InvalidInput for what can never be done, such as columns that are missing."""
        ...

    def rows(self, file: str) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        """Its header and its rows. Raises InvalidInput."""
        ...

    def catalogue(self, file: str, mapping: str) -> AbstractContextManager[tuple[ImportMapping, CatalogueSource]]:
        """Goods, and what their columns mean. Raises InvalidInput."""
        ...


class JobDeskWork(AccountsWork, JobsWork, Protocol):
    """The unit of work of whoever hands in jobs."""

    @property
    def locations(self) -> Locations:
        """Warehouses and stores."""
        ...


@frozen(kw_only=True)
class JobOrder:
    """What was handed in, as it is kept."""

    wish: FileJob
    kind: JobKind
    options: Mapping[str, str]
    needs: tuple[Effect, ...]
    file: bytes | None = field(repr=False)
    rows_all: int

    @property
    def once(self) -> Once | None:
        """Its key."""
        return self.wish.once


@brings(Effect.GOODS, at_times=(Effect.SELLING_PRICE, Effect.STOCK, Effect.NOTES, Effect.COST))
async def import_goods_job(wish: ImportGoodsJob, store: Called[JobOrder, JobOutcome], files: JobFiles) -> JobOutcome:
    """Goods wait to be imported. Raises InvalidInput, LocationNotFound, StaffForbidden, JobNotFound, TrialNotDone."""
    if wish.location and Effect.STOCK not in wish.granted:
        raise StaffForbidden(permission=NEEDS[Effect.STOCK].value)
    mapping = LINES.read(wish.mapping, "mapping", MAPPING_LETTERS_MAX) if wish.mapping.strip() else ""
    options = {"mapping": mapping, "location": wish.location or "", "skip_bad": "yes" if wish.skip_bad else ""}
    return await store(_order(wish, JobKind.GOODS, options, files, Effect.GOODS, *([Effect.STOCK] if wish.location else ())))


@brings(Effect.SELLING_PRICE)
async def edit_prices_job(wish: EditPricesJob, store: Called[JobOrder, JobOutcome], files: JobFiles) -> JobOutcome:
    """Other prices wait to be asked. Raises InvalidInput, JobNotFound, TrialNotDone."""
    options = {"reason": LINE.read(wish.reason, "reason", REFERENCE_LETTERS_MAX)}
    return await store(_order(wish, JobKind.PRICES, options, files, Effect.SELLING_PRICE))


@brings(Effect.STOCK)
async def count_stock_job(wish: CountStockJob, store: Called[JobOrder, JobOutcome], files: JobFiles) -> JobOutcome:
    """What was counted waits to be said. Raises InvalidInput, LocationNotFound, JobNotFound, TrialNotDone."""
    options = {}
    if wish.trial_id is None:
        if not wish.location:
            raise InvalidInput.of("location", "required", "say where it was counted")
        options = {"location": wish.location, "reason": LINE.read(wish.reason, "reason", REFERENCE_LETTERS_MAX, 1)}
    return await store(_order(wish, JobKind.COUNTS, options, files, Effect.STOCK))


@brings(Effect.MEMBERS_MOVED_IN, at_times=(Effect.POINTS, Effect.TIERS))
async def move_members_job(wish: MoveMembersJob, store: Called[JobOrder, JobOutcome], files: JobFiles) -> JobOutcome:
    """Members wait to be moved in. Raises InvalidInput, JobNotFound, TrialNotDone."""
    return await store(_order(wish, JobKind.MEMBERS, {}, files, Effect.MEMBERS_MOVED_IN))


def _order(wish: FileJob, kind: JobKind, options: Mapping[str, str], files: JobFiles, *needs: Effect) -> JobOrder:
    """Raises InvalidInput for a file that can never be done."""
    if (wish.file is None) == (wish.trial_id is None):
        raise InvalidInput.of("file", "required", "a file, or a trial that is done in earnest: one of both")
    if wish.file is None:
        return JobOrder(wish=wish, kind=kind, options={}, needs=needs, file=None, rows_all=0)
    content = wish.file.encode("utf-8", "surrogatepass")
    if not content.strip():
        raise InvalidInput.of("file", "required", "choose a file, or give its text")
    if len(content) > FILE_BYTES_MAX:
        raise InvalidInput.of("file", "too_long", f"a file has {FILE_BYTES_MAX:,} bytes at most; split it")
    said = {name: value for name, value in options.items() if value}
    rows = files.check(kind, wish.file, said)
    return JobOrder(wish=wish, kind=kind, options=said, needs=needs, file=content, rows_all=rows)


async def store_job(work: JobDeskWork, order: JobOrder, means: Means) -> JobOutcome:
    """It waits for a worker. Handed in again while it is open, it is the same job (JOB-R1)."""
    if order.wish.trial_id is not None:
        order, trial = await _of_trial(work, order, order.wish.trial_id)
        if not may_have(trial, await rights_at(work, order.wish.actor, means)):
            raise JobNotFound(job_id=trial.id)  # and the trial is still there for whoever may
        if trial.done_by is not None:
            return await _outcome_of(work, trial.done_by)
    else:
        trial = None
    assert order.file is not None
    file, actor = order.file, order.wish.actor
    digest = sha256(file).hexdigest()
    is_trial = order.wish.dry_run and trial is None
    under = _same_thing(order, is_trial, digest)
    known = await work.jobs.open_under(under)
    if known is not None:
        return JobOutcome(job_id=known.id, state=known.state)
    at = means.clock.now()
    job = Job(
        id=JobId(means.ids.new()), kind=order.kind, is_trial=is_trial, options=order.options, size_bytes=len(file),
        digest=digest, open_under=under, needs=order.needs, places=await _places(work, order), asked_by=actor, asked_at=at,
        rows_all=order.rows_all, due_at=at,
    )  # fmt: skip
    if trial is not None:
        work.jobs.save(trial.done_in_earnest(job.id))
        paper = await work.job_papers.of(trial.id)
        assert paper is not None
        work.job_papers.save(paper.ended(None, keeps_file=False))
    work.jobs.save(job.filed())
    work.job_papers.save(JobPaper(job_id=job.id, file=file).filed())
    note_job(work, "job.ask", job, means)
    return JobOutcome(job_id=job.id, state=job.state)


async def cancel_job(work: JobDeskWork, command: CancelJob, means: Means) -> JobOutcome:
    """A job that no worker has taken up is not done. Raises JobNotFound, JobNotWaiting."""
    job = await work.jobs.claim(command.job_id)
    if job is None or not may_have(job, await rights_at(work, command.actor, means)):
        raise JobNotFound(job_id=command.job_id)
    change = job.cancelled(at=means.clock.now())
    paper = await work.job_papers.of(job.id)
    assert paper is not None
    work.jobs.save(change)
    work.job_papers.save(paper.ended(None, keeps_file=False))
    note_job(work, "job.cancel", evolve(job, asked_by=command.actor), means)
    return JobOutcome(job_id=job.id, state=change.state.state)


def may_have(job: Job, rights: Rights) -> bool:
    """Whether somebody may bring about what a job brings about, where it does (JOB-R3)."""
    there = Places.of(job.places) if job.places else EVERYWHERE
    return rights.within([NEEDS[effect] for effect in job.needs]).covers(there)


async def rights_at(work: AccountsWork, actor: Actor, means: Means) -> Rights:
    """What somebody may do as of this unit; the system may everything."""
    if actor.kind is ActorKind.SYSTEM:
        return ALL_RIGHTS
    return await rights_of_asker(work, actor, means)


def note_job(work: AccountsWork, action: str, job: Job, means: Means) -> None:
    """A line of the trail about whoever handed it in, never about a worker."""
    told = f"{job.id} {job.kind.value}{' trial' if job.is_trial else ''} {job.digest[:16]}"
    work.audit_trail.note(StaffAction(actor=job.asked_by, action=action, object=told, at=means.clock.now()))


async def _of_trial(work: JobDeskWork, order: JobOrder, trial_id: JobId) -> tuple[JobOrder, Job]:
    """What the trial was told, with its file. Raises JobNotFound, TrialNotDone, StaffForbidden."""
    trial = await work.jobs.claim(trial_id)
    if trial is None or trial.kind is not order.kind:
        raise JobNotFound(job_id=trial_id)
    if Effect.STOCK in trial.needs and Effect.STOCK not in getattr(order.wish, "granted", trial.needs):
        raise StaffForbidden(permission=NEEDS[Effect.STOCK].value)
    paper = await work.job_papers.of(trial_id)
    if trial.done_by is None and (paper is None or paper.file is None or not paper.report or not paper.report.can_be_done):
        raise TrialNotDone(job_id=trial_id)
    file = paper.file if paper is not None else None
    basis = paper.report.basis if paper is not None and paper.report is not None else ""
    options = {**trial.options, **({AS_TRIED: basis} if basis else {})}
    return evolve(order, options=options, needs=trial.needs, file=file, rows_all=trial.rows_all), trial


async def _outcome_of(work: JobDeskWork, id: JobId) -> JobOutcome:
    known = await work.jobs.find(id)
    if known is None:
        raise JobNotFound(job_id=id)
    return JobOutcome(job_id=known.id, state=known.state)


async def _places(work: JobDeskWork, order: JobOrder) -> tuple[LocationId, ...]:
    code = order.options.get("location", "")
    if not code:
        return ()
    for location in await work.locations.all():
        if CODE.spelled(location.code) == CODE.spelled(code):
            return (location.id,) if order.kind is JobKind.COUNTS else ()
    raise LocationNotFound(location=code)


def _same_thing(order: JobOrder, is_trial: bool, digest: str) -> str:
    """Who wants what to be done with which file."""
    actor = order.wish.actor
    said: list[Any] = [order.kind.value, str(is_trial), actor.kind.value, actor.ref, digest]
    said += [f"{name}={value}" for name, value in sorted(order.options.items())]
    return sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()
