"""Standing (等级身份): which tier a member has, until when it is kept, and what staff granted (LVL-R4 to R6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar, Final
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError, InvalidInput, Kind, refusal
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.reading import LINE
from retail_domain.tiers.commands import GrantTier, TakeTierAway
from retail_domain.tiers.ladder import Ladder, Metrics, Tier

GRANT_DAYS_MAX: Final = 3_660
REASON_MAX: Final = 200


@refusal
class TierNotOnLadder(DomainError):
    """There is no such tier."""

    code = "tiers.unknown"
    kind = Kind.INVALID
    tier: str


@refusal
class NoTierGranted(DomainError):
    """Nobody has granted this member a tier."""

    code = "tiers.none_granted"
    kind = Kind.CONFLICT
    member_id: MemberId


class TierCause(Enum):
    """Why a tier changed."""

    EARNED = "earned"
    RETENTION_OVER = "retention_over"
    GRANTED = "granted"
    GRANT_OVER = "grant_over"


@frozen(kw_only=True)
class TierChanged(Event):
    """What a tier event says."""

    member_id: MemberId
    tier: str
    tier_name: str
    tier_name_en: str
    before: str
    cause: TierCause

    @property
    def aggregate_id(self) -> UUID:
        """The member."""
        return self.member_id


@frozen(kw_only=True)
class TierRose(TierChanged):
    """A member has a higher tier."""

    name: ClassVar[str] = "member.tier_rose"


@frozen(kw_only=True)
class TierFell(TierChanged):
    """A member has a lower tier: what was reached before was not reached again, or a grant is over."""

    name: ClassVar[str] = "member.tier_fell"


@frozen(kw_only=True)
class TierFallsSoon(Event):
    """The tier of a member ends on a day, unless more is bought before."""

    name: ClassVar[str] = "member.tier_falls_soon"

    member_id: MemberId
    tier: str
    tier_name: str
    tier_name_en: str
    ends_on: date
    """The last day on which it counts."""

    @property
    def aggregate_id(self) -> UUID:
        """The member."""
        return self.member_id


@frozen(kw_only=True)
class Grant:
    """A tier that staff gave by hand, until when, and why; automatic rules raise above it and never lower it (LVL-R6)."""

    tier: str
    place: int
    until: datetime
    reason: str

    def holds(self, at: datetime) -> bool:
        """Whether it is not over."""
        return at < self.until


@frozen(kw_only=True)
class TierStanding:
    """A member's tier: what is earned, and what is granted. Whoever never rose has none: they are on the lowest.

    Tiers are known by their code; `place` is where one stood when it was reached, for when its code is gone.
    """

    member_id: MemberId
    tier: str
    place: int
    since: datetime
    keep_until: datetime
    told_of: datetime | None = None
    """The end of which the member has been told."""
    grant: Grant | None = None
    due_at: datetime | None = None
    """When somebody has to look at it next."""
    taken_because: str = ""
    """Why staff took back what they had granted, the last time."""
    version: int = 0

    def place_on(self, ladder: Ladder) -> int:
        """What is earned."""
        return ladder.place_of(self.tier, self.place)

    def held(self, ladder: Ladder, at: datetime) -> int:
        """What counts now: the higher of what is earned and what is granted."""
        earned = self.place_on(ladder)
        if self.grant is None or not self.grant.holds(at):
            return earned
        return max(earned, ladder.place_of(self.grant.tier, self.grant.place))

    def ends(self, ladder: Ladder) -> bool:
        """Whether what is earned can fall at all."""
        return self.place_on(ladder) > 0


def held_by(standing: TierStanding | None, ladder: Ladder, at: datetime) -> Tier:
    """The tier that somebody has now."""
    return ladder.tiers[standing.held(ladder, at) if standing is not None else 0]


@frozen
class Judge:
    """By what a standing is judged: the ladder in force, at a moment, by the shop's days."""

    ladder: Ladder
    at: datetime
    calendar: Calendar


def evaluated(before: TierStanding | None, member_id: MemberId, metrics: Metrics, judge: Judge) -> Change[TierStanding] | None:
    """A member's standing by what they have come to; None if nothing changes. Twice changes nothing (LVL-I5).

    It rises at once; it falls only when its time is over, by so many tiers at most (LVL-R4, LVL-R5).
    """
    ladder, at = judge.ladder, judge.at
    was = before or _lowest(member_id, ladder, at)
    earned, place = ladder.earned(metrics), was.place_on(ladder)
    after = was
    if earned > place:
        after = _reached(was, earned, judge)
    elif place and at >= was.keep_until and (earned >= place or was.told_of is not None or not ladder.notice_days):
        after = _reached(was, max(earned, place - ladder.drop_max), judge)
    elif place and at >= was.keep_until:  # nobody has told them: the time is over once they were, and had theirs to act
        after = evolve(was, keep_until=at + timedelta(days=ladder.notice_days))
    if after.grant is not None and not after.grant.holds(at):
        after = evolve(after, grant=None)
    after, warning = _warned(after, earned, judge)
    after = _due(after, ladder, at)
    if after == was:
        return None
    return Change(before, after, (*_told(was, after, judge.ladder, at, _why(was, after, ladder)), *warning))


