"""Points are given, taken back, written off and shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.points.ledger import PointsAccount, PointsLedger, Uses
from retail_domain.points.lot import LotKey, PointsLot
from retail_domain.points.ports import PointsWork, RuledPointsWork
from retail_domain.points.queries import PointsBalance, PointsQueries
from retail_domain.points.settings import PointsRules
from retail_domain.points.states import PointsAre, PointsCause

REASON_MAX: Final = 200


@frozen(kw_only=True)
@checked
class AdjustPoints:
    """Staff add points to a member's, or take some of those that can be spent, and say why (PTS-R11)."""

    member_id: MemberId
    points: int
    """Below nothing: so many are taken."""
    reason: str
    actor: Actor
    seconded_by: Actor | None = None
    once: Once | None = None


@frozen(kw_only=True)
class PointsAdjusted:
    """How the member stands now."""

    available: int
    debt: int


@frozen(kw_only=True)
class Award:
    """Something brings a member points, once (PTS-R2)."""

    member_id: MemberId
    key: LotKey
    points: int
    cause: PointsCause
    note: str = ""


async def claimed(work: PointsWork, member_id: MemberId, refs: Iterable[str] = ()) -> PointsLedger:
    """A member's ledger, alone: with all lots that have free points, and those of these refs."""
    account = (await work.points_accounts.claim([member_id])).get(member_id)
    lots = await work.points_lots.free_of([member_id], refs)
    return PointsLedger.of(account or PointsAccount(member_id=member_id), account is None, lots)


def keep(work: PointsWork, ledger: PointsLedger, uses: Uses = ()) -> None:
    """Stage what a ledger has become."""
    if ledger.account.before is not ledger.account.state:
        work.points_accounts.save(ledger.account)
    for lot in ledger.lots.values():
        if lot.before is not lot.state:
            work.points_lots.save(lot)
    for use in uses:
        if use.before is not use.state:
            work.points_uses.save(use)


async def award(work: PointsWork, wish: Award, at: datetime, until: datetime | None) -> None:
    """Points that can be spent at once. That they come once is for whoever asks to see to: of two, one raises `Taken`."""
    account = (await work.points_accounts.claim([wish.member_id])).get(wish.member_id)
    ledger = PointsLedger.of(account or PointsAccount(member_id=wish.member_id), account is None, ())
    made = PointsLot.made(
        wish.member_id,
        wish.key,
        wish.points,
        into=PointsAre.FREE,
        cause=wish.cause,
        at=at,
        expires_at=until,
        note=wish.note,
    )
    keep(work, ledger.credit(made, at))


async def expire_points(work: PointsWork, member_id: MemberId, means: Means) -> None:
    """What of a member's points has expired is written off (PTS-R9). Twice changes nothing."""
    keep(work, (await claimed(work, member_id)).expire(means.clock.now()))


async def show_balance(member_id: MemberId, show: PointsQueries, clock: Clock) -> PointsBalance:
    """How a member stands now."""
    return await show.balance(member_id, clock.now())


@frozen(kw_only=True)
class PointsPay:
    """How points pay for goods now."""

    spend_unit: int
    """So many are spent at a time."""
    unit_worth_minor: int
    """What they take off; 0: points pay for nothing."""


async def points_pay(work: RuledPointsWork, clock: Clock) -> PointsPay:
    """What points are worth as money (PRC-I7)."""
    rules = PointsRules((await work.settings.timetable()).at(clock.now()))
    return PointsPay(spend_unit=rules.spend_unit, unit_worth_minor=rules.unit_worth)


@frozen(kw_only=True)
class PointsDesk:
    """Points (积分), for those who embed the shop."""

    adjust: Callable[[AdjustPoints], Awaitable[PointsAdjusted]]
    balance: Callable[[MemberId], Awaitable[PointsBalance]]
    pay: Callable[[], Awaitable[PointsPay]]
    show: PointsQueries
