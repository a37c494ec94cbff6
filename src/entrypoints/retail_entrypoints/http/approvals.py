"""`/v1/staff/approvals`: what waits for a second person (ACC-R14)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import Permission, StaffForbidden
from retail_domain.application import Retail
from retail_domain.approvals import (
    ApprovalAskerMayNot,
    ApprovalDecided,
    ApprovalExpired,
    ApprovalNotFound,
    ApprovalOfOnesOwn,
    ApprovalOutcome,
    ApprovalState,
    ApprovalView,
    Approve,
    RefuseApproval,
    approval_view,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import ApprovalId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import Places
from retail_domain.processes.staff.seconding import may_see
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import STAFF, Resource
from retail_entrypoints.http.shapes import Answer, Body, Instant, Reason, Uuid
from retail_entrypoints.http.shaping import derived

OnlyWaiting = Annotated[bool, QueryParameter(description="Only what nobody has decided about yet.")]
Measure = Annotated[int, Meta(description="In minor units of money, or in units of goods, as the matter is measured.")]


class RefusalBody(Body, frozen=True):
    """Why not."""

    reason: Reason

    to_command = becoming(RefuseApproval, "approval_id", "actor", "within", "once")


class ApprovalShape(Answer, frozen=True):
    """A decision that took two people, or waits for the second."""

    approval_id: Uuid
    does: Annotated[str, Meta(description="What was asked for.", examples=["ordering.refund"])]
    about: Annotated[str, Meta(description="What it is about, by ids and codes.")]
    matter: Annotated[str, Meta(description="What was measured.", examples=["refund"])]
    size: Measure
    limit: Measure
    asked_by: Annotated[str, Meta(description="Who: sort and id.", examples=["staff:0192f3c4-0000-7000-8000-00000000000a"])]
    asked_at: Instant
    expires_at: Instant
    state: ApprovalState
    decided_by: str | None
    decided_at: Instant | None
    reason: str

    of = derived(
        ApprovalView,
        asked_by=lambda view: _told(view.asked_by),
        decided_by=lambda view: _told(view.decided_by) if view.decided_by else None,
    )


class ApprovalOutcomeShape(Answer, frozen=True):
    """What became of it."""

    approval_id: Uuid
    state: ApprovalState

    of = derived(ApprovalOutcome)


def _told(actor: Actor) -> str:
    return f"{actor.kind.value}:{actor.ref}"


def approval_routes(retail: Retail, clock: Clock) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/approvals`."""
    return [*_looking(retail, clock), *_deciding(retail)]


def _looking(retail: Retail, clock: Clock) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/approvals", permission=STAFF, tag="staff: approvals")

    @routes.get(summary="What took two people, or waits for the second; the newest first")
    async def list_approvals(
        page: NamedDependency[PageRequest], caller: NamedDependency[Caller], waiting: OnlyWaiting = False
    ) -> PageShape[ApprovalShape]:
        """What you asked for, and what you could decide about; a page may hold fewer than were asked for."""
        found = await retail.approvals.show.all(page, only_waiting=waiting)
        seen = tuple(one for one in found.items if may_see(one, caller.rights, caller.actor))
        now = clock.now()
        return listing(Page(seen, found.next_cursor), lambda one: ApprovalShape.of(approval_view(one, now)))

    @routes.get("/{approval_id:uuid}", raises=[ApprovalNotFound], summary="One of them")
    async def get_approval(approval_id: FromPath[UUID], caller: NamedDependency[Caller]) -> ApprovalShape:
        """How far it is, and who decided."""
        found = await retail.approvals.show.show(ApprovalId(approval_id))
        if found is None or not may_see(found, caller.rights, caller.actor):
            raise ApprovalNotFound(approval_id=ApprovalId(approval_id))
        return ApprovalShape.of(approval_view(found, clock.now()))

    return routes.all


def _deciding(retail: Retail) -> Sequence[HTTPRouteHandler]:
    desk = retail.approvals
    routes = Resource("/staff/approvals/{approval_id:uuid}", permission=Permission.APPROVALS_DECIDE, tag="staff: approvals")
    raises = (ApprovalNotFound, ApprovalDecided, ApprovalExpired, StaffForbidden)

    @routes.post(
        "/approve", does=desk.approve, status=200, raises=[*raises, ApprovalOfOnesOwn, ApprovalAskerMayNot],
        summary="Approve it: it is carried out now",
    )  # fmt: skip
    async def approve(
        approval_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> ApprovalOutcomeShape:
        """Somebody else than who asked, who may do the same. It is decided with the shop as it is now, and refused with the
        words of what was asked for where that is not possible any more: then it waits on.
        """
        command = Approve(approval_id=ApprovalId(approval_id), actor=actor, within=within, once=once)
        return ApprovalOutcomeShape.of(await desk.approve(command))

    @routes.post("/refuse", does=desk.refuse, status=200, raises=raises, summary="Refuse it: nothing is done")
    async def refuse_approval(
        approval_id: FromPath[UUID],
        data: JSONBody[RefusalBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> ApprovalOutcomeShape:
        """Whoever asked takes it back so."""
        command = data.to_command(approval_id=ApprovalId(approval_id), actor=actor, within=within, once=once)
        return ApprovalOutcomeShape.of(await desk.refuse(command))

    return routes.all
