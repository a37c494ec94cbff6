"""Ledger: a member's account and those of their lots that a decision needs; each decision answers what it has become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.points.errors import TooFewPoints
from retail_domain.points.lot import LotKey, PointsLot, in_turn
from retail_domain.points.states import EXPIRY, Because, PointsAre, PointsCause


@frozen(kw_only=True)
class PointsAccount:
    """What rivals for a member's points meet at; every decision changes it.

    `debt` is what the entries say, kept where every credit looks: the audit compares them.
    """

    member_id: MemberId
    debt: int = 0
    decisions: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.debt < 0:
            raise ValueError("nobody owes less than nothing")


@frozen(kw_only=True)
class PointsUse:
    """Points of one lot that one order wants to spend, or has spent: `units = open + spent + back`.

    The lot counts what its orders have, open and spent alike, so that paying locks nothing that rivals share; `settled` is how
    many of the spent ones it has been told of (PTS-R7).
    """

    order_id: OrderId
    member_id: MemberId
    key: LotKey
    turn: int
    """From 1: which of the order's lots was taken from first."""
    units: int
    open: int
    spent: int = 0
    back: int = 0
    settled: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.settled <= self.spent:
            raise ValueError("a lot is told of what was spent of it, and of no more")
        if min(self.open, self.spent, self.back) < 0 or self.units != self.open + self.spent + self.back or not self.units:
            raise ValueError("every point of a use is open, spent or given back")


Uses: TypeAlias = tuple[Change[PointsUse], ...]


def firm(uses: Uses) -> Uses:
    """The order is paid: what it held is spent. Twice changes nothing."""
    return tuple(
        Change(use.before, evolve(use.state, open=0, spent=use.state.spent + use.state.open)) if use.state.open else use
        for use in uses
    )


