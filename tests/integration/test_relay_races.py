"""Rival workers in several processes, some of them killed in the middle: one effect a fact, in order (R25, R26, R28, F8)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from retail_adapters.sql.reads import SqlReads
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.outbox import events
from retail_domain import inventory
from retail_domain.inventory import StockFellLow
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.processes.worker.relay import ATTEMPTS_MAX, DeliverNext
from retail_domain.testing.baskets import sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import a_location, a_shelf, key, shelf_at
from retail_domain.testing.means import means_of
from tests.support.rivals import let_loose, work_the_outbox
from tests.support.stores import Place, Surroundings, open_store, place_of

pytestmark = pytest.mark.slow
AGGREGATES, FACTS = 4, 8


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


def around(clock: SettableClock) -> Surroundings:
    return Surroundings(inventory.EVENTS, clock=clock, reactions=reactions_to)


def reopened(place: Place, clock: SettableClock) -> Any:
    return open_store(Place(f"same {place.kind}", place.address), around(clock))


async def facts_happen(place: Place, clock: SettableClock) -> None:
    """So many facts about each of several shelves, numbered in the order in which they happened."""
    async with open_store(place, around(clock)) as store:
        async with store.begin() as work:
            work.locations.save(Change(None, a_location()))
            for number in range(1, AGGREGATES + 1):
                work.stock.save(a_shelf(number, 1))
            await work.commit()
        for turn in range(FACTS):
            async with store.begin() as work:
                for number in range(1, AGGREGATES + 1):
                    shelf = (await work.stock.claim([key(number)]))[key(number)]
                    work.stock.save(Change(shelf, shelf, (fact(number, turn, clock),)))
                await work.commit()


def fact(number: int, turn: int, clock: SettableClock) -> StockFellLow:
    return StockFellLow(at=clock.now(), sku_id=sku(number), location_id=key(number).location_id, available=turn, threshold=0)


async def effects(place: Place, clock: SettableClock) -> tuple[dict[SkuId, list[str]], int]:
    """What the reactions did, oldest first, and how many deliveries are still open."""
    async with reopened(place, clock) as store:
        reads = SqlReads(store.database)
        done = {}
        for number in range(1, AGGREGATES + 1):
            moves = (await reads.inventory.moves(sku(number + 100), PageRequest(limit=100))).items
            done[sku(number)] = [move.reference for move in moves][::-1]
        return done, len((await reads.outbox.open(PageRequest(limit=100))).items)


def test_rival_workers_make_each_delivery_once_and_in_order_though_two_are_killed(where: Place) -> None:
    """R25, R26, R28: k workers are one worker, and `kill -9` between effect and commit loses and repeats nothing."""
    clock = SettableClock()
    asyncio.run(facts_happen(where, clock))

    let_loose(work_the_outbox, [(where.kind, where.address, dies_in) for dies_in in (2, 5, None)])

    done, still_open = asyncio.run(effects(where, clock))
    assert still_open == 0
    assert done == {sku(number): [str(turn) for turn in range(FACTS)] for number in range(1, AGGREGATES + 1)}


def test_an_event_no_release_can_read_waits_for_one_and_holds_up_nobody_else(where: Place) -> None:
    """R27: a stored event of an unknown version is poison like any other, not the end of the relay."""
    clock = SettableClock()

    async def run() -> tuple[list[int], Any]:
        await facts_happen(where, clock)
        seen: list[int] = []

        async def react(work: Any, event: Any) -> None:
            seen.append(event.sku_id.int)

        async with reopened(where, clock) as store:
            newer = events.update().where(events.c.aggregate_id == sku(1)).values(version=99)
            async with store.database.begin() as transaction:
                await transaction.changed(Statement("newer", newer))
                await transaction.commit()
            deliver = DeliverNext.on(store.begin, means_of(clock), {"inventory.watch_stock": react})
            for _ in range(ATTEMPTS_MAX):
                while await deliver():
                    continue
                clock.advance(hours=1)
            return seen, (await SqlReads(store.database).outbox.open(PageRequest(), parked_only=True)).items

    seen, parked = asyncio.run(run())

    assert sorted(set(seen)) == [2, 3, 4] and len(seen) == 3 * FACTS
    assert [(view.aggregate_id, view.error) for view in parked] == [(sku(1), "UnreadableEvent: outbox.unreadable_event")]


async def test_workers_side_by_side_in_one_process_make_each_delivery_once() -> None:
    """R26, R32: in memory too, even when the reaction really waits."""
    clock = SettableClock()
    started: list[int] = []

    async def react(work: Any, event: Any) -> None:
        started.append(event.available)
        shelf = (await work.stock.claim([key(7)])).get(key(7))
        found = Change(shelf, shelf) if shelf else a_shelf(7, 0)
        work.stock.save(found.then(lambda it: it.receive(1, reference="x", at=event.at)))
        await asyncio.sleep(0.001)

    async with open_store(Place("memory"), around(clock)) as store:
        async with store.begin() as work:
            work.locations.save(Change(None, a_location()))
            work.stock.save(Change(None, a_shelf(1).state, tuple(fact(1, turn, clock) for turn in range(5))))
            await work.commit()

        async def worker() -> None:
            while await DeliverNext.on(store.begin, means_of(clock), {"inventory.watch_stock": react})():
                continue

        await asyncio.gather(*(worker() for _ in range(4)))
        assert (await shelf_at(store.begin, key(7))).on_hand == 5
        assert not [one for one in store.memory.deliveries if one.done_at is None or one.attempts]
    assert len(started) > 5  # rivals did meet
