"""The examination every outbox passes: facts are followed once, in order, and poison blocks nobody else (R25 to R28).

An adapter's author subclasses it with three fixtures over the same empty store, opened with
`retail_domain.processes.worker.reactions.reactions_to`, so that a stock event must be followed by `inventory.watch_stock`:

    class TestMyOutbox(OutboxContract):
        @pytest.fixture
        def begin(self) -> Begin[OutboxWork]: ...
        @pytest.fixture
        def outbox(self) -> DeliveryQueries: ...
        @pytest.fixture
        def clock(self) -> SettableClock: ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, Protocol

import pytest

from retail_domain.inventory import InventoryWork, StockFellLow, StockItem, StockRecovered, follow_stock_level
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Retry, Stale
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin, Unit
from retail_domain.processes.worker.relay import (
    ATTEMPTS_MAX,
    Deliveries,
    DeliverNext,
    DeliveryQueries,
    ReplayParked,
    replay_parked,
)
from retail_domain.testing.baskets import sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.inventory import a_shelf, key, shelf_at, stocked
from retail_domain.testing.means import means_of

REACTION: Final = "inventory.watch_stock"
React = Callable[["OutboxWork", Any], Awaitable[None]]


class OutboxWork(InventoryWork, Unit, Protocol):
    """A unit of work with stock, whose events are followed, and the outbox."""

    @property
    def deliveries(self) -> Deliveries: ...


async def fell_low(begin: Begin[OutboxWork], clock: SettableClock, number: int = 1, times: int = 1) -> None:
    """Make a shelf fall low, and recover, and fall low again: so many events in one unit."""
    await stocked(begin, a_shelf(number, 10).then(lambda item: item.watch(5, at=clock.now())))
    item = await shelf_at(begin, key(number))
    change: Change[StockItem] = Change(item, item)
    for turn in range(times):
        threshold = (4, 10)[turn % 2 == 0]
        change = change.then(lambda it, most=threshold: it.watch(most, at=clock.now()))  # type: ignore[misc]
    async with begin() as work:
        work.stock.save(change)
        await work.commit()


async def delivered(begin: Begin[OutboxWork], clock: SettableClock, react: React) -> int:
    """Deliver what is due now; how many tries that took."""
    deliver = DeliverNext.on(begin, means_of(clock), {REACTION: react})
    tries = 0
    while await deliver():
        tries += 1
        assert tries < 100
    return tries


class Seen:
    """A reaction that notes what it was told."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    async def __call__(self, _work: OutboxWork, event: Any) -> None:
        """Note it."""
        self.events.append(event)


async def fails(work: OutboxWork, event: Any) -> None:
    """A reaction that has an effect and then breaks."""
    item = (await work.stock.claim([key(7)])).get(key(7))
    work.stock.save(Change(item, item).then(lambda it: it.receive(1, reference="twice?", at=event.at)) if item else a_shelf(7))
    raise LookupError("no such thing")


