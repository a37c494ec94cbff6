"""Points (积分) of orders: what one spends, as a taking, and what a purchase brings, as an earning; one account, one lock.

Spent: an order holds points of its buyer's lots from its placing on, and they come back as it is closed or refunded (PTS-R7).
What shared lots count is what orders hold, open and spent alike, and an order's own rows tell them apart: so paying locks
nothing. A lot is told what was spent of it when the order is completed, or when some of it goes back.

Brought: frozen when paid, free when completed, revoked by refunds (PTS-R3). How many is settled when the money is there: what
was paid for goods, by the rate that the order was placed with, rounded down, and allocated to its lines.

An order that neither spends nor brings any is asked nothing, and costs no statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final, TypeAlias

from attrs import frozen

from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import allocate_by, worth_of_units
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.settings import InForce, SetAtMoments
from retail_domain.ordering import Order, OrderLine
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
    Uses,
    firm,
    keep,
)
from retail_domain.pricing import POINTS, TIER, PointsTerms, Stage
from retail_domain.processes.takings.meaning import closed_unpaid, was_completed, was_paid
from retail_domain.processes.takings.taking import NOTHING, Asking, Demand, Earning, Given, Known, Minted, Paid, Taking, Why
from retail_domain.tiers import LADDER, NO_LADDER, WHOLE_BPS

WORLD: Final = Calendar(UTC)
"""Days of no place in particular."""


@frozen
class HeldAccount:
    """The account of an order's buyer, locked, and what is set at any moment."""

    account: PointsAccount | None
    timetable: SetAtMoments


Ledgers: TypeAlias = Mapping[MemberId, PointsLedger]
"""Of those in a batch who would like to spend some."""


@frozen(kw_only=True)
class OrdersPoints:
    """What an order has of points, and what a decision makes of them."""

    uses: Uses = ()
    lots: Sequence[PointsLot] = ()
    """As they were read: its own, those it spends of, and whatever could be taken in their place."""
    ledger: PointsLedger | None = None
    brought: Change[PointsLot] | None = None
    """A lot that was only now made."""


_NONE: Final = OrdersPoints()