def brought_along(before: TierStanding | None, member_id: MemberId, place: int, judge: Judge) -> Change[TierStanding] | None:
    """A member comes from elsewhere with a tier, kept as one that is reached now; None where they stand as high (ACC-R18).

    Nothing is told of it: they had it.
    """
    was = before or _lowest(member_id, judge.ladder, judge.at)
    if place <= was.place_on(judge.ladder):
        return None
    return Change(before, _due(_reached(was, place, judge), judge.ladder, judge.at))


def granted(before: TierStanding | None, wish: GrantTier, ladder: Ladder, at: datetime) -> Change[TierStanding] | None:
    """Staff give a member a tier until some moment; None if it is granted so already. Raises TierNotOnLadder, InvalidInput."""
    place = next((place for place, one in enumerate(ladder.tiers) if one.code == wish.tier), None)
    if place is None:
        raise TierNotOnLadder(tier=wish.tier)
    if not at < wish.until <= at + timedelta(days=GRANT_DAYS_MAX):
        raise InvalidInput.of("until", "range", f"a grant ends later than now, in {GRANT_DAYS_MAX} days at most")
    reason = LINE.read(wish.reason, "reason", REASON_MAX, 1)
    was = before or _lowest(wish.member_id, ladder, at)
    after = _due(evolve(was, grant=Grant(tier=wish.tier, place=place, until=wish.until, reason=reason)), ladder, at)
    return None if after == before else Change(before, after, _told(was, after, ladder, at, TierCause.GRANTED))


def taken_away(before: TierStanding | None, wish: TakeTierAway, ladder: Ladder, at: datetime) -> Change[TierStanding]:
    """Staff take back what they granted. Raises NoTierGranted, InvalidInput."""
    if before is None or before.grant is None or not before.grant.holds(at):
        raise NoTierGranted(member_id=wish.member_id)
    reason = LINE.read(wish.reason, "reason", REASON_MAX, 1)
    after = _due(evolve(before, grant=None, taken_because=reason), ladder, at)
    return Change(before, after, _told(before, after, ladder, at, TierCause.GRANT_OVER))


def _lowest(member_id: MemberId, ladder: Ladder, at: datetime) -> TierStanding:
    return TierStanding(member_id=member_id, tier=ladder.tiers[0].code, place=0, since=at, keep_until=at)


def _reached(was: TierStanding, place: int, judge: Judge) -> TierStanding:
    """A tier is reached, or reached again, and kept from now on: to the end of the day so many months later."""
    ladder, calendar = judge.ladder, judge.calendar
    last = calendar.months_from(calendar.day_of(judge.at), ladder.retention_months)
    since = was.since if place == was.place_on(ladder) else judge.at
    tier = ladder.tiers[place].code
    return evolve(was, tier=tier, place=place, since=since, keep_until=calendar.end_of(last), told_of=None)


def _warned(after: TierStanding, earned: int, judge: Judge) -> tuple[TierStanding, tuple[Event, ...]]:
    ladder, at = judge.ladder, judge.at
    place, warns_at = after.place_on(ladder), after.keep_until - timedelta(days=ladder.notice_days)
    if not place or after.told_of is not None or earned >= place or not warns_at <= at < after.keep_until:
        return after, ()
    tier = ladder.tiers[place]
    event = TierFallsSoon(
        at=at, member_id=after.member_id, tier=tier.code, tier_name=tier.name, tier_name_en=tier.name_en,
        ends_on=judge.calendar.day_of(after.keep_until - timedelta(microseconds=1)),
    )  # fmt: skip
    return evolve(after, told_of=after.keep_until), (event,)


def _why(was: TierStanding, after: TierStanding, ladder: Ladder) -> TierCause:
    rose = after.place_on(ladder) - was.place_on(ladder)
    if rose:
        return TierCause.EARNED if rose > 0 else TierCause.RETENTION_OVER
    return TierCause.GRANT_OVER


def _due(standing: TierStanding, ladder: Ladder, at: datetime) -> TierStanding:
    """When to look again: when a member is to be told, when the time is over, when a grant is."""
    moments = [standing.grant.until] if standing.grant is not None else []
    if standing.place_on(ladder):
        warns_at = standing.keep_until - timedelta(days=ladder.notice_days)
        moments.append(warns_at if standing.told_of is None and at < warns_at else standing.keep_until)
    return evolve(standing, due_at=min(moments, default=None))


def _told(was: TierStanding, after: TierStanding, ladder: Ladder, at: datetime, cause: TierCause) -> tuple[Event, ...]:
    had, has = _had(was, ladder), after.held(ladder, at)
    if has == had:
        return ()
    of, tier = TierRose if has > had else TierFell, ladder.tiers[has]
    return (
        of(
            at=at, member_id=after.member_id, tier=tier.code, tier_name=tier.name, tier_name_en=tier.name_en,
            before=ladder.tiers[had].code, cause=cause,
        ),
    )  # fmt: skip


def _had(was: TierStanding, ladder: Ladder) -> int:
    """What somebody had until now: a grant that is only found to be over now counted until then."""
    earned = was.place_on(ladder)
    return max(earned, ladder.place_of(was.grant.tier, was.grant.place)) if was.grant is not None else earned
