"""`/v1/staff/jobs`: files that a worker does, and how far they are (JOB-R1 to JOB-R5)."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import StaffForbidden
from retail_domain.application import Retail
from retail_domain.inventory import LocationNotFound
from retail_domain.jobs import (
    CancelJob,
    CountStockJob,
    EditPricesJob,
    ImportGoodsJob,
    Job,
    JobChange,
    JobKind,
    JobNotFound,
    JobNotWaiting,
    JobOutcome,
    JobReport,
    JobState,
    MoveMembersJob,
    TrialNotDone,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.rows import RowProblem
from retail_domain.processes.staff.jobs import may_have
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shapes import Answer, Body, Code, Count, Instant, Text, Uuid
from retail_entrypoints.http.shaping import derived

OnlyOpen = Annotated[bool, QueryParameter(description="Only what is still to be done.")]
_CSV: Final = "CSV as spreadsheets write it; the first row names the columns. A file, or `trial_id`: one of both."
MembersText = Annotated[
    str, Meta(min_length=1, max_length=200_000, description=_CSV, examples=["phone,name\n13800138000,Li Lei\n"]),
]  # fmt: skip
GoodsText = Annotated[
    str, Meta(min_length=1, max_length=200_000, description=_CSV, examples=["code,title,price\nTEA-900,Tea,19.99\n"]),
]  # fmt: skip
PricesText = Annotated[
    str, Meta(min_length=1, max_length=200_000, description=_CSV, examples=["sku,price\nTEA-100,19.99\n"]),
]  # fmt: skip
CountsText = Annotated[
    str, Meta(min_length=1, max_length=200_000, description=_CSV, examples=["sku,stock\nTEA-100,24\n"]),
]  # fmt: skip
Trial = Annotated[Uuid | None, Meta(description="A trial that is done in earnest, with its file.", examples=[None])]
DryRun = Annotated[bool, Meta(description="A trial: the job tells what would change, and changes nothing.")]
Why = Annotated[str, Meta(max_length=200, description="Why, in a sentence.", examples=["season ends"])]


class FileJobBody(Body, frozen=True):
    """A file of members; or a trial that is done in earnest, with its file and all that it was told."""

    file: MembersText | None = None
    trial_id: Trial = None
    dry_run: DryRun = False

    to_command = becoming(MoveMembersJob, "actor", "once")


class GoodsJobBody(Body, frozen=True):
    """Goods: columns by their usual names, or as `mapping` says (TOML, as for the command line); or a trial."""

    file: GoodsText | None = None
    trial_id: Trial = None
    dry_run: DryRun = False
    mapping: Annotated[str, Meta(max_length=10_000, description="What the columns mean, in TOML.", examples=[""])] = ""
    location: Code | None = None
    skip_bad: bool = False

    to_command = becoming(ImportGoodsJob, "actor", "granted", "once")


class PricesJobBody(Body, frozen=True):
    """Columns `sku` (a code or a barcode) and `price`; or a trial."""

    file: PricesText | None = None
    trial_id: Trial = None
    dry_run: DryRun = False
    reason: Why = ""

    to_command = becoming(EditPricesJob, "actor", "once")


class CountsJobBody(Body, frozen=True):
    """Columns `sku` (a code or a barcode) and `stock`, counted at one place; or a trial, which knows its own place."""

    file: CountsText | None = None
    trial_id: Trial = None
    dry_run: DryRun = False
    location: Code | None = None
    reason: Why = ""

    to_command = becoming(CountStockJob, "actor", "within", "once")


class JobOutcomeShape(Answer, frozen=True):
    """Which job it is; look at it again to see how far it is."""

    job_id: Uuid
    state: JobState

    of = derived(JobOutcome)


class RowProblemShape(Answer, frozen=True):
    """What is wrong with which row; row 0 is the file as a whole."""

    row: Count
    field: Annotated[str, Meta(examples=["price"])]
    rule: Annotated[str, Meta(examples=["amount"])]
    message: Annotated[str, Meta(examples=["'cheap' is no amount such as 19.99"])]

    of = derived(RowProblem)


class JobChangeShape(Answer, frozen=True):
    """What a row changes: minor units of the shop's currency, or units of goods; `before` is null where there was nothing."""

    row: Count
    code: Annotated[str, Meta(examples=["TEA-100"])]
    before: Count | None
    after: Count

    of = derived(JobChange)


class JobReportShape(Answer, frozen=True):
    """What came of it, or would: counts by name, and the first of the problems and changes in full."""

    counts: dict[str, Count]
    problem_count: Count
    problems: list[RowProblemShape]
    changes: list[JobChangeShape]
    unread: Annotated[list[Text], Meta(description="Columns of the file that nobody reads.", examples=[["名称"]])]
    can_be_done: Annotated[bool, Meta(description="Of a trial: there is something to be done in earnest.")]

    of = derived(JobReport)


