"""The examination every store of stock passes: the promises of inventory's ports as tests.

An adapter's author subclasses it with two fixtures, both over the same empty store:

    class TestMyStock(InventoryContract):
        @pytest.fixture
        def begin(self) -> Begin[InventoryWork]: ...
        @pytest.fixture
        def shown(self) -> InventoryQueries: ...
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.inventory import (
    InventoryQueries,
    InventoryWork,
    Location,
    LocationKind,
    MoveView,
    Owner,
    Reservation,
    StockAlert,
    StockItem,
    StockKey,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.ids import LocationId, OrderId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.baskets import NOON, sku


def place(number: int = 1) -> LocationId:
    """The location of that number."""
    return LocationId(UUID(int=900 + number))


def key(number: int = 1, at: int = 1) -> StockKey:
    """That SKU at that location."""
    return StockKey(sku(number), place(at))


def a_location(number: int = 1, *, sells_online: bool = True) -> Location:
    """A warehouse of that number."""
    return Location(id=place(number), code=f"w{number}", name="仓库", sells_online=sells_online, priority=number)


def a_shelf(number: int = 1, units: int = 10, at: int = 1) -> Change[StockItem]:
    """A new shelf with so many units on it."""
    opened = StockItem.opened(key(number, at))
    return opened.then(lambda item: item.receive(units, reference="delivery", at=NOON)) if units else opened


async def stocked(begin: Begin[InventoryWork], *shelves: Change[StockItem]) -> None:
    """Store shelves, with the locations they stand in."""
    async with begin() as work:
        known = {location.id for location in await work.locations.all()}
        for id in sorted({shelf.state.key.location_id for shelf in shelves} - known):
            work.locations.save(Change(None, a_location(id.int - 900)))
        for shelf in shelves:
            work.stock.save(shelf)
        await work.commit()


async def shelf_at(begin: Begin[InventoryWork], at: StockKey) -> StockItem:
    """The shelf as it is stored."""
    async with begin() as work:
        return (await work.stock.claim([at]))[at]


@pytest.mark.asyncio
class InventoryContract:
    """What every store of stock promises."""

    async def test_a_stored_shelf_comes_back_as_it_was(self, begin: Begin[InventoryWork]) -> None:
        """R32: no field is lost; moves belong to the change, not to the shelf."""
        item = StockItem(
            key=key(), on_hand=5, reserved=9, safety=2, backorder_limit=3, shortfall=4, alert_threshold=-1,
        )  # fmt: skip
        await stocked(begin, Change(None, item), a_shelf(2))

        assert await shelf_at(begin, key()) == evolve(item, version=1)
        assert (await shelf_at(begin, key(2))).moves == ()

    async def test_claims_come_ascending_and_without_what_does_not_exist(self, begin: Begin[InventoryWork]) -> None:
        """GEN-R16: one lock order."""
        await stocked(begin, a_shelf(2), a_shelf(1), a_shelf(1, at=2))

        async with begin() as work:
            claimed = await work.stock.claim([key(2), key(7), key(1, at=2), key(1), key(2)])
            crossed = (await work.stock.claim_online([sku(2), sku(1), sku(7)])).items
            nothing = await work.stock.claim([])

        assert list(claimed) == list(crossed) == [key(1), key(1, at=2), key(2)]
        assert not nothing

    async def test_online_orders_draw_from_places_that_sell_online_by_priority_then_code(
        self, begin: Begin[InventoryWork]
    ) -> None:
        """STK-R5: a shop window that sells nothing online gives nothing; places without these goods are not told."""
        async with begin() as work:
            for number, priority, code in ((4, 1, "b"), (5, 0, "z"), (6, 1, "a"), (7, 0, "y")):
                work.locations.save(Change(None, evolve(a_location(number), priority=priority, code=code)))
            work.locations.save(Change(None, a_location(8, sells_online=False)))
            await work.commit()
        await stocked(begin, *(a_shelf(1, at=at) for at in (4, 5, 6, 8)), a_shelf(2, at=7))

        async with begin() as work:
            online = await work.stock.claim_online([sku(1)])

        assert online.places == (place(5), place(6), place(4))
        assert list(online.items) == [key(1, at=4), key(1, at=5), key(1, at=6)]

    async def test_a_claim_sees_what_is_staged_and_both_changes_are_one(
        self, begin: Begin[InventoryWork], shown: InventoryQueries
    ) -> None:
        """GEN-R18: the second decision builds on the first; the shelf is stored once, with every move (STK-R3)."""
        await stocked(begin, a_shelf(units=10))

        async with begin() as work:
            for units in (1, 2):
                item = (await work.stock.claim([key()]))[key()]
                work.stock.save(item.receive(units, reference=str(units), at=NOON))
            await work.commit()

        stored = await shelf_at(begin, key())
        assert (stored.on_hand, stored.version) == (13, 2)
        assert [move.units for move in (await shown.moves(sku(1), PageRequest())).items] == [2, 1, 10]

    async def test_movements_are_found_by_their_reference_at_a_place(
        self, begin: Begin[InventoryWork], shown: InventoryQueries
    ) -> None:
        """DOR-R8: so that a delivery note is noticed the second time, at whichever of its places."""
        await stocked(begin, a_shelf(units=10))
        async with begin() as work:
            for units, reference in ((1, "note 7"), (2, "note 8"), (3, "note 7")):
                item = (await work.stock.claim([key()]))[key()]
                work.stock.save(item.receive(units, reference=reference, at=NOON))
            await work.commit()

        code = (await shown.locations())[0].code
        assert [move.units for move in await shown.moves_named(sku(1), code, "note 7")] == [3, 1]
        for found in (await shown.moves_named(sku(2), code, "note 7"), await shown.moves_named(sku(1), "elsewhere", "note 7")):
            assert list(found) == []

    async def test_nothing_is_stored_without_commit(self, begin: Begin[InventoryWork], shown: InventoryQueries) -> None:
        """R16."""
        async with begin() as work:
            work.locations.save(Change(None, a_location()))
            work.stock.save(a_shelf())

        assert not (await shown.stock(PageRequest())).items
        assert not await shown.locations()

    async def test_who_decided_on_an_old_state_is_stale_and_stores_nothing(
        self, begin: Begin[InventoryWork], shown: InventoryQueries
    ) -> None:
        """R16, R30: no lost update, and all of a unit or none of it, moves included."""
        await stocked(begin, a_shelf(1), a_shelf(2))
        old = await shelf_at(begin, key(1))
        async with begin() as work:
            work.stock.save((await work.stock.claim([key(1)]))[key(1)].reserve(3, at=NOON))
            await work.commit()

        with pytest.raises(Stale):  # noqa: PT012
            async with begin() as work:
                work.stock.save((await work.stock.claim([key(2)]))[key(2)].receive(5, reference="x", at=NOON))
                work.stock.save(old.receive(5, reference="x", at=NOON))
                await work.commit()

        assert (await shelf_at(begin, key(1))).reserved == 3
        assert (await shelf_at(begin, key(2))).on_hand == 10
        assert len((await shown.moves(sku(2), PageRequest())).items) == 1

    async def test_a_unit_commits_once(self, begin: Begin[InventoryWork], shown: InventoryQueries) -> None:
        await stocked(begin, a_shelf())

        async with begin() as work:
            work.stock.save((await work.stock.claim([key()]))[key()].receive(5, reference="x", at=NOON))
            await work.commit()
            with pytest.raises(Exception, match="over"):
                await work.commit()

        assert [move.units for move in (await shown.moves(sku(1), PageRequest())).items] == [5, 10]

    async def test_a_shelf_is_opened_once(self, begin: Begin[InventoryWork]) -> None:
        await stocked(begin, a_shelf())
        with pytest.raises(Taken) as taken:
            await stocked(begin, a_shelf())
        assert taken.value.rule == "stock_items.sku_id+location_id"

    async def test_a_location_keeps_its_code_to_itself(self, begin: Begin[InventoryWork]) -> None:
        async with begin() as work:
            work.locations.save(Change(None, a_location(1)))
            await work.commit()
        with pytest.raises(Taken) as taken:  # noqa: PT012
            async with begin() as work:
                work.locations.save(Change(None, evolve(a_location(2), code="w1")))
                await work.commit()
        assert taken.value.rule == "locations.code"

    async def test_locations_come_by_priority_then_code(self, begin: Begin[InventoryWork], shown: InventoryQueries) -> None:
        """Codes by code point, whatever language the database speaks."""
        codes = ["b", "B", "a-1", "a1", "仓"]
        places = [evolve(a_location(n), code=code, priority=1, kind=LocationKind.STORE) for n, code in enumerate(codes)]
        async with begin() as work:
            for one in places:
                work.locations.save(Change(None, one))
            work.locations.save(Change(None, evolve(a_location(9), code="zz", priority=0)))
            await work.commit()

        async with begin() as work:
            found = await work.locations.all()

        assert [one.code for one in found] == ["zz", *sorted(codes)]
        assert tuple(await shown.locations()) == found
        assert evolve(found[1], version=0) in places

    async def test_reservations_of_an_order_come_by_line_staged_ones_too(self, begin: Begin[InventoryWork]) -> None:
        """STK-R2."""
        await stocked(begin, a_shelf(1), a_shelf(2))
        order, other = (Owner.order(OrderId(UUID(int=number))) for number in (1, 2))
        second, first, foreign = (
            Reservation.held(owner=of, line=number, key=key(number), quantity=3)
            for of, number in ((order, 2), (order, 1), (other, 1))
        )
        async with begin() as work:
            work.reservations.save(second)
            work.reservations.save(foreign)
            await work.commit()

        async with begin() as work:
            work.reservations.save(first)
            (stored,) = (one for one in await work.reservations.of(order) if one.version)
            work.reservations.save(stored.consume(1).then(lambda one: one.release(2)))
            assert [one.state.value for one in await work.reservations.of(order)] == ["held", "ended"]
            await work.commit()

        async with begin() as work:
            found = await work.reservations.of(order)
        ended = evolve(stored.consume(1).then(lambda one: one.release(2)).state, version=2)
        assert found == (evolve(first.state, version=1), ended)

    async def test_a_line_of_an_order_promises_a_shelf_once(self, begin: Begin[InventoryWork]) -> None:
        """R3: once a line, and a line as often as places it comes from."""
        await stocked(begin, a_shelf())
        for turn in (1, 2):
            held = Reservation.held(owner=Owner.order(OrderId(UUID(int=1))), line=1, key=key(), quantity=1)
            async with begin() as work:
                work.reservations.save(held)
                if turn == 1:
                    await work.commit()
                    continue
                with pytest.raises(Taken) as taken:
                    await work.commit()
                assert taken.value.rule == "reservations.order_id+owner_kind+line+sku_id+location_id"

    async def test_an_alert_is_open_until_it_is_closed(self, begin: Begin[InventoryWork], shown: InventoryQueries) -> None:
        """STK-R9: one at most for each SKU and location."""
        await stocked(begin, a_shelf(1), a_shelf(2))
        alert = StockAlert(key=key(1), available=3, threshold=5, opened_at=NOON)
        async with begin() as work:
            work.alerts.save(Change(None, alert))
            assert await work.alerts.find(key(1)) == alert
            await work.commit()

        with pytest.raises(Taken) as taken:  # noqa: PT012
            async with begin() as work:
                work.alerts.save(Change(None, alert))
                await work.commit()
        (view,) = (await shown.alerts(PageRequest())).items
        async with begin() as work:
            open_one = await work.alerts.find(key(1))
            assert open_one == evolve(alert, version=1)
            work.alerts.close(open_one)
            assert await work.alerts.find(key(1)) is None
            await work.commit()

        assert taken.value.rule == "stock_alerts.sku_id+location_id"
        assert (view.sku_id, view.location_code, view.available, view.threshold) == (sku(1), "w1", 3, 5)
        assert not (await shown.alerts(PageRequest())).items

    async def test_what_can_be_sold_is_the_most_one_online_location_has(
        self, begin: Begin[InventoryWork], shown: InventoryQueries
    ) -> None:
        """STK-R1, STK-R5: safety and promises are taken off, stores that do not sell online do not count."""
        async with begin() as work:
            for location in (a_location(1), a_location(2), a_location(3, sells_online=False)):
                work.locations.save(Change(None, location))
            await work.commit()
        kept = a_shelf(1, 9, at=1).then(lambda item: item.keep_safe(2, at=NOON)).then(lambda item: item.reserve(1, at=NOON))
        short = Change(None, StockItem(key=key(2), on_hand=1, safety=4))
        await stocked(begin, kept, a_shelf(1, 5, at=2), a_shelf(1, 50, at=3), short, a_shelf(3, 7, at=3))

        assert await shown.sellable([sku(1), sku(2), sku(3), sku(8)]) == {sku(1): 6, sku(2): 0}
        assert await shown.sellable([]) == {}
        views = await shown.stock_of([sku(2), sku(1)])
        assert [(view.sku_id, view.location_code, view.sellable) for view in views] == [
            (sku(1), "w1", 6), (sku(1), "w2", 5), (sku(1), "w3", 50), (sku(2), "w1", 0),
        ]  # fmt: skip

    async def test_lists_come_in_pages_that_miss_and_repeat_nothing(
        self, begin: Begin[InventoryWork], shown: InventoryQueries
    ) -> None:
        await stocked(begin, *(a_shelf(number, at=at) for number in (1, 2, 3) for at in (1, 2)))
        for hour in range(5):
            item = await shelf_at(begin, key(1))
            async with begin() as work:
                work.stock.save(item.receive(1, reference=f"r{hour}", at=NOON + timedelta(hours=hour)))
                await work.commit()

        shelves, moves, cursor = [], [], None
        while True:
            page = await shown.stock(PageRequest(limit=4, cursor=cursor))
            shelves += [(view.sku_id, view.location_id) for view in page.items]
            if (cursor := page.next_cursor) is None:
                break
        while True:
            notes = await shown.moves(sku(1), PageRequest(limit=2, cursor=cursor))
            moves += list(notes.items)
            if (cursor := notes.next_cursor) is None:
                break

        assert shelves == [(sku(number), place(at)) for number in (1, 2, 3) for at in (1, 2)]
        assert [move.reference for move in moves][:5] == ["r4", "r3", "r2", "r1", "r0"]
        assert len(moves) == 7 and all(isinstance(move, MoveView) for move in moves)
