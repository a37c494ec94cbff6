"""Stock: what can be promised, what is promised, and what happens to it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import evolve

from retail_domain.inventory import (
    AdjustmentTooLarge,
    AdjustStock,
    LocationExists,
    LocationNotFound,
    OpenLocation,
    Owner,
    ReceiveStock,
    Reservation,
    ReservationEnded,
    ReservationState,
    ShelfFull,
    SoldOut,
    StockFellLow,
    StockItem,
    StockItemNotFound,
    StockKey,
    StockRecovered,
    WatchStock,
    allocate,
    short_of,
)
from retail_domain.inventory.model import UNITS_MAX, Move, MoveKind
from retail_domain.inventory.use_cases import adjust_stock, open_location, receive_stock, watch_stock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.ids import LocationId, OrderId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.testing.baskets import NOON, sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import key, place
from retail_domain.testing.means import means_of
from retail_domain.testing.run_now import run_now
from tests.support.memory import memory_store
from tests.support.shelves import sellable_of

CLERK = Actor.system("clerk")


def a_shelf(on_hand: int = 10, **counts: int) -> StockItem:
    return StockItem(key=key(), on_hand=on_hand, **counts)


def a_promise(quantity: int = 5) -> Reservation:
    return Reservation.held(owner=Owner.order(OrderId(key().sku_id)), line=1, key=key(), quantity=quantity).state


class TestShelves:
    def test_what_is_promised_or_kept_safe_cannot_be_sold(self) -> None:
        """STK-R1."""
        shelf = a_shelf(10, reserved=3, safety=2)

        assert (shelf.available, shelf.sellable) == (5, 5)
        assert a_shelf(1, safety=4).sellable == 0
        assert a_shelf(1, safety=4, backorder_limit=5).sellable == 2

    def test_reserving_takes_what_is_sellable_and_not_one_more(self) -> None:
        """R1, STK-I1."""
        shelf = a_shelf(10, reserved=3, safety=2)

        assert shelf.reserve(5, at=NOON).state.sellable == 0
        with pytest.raises(SoldOut) as refused:
            shelf.reserve(6, at=NOON)
        assert refused.value.sku_ids == (sku(1),)

    def test_released_units_can_be_sold_again(self) -> None:
        """R3."""
        shelf = a_shelf(2)
        assert shelf.reserve(2, at=NOON).then(lambda it: it.release(2, at=NOON)).state == shelf

    def test_shipping_takes_units_off_the_shelf_and_off_the_promise(self) -> None:
        """STK-R2, STK-R3."""
        change = a_shelf(10, reserved=3).consume(2, reference="parcel 1", at=NOON)

        assert (change.state.on_hand, change.state.reserved) == (8, 1)
        assert change.state.moves == (Move(kind=MoveKind.SHIP, units=-2, reference="parcel 1", at=NOON),)

    def test_units_that_are_not_there_cannot_be_shipped(self) -> None:
        """STK-I3: even when they are promised by backorder."""
        with pytest.raises(SoldOut):
            a_shelf(1, reserved=3, backorder_limit=2).consume(2, reference="parcel", at=NOON)

    def test_counting_may_find_less_than_is_promised_and_says_what_is_missing(self) -> None:
        """STK-R10, STK-I1: only when it is meant; nothing is sold from there, and it is gone once it is made good."""
        shelf = a_shelf(10, reserved=6, backorder_limit=1)
        with pytest.raises(AdjustmentTooLarge):
            shelf.adjust(-8, reference="fire", at=NOON)

        short = shelf.adjust(-8, reference="fire", at=NOON, shortfall=True).state

        assert (short.on_hand, short.reserved, short.shortfall, short.sellable) == (2, 6, 3, 0)
        assert short.release(2, at=NOON).state.shortfall == 1
        assert short.release(5, at=NOON).state.shortfall == 0
        assert short.adjust(2, reference="found", at=NOON).state.shortfall == 1
        assert short.receive(9, reference="note", at=NOON).state.shortfall == 0
        left = short.consume(2, reference="parcel", at=NOON).state
        assert (left.on_hand, left.reserved, left.shortfall) == (0, 4, 3)
        with pytest.raises(AdjustmentTooLarge):
            short.adjust(-3, reference="fire", at=NOON, shortfall=True)

    def test_a_shortfall_that_is_meant_but_not_needed_is_none(self) -> None:
        """STK-R10."""
        assert a_shelf(10, reserved=6).adjust(-4, reference="count", at=NOON, shortfall=True).state.shortfall == 0

    def test_a_delivery_first_makes_good_what_was_missing(self) -> None:
        """STK-R10."""
        change = a_shelf(0, reserved=5, shortfall=5).receive(3, reference="note", at=NOON)

        assert (change.state.on_hand, change.state.shortfall) == (3, 2)
        assert change.then(lambda it: it.receive(9, reference="note", at=NOON)).state.shortfall == 0

    def test_a_shelf_holds_so_much_and_says_so(self) -> None:
        """STK-I1: a refusal, not a crash."""
        with pytest.raises(ShelfFull):
            a_shelf(UNITS_MAX - 1).receive(2, reference="note", at=NOON)
        assert a_shelf(UNITS_MAX - 1).receive(1, reference="note", at=NOON).state.on_hand == UNITS_MAX

    def test_a_count_is_corrected_either_way_but_never_below_what_is_promised(self) -> None:
        """STK-R3, STK-I1."""
        shelf = a_shelf(10, reserved=4)

        assert shelf.adjust(-6, reference="broken", at=NOON).state.on_hand == 4
        assert shelf.adjust(7, reference="found", at=NOON).state.moves[-1].units == 7
        for change in (-7, -11, 0, UNITS_MAX):
            with pytest.raises(AdjustmentTooLarge):
                shelf.adjust(change, reference="count", at=NOON)

    @pytest.mark.parametrize("units", [0, -1, True, 1.0])
    def test_units_are_whole_and_at_least_one(self, units: int) -> None:
        shelf = a_shelf(reserved=3)
        for decide in (shelf.reserve, shelf.release):
            with pytest.raises(ValueError):
                decide(units, at=NOON)
        for move in (shelf.consume, shelf.receive):
            with pytest.raises(ValueError):
                move(units, reference="x", at=NOON)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"on_hand": -1}, {"on_hand": UNITS_MAX + 1}, {"reserved": -1}, {"reserved": 11}, {"safety": -1},
            {"backorder_limit": -1}, {"shortfall": -1}, {"reserved": 14, "backorder_limit": 1, "shortfall": 2},
        ],
    )  # fmt: skip
    def test_a_shelf_that_exists_is_right(self, wrong: dict[str, int]) -> None:
        """STK-I1."""
        with pytest.raises(ValueError):
            evolve(a_shelf(10), **wrong)

    def test_a_move_moves_something(self) -> None:
        with pytest.raises(ValueError):
            Move(kind=MoveKind.ADJUST, units=0, reference="x", at=NOON)


class TestAlerts:
    def test_falling_to_the_threshold_is_told_once_and_rising_above_it_once(self) -> None:
        """STK-R9."""
        watched = a_shelf(10).watch(4, at=NOON).state

        assert watched.reserve(5, at=NOON).events == ()
        low = watched.reserve(6, at=NOON)
        assert low.events == (
            StockFellLow(at=NOON, sku_id=sku(1), location_id=place(), available=4, threshold=4),
        )  # fmt: skip
        assert low.state.reserve(1, at=NOON).events == ()
        (told,) = low.state.release(1, at=NOON).events
        assert isinstance(told, StockRecovered) and told.available == 5

    def test_what_is_kept_safe_counts_as_gone(self) -> None:
        """STK-R9, STK-R1."""
        watched = a_shelf(10).watch(4, at=NOON).state
        assert [type(event) for event in watched.keep_safe(6, at=NOON).events] == [StockFellLow]

    def test_nobody_is_told_when_nobody_watches(self) -> None:
        low = a_shelf(3).watch(9, at=NOON)

        assert [type(event) for event in low.events] == [StockFellLow]
        assert [type(event) for event in low.state.watch(None, at=NOON).events] == [StockRecovered]
        assert a_shelf(1).reserve(1, at=NOON).events == ()

    def test_a_new_shelf_is_not_low_before_somebody_watches_it(self) -> None:
        """STK-I7: a shelf cannot be low without having said so."""
        assert not StockItem.opened(key()).state.is_low


class TestReservations:
    def test_paying_makes_a_promise_firm_and_paying_twice_changes_nothing(self) -> None:
        """STK-R2."""
        paid = a_promise().commit().state

        assert paid.state is ReservationState.COMMITTED
        assert paid.commit().state is paid

    def test_every_unit_ends_once_shipped_or_released(self) -> None:
        """R3, STK-I4: an ended unit cannot end again."""
        ended = a_promise(5).commit().then(lambda it: it.consume(3)).then(lambda it: it.release(2)).state

        assert (ended.state, ended.open, ended.consumed, ended.released) == (ReservationState.ENDED, 0, 3, 2)
        for again in (ended.release, ended.consume):
            with pytest.raises(ReservationEnded):
                again(1)
        assert ended.commit().state is ended

    def test_a_firm_promise_has_no_way_to_expire(self) -> None:
        """STK-I5, STK-R2: only releasing or shipping ends it, and both are asked for."""
        paid = a_promise(2).commit().state
        assert paid.release(1).state.state is ReservationState.COMMITTED
        assert not [name for name in dir(paid) if "expire" in name]

    @pytest.mark.parametrize(
        "wrong", [{"open": 4}, {"released": 1}, {"quantity": 0, "open": 0}, {"state": ReservationState.ENDED}, {"consumed": -1}]
    )
    def test_a_reservation_that_exists_adds_up(self, wrong: dict[str, object]) -> None:
        """STK-I2."""
        with pytest.raises(ValueError):
            evolve(a_promise(5), **wrong)  # type: ignore[arg-type]


class TestAllocation:
    def shelves(self, *counts: tuple[int, int, int]) -> dict[StockKey, StockItem]:
        return {key(number, at): StockItem(key=key(number, at), on_hand=units) for number, at, units in counts}

    def test_the_first_location_that_covers_everything_gets_the_order(self) -> None:
        """STK-R5, STK-R4: all lines or none, never the sum of several places."""
        shelves = self.shelves((1, 1, 5), (2, 1, 1), (1, 2, 3), (2, 2, 3))

        def drawn_from(wanted: dict[SkuId, int], places: Sequence[LocationId]) -> set[LocationId] | None:
            drawn = allocate([(line, *goods) for line, goods in enumerate(wanted.items(), 1)], sellable_of(shelves), places)
            return None if drawn is None else {one.key.location_id for one in drawn}

        assert drawn_from({sku(1): 3, sku(2): 1}, [place(1), place(2)]) == {place(1)}
        assert drawn_from({sku(1): 3, sku(2): 2}, [place(1), place(2)]) == {place(2)}
        assert drawn_from({sku(1): 4, sku(2): 2}, [place(1), place(2)]) is None
        assert drawn_from({sku(9): 1}, [place(1), place(2)]) is None
        assert drawn_from({sku(1): 1}, []) is None

    def test_the_refusal_names_the_goods_that_are_short(self) -> None:
        """STK-R4: those no place can cover, or all when they only lie apart."""
        sellable = sellable_of(self.shelves((1, 1, 5), (2, 2, 5)))

        assert short_of({sku(2): 6, sku(1): 5}, sellable, [place(1), place(2)]) == (sku(2),)
        assert short_of({sku(2): 5, sku(1): 5}, sellable, [place(1), place(2)]) == (sku(1), sku(2))


class TestUseCases:
    def test_staff_receive_correct_and_watch_stock(self) -> None:
        """STK-R3, STK-R9."""
        store, clock = memory_store(), SettableClock()
        opened = deciding(store.begin, open_location, means_of())
        receive = deciding(store.begin, receive_stock, means_of(clock))
        adjust = deciding(store.begin, adjust_stock, means_of(clock))
        watch = deciding(store.begin, watch_stock, means_of(clock))
        run_now(opened(OpenLocation(code="w1", name="one", actor=CLERK)))

        run_now(receive(ReceiveStock(sku_id=sku(1), location="w1", quantity=4, reference="n", actor=CLERK)))
        run_now(receive(ReceiveStock(sku_id=sku(1), location="w1", quantity=5, reference="n", actor=CLERK)))
        run_now(adjust(AdjustStock(sku_id=sku(1), location="w1", change=-2, reason="broken", actor=CLERK)))
        counted = run_now(watch(WatchStock(sku_id=sku(1), location="w1", safety=3, alert_threshold=4, actor=CLERK)))

        assert (counted.on_hand, counted.safety, counted.sellable) == (7, 3, 4)
        assert run_now(watch(WatchStock(sku_id=sku(1), location="w1", actor=CLERK))) == counted
        assert [type(stored.event) for stored in store.memory.events] == [StockFellLow]

    def test_a_repeated_delivery_note_is_counted_once(self) -> None:
        """R17, GEN-R7."""
        store = memory_store()
        run_now(deciding(store.begin, open_location, means_of())(OpenLocation(code="w1", name="one", actor=CLERK)))
        receive = deciding(store.begin, receive_stock, means_of())
        once = Once(principal="staff:1", operation="stock.receive", key="k", fingerprint="f")
        command = ReceiveStock(sku_id=sku(1), location="w1", quantity=4, reference="n", actor=CLERK, once=once)

        assert run_now(receive(command)) == run_now(receive(command))
        assert store.memory.table("stock_items")[StockKey(sku(1), next(iter(store.memory.table("locations"))))].on_hand == 4

    def test_what_is_not_there_is_refused_by_name(self) -> None:
        store = memory_store()
        opened = deciding(store.begin, open_location, means_of())
        run_now(opened(OpenLocation(code="w1", name="one", actor=CLERK)))

        with pytest.raises(LocationExists):
            run_now(opened(OpenLocation(code="w1", name="two", actor=CLERK)))
        receive = deciding(store.begin, receive_stock, means_of())
        adjust = deciding(store.begin, adjust_stock, means_of())
        with pytest.raises(LocationNotFound):
            run_now(receive(ReceiveStock(sku_id=sku(1), location="w2", quantity=4, reference="n", actor=CLERK)))
        with pytest.raises(StockItemNotFound):
            run_now(adjust(AdjustStock(sku_id=sku(1), location="w1", change=1, reason="found", actor=CLERK)))