@frozen
class PointsLedger:
    """Where decisions about a member's points are made. Its lots are all that have free points, and those asked for by key."""

    account: Change[PointsAccount]
    lots: Mapping[LotKey, Change[PointsLot]]

    @classmethod
    def of(cls, account: PointsAccount, is_new: bool, lots: Iterable[PointsLot]) -> PointsLedger:
        """As they were loaded."""
        return cls(Change(None if is_new else account, account), {one.key: Change(one, one) for one in lots})

    @property
    def debt(self) -> int:
        """What the member owes (欠分)."""
        return self.account.state.debt

    def spendable(self, at: datetime) -> int:
        """What the member can spend now."""
        return sum(change.state.spendable(at) for change in self.lots.values())

    def lot(self, key: LotKey) -> PointsLot | None:
        """The lot of that key, if it is there."""
        found = self.lots.get(key)
        return found.state if found is not None else None

    def noted(self) -> PointsLedger:
        """Somebody has looked, and rivals shall know of it."""
        return self._owing(self.debt)

    # ---- more --------------------------------------------------------------------------------------------------------

    def credit(self, made: Change[PointsLot], at: datetime) -> PointsLedger:
        """A lot whose points can be spent at once; what is owed is repaid first (PTS-R8)."""
        return self._put(made)._repaid(made.state.key, made.state.entries[-1].cause, at)

    def release(self, key: LotKey, cause: PointsCause, at: datetime, expires_at: datetime | None) -> PointsLedger:
        """What was frozen can be spent from now on (PTS-R3)."""
        lot = self.lots[key].state
        if not lot.frozen:
            return self
        lot = lot.moved(lot.frozen, PointsAre.FROZEN, PointsAre.FREE, cause=cause, at=at)
        return self._set(evolve(lot, available_from=at, expires_at=expires_at))._repaid(key, cause, at)

    def _repaid(self, key: LotKey, cause: PointsCause, at: datetime) -> PointsLedger:
        lot = self.lots[key].state
        units = min(self.debt, lot.spendable(at))
        after = self._set(lot.moved(units, PointsAre.FREE, PointsAre.OWED, cause=cause, at=at))
        return after._owing(self.debt - units)

    # ---- less --------------------------------------------------------------------------------------------------------

    def take_back(self, key: LotKey, in_all: int, cause: PointsCause, at: datetime) -> PointsLedger:
        """So many of what a lot's cause has brought are to be gone by now, less what of it expired unspent (PTS-R8).

        Its frozen points go first, then its free ones, then those of other lots; what is still missing is owed.
        """
        after = self._written_off([key], at)
        lot = after.lots[key].state
        due = max(0, in_all - lot.expired - lot.undone)
        frozen = min(due, lot.frozen)
        free = min(due - frozen, lot.free)
        lot = lot.moved(frozen, PointsAre.FROZEN, PointsAre.REVOKED, cause=cause, at=at)
        lot = lot.moved(free, PointsAre.FREE, PointsAre.REVOKED, cause=cause, at=at)
        after, missing = after._set(evolve(lot, undone=lot.undone + due))._taken(
            due - frozen - free,
            at,
            lambda one, units: one.moved(units, PointsAre.FREE, PointsAre.REVOKED, cause=cause, at=at),
        )
        lot = after.lots[key].state.moved(missing, PointsAre.OWED, PointsAre.REVOKED, cause=cause, at=at)
        return after._set(lot)._owing(after.debt + missing)

    def deduct(self, units: int, cause: PointsCause, at: datetime, note: str = "") -> PointsLedger:
        """Take points that could be spent. Raises TooFewPoints."""
        if units > self.spendable(at):
            raise TooFewPoints(available=self.spendable(at), wanted=units)
        after, _ = self._taken(
            units,
            at,
            lambda one, many: one.moved(many, PointsAre.FREE, PointsAre.SPENT, cause=cause, at=at, note=note),
        )
        return after._owing(after.debt)

    def expire(self, at: datetime) -> PointsLedger:
        """Write off what has expired; that it cannot be spent does not wait for this (PTS-R9)."""
        return self._written_off(self.lots, at)

    # ---- orders that spend -------------------------------------------------------------------------------------------

    def lock(self, order_id: OrderId, units: int, at: datetime) -> tuple[PointsLedger, Uses]:
        """An order wants to spend so many: the nearest expiry first, then the oldest (PTS-R7). Raises TooFewPoints."""
        if units > self.spendable(at):
            raise TooFewPoints(available=self.spendable(at), wanted=units)
        cause = PointsCause(Because.ORDER, str(order_id))
        uses: list[PointsUse] = []

        def locked(lot: PointsLot, many: int) -> PointsLot:
            uses.append(PointsUse(
                order_id=order_id, member_id=lot.member_id, key=lot.key, turn=len(uses) + 1, units=many, open=many
            ))  # fmt: skip
            return lot.moved(many, PointsAre.FREE, PointsAre.LOCKED, cause=cause, at=at)

        after, _ = self._taken(units, at, locked)
        return after._owing(after.debt), tuple(Change(None, one) for one in uses)

    def spend(self, uses: Uses, at: datetime) -> tuple[PointsLedger, Uses]:
        """What the order held is spent, and its lots are told. Twice changes nothing."""
        after, changed = self, list[Change[PointsUse]]()
        for use in firm(uses):
            cause, lot = PointsCause(Because.ORDER, str(use.state.order_id)), after.lots[use.state.key].state
            units = use.state.spent - use.state.settled
            after = after._set(lot.moved(units, PointsAre.LOCKED, PointsAre.SPENT, cause=cause, at=at))
            changed.append(Change(use.before, evolve(use.state, settled=use.state.spent)) if units else use)
        return after._owing(after.debt) if after is not self else self, tuple(changed)

    def unlock(self, uses: Uses, at: datetime) -> tuple[PointsLedger, Uses]:
        """The order was closed unpaid: what it held is free again, and repays what is owed. Twice changes nothing."""
        after, changed = self, list[Change[PointsUse]]()
        for use in uses:
            units, lot = use.state.open, after.lots[use.state.key].state
            if not units:
                changed.append(use)
                continue
            cause = PointsCause(Because.ORDER, str(use.state.order_id))
            after = after._set(lot.moved(units, PointsAre.LOCKED, PointsAre.FREE, cause=cause, at=at))
            after = after._repaid(lot.key, cause, at)
            changed.append(Change(use.before, evolve(use.state, open=0, back=use.state.back + units)))
        return after._owing(after.debt) if after is not self else self, tuple(changed)

    def give_back(self, uses: Uses, in_all: int, at: datetime, not_before: datetime) -> tuple[PointsLedger, Uses]:
        """So many of what an order has spent are given back by now, to the lots they came from, the last taken first.

        Its lots have been told what it spent. One that would expire before `not_before` lasts until then (PTS-R7): what of it
        had lapsed is written off before.
        """
        left = in_all - sum(use.state.back for use in uses)
        after, changed = self, list(uses)
        for place in reversed(range(len(changed))):
            use = changed[place].state
            units = min(max(0, left), use.spent)
            if not units:
                continue
            left -= units
            cause, after = PointsCause(Because.ORDER, str(use.order_id)), after._written_off([use.key], at)
            lot = after.lots[use.key].state
            if lot.expires_at is not None and lot.expires_at < not_before:
                lot = evolve(lot, expires_at=not_before)
            after = after._set(lot.moved(units, PointsAre.SPENT, PointsAre.FREE, cause=cause, at=at))._repaid(
                use.key, cause, at
            )
            changed[place] = Change(
                changed[place].before,
                evolve(use, spent=use.spent - units, settled=use.settled - units, back=use.back + units),
            )
        return after._owing(after.debt) if after is not self else self, tuple(changed)

    # ---- how -----------------------------------------------------------------------------------------------------------

    def _taken(self, units: int, at: datetime, move: Callable[[PointsLot, int], PointsLot]) -> tuple[PointsLedger, int]:
        """So many free points leave their lots, in their turn; how many were missing."""
        after = self
        for lot in sorted((change.state for change in self.lots.values() if change.state.spendable(at)), key=in_turn):
            if not units:
                break
            many = min(units, lot.free)
            after, units = after._set(move(lot, many)), units - many
        return after, units

    def _written_off(self, keys: Iterable[LotKey], at: datetime) -> PointsLedger:
        after = self
        for key in keys:
            lot = self.lots[key].state
            if lot.lapsed(at):
                after = after._set(lot.moved(lot.free, PointsAre.FREE, PointsAre.EXPIRED, cause=EXPIRY, at=at))
        return after._owing(after.debt) if after is not self else self

    def _put(self, lot: Change[PointsLot]) -> PointsLedger:
        return evolve(self, lots={**self.lots, lot.state.key: lot})

    def _set(self, lot: PointsLot) -> PointsLedger:
        known = self.lots[lot.key]
        return self if lot is known.state else self._put(Change(known.before, lot))

    def _owing(self, debt: int) -> PointsLedger:
        """Every decision is one of the account, once a unit: rivals are told apart by its version."""
        was = self.account
        first = was.before.decisions if was.before is not None else 0
        return evolve(self, account=Change(was.before, evolve(was.state, debt=debt, decisions=first + 1)))
