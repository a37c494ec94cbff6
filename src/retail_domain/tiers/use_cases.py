"""Members rise, keep their tier and fall; and see what is missing to the next (LVL-R4, LVL-R5)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.tiers.commands import GrantTier, TakeTierAway
from retail_domain.tiers.ladder import LADDER, NO_LADDER, Ladder, Metric, Metrics, Tier
from retail_domain.tiers.model import Grant, Judge, TierStanding, evaluated
from retail_domain.tiers.ports import TieringWork


class DueBy(Protocol):
    """What is due at a time, and so much of it at most."""

    @property
    def at(self) -> datetime: ...
    @property
    def most(self) -> int: ...


@frozen(kw_only=True)
@checked
class EvaluateTier:
    """Somebody looks whether a member's tier is still right."""

    member_id: MemberId


@frozen(kw_only=True)
class Missing:
    """What a member has of one thing that the next tier asks, and what is missing."""

    metric: Metric
    have: int
    need: int

    @property
    def missing(self) -> int:
        """Nothing when it is there."""
        return max(0, self.need - self.have)


@frozen(kw_only=True)
class TierView:
    """A member's tier, the way to the next one, and until when it is kept."""

    member_id: MemberId
    tier: Tier
    place: int
    earned_place: int
    metrics: Metrics
    since: datetime | None
    keep_until: datetime | None
    """None for the lowest, which nobody loses."""
    counted_since: datetime | None
    """Orders that were completed before it count no more; None where all of them do."""
    grant: Grant | None
    next: Tier | None
    missing: tuple[Missing, ...]
    """For the next tier: all of it, or the one that is nearest, as that tier says."""
    ladder: Ladder

    @property
    def place_is_granted(self) -> bool:
        """Whether it is had by hand alone."""
        return self.grant is not None and self.place > self.earned_place


@frozen(kw_only=True)
class TierCount:
    """How many have earned a tier; of the lowest nothing is known here, since whoever never rose is not counted."""

    tier: Tier
    members: int


async def ladder_in_force(work: TieringWork, at: datetime) -> Ladder:
    """The ladder at a moment (LVL-R9)."""
    return (await work.settings.timetable()).at(at).of(LADDER, otherwise=NO_LADDER)


async def metrics_of(work: TieringWork, member_id: MemberId, ladder: Ladder, at: datetime, calendar: Calendar) -> Metrics:
    """What a member has come to within the ladder's window."""
    return await work.spending.of(member_id, counted_since(ladder, at, calendar))


def counted_since(ladder: Ladder, at: datetime, calendar: Calendar) -> datetime | None:
    """From when on orders count: the beginning of the day that lies so many months back."""
    if not ladder.window_months:
        return None
    return calendar.start_of(calendar.months_from(calendar.day_of(at), -ladder.window_months))


async def evaluate_tier(work: TieringWork, command: EvaluateTier, means: Means) -> TierStanding | None:
    """A member rises at once, or falls when the time is over. Answers the standing, if they ever rose (LVL-I5)."""
    at = means.clock.now()
    ladder = await ladder_in_force(work, at)
    before = (await work.tier_standings.of([command.member_id])).get(command.member_id)
    metrics = await metrics_of(work, command.member_id, ladder, at, means.calendar)
    change = evaluated(before, command.member_id, metrics, Judge(ladder, at, means.calendar))
    if change is None:
        return before
    work.tier_standings.save(change)
    return change.state


async def due_standings(work: TieringWork, due: DueBy) -> Sequence[EvaluateTier]:
    """Whose time is over, or who is to be told that it will be."""
    return [EvaluateTier(member_id=one) for one in await work.tier_standings.due(due.at, due.most)]


async def show_tier(work: TieringWork, member_id: MemberId, clock: Clock, calendar: Calendar) -> TierView:
    """A member's tier, and what is missing to the next one."""
    at = clock.now()
    ladder = await ladder_in_force(work, at)
    standing = (await work.tier_standings.of([member_id])).get(member_id)
    metrics = await metrics_of(work, member_id, ladder, at, calendar)
    place = standing.held(ladder, at) if standing is not None else 0
    above = ladder.tiers[place + 1] if place + 1 < len(ladder.tiers) else None
    is_earned = standing is not None and standing.place_on(ladder) > 0
    return TierView(
        member_id=member_id, tier=ladder.tiers[place], place=place, metrics=metrics,
        earned_place=standing.place_on(ladder) if standing is not None else 0,
        since=standing.since if standing is not None else None,
        keep_until=standing.keep_until if standing is not None and is_earned else None,
        counted_since=counted_since(ladder, at, calendar),
        grant=standing.grant if standing is not None and standing.grant is not None and standing.grant.holds(at) else None,
        next=above, missing=missing_to(above, metrics) if above is not None else (), ladder=ladder,
    )  # fmt: skip


async def show_ladder(work: TieringWork, clock: Clock) -> Ladder:
    """The ladder that is in force."""
    return await ladder_in_force(work, clock.now())


async def count_tiers(work: TieringWork, clock: Clock) -> tuple[TierCount, ...]:
    """How many members have earned each tier of the ladder."""
    ladder, counts = await ladder_in_force(work, clock.now()), await work.tier_standings.counts()
    return tuple(TierCount(tier=one, members=counts.get(one.code, 0)) for one in ladder.tiers[1:])


def missing_to(tier: Tier, metrics: Metrics) -> tuple[Missing, ...]:
    """Each thing that a tier asks, with what is there of it."""
    return tuple(Missing(metric=metric, have=metrics.of(metric), need=least) for metric, least in tier.needs.items())


@frozen(kw_only=True)
class TierDesk:
    """Tiers, as embedders call them."""

    show: Callable[[MemberId], Awaitable[TierView]]
    ladder: Callable[[], Awaitable[Ladder]]
    counts: Callable[[], Awaitable[tuple[TierCount, ...]]]
    evaluate: Callable[[EvaluateTier], Awaitable[TierStanding | None]]
    grant: Callable[[GrantTier], Awaitable[TierStanding]]
    take_away: Callable[[TakeTierAway], Awaitable[TierStanding]]