class JobShape(Answer, frozen=True):
    """A job, and how far it is; `report` is told of one of them, once it is over."""

    job_id: Uuid
    kind: JobKind
    is_trial: bool
    size_bytes: Count
    digest: Annotated[str, Meta(description="Of the file (SHA-256).", examples=["9f86d081884c7d659a2feaa0c55ad015"])]
    asked_by: Annotated[str, Meta(description="Who: sort and id.", examples=["staff:0192f3c4-0000-7000-8000-00000000000a"])]
    asked_at: Instant
    state: JobState
    phase: Annotated[str, Meta(description="What is being done: `checking` or `storing`.", examples=["storing"])]
    rows_done: Count
    rows_all: Count
    tries: Count
    reason: Annotated[
        str,
        Meta(description="The code of the refusal, where it was refused, failed or is tried again.", examples=["store.busy"]),
    ]
    began_at: Instant | None
    ended_at: Instant | None
    done_by: Uuid | None
    report: JobReportShape | None = None


def job_shape(job: Job, report: JobReport | None = None) -> JobShape:
    """As it stands."""
    return JobShape(
        job_id=job.id, kind=job.kind, is_trial=job.is_trial, size_bytes=job.size_bytes, digest=job.digest,
        asked_by=f"{job.asked_by.kind.value}:{job.asked_by.ref}", asked_at=job.asked_at, state=job.state, phase=job.phase,
        rows_done=job.rows_done, rows_all=job.rows_all, tries=job.tries, reason=job.reason, began_at=job.began_at,
        ended_at=job.ended_at, done_by=job.done_by, report=JobReportShape.of(report) if report is not None else None,
    )  # fmt: skip


def job_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/jobs`."""
    return [*_looking(retail), *_handing_in(retail)]


async def job_seen(retail: Retail, job_id: UUID, caller: Caller) -> Job:
    """A job that this caller may bring about as well. Raises JobNotFound."""
    found = await retail.jobs.show.show(JobId(job_id))
    if found is None or not may_have(found, caller.rights):
        raise JobNotFound(job_id=JobId(job_id))
    return found


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/jobs", permission=STAFF, tag="staff: jobs")

    @routes.get(summary="Files that a worker does or has done; the newest first")
    async def list_jobs(
        page: NamedDependency[PageRequest], caller: NamedDependency[Caller], open_only: OnlyOpen = False
    ) -> PageShape[JobShape]:
        """Those whose like you may hand in yourself; a page may hold fewer than were asked for."""
        found = await retail.jobs.show.all(page, only_open=open_only)
        seen = tuple(one for one in found.items if may_have(one, caller.rights))
        return listing(Page(seen, found.next_cursor), job_shape)

    @routes.get("/{job_id:uuid}", raises=[JobNotFound], summary="One of them, with what came of it")
    async def get_job(job_id: FromPath[UUID], caller: NamedDependency[Caller]) -> JobShape:
        """How far it is. What the file changed is told once it is over."""
        found = await job_seen(retail, job_id, caller)
        return job_shape(found, await retail.jobs.show.report(found.id))

    @routes.post("/{job_id:uuid}/cancel", status=200, raises=[JobNotFound, JobNotWaiting], summary="Do not do it")
    async def cancel_job(
        job_id: FromPath[UUID], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> JobOutcomeShape:
        """Only while it waits: what a worker has begun comes to its end."""
        return JobOutcomeShape.of(await retail.jobs.cancel(CancelJob(job_id=JobId(job_id), actor=actor, once=once)))

    return routes.all


def _handing_in(retail: Retail) -> Sequence[HTTPRouteHandler]:
    jobs = retail.jobs
    routes = Resource("/staff/jobs", permission=STAFF, tag="staff: jobs")  # each needs what it brings about
    raises = (JobNotFound, TrialNotDone)

    @routes.post(
        "/goods", does=jobs.import_goods, status=202, raises=[*raises, LocationNotFound, StaffForbidden],
        summary="Import goods, by a worker",
    )  # fmt: skip
    async def hand_in_goods(
        data: JSONBody[GoodsJobBody],
        actor: NamedDependency[Actor],
        caller: NamedDependency[Caller],
        once: NamedDependency[Once | None],
    ) -> JobOutcomeShape:
        """All rows or none; with `skip_bad`, the good ones. The same file while it is open is the same job."""
        wish = data.to_command(actor=actor, granted=caller.granted(EVERYWHERE), once=once)
        return JobOutcomeShape.of(await jobs.import_goods(wish))

    @routes.post("/prices", does=jobs.edit_prices, status=202, raises=raises, summary="Ask other prices, by a worker")
    async def hand_in_prices(
        data: JSONBody[PricesJobBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> JobOutcomeShape:
        """All rows or none. The same file while it is open is the same job."""
        return JobOutcomeShape.of(await jobs.edit_prices(data.to_command(actor=actor, once=once)))

    @routes.post(
        "/counts", does=jobs.count_stock, status=202, raises=[*raises, LocationNotFound],
        summary="Say what was counted, by a worker",
    )  # fmt: skip
    async def hand_in_counts(
        data: JSONBody[CountsJobBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> JobOutcomeShape:
        """All rows or none. What takes two people is decided by hand."""
        return JobOutcomeShape.of(await jobs.count_stock(data.to_command(actor=actor, within=within, once=once)))

    @routes.post("/members", does=jobs.move_members_in, status=202, raises=raises, summary="Move members in, by a worker")
    async def hand_in_members(
        data: JSONBody[FileJobBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> JobOutcomeShape:
        """All of them or none. The same file once more changes nothing."""
        return JobOutcomeShape.of(await jobs.move_members_in(data.to_command(actor=actor, once=once)))

    return routes.all
