"""`/v1/me/points`, `/v1/staff/members/{id}/points`: what members have of points, and why."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.points import (
    POINTS_MAX,
    AboveOnesLimit,
    AdjustPoints,
    Because,
    ExpiringPoints,
    PointsAdjusted,
    PointsAre,
    PointsBalance,
    PointsDesk,
    PointsEntry,
    PointsSource,
    TooFewPoints,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, Reason
from retail_entrypoints.http.shaping import derived

PointsChange = Annotated[
    int, Meta(ge=-POINTS_MAX, le=POINTS_MAX, description="So many are added; below nothing, so many are taken.", examples=[50])
]


CauseRef = Annotated[str, Meta(description="The id of what moved them, or a day.", examples=["2026-01-31"])]
StaffNote = Annotated[str, Meta(description="Why staff added or took them; else empty.", examples=["late parcel"])]


class ExpiringShape(Answer, frozen=True):
    """So many points expire at that moment, unless they are spent before."""

    expires_at: Instant
    points: Count

    of = derived(ExpiringPoints)


class PointsShape(Answer, frozen=True):
    """What can be spent, what waits for orders to be completed, what open orders hold, and what is owed."""

    available: Count
    frozen: Count
    locked: Count
    debt: Count
    expiring: list[ExpiringShape]

    of = derived(PointsBalance)


class PointsEntryShape(Answer, frozen=True):
    """So many points went from one standing to another; `worth` is what that did to the balance.

    `source` and `ref` name what had brought them, `because` and `cause` what moved them.
    """

    units: Count
    worth: int
    out_of: PointsAre
    went_to: PointsAre
    source: PointsSource
    ref: str
    because: Because
    cause: CauseRef
    note: StaffNote
    at: Instant

    of = derived(PointsEntry, source="key.source", ref="key.ref", because="cause.because", cause="cause.ref")


class AdjustPointsBody(Body, frozen=True):
    """Points to add or to take, and why; the member reads the reason."""

    points: PointsChange
    reason: Reason

    to_command = becoming(AdjustPoints, "member_id", "actor", "once", left=("seconded_by",))


class PointsAdjustedShape(Answer, frozen=True):
    """How the member stands now."""

    available: Count
    debt: Count

    of = derived(PointsAdjusted)


def points_routes(points: PointsDesk) -> Sequence[HTTPRouteHandler]:
    """`/v1/me/points`, and the same of any member for staff."""
    routes = Resource("/me/points", permission=MEMBER, tag="membership")

    @routes.get(summary="How I stand with points, and what expires when")
    async def show_my_points(member_id: NamedDependency[MemberId]) -> PointsShape:
        """Expired points are not among them, whether or not they have been written off."""
        return PointsShape.of(await points.balance(member_id))

    @routes.get("/entries", summary="What moved my points, the latest first")
    async def list_my_points(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[PointsEntryShape]:
        """Every point that was ever given is told from where it came to where it went."""
        return listing(await points.show.entries(member_id, page), PointsEntryShape.of)

    staff = Resource("/staff/members", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @staff.get("/{id:uuid}/points", summary="How a member stands with points")
    async def show_points_of(id: FromPath[UUID]) -> PointsShape:
        """Nothing, for whoever never had any."""
        return PointsShape.of(await points.balance(MemberId(id)))

    @staff.get("/{id:uuid}/points/entries", summary="What moved a member's points, the latest first")
    async def list_points_of(id: FromPath[UUID], page: NamedDependency[PageRequest]) -> PageShape[PointsEntryShape]:
        """As the member sees them."""
        return listing(await points.show.entries(MemberId(id), page), PointsEntryShape.of)

    @staff.post(
        "/{id:uuid}/points", does=points.adjust, raises=[MemberNotFound, AboveOnesLimit, TooFewPoints], status=200,
        summary="Add points, or take some",
    )  # fmt: skip
    async def adjust_points_of(
        id: FromPath[UUID], data: JSONBody[AdjustPointsBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> PointsAdjustedShape:
        """Within what one's roles may at once; taken are points that can be spent. Above a limit somebody else approves it."""
        wish = data.to_command(member_id=MemberId(id), actor=actor, once=once)
        return PointsAdjustedShape.of(await points.adjust(wish))

    return [*routes.all, *staff.all]