class PointsOfOrders(
    Taking[RuledPointsWork, HeldAccount | Ledgers | None, OrdersPoints],
    Earning[RuledPointsWork, HeldAccount | Ledgers | None, OrdersPoints],
):
    """The account is shared; lots change only under it. What one order holds, and the lot it brings, are its own."""

    kind: ClassVar[str] = POINTS
    rank: ClassVar[Rank] = Rank.POINTS
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.COMPLETING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.PAYING, Why.RELEASING, Why.COMPLETING})

    def __init__(self, calendar: Calendar = WORLD) -> None:
        self.calendar = calendar

    # ---- quoting and placing -----------------------------------------------------------------------------------------

    async def told(self, work: RuledPointsWork, asking: Asking) -> Known | None:
        """What a buyer has who would like to spend some, and on what terms; else nothing is asked."""
        if not any(wish.kind == POINTS and wish.quantity for wish in asking.wishes):
            return None
        terms = _terms(asking.in_force)
        if terms.worth_minor:
            lots = await work.points_lots.free_of([asking.member_id])
            terms = _terms(asking.in_force, sum(lot.spendable(asking.at) for lot in lots))
        return Known(terms, ())

    async def claim(self, work: RuledPointsWork, demands: Sequence[Demand]) -> Ledgers:
        """Of those whose quotes rest on points: their accounts, locked, then what they have."""
        members = sorted({demand.quote.member_id for demand in demands if demand.grounds(POINTS)})
        if not members:
            return {}
        accounts = await work.points_accounts.claim(members)
        lots: dict[MemberId, list[PointsLot]] = {member: [] for member in members}
        for lot in await work.points_lots.free_of(members):
            lots[lot.member_id].append(lot)
        return {one: _ledger(one, accounts.get(one), lots[one]) for one in members}

    def present(self, shared: HeldAccount | Ledgers | None, demand: Demand) -> Iterable[Ground]:
        """What the quote rests on, as long as it is worth the same and still there; else its buyer is asked again."""
        grounds = demand.grounds(POINTS)
        if not grounds or not isinstance(shared, Mapping):
            return ()
        at = demand.at or demand.quote.created_at
        version, spendable = _terms(demand.timetable.at(at)).version, shared[demand.quote.member_id].spendable(at)
        return [one for one in grounds if one.version == version and one.quantity <= spendable]

    def take(
        self, shared: HeldAccount | Ledgers | None, demand: Demand, minted: Minted, at: datetime
    ) -> tuple[HeldAccount | Ledgers | None, OrdersPoints, Given] | None:
        """Hold them, the nearest expiry first. Raises TooFewPoints."""
        units = sum(ground.quantity for ground in demand.grounds(POINTS))
        if not units or not isinstance(shared, Mapping):
            return None
        ledger, uses = shared[demand.quote.member_id].lock(minted.order_id, units, at)
        return {**shared, demand.quote.member_id: ledger}, OrdersPoints(uses=uses), NOTHING

    def foresee(self, demand: Demand, at: datetime) -> Given:
        """At which rate the order is going to bring points: that of the shop, times what its buyer's tier says (PTS-R3)."""
        in_force = demand.timetable.at(at)
        rate = PointsRules(in_force).purchase_rate
        for ground in demand.grounds(TIER) if rate else ():
            tier = in_force.of(LADDER, otherwise=NO_LADDER).of_code(ground.id)
            rate = rate * tier.benefits.points_bps // WHOLE_BPS if tier is not None else rate
        return Given(points_rate=rate, brings=frozenset({self.kind})) if rate else NOTHING

    # ---- later decisions ---------------------------------------------------------------------------------------------

    async def lock(self, work: RuledPointsWork, order: Order) -> HeldAccount | None:
        """Nothing, for an order that neither spends nor brings any."""
        if not order.points_rate and not spent_minor(order):
            return None
        timetable = await work.settings.timetable()
        account = (await work.points_accounts.claim([order.member_id])).get(order.member_id)
        return HeldAccount(account, timetable)

    async def own(self, work: RuledPointsWork, order: Order) -> OrdersPoints:
        """What it holds; and, once there is something to give back or set free, the lots that it is about."""
        uses: Uses = ()
        if spent_minor(order):
            uses = tuple(Change(use, use) for use in await work.points_uses.of_order(order.id))
        if (order.awaits_payment and not uses) or not (order.points_rate or uses):
            return OrdersPoints(uses=uses)
        refs = {str(order.id), *(use.state.key.ref for use in uses)}
        return OrdersPoints(uses=uses, lots=await work.points_lots.free_of([order.member_id], refs))

    def paid(
        self, shared: HeldAccount | Ledgers | None, own: OrdersPoints, order: Order, at: datetime
    ) -> tuple[HeldAccount | Ledgers | None, OrdersPoints, Paid]:
        """What it held is spent."""
        return shared, OrdersPoints(uses=firm(own.uses)), Paid.FIRM

    def follow(
        self, shared: HeldAccount | Ledgers | None, own: OrdersPoints | None, change: Change[Order], at: datetime
    ) -> tuple[HeldAccount | Ledgers | None, OrdersPoints]:
        """Frozen, released, taken back; given back."""
        order, own = change.state, own or _NONE
        if was_paid(change):
            return shared, OrdersPoints(uses=own.uses, brought=_brought(order, at))
        if not isinstance(shared, HeldAccount):
            return shared, own
        before, uses = _ledger(order.member_id, shared.account, own.lots), own.uses
        ledger, rules = before, PointsRules(shared.timetable.at(at))
        if closed_unpaid(change):
            ledger, uses = ledger.unlock(uses, at)
            return shared, OrdersPoints(uses=uses, ledger=None if ledger is before else ledger)
        if order.points_rate:
            ledger = self._of_lot(ledger, change, rules, at)
        if uses and order.paid_at is not None:
            ledger, uses = ledger.spend(uses, at)
            back = undone(order, sum(use.state.units for use in uses), offsets(order))
            ledger, uses = ledger.give_back(uses, back, at, self.calendar.days_later(at, rules.back_days))
        return shared, OrdersPoints(uses=uses, ledger=None if ledger is before else ledger)

    def _of_lot(self, ledger: PointsLedger, change: Change[Order], rules: PointsRules, at: datetime) -> PointsLedger:
        order = change.state
        key, cause = LotKey(str(order.id), PointsSource.PURCHASE), PointsCause(Because.ORDER, str(order.id))
        lot = ledger.lot(key)
        if lot is None:  # it was too small to bring any
            return ledger
        if was_completed(change):
            ledger = ledger.release(key, cause, at, rules.until(at, self.calendar))
        due = undone(order, lot.amount, payables(order))
        return ledger.take_back(key, due, cause, at) if due else ledger

    def save(self, work: RuledPointsWork, shared: HeldAccount | Ledgers | None, own: Sequence[OrdersPoints]) -> None:
        """Ledgers of a batch, or the one of an order's buyer; what orders hold; a lot that was made."""
        if isinstance(shared, Mapping):
            for member in sorted(shared):
                keep(work, shared[member])
        for one in own:
            if one.ledger is not None:
                keep(work, one.ledger)
            for use in one.uses:
                if use.before is not use.state:
                    work.points_uses.save(use)
            if one.brought is not None:
                work.points_lots.save(one.brought)


