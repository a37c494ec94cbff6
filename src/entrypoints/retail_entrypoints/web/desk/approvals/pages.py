"""`/desk/approvals`: what was too large for one person, and what a second one decides about it (ACC-R14)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.approvals import (
    ApprovalNotFound,
    Approve,
    RefuseApproval,
)
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.processes.staff.seconding import may_see
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.web.desk.approvals.models import ApprovalAtDesk
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, NoFields, Typed
from retail_entrypoints.web.view import View

OnlyWaiting = Annotated[str | None, QueryParameter(name="state", max_length=20)]


class RefusalForm(Form, frozen=True):
    """Why not."""

    reason: Typed = ""


def approval_pages(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    """Requests that whoever looks made, or could decide about."""
    return [*_looking(shop), *_deciding(shop)]


async def _page(shop: ServedShop[Retail], view: View, approval_id: UUID) -> Response[bytes]:
    caller = view.request.caller
    found = await shop.retail.approvals.show.show(ApprovalId(approval_id))
    if found is None or not may_see(found, caller.rights, caller.actor):
        raise ApprovalNotFound(approval_id=ApprovalId(approval_id))
    return show(view, "approvals/one.html", m=ApprovalAtDesk.of(found, shop, await names_for(shop.retail, view), view))


def _looking(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/approvals", permission=STAFF, tag="desk")

    @pages.get()
    async def show_approvals_at_desk(
        view: NamedDependency[View],
        caller: NamedDependency[Caller],
        waiting: OnlyWaiting = None,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        is_waiting = waiting == "waiting"
        found = await shop.retail.approvals.show.all(PageRequest(PAGE, cursor), only_waiting=is_waiting)
        names = await names_for(shop.retail, view)
        seen = (one for one in found.items if may_see(one, caller.rights, caller.actor))
        rows = tuple(ApprovalAtDesk.of(one, shop, names, view) for one in seen)
        return show(view, "approvals/list.html", rows=rows, is_waiting=is_waiting, next_cursor=found.next_cursor)

    @pages.get("/{approval_id:uuid}", raises=[ApprovalNotFound])
    async def show_approval_at_desk(approval_id: FromPath[UUID], view: NamedDependency[View]) -> Response[bytes]:
        return await _page(shop, view, approval_id)

    return pages.all


def _deciding(shop: ServedShop[Retail]) -> Sequence[HTTPRouteHandler]:
    desk = shop.retail.approvals
    pages = Resource("/desk/approvals/{approval_id:uuid}", permission=Permission.APPROVALS_DECIDE, tag="desk")

    @pages.post("/approve", does=desk.approve, raises=[ApprovalNotFound])
    async def approve_at_desk(
        approval_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = Approve(approval_id=ApprovalId(approval_id), actor=view.actor, within=within, once=once)
        there = f"/desk/approvals/{approval_id}"
        return await decide(
            view, desk.approve(wish), lambda _: view.go(there, "desk.said.approved"), lambda: _page(shop, view, approval_id)
        )

    @pages.post("/refuse", does=desk.refuse, raises=[ApprovalNotFound])
    async def refuse_at_desk(
        approval_id: FromPath[UUID],
        data: URLEncodedBody[RefusalForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RefuseApproval(
            approval_id=ApprovalId(approval_id), reason=data.reason, actor=view.actor, within=within, once=once
        )
        there = f"/desk/approvals/{approval_id}"
        return await decide(
            view, desk.refuse(wish), lambda _: view.go(there, "desk.said.refused"), lambda: _page(shop, view, approval_id)
        )

    return pages.all
