"""`/v1/tiers`, `/v1/me/tier`, `/v1/staff/tiers` and a member's tier as staff see and grant it."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.once import Once
from retail_domain.tiers import (
    Benefits,
    Grant,
    GrantTier,
    Ladder,
    Metric,
    Missing,
    NoTierGranted,
    TakeTierAway,
    Tier,
    TierCount,
    TierDesk,
    TierNotOnLadder,
    TierStanding,
    TierView,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, BasisPoints, Body, Cents, Count, Instant, Reason, Uuid
from retail_entrypoints.http.shaping import derived

TierCode = Annotated[str, Meta(min_length=1, max_length=30, description="The code of a tier.", examples=["gold"])]
TierName = Annotated[str, Meta(min_length=1, max_length=20, description="What people call it.", examples=["黄金卡"])]
PointRate = Annotated[int, Meta(ge=0, le=100_000, description="Points of a purchase; 10,000 is usual.", examples=[15_000])]


class TierNeedsShape(Answer, frozen=True):
    """What a tier asks; null is nothing of that kind."""

    net_minor: Cents | None
    orders: Count | None


class TierBenefitsShape(Answer, frozen=True):
    """What a tier brings."""

    discount_bps: BasisPoints
    free_freight_from_minor: Cents | None
    points_bps: PointRate
    early_hours: Count
    return_days: Count | None
    free_returns: Count
    has_agent: bool
    ships_first: bool

    of = derived(Benefits)


def _needs(tier: Tier) -> TierNeedsShape:
    return TierNeedsShape(net_minor=tier.needs.get(Metric.NET_MINOR), orders=tier.needs.get(Metric.ORDERS))


class TierShape(Answer, frozen=True):
    """A tier: what it asks, `all` of it or `any`, and what it brings. Amounts are minor units of the shop's currency."""

    code: TierCode
    name: TierName
    name_en: TierName
    mode: Literal["all", "any"]
    needs: TierNeedsShape
    benefits: TierBenefitsShape

    of = derived(Tier, needs=_needs, mode="together")


class LadderShape(Answer, frozen=True):
    """All tiers, the lowest first; orders of the last `window_months` count, 0 is all of them."""

    tiers: list[TierShape]
    window_months: Count
    retention_months: Count
    drop_max: Count
    notice_days: Count

    of = derived(Ladder)


class MissingShape(Answer, frozen=True):
    """What is there of one thing that the next tier asks."""

    metric: Literal["net_minor", "orders"]
    have: Count
    need: Count
    missing: Count

    of = derived(Missing)


class GrantShape(Answer, frozen=True):
    """A tier that somebody of the shop gave, and until when."""

    tier: TierCode
    until: Instant

    of = derived(Grant)


class MyTierShape(Answer, frozen=True):
    """My tier, until when it is kept, and what is missing to the next one."""

    tier: TierShape
    since: Instant | None
    keep_until: Instant | None
    counted_since: Instant | None
    grant: GrantShape | None
    next: TierShape | None
    missing: list[MissingShape]

    of = derived(TierView)


class TierCountShape(Answer, frozen=True):
    """How many members have earned a tier."""

    code: TierCode
    members: Count

    of = derived(TierCount, code="tier.code")


class TierCountsShape(Answer, frozen=True):
    """All tiers but the lowest."""

    items: list[TierCountShape]


class GrantTierBody(Body, frozen=True):
    """Which tier, until when, and why."""

    tier: TierCode
    until: Instant
    reason: Reason

    to_command = becoming(GrantTier, "actor", "member_id", "once")


class TakeTierAwayBody(Body, frozen=True):
    """Why."""

    reason: Reason

    to_command = becoming(TakeTierAway, "actor", "member_id", "once")


class StandingShape(Answer, frozen=True):
    """What is earned, and what is granted."""

    member_id: Uuid
    tier: TierCode
    since: Instant
    grant: GrantShape | None

    of = derived(TierStanding)


def tier_routes(tiers: TierDesk) -> Sequence[HTTPRouteHandler]:
    """Tiers, for everybody, for members and for staff."""
    everybody = Resource("/tiers", permission=PUBLIC, tag="membership")

    @everybody.get(summary="The tiers of members, what each asks and brings")
    async def show_tiers() -> LadderShape:
        """The ladder that is in force."""
        return LadderShape.of(await tiers.ladder())

    mine = Resource("/me/tier", permission=MEMBER, tag="membership")

    @mine.get(summary="My tier, and the way to the next one")
    async def show_my_tier(member_id: NamedDependency[MemberId]) -> MyTierShape:
        """Completed orders count, less what went back of them."""
        return MyTierShape.of(await tiers.show(member_id))

    return [*everybody.all, *mine.all, *_staff_routes(tiers)]


def _staff_routes(tiers: TierDesk) -> Sequence[HTTPRouteHandler]:
    counts = Resource("/staff/tiers", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @counts.get(summary="How many members have earned each tier")
    async def count_tiers() -> TierCountsShape:
        """Whoever never rose is on the lowest, and is not counted."""
        return TierCountsShape(items=[TierCountShape.of(one) for one in await tiers.counts()])

    seen = Resource("/staff/members/{id:uuid}/tier", permission=Permission.MEMBERS_SEE, tag="staff: members")

    @seen.get(summary="A member's tier")
    async def show_tier_of(id: FromPath[UUID]) -> MyTierShape:
        """As the member sees it; of somebody who is not there, the lowest."""
        return MyTierShape.of(await tiers.show(MemberId(id)))

    granted = Resource("/staff/members/{id:uuid}/tier", permission=Permission.TIERS_GRANT, tag="staff: members")

    @granted.put(does=tiers.grant, raises=[MemberNotFound, TierNotOnLadder], summary="Grant a member a tier for a time")
    async def grant_tier(
        id: FromPath[UUID], data: JSONBody[GrantTierBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> StandingShape:
        """Automatic rules raise above it and never lower it before its end."""
        return StandingShape.of(await tiers.grant(data.to_command(actor=actor, member_id=MemberId(id), once=once)))

    @granted.post(
        "/removal", does=tiers.take_away, raises=[MemberNotFound, NoTierGranted], status=200, summary="Take a granted tier back"
    )
    async def take_tier_away(
        id: FromPath[UUID], data: JSONBody[TakeTierAwayBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> StandingShape:
        """What was earned stays."""
        return StandingShape.of(await tiers.take_away(data.to_command(actor=actor, member_id=MemberId(id), once=once)))

    return [*counts.all, *seen.all, *granted.all]