def _terms(in_force: InForce, available: int = 0) -> PointsTerms:
    rules = PointsRules(in_force)
    return PointsTerms(
        available=available, unit=rules.spend_unit, worth_minor=rules.unit_worth, most_bps=rules.spend_bps,
        most_minor=rules.spend_most,
    )  # fmt: skip


def _ledger(member_id: MemberId, account: PointsAccount | None, lots: Iterable[PointsLot]) -> PointsLedger:
    return PointsLedger.of(account or PointsAccount(member_id=member_id), account is None, lots)


def _brought(order: Order, at: datetime) -> Change[PointsLot] | None:
    points = sum(line.payable_minor for line in order.lines) * order.points_rate // RATE_UNIT
    if not points:
        return None
    key, cause = LotKey(str(order.id), PointsSource.PURCHASE), PointsCause(Because.ORDER, str(order.id))
    return PointsLot.made(order.member_id, key, points, into=PointsAre.FROZEN, cause=cause, at=at)


def payables(order: Order) -> Mapping[int, int]:
    """What each line cost, by its number."""
    return {line.number: line.payable_minor for line in order.lines}


def offsets(order: Order) -> Mapping[int, int]:
    """What points took off each line, by its number."""
    return {line.number: _offset(line) for line in order.lines}


def spent_minor(order: Order) -> int:
    """What points took off an order."""
    return sum(map(_offset, order.lines))


def _offset(line: OrderLine) -> int:
    return -sum(share.amount_minor for share in line.shares if share.step == Stage.POINTS.value)


def by_line(points: int, weights: Mapping[int, int]) -> Mapping[int, int]:
    """What each line has of them, in proportion to what it weighs (GEN-R3)."""
    shares = allocate_by({f"{number:09}": weight for number, weight in weights.items()}, points)
    return {int(number): share for number, share in shares.items()}


def undone(order: Order, points: int, weights: Mapping[int, int]) -> int:
    """So many are to be gone, or back, by now: those of units that were paid back, and in the end all of them (PTS-I5)."""
    shares = by_line(points, weights)
    kept = (worth_of_units(shares[line.number], line.quantity, line.refundable) for line in order.lines)
    return points - sum(kept)
