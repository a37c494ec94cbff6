"""The points ledger beside a naive one that moves every single point by hand (PTS-I1 to PTS-I6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import define, evolve, field
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.points import (
    HELD,
    Because,
    LotKey,
    PointsAccount,
    PointsAre,
    PointsCause,
    PointsEntry,
    PointsLedger,
    PointsLot,
    PointsSource,
    PointsUse,
    TooFewPoints,
)
from retail_domain.testing.baskets import NOON

ALICE = MemberId(UUID(int=1))
DAY = timedelta(days=1)
few = st.integers(1, 9)
which = st.integers(0, 5)


@define(slots=False)
class Books:
    """What a store would keep: it gives a decision the lots with free points and those that are named, and nothing else."""

    account: PointsAccount | None = None
    lots: dict[LotKey, PointsLot] = field(factory=dict)
    uses: dict[tuple[OrderId, LotKey], PointsUse] = field(factory=dict)
    entries: list[tuple[LotKey, PointsEntry]] = field(factory=list)

    def ledger(self, *keys: LotKey) -> PointsLedger:
        loaded = [lot for lot in self.lots.values() if lot.free or lot.key in keys]
        return PointsLedger.of(self.account or PointsAccount(member_id=ALICE), self.account is None, loaded)

    def keep(self, ledger: PointsLedger, uses: tuple[Change[PointsUse], ...] = ()) -> None:
        if ledger.account.before is not ledger.account.state:
            self.account = ledger.account.state
        for change in ledger.lots.values():
            self.keep_lot(change)
        for use in uses:
            self.uses[(use.state.order_id, use.state.key)] = use.state

    def keep_lot(self, change: Change[PointsLot]) -> None:
        self.entries += [(change.state.key, entry) for entry in change.state.entries]
        self.lots[change.state.key] = evolve(change.state, entries=())

    def of_order(self, order_id: OrderId) -> tuple[Change[PointsUse], ...]:
        return tuple(Change(one, one) for (order, _), one in self.uses.items() if order == order_id)

    @property
    def debt(self) -> int:
        return self.account.debt if self.account else 0

    def standing(self) -> Mapping[str, int]:
        inside = [one.value for one in PointsAre if one is not PointsAre.OUTSIDE]
        return {name: sum(getattr(lot, name) for lot in self.lots.values()) for name in inside}


@define(slots=False)
class Heap:
    """The points of one cause, each by itself."""

    key: LotKey
    made_at: datetime
    expires_at: datetime | None
    points: list[str]
    taken_back: int = 0

    def at(self, *standing: str) -> list[int]:
        return [place for place, one in enumerate(self.points) if one in standing]

    def is_over(self, at: datetime) -> bool:
        return self.expires_at is not None and at >= self.expires_at


@define(slots=False)
class Naive:
    """The same shop as somebody with a box of counters would keep it."""

    heaps: list[Heap] = field(factory=list)
    debt: int = 0
    used: dict[OrderId, list[tuple[Heap, int]]] = field(factory=dict)
    """The points of each order, in the order in which they were taken."""

    def heap(self, key: LotKey) -> Heap:
        return next(one for one in self.heaps if one.key == key)

    def spendable(self, at: datetime) -> list[tuple[Heap, int]]:
        fit = [one for one in self.heaps if not one.is_over(at)]
        fit.sort(key=lambda one: (one.expires_at is None, one.expires_at or one.made_at, one.made_at, one.key.in_order))
        return [(heap, place) for heap in fit for place in heap.at("free")]

    def freed(self, heap: Heap, place: int, at: datetime) -> None:
        """A point comes to be free: it repays a debt before anybody can spend it."""
        heap.points[place] = "free"
        if self.debt and not heap.is_over(at):
            heap.points[place], self.debt = "repaid", self.debt - 1

    def take_back(self, key: LotKey, in_all: int, at: datetime) -> int:
        heap = self.heap(key)
        gone = len(heap.at("expired")) + (len(heap.at("free")) if heap.is_over(at) else 0)
        due = max(0, in_all - gone - heap.taken_back)
        heap.taken_back += due
        for _ in range(due):
            mine = heap.at("frozen") or ([] if heap.is_over(at) else heap.at("free"))
            others = self.spendable(at)
            if mine:
                heap.points[mine[0]] = "revoked"
            elif others:
                others[0][0].points[others[0][1]] = "revoked"
            else:
                self.debt += 1
        return due


class PointsMachine(RuleBasedStateMachine):
    """One member, whose lots expire, are locked, spent, given back and revoked in any order."""

    @initialize()
    def open(self) -> None:
        self.at, self.count = NOON, 0
        self.late, self.prompt, self.naive = Books(), Books(), Naive()
        self.orders: list[LotKey] = []
        self.earned: dict[LotKey, int] = {}
        self.placed: list[OrderId] = []

    def both(self, act: Callable[[Books], Any]) -> None:
        """`late` never hears of time passing unless its timer runs; `prompt` hears of it at once."""
        act(self.late)
        act(self.prompt)
        self.on_time()

    def on_time(self) -> None:
        self.prompt.keep(self.prompt.ledger().expire(self.at))

    def key(self, source: PointsSource) -> LotKey:
        self.count += 1
        return LotKey(f"{self.count:04}", source)

    @rule(amount=few, lasts=st.none() | st.integers(0, 12))
    def award(self, amount: int, lasts: int | None) -> None:
        key, expires = self.key(PointsSource.REVIEW), None if lasts is None else self.at + lasts * DAY
        made = PointsLot.made(
            ALICE, key, amount, into=PointsAre.FREE, cause=PointsCause(Because.REVIEW), at=self.at, expires_at=expires
        )
        self.both(lambda books: books.keep(books.ledger().credit(made, self.at)))
        heap = Heap(key, self.at, expires, ["frozen"] * amount)
        self.naive.heaps.append(heap)
        for place in range(amount):
            self.naive.freed(heap, place, self.at)

    @rule(amount=few)
    def buy(self, amount: int) -> None:
        key = self.key(PointsSource.PURCHASE)
        made = PointsLot.made(ALICE, key, amount, into=PointsAre.FROZEN, cause=PointsCause(Because.ORDER), at=self.at)
        self.both(lambda books: books.keep_lot(made))
        self.naive.heaps.append(Heap(key, self.at, None, ["frozen"] * amount))
        self.orders.append(key)
        self.earned[key] = amount

    @rule(one=which, lasts=st.none() | st.integers(1, 12))
    def complete(self, one: int, lasts: int | None) -> None:
        if not self.orders:
            return
        key, expires = self.orders[one % len(self.orders)], None if lasts is None else self.at + lasts * DAY
        self.both(lambda books: books.keep(books.ledger(key).release(key, PointsCause(Because.ORDER), self.at, expires)))
        heap = self.naive.heap(key)
        if frozen := heap.at("frozen"):
            heap.expires_at = expires
            for place in frozen:
                self.naive.freed(heap, place, self.at)

    @rule(one=which, part=st.integers(0, 9))
    def refund(self, one: int, part: int) -> None:
        if not self.orders:
            return
        key = self.orders[one % len(self.orders)]
        in_all, was = self.earned[key] * (9 - part) // 9, sum(entry.worth for _, entry in self.late.entries)
        taken_before = self.naive.heap(key).taken_back
        due = self.naive.take_back(key, in_all, self.at)
        lapsed = self.late.lots[key].lapsed(self.at)
        self.both(lambda books: books.keep(books.ledger(key).take_back(key, in_all, PointsCause(Because.ORDER), self.at)))
        lot = self.late.lots[key]
        assert sum(entry.worth for _, entry in self.late.entries) == was - due - lapsed
        assert in_all - lot.expired - lot.undone <= 0, "something of what was undone was not taken back"
        if not taken_before and in_all == lot.amount:  # PTS-I3
            assert lot.amount - lot.expired - lot.undone == 0

    @rule(units=few)
    def place(self, units: int) -> None:
        order, free = OrderId(UUID(int=len(self.placed) + 1)), self.naive.spendable(self.at)
        if units > len(free):
            with pytest.raises(TooFewPoints):
                self.late.ledger().lock(order, units, self.at)
            return
        self.both(lambda books: books.keep(*books.ledger().lock(order, units, self.at)))
        self.placed.append(order)
        self.naive.used[order] = free[:units]
        for heap, place in free[:units]:
            heap.points[place] = "locked"

    def follow(self, one: int, act: Callable[[Books, PointsLedger, Any], Any]) -> OrderId | None:
        if not self.placed:
            return None
        order = self.placed[one % len(self.placed)]

        def followed(books: Books) -> None:
            uses = books.of_order(order)
            books.keep(*act(books, books.ledger(*(use.state.key for use in uses)), uses))

        self.both(followed)
        return order

    @rule(one=which)
    def pay(self, one: int) -> None:
        order = self.follow(one, lambda books, ledger, uses: ledger.spend(uses, self.at))
        for heap, place in self.naive.used.get(order, ()) if order else ():
            if heap.points[place] == "locked":
                heap.points[place] = "spent"

    @rule(one=which)
    def close(self, one: int) -> None:
        order = self.follow(one, lambda books, ledger, uses: ledger.unlock(uses, self.at))
        for heap, place in self.naive.used.get(order, ()) if order else ():
            if heap.points[place] == "locked":
                self.naive.freed(heap, place, self.at)
        if order:  # what it had is nobody's business any more
            self.naive.used[order] = [(heap, place) for heap, place in self.naive.used[order] if heap.points[place] == "spent"]

    @rule(one=which, part=st.integers(0, 9), days=st.integers(0, 5))
    def give_back(self, one: int, part: int, days: int) -> None:
        if not self.placed:
            return
        order = self.placed[one % len(self.placed)]
        uses = self.late.of_order(order)
        if any(use.state.open for use in uses):
            return
        sold = sum(use.state.spent + use.state.back for use in uses)
        in_all, back = sold * (9 - part) // 9, sum(use.state.back for use in uses)
        until = self.at + days * DAY
        self.follow(one, lambda books, ledger, known: ledger.give_back(known, in_all, self.at, until))
        left = self.naive.used[order]
        for _ in range(max(0, in_all - back)):
            if not left:
                break
            key = left[-1][0].key  # the lot taken last, and of it the first point
            mine = next(at for at, (heap, _) in enumerate(left) if heap.key == key)
            heap, place = left.pop(mine)
            if heap.is_over(self.at):
                for lapsed in heap.at("free"):
                    heap.points[lapsed] = "expired"
            if heap.expires_at is not None and heap.expires_at < until:
                heap.expires_at = until
            self.naive.freed(heap, place, self.at)

    @rule(units=few)
    def deduct(self, units: int) -> None:
        free = self.naive.spendable(self.at)
        if units > len(free):
            with pytest.raises(TooFewPoints):
                self.late.ledger().deduct(units, PointsCause(Because.STAFF), self.at)
            return
        self.both(lambda books: books.keep(books.ledger().deduct(units, PointsCause(Because.STAFF), self.at)))
        for heap, place in free[:units]:
            heap.points[place] = "gone"

    @rule(days=st.integers(1, 6))
    def time_passes(self, days: int) -> None:
        self.at += days * DAY
        self.on_time()

    @rule()
    def the_timer_runs(self) -> None:
        self.late.keep(self.late.ledger().expire(self.at))
        self.late.keep(self.late.ledger().expire(self.at))

    @invariant()
    def every_point_is_where_it_is_by_hand(self) -> None:
        """PTS-I2, PTS-I4, PTS-I5, PTS-I6."""
        if not hasattr(self, "late"):
            return
        spendable = len(self.naive.spendable(self.at))
        for books in (self.late, self.prompt):
            assert books.ledger().spendable(self.at) == spendable >= 0
            assert books.debt == self.naive.debt
            assert not (books.debt and spendable), "who owes has nothing to spend"
        for lot in self.late.lots.values():
            points = self.naive.heap(lot.key).points
            assert (lot.frozen, lot.locked) == (points.count("frozen"), points.count("locked"))
            assert lot.spent == points.count("spent") + points.count("gone")
            assert lot.spendable(self.at) == (0 if self.naive.heap(lot.key).is_over(self.at) else points.count("free"))

    @invariant()
    def entries_add_up(self) -> None:
        """PTS-I1, and each standing of each lot from its entries alone."""
        if not hasattr(self, "late"):
            return
        for books in (self.late, self.prompt):
            stands = books.standing()
            held = stands["frozen"] + stands["free"] + stands["locked"] - books.debt
            assert sum(entry.worth for _, entry in books.entries) == held
            assert stands["owed"] == -books.debt
            for key, lot in books.lots.items():
                mine = [entry for at, entry in books.entries if at == key]
                for one in PointsAre:
                    if one is not PointsAre.OUTSIDE:
                        told = sum(e.units for e in mine if e.went_to is one) - sum(e.units for e in mine if e.out_of is one)
                        assert getattr(lot, one.value) == told


TestPoints = PointsMachine.TestCase
TestPoints.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(st.lists(few, min_size=1, max_size=5), st.lists(st.integers(0, 20), max_size=6))
def test_whatever_the_parts_all_that_was_used_comes_back_and_all_that_was_earned_goes(
    lots: list[int], parts: list[int]
) -> None:
    """PTS-I5: in one piece or in many, to the point."""
    books, order, bought = Books(), OrderId(UUID(int=9)), LotKey("order", PointsSource.PURCHASE)
    for at, amount in enumerate(lots):
        made = PointsLot.made(
            ALICE,
            LotKey(str(at), PointsSource.CAMPAIGN),
            amount,
            into=PointsAre.FREE,
            cause=PointsCause(Because.CAMPAIGN),
            at=NOON,
        )
        books.keep(books.ledger().credit(made, NOON))
    total = sum(lots)
    books.keep(*books.ledger().lock(order, total, NOON))
    keys = [use.state.key for use in books.of_order(order)]
    books.keep(*books.ledger(*keys).spend(books.of_order(order), NOON))
    books.keep_lot(PointsLot.made(ALICE, bought, 20, into=PointsAre.FROZEN, cause=PointsCause(Because.ORDER), at=NOON))
    for part in sorted([*parts, 20]):
        books.keep(*books.ledger(*keys).give_back(books.of_order(order), total * part // 20, NOON, NOON))
        books.keep(books.ledger(bought).take_back(bought, part, PointsCause(Because.ORDER), NOON))

    assert sum(use.state.back for use in books.of_order(order)) == total == books.ledger().spendable(NOON)
    assert {one.key.ref: one.free for one in books.lots.values() if one.free} == {str(at): one for at, one in enumerate(lots)}
    assert books.lots[bought].undone == books.lots[bought].revoked == 20


def test_what_had_lapsed_stays_so_when_other_points_of_its_lot_are_given_back() -> None:
    """PTS-R7, PTS-I6: the lot lasts longer for what comes back, whether or not a timer had written off the rest."""
    books, order, key = Books(), OrderId(UUID(int=9)), LotKey("1", PointsSource.CAMPAIGN)
    made = PointsLot.made(
        ALICE, key, 5, into=PointsAre.FREE, cause=PointsCause(Because.CAMPAIGN), at=NOON, expires_at=NOON + DAY
    )
    books.keep(books.ledger().credit(made, NOON))
    books.keep(*books.ledger().lock(order, 2, NOON))
    books.keep(*books.ledger(key).spend(books.of_order(order), NOON))
    books.keep(*books.ledger(key).give_back(books.of_order(order), 2, NOON + 2 * DAY, NOON + 4 * DAY))

    lot = books.lots[key]
    assert (lot.free, lot.expired, lot.expires_at) == (2, 3, NOON + 4 * DAY)
    assert books.ledger().spendable(NOON + 3 * DAY) == 2


def test_held_standings_are_those_of_the_balance() -> None:
    """PTS-I1: an entry between two standings of which one is held changes the balance, and no other does."""
    for out_of in PointsAre:
        for into in PointsAre:
            if out_of is not into and into is not PointsAre.OUTSIDE:
                entry = PointsEntry(
                    member_id=ALICE, key=LotKey("1", PointsSource.MANUAL), number=1, units=3, out_of=out_of, went_to=into,
                    cause=PointsCause(Because.TIME), at=NOON,
                )  # fmt: skip
                assert entry.worth == 3 * ((into in HELD) - (out_of in HELD))