@pytest.mark.asyncio
class OutboxContract:
    """What every outbox promises."""

    async def test_each_fact_is_delivered_once_in_order(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R25, GEN-R12: in the order of the aggregate's events, with every field."""
        await fell_low(begin, clock, times=3)
        seen = Seen()

        assert await delivered(begin, clock, seen) == 3
        assert await delivered(begin, clock, seen) == 0

        assert [type(event) for event in seen.events] == [StockFellLow, StockRecovered, StockFellLow]
        assert seen.events[0] == StockFellLow(
            at=clock.now(), sku_id=sku(1), location_id=key(1).location_id, available=10, threshold=10
        )
        assert not (await outbox.open(PageRequest())).items

    async def test_no_fact_of_a_rolled_back_unit_ever_leaves(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R25: neither when the unit is left nor when its commit is refused."""
        await stocked(begin, a_shelf(1, 10))
        item = await shelf_at(begin, key(1))
        async with begin() as work:
            work.stock.save(item.watch(50, at=clock.now()))
        await stocked(begin, Change(item, item).then(lambda it: it.receive(1, reference="x", at=clock.now())))
        with pytest.raises(Stale):
            await stocked(begin, item.watch(50, at=clock.now()))

        assert not (await outbox.open(PageRequest())).items
        assert await delivered(begin, clock, Seen()) == 0

    async def test_effect_and_mark_are_one(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R26: a reaction that breaks leaves no effect, and is tried again later with the same fact."""
        await fell_low(begin, clock)

        assert await delivered(begin, clock, fails) == 1
        async with begin() as work:
            assert not await work.stock.claim([key(7)])
        (waiting,) = (await outbox.open(PageRequest())).items
        assert (waiting.attempts, waiting.error, waiting.parked_at) == (1, "LookupError", None)
        assert waiting.event_name == "stock.fell_low" and waiting.reaction == REACTION and waiting.aggregate_id == sku(1)

        assert await delivered(begin, clock, Seen()) == 0
        clock.set(waiting.next_at)
        seen = Seen()
        assert await delivered(begin, clock, seen) == 1 and len(seen.events) == 1

    async def test_a_try_that_failed_holds_back_only_what_comes_after_it(
        self, begin: Begin[OutboxWork], clock: SettableClock
    ) -> None:
        """R25, R27: its own aggregate waits so that order holds; others go on."""
        await fell_low(begin, clock, 1, times=2)
        await fell_low(begin, clock, 2)
        seen = Seen()

        async def only_first_fails(work: OutboxWork, event: Any) -> None:
            if event.sku_id == sku(1):
                raise LookupError
            await seen(work, event)

        await delivered(begin, clock, only_first_fails)
        assert [event.sku_id for event in seen.events] == [sku(2)]

        clock.advance(hours=1)
        await delivered(begin, clock, seen)
        assert [type(event) for event in seen.events[1:]] == [StockFellLow, StockRecovered]

    async def test_poison_is_parked_and_taken_up_again_on_demand(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R27: it stops after so many tries, blocks only its own aggregate, and can be replayed in order."""
        await fell_low(begin, clock, 1, times=2)
        await fell_low(begin, clock, 2)

        async def poisoned(_work: OutboxWork, event: Any) -> None:
            if event.sku_id == sku(1):
                raise ValueError("poison")

        for _ in range(ATTEMPTS_MAX + 3):
            await delivered(begin, clock, poisoned)
            clock.advance(hours=1)

        (parked,) = (await outbox.open(PageRequest(), parked_only=True)).items
        assert parked.attempts == ATTEMPTS_MAX and parked.parked_at is not None and parked.aggregate_id == sku(1)
        assert len((await outbox.open(PageRequest())).items) == 2

        replay = deciding(begin, replay_parked, means_of(clock))
        assert await replay(ReplayParked(positions=(parked.position + 1000,))) == 0
        assert await replay(ReplayParked(positions=(parked.position,))) == 1
        assert await replay(ReplayParked()) == 0
        seen = Seen()
        assert await delivered(begin, clock, seen) == 2
        assert [type(event) for event in seen.events] == [StockFellLow, StockRecovered]

    async def test_all_that_is_parked_is_replayed_at_once(self, begin: Begin[OutboxWork], clock: SettableClock) -> None:
        """R27."""
        await fell_low(begin, clock, 1)
        await fell_low(begin, clock, 2)
        for _ in range(ATTEMPTS_MAX):
            await delivered(begin, clock, fails)
            clock.advance(hours=1)

        async with begin() as work:
            assert await work.deliveries.replay(None, clock.now()) == 2
        assert await delivered(begin, clock, Seen()) == 0  # that unit never committed

        assert await deciding(begin, replay_parked, means_of(clock))(ReplayParked()) == 2
        assert await delivered(begin, clock, Seen()) == 2

    async def test_a_reaction_nobody_knows_is_parked_not_lost(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R27: a newer release left it; this one parks it."""
        await fell_low(begin, clock)
        deliver = DeliverNext.on(begin, means_of(clock), {})
        for _ in range(ATTEMPTS_MAX):
            assert await deliver()
            clock.advance(hours=1)

        (parked,) = (await outbox.open(PageRequest(), parked_only=True)).items
        assert parked.error == "UnknownReaction: outbox.unknown_reaction"

    async def test_a_worker_that_woke_up_too_late_changes_nothing(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R28: the try it notes is of a delivery that a rival has made, or tried, meanwhile."""
        await fell_low(begin, clock, 1)
        await fell_low(begin, clock, 2)
        async with begin() as work:
            slow = await work.deliveries.claim_next(clock.now())
        assert slow is not None
        await delivered(begin, clock, fails)
        (first, _) = (await outbox.open(PageRequest())).items

        async with begin() as work:
            await work.deliveries.failed(slow, "late", clock.now() + timedelta(days=9), parked_at=clock.now())
            await work.commit()
        assert (await outbox.open(PageRequest())).items[0] == first

        clock.advance(hours=1)
        await delivered(begin, clock, Seen())
        async with begin() as work:
            await work.deliveries.failed(slow, "late", clock.now(), parked_at=clock.now())
            await work.commit()
        assert not (await outbox.open(PageRequest())).items

    async def test_a_lost_race_is_not_the_deliverys_fault(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R31: a few Retry and Stale are no tries: it is made at once all the same (decision 0017)."""
        await fell_low(begin, clock)
        troubles: list[Exception] = [Retry(), Stale(what="stock item"), Retry()]

        async def unlucky(_work: OutboxWork, _event: Any) -> None:
            if troubles:
                raise troubles.pop()

        assert await delivered(begin, clock, unlucky) == 1
        assert not (await outbox.open(PageRequest())).items

    async def test_what_is_open_comes_in_pages(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        for number in (1, 2, 3):
            await fell_low(begin, clock, number)

        first = await outbox.open(PageRequest(limit=2))
        rest = await outbox.open(PageRequest(limit=2, cursor=first.next_cursor))

        assert [view.aggregate_id for view in (*first.items, *rest.items)] == [sku(1), sku(2), sku(3)]
        assert rest.next_cursor is None

    async def test_an_alert_is_open_exactly_while_stock_is_low(self, begin: Begin[OutboxWork], clock: SettableClock) -> None:
        """STK-I7, STK-R9: after the handlers ran, whatever order and however often they ran."""

        async def follow(work: OutboxWork, event: Any) -> None:
            await follow_stock_level(work, event)
            await follow_stock_level(work, event)

        await stocked(begin, a_shelf(1, 10).then(lambda item: item.watch(5, at=clock.now())))
        for units in (-6, 1, -3, 8, 2, -9):
            item = await shelf_at(begin, key(1))
            async with begin() as work:
                work.stock.save(item.adjust(units, reference="count", at=clock.now()))
                await work.commit()
            await delivered(begin, clock, follow)
            async with begin() as work:
                alert = await work.alerts.find(key(1))
            assert (alert is not None) is (item.on_hand + units <= 5)

    async def test_what_was_made_is_forgotten_and_what_is_open_goes_on(
        self, begin: Begin[OutboxWork], outbox: DeliveryQueries, clock: SettableClock
    ) -> None:
        """R25, R40: later deliveries are numbered, found and made as if the forgotten ones were there."""
        for number in (1, 2):
            await fell_low(begin, clock, number)
        assert await delivered(begin, clock, Seen()) == 2
        await fell_low(begin, clock, 3)

        async def forgotten(later: timedelta, limit: int) -> int:
            async with begin() as work:
                gone = await work.deliveries.forget(clock.now() + later, limit)
                await work.commit()
            return gone

        day = timedelta(days=1)
        gone = [await forgotten(later, limit) for later, limit in ((-day, 9), (day, 1), (day, 9), (day, 9))]
        assert gone == [0, 1, 1, 0]
        await fell_low(begin, clock, 4)
        assert [view.aggregate_id for view in (await outbox.open(PageRequest())).items] == [sku(3), sku(4)]
        assert await delivered(begin, clock, Seen()) == 2

    async def test_what_was_made_lately_keeps_nobody_behind_it(self, begin: Begin[OutboxWork], clock: SettableClock) -> None:
        """R40: an early fact that was followed late stays as long as any; those that came after it and are over go."""
        for number in (1, 2, 3):
            await fell_low(begin, clock, number)
        assert await delivered(begin, clock, _breaks_for(1, 2)) == 3
        clock.advance(days=40)
        assert await delivered(begin, clock, Seen()) == 2

        async with begin() as work:
            gone = await work.deliveries.forget(clock.now() - timedelta(days=30), 1)
            await work.commit()
        assert gone == 1


def _breaks_for(*numbers: int) -> React:
    async def react(_work: OutboxWork, event: Any) -> None:
        if event.sku_id in map(sku, numbers):
            raise LookupError("not yet")

    return react
