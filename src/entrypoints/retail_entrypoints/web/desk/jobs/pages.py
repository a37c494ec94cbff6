"""`/desk/jobs`: files that a worker does, how far they are while one looks, and what came of them (JOB-R3, JOB-R4)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Stream

from retail_domain.application import Retail
from retail_domain.jobs import CancelJob, JobNotFound
from retail_domain.kernel.ids import JobId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.staff.jobs import may_have
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.jobs import job_seen
from retail_entrypoints.http.refusals import TooBusy
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.asking import FormRequest
from retail_entrypoints.web.desk.jobs.models import JobAtDesk
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import NoFields
from retail_entrypoints.web.live import NOTHING, LookOut, heard_before
from retail_entrypoints.web.view import View

OnlyOpen = Annotated[str | None, QueryParameter(name="state", max_length=20)]
Position = Annotated[int, QueryParameter(name="after", ge=NOTHING, le=2**63 - 1)]


async def show_job(shop: ServedShop[Retail], view: View, job_id: UUID, position: int | None = None) -> Response[bytes]:
    """One job as a page. Raises JobNotFound."""
    job = await job_seen(shop.retail, job_id, view.request.caller)
    report = await shop.retail.jobs.show.report(job.id)
    model = JobAtDesk.of(job, report, shop.settings.currency, await names_for(shop.retail, view), view)
    return show(view, "jobs/one.html", m=model, position=position)


def job_pages(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Jobs whose like whoever looks may hand in."""
    retail, look_out = shop.retail, LookOut(shop.retail.events)
    pages = Resource("/desk/jobs", permission=STAFF, tag="desk")

    @pages.get()
    async def show_jobs_at_desk(
        view: NamedDependency[View], caller: NamedDependency[Caller], only: OnlyOpen = None, cursor: Cursor = None
    ) -> Response[bytes]:
        is_open = only == "open"
        found = await retail.jobs.show.all(PageRequest(PAGE, cursor), only_open=is_open)
        names, currency = await names_for(retail, view), shop.settings.currency
        seen = (one for one in found.items if may_have(one, caller.rights))
        rows = tuple(JobAtDesk.of(one, None, currency, names, view) for one in seen)
        return show(view, "jobs/list.html", rows=rows, is_open=is_open, next_cursor=found.next_cursor)

    @pages.get("/{job_id:uuid}", raises=[JobNotFound])
    async def show_job_at_desk(job_id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        position = await look_out.position()  # before the job is read, so that nothing falls between
        return await show_job(shop, view, job_id, position)

    @pages.get("/{job_id:uuid}/live", raises=[JobNotFound, TooBusy], opt={"is_file": True})
    async def follow_job(
        job_id: FromPath[UUID],
        caller: NamedDependency[Caller],
        client_address: NamedDependency[str],
        request: FormRequest,
        after: Position = NOTHING,
    ) -> Stream:
        await job_seen(retail, job_id, caller)
        return look_out.stream(job_id, heard_before(request, after), client_address)

    @pages.post("/{job_id:uuid}/cancel", raises=[JobNotFound])
    async def cancel_job_at_desk(
        job_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = CancelJob(job_id=JobId(job_id), actor=view.actor, once=once)
        there = f"/desk/jobs/{job_id}"
        return await decide(
            view, retail.jobs.cancel(wish), lambda _: view.go(there, "desk.said.job_cancelled"),
            lambda: show_job(shop, view, job_id),
        )  # fmt: skip

    return pages.all
