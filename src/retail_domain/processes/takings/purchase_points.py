"""Points that a purchase brings (消费积分), as an earning: frozen when paid, free when completed, revoked by refunds (PTS-R3).

How many is settled when the money is there: what was paid for goods, by the rate that the order was placed with, rounded down,
and allocated to its lines. An order that was placed at a rate of nothing is asked nothing, and costs no statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final, TypeAlias

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.money import allocate_by, worth_of_units
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.settings import SetAtMoments
from retail_domain.ordering import Order
from retail_domain.points import (
    RATE_UNIT,
    Because,
    LotKey,
    PointsAccount,
    PointsAre,
    PointsCause,
    PointsLedger,
    PointsLot,
    PointsRules,
    PointsSource,
    RuledPointsWork,
    keep,
)
from retail_domain.processes.takings.meaning import was_completed, was_paid
from retail_domain.processes.takings.taking import NOTHING, Demand, Earning, Given, Why

WORLD: Final = Calendar(UTC)
"""Days of no place in particular."""


@frozen
class HeldAccount:
    """The account of an order's buyer, locked, and what is set at any moment."""

    account: PointsAccount | None
    timetable: SetAtMoments


Brought: TypeAlias = Change[PointsLot] | Sequence[PointsLot] | PointsLedger | None
"""What is there of it: a lot that was only now made, lots as they are read, or what they have become."""


class PurchasePoints(Earning[RuledPointsWork, HeldAccount | None, Brought]):
    """The account is shared; the lot, named after the order, is read while both are locked, since its payment made it alone."""

    kind: ClassVar[str] = "purchase_points"
    rank: ClassVar[Rank] = Rank.POINTS
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.COMPLETING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.COMPLETING})

    def __init__(self, calendar: Calendar = WORLD) -> None:
        self.calendar = calendar

    def foresee(self, demand: Demand, at: datetime) -> Given:
        """At which rate the order is going to bring points."""
        rate = PointsRules(demand.timetable.at(at)).purchase_rate
        return Given(points_rate=rate, brings=frozenset({self.kind})) if rate else NOTHING

    async def lock(self, work: RuledPointsWork, order: Order) -> HeldAccount | None:
        """Nothing, for an order that brings none."""
        if not order.points_rate:
            return None
        timetable = await work.settings.timetable()
        account = (await work.points_accounts.claim([order.member_id])).get(order.member_id)
        return HeldAccount(account, timetable)

    async def own(self, work: RuledPointsWork, order: Order) -> Brought:
        """Its lot, and whatever else of its buyer's could be taken in its place."""
        return await work.points_lots.free_of([order.member_id], [str(order.id)]) if order.points_rate else None

    def follow(
        self, shared: HeldAccount | None, own: Brought, change: Change[Order], at: datetime
    ) -> tuple[HeldAccount | None, Brought]:
        """Frozen, released, taken back."""
        order = change.state
        if was_paid(change):
            return shared, _brought(order, at)
        if shared is None or not isinstance(own, Sequence):
            return shared, own
        key, cause = LotKey(str(order.id), PointsSource.PURCHASE), PointsCause(Because.ORDER, str(order.id))
        account = shared.account or PointsAccount(member_id=order.member_id)
        ledger = PointsLedger.of(account, shared.account is None, own)
        lot = ledger.lot(key)
        if lot is None:  # it was too small to bring any
            return shared, own
        if was_completed(change):
            ledger = ledger.release(key, cause, at, PointsRules(shared.timetable.at(at)).until(at, self.calendar))
        due = undone(order, lot.amount)
        return shared, ledger.take_back(key, due, cause, at) if due else ledger

    def save(self, work: RuledPointsWork, shared: HeldAccount | None, own: Sequence[Brought]) -> None:
        """Lot, or ledger."""
        for one in own:
            if isinstance(one, Change):
                work.points_lots.save(one)
            elif isinstance(one, PointsLedger):
                keep(work, one)


def _brought(order: Order, at: datetime) -> Change[PointsLot] | None:
    points = sum(line.payable_minor for line in order.lines) * order.points_rate // RATE_UNIT
    if not points:
        return None
    key, cause = LotKey(str(order.id), PointsSource.PURCHASE), PointsCause(Because.ORDER, str(order.id))
    return PointsLot.made(order.member_id, key, points, into=PointsAre.FROZEN, cause=cause, at=at)


def by_line(order: Order, points: int) -> Mapping[int, int]:
    """What each line brings of them, in proportion to what it cost (GEN-R3)."""
    shares = allocate_by({f"{line.number:09}": line.payable_minor for line in order.lines}, points)
    return {int(number): share for number, share in shares.items()}


def undone(order: Order, points: int) -> int:
    """So many are to be gone by now: what units brought that were paid back, and in the end all of them (PTS-I5)."""
    shares = by_line(order, points)
    kept = (worth_of_units(shares[line.number], line.quantity, line.refundable) for line in order.lines)
    return points - sum(kept)
