"""Stock beside a naive model that counts every single unit: what can happen to it in any order (STK-I1 to STK-I5, STK-I7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import given, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from retail_adapters.serialization import EventCodec
from retail_domain.inventory import (
    EVENTS,
    AdjustmentTooLarge,
    Owner,
    PromiseKey,
    Reservation,
    ReservationEnded,
    ReservationState,
    SoldOut,
    StockFellLow,
    StockItem,
    StockRecovered,
    follow_stock_level,
)
from retail_domain.inventory.model import MoveKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId
from retail_domain.processes.worker.relay import DeliverNext
from retail_domain.testing.baskets import NOON, sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import a_location, key, place
from retail_domain.testing.means import means_of
from retail_domain.testing.run_now import run_now
from tests.support.memory import memory_store

few = st.integers(1, 6)


class StockMachine(RuleBasedStateMachine):
    """One shelf in a memory store; beside it a list of moves and what each order still holds."""

    orders = Bundle("orders")

    @initialize(received=st.integers(0, 12), safety=st.integers(0, 2), threshold=st.none() | st.integers(0, 6))
    def open(self, received: int, safety: int, threshold: int | None) -> None:
        self.clock = SettableClock()
        self.store = memory_store(self.clock)
        self.deliver = DeliverNext.on(self.store.begin, means_of(self.clock), {"inventory.watch_stock": _follow})
        self.moves: list[int] = []
        self.held: dict[PromiseKey, int] = {}
        self.safety, self.threshold = safety, threshold
        opened = StockItem.opened(key()).then(lambda it: it.keep_safe(safety, at=NOON))
        change = opened.then(lambda it: it.watch(threshold, at=NOON))
        if received:
            change = change.then(lambda it: it.receive(received, reference="first", at=NOON))
            self.moves.append(received)
        run_now(self.saved(change))

    @rule(target=orders, units=few)
    def reserve(self, units: int) -> Any:
        free = sum(self.moves) - sum(self.held.values()) - self.safety
        id = PromiseKey(Owner.order(OrderId(UUID(int=len(self.held) + 1))), 1, key())
        try:
            run_now(self.saved(self.shelf.reserve(units, at=NOON), self.promise(id, units)))
        except SoldOut:
            assert units > max(0, free)  # R1: refused only when there is not enough ...
            return None
        assert units <= free  # ... and never granted when there is not
        self.held[id] = units
        return id

    @rule(id=orders)
    def pay(self, id: PromiseKey | None) -> None:
        if id:
            before = self.reservation(id)
            run_now(self.saved(None, before.commit()))
            assert self.reservation(id).open == before.open  # STK-I5: paying ends nothing

    @rule(id=orders, units=few)
    def release(self, id: PromiseKey | None, units: int) -> None:
        self.end(id, units, shipped=False)

    @rule(id=orders, units=few)
    def ship(self, id: PromiseKey | None, units: int) -> None:
        self.end(id, units, shipped=True)

    @rule(id=consumes(orders))
    def end_all_and_once_more(self, id: PromiseKey | None) -> None:
        if id and self.held[id]:
            self.end(id, self.held[id], shipped=False)
        self.end(id, 1, shipped=False)

    @rule(units=few)
    def receive(self, units: int) -> None:
        run_now(self.saved(self.shelf.receive(units, reference="note", at=NOON)))
        self.moves.append(units)

    @rule(change=st.integers(-9, 9))
    def adjust(self, change: int) -> None:
        left = sum(self.moves) + change
        try:
            run_now(self.saved(self.shelf.adjust(change, reference="count", at=NOON)))
        except AdjustmentTooLarge:
            assert change == 0 or left < sum(self.held.values())
        else:
            assert left >= sum(self.held.values())
            self.moves.append(change)

    @rule(threshold=st.none() | st.integers(0, 9), safety=st.integers(0, 3))
    def watch(self, threshold: int | None, safety: int) -> None:
        run_now(self.saved(self.shelf.keep_safe(safety, at=NOON).then(lambda it: it.watch(threshold, at=NOON))))
        self.safety, self.threshold = safety, threshold

    @rule()
    def handlers_run(self) -> None:
        while run_now(self.deliver()):
            pass
        low = self.threshold is not None and sum(self.moves) - sum(self.held.values()) - self.safety <= self.threshold
        assert (key() in self.store.memory.table("stock_alerts")) is low  # STK-I7, STK-R9

    @invariant()
    def counts_are_the_sums_of_what_happened(self) -> None:
        assert self.shelf.on_hand == sum(self.moves) >= 0  # STK-R3, R3: the ledger replays to the balance
        assert self.moves == [move.units for _, move in self.store.memory.log("stock_moves")]
        assert self.shelf.reserved == sum(self.held.values())  # STK-I2
        assert 0 <= self.shelf.reserved <= self.shelf.on_hand  # STK-I1
        open_units = sum(one.open for one in self.store.memory.table("reservations").values())
        assert open_units == self.shelf.reserved

    @invariant()
    def never_more_shipped_than_came(self) -> None:
        shipped = sum(one.consumed for one in self.store.memory.table("reservations").values())
        ledger = [move for _, move in self.store.memory.log("stock_moves")]
        came = sum(move.units for move in ledger if move.kind is not MoveKind.SHIP)
        assert shipped <= came and self.shelf.on_hand == came - shipped  # STK-I3
        for id, left in self.held.items():
            assert (self.reservation(id).state is ReservationState.ENDED) is (left == 0)  # R3: ended once nothing is left

    def end(self, id: PromiseKey | None, units: int, *, shipped: bool) -> None:
        if id is None:
            return
        reservation = self.reservation(id)
        try:
            ended = reservation.consume(units) if shipped else reservation.release(units)
        except ReservationEnded:
            assert units > self.held[id]  # STK-I4: what has ended cannot end again
            return
        assert units <= self.held[id]
        shelf = self.shelf
        run_now(self.saved(shelf.consume(units, reference="p", at=NOON) if shipped else shelf.release(units, at=NOON), ended))
        self.held[id] -= units
        if shipped:
            self.moves.append(-units)

    @property
    def shelf(self) -> StockItem:
        return self.store.memory.table("stock_items")[key()]  # type: ignore[no-any-return]

    def reservation(self, id: PromiseKey) -> Reservation:
        return self.store.memory.table("reservations")[id]  # type: ignore[no-any-return]

    def promise(self, id: PromiseKey, units: int) -> Change[Reservation]:
        return Reservation.held(owner=id.owner, line=id.line, key=id.key, quantity=units)

    async def saved(self, shelf: Change[StockItem] | None, reservation: Change[Reservation] | None = None) -> None:
        async with self.store.begin() as work:
            if not await work.locations.all():
                work.locations.save(Change(None, a_location()))
            if shelf:
                work.stock.save(shelf)
            if reservation:
                work.reservations.save(reservation)
            await work.commit()


async def _follow(work: Any, event: Any) -> None:
    await follow_stock_level(work, event)


TestStock = StockMachine.TestCase

moments = st.datetimes(timezones=st.just(NOON.tzinfo))


@given(st.sampled_from([StockFellLow, StockRecovered]), moments, st.integers(-(10**9), 10**9), st.integers(0, 10**9))
def test_every_stock_fact_survives_being_stored(kind: Any, at: Any, available: int, threshold: int) -> None:
    """GEN-R12, R25: written and read again, a fact is the same."""
    codec = EventCodec(EVENTS)
    fact = kind(at=at, sku_id=sku(1), location_id=place(), available=available, threshold=threshold)
    assert codec.read(fact.name, fact.version, codec.write(fact)) == fact
