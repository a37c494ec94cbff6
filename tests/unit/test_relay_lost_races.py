"""A reaction that loses its race every time must not keep the others waiting (R27, decision 0017)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization import EventCodec
from retail_domain.inventory import StockFellLow, StockRecovered
from retail_domain.kernel.errors import Stale
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.processes.worker.relay import DeliverNext
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.means import means_of
from retail_domain.testing.run_now import run_now

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_reaction_that_always_loses_its_race_lets_other_aggregates_pass() -> None:
    clock = SettableClock(NOON)
    memory = Memory(MemoryTools(clock, CountingIds(), EventCodec((StockFellLow, StockRecovered)), lambda _: ("watch",)))
    store = MemoryStore(memory)
    hopeless, fine = SkuId(UUID(int=1)), SkuId(UUID(int=2))
    done: list[SkuId] = []

    async def react(_work: object, event: StockFellLow) -> None:
        if event.sku_id == hopeless:
            raise Stale(what="stock item")
        done.append(event.sku_id)

    async def happen() -> None:
        async with store.begin() as work:
            work._session.events += [
                StockFellLow(at=NOON, sku_id=sku_id, location_id=LocationId(UUID(int=9)), available=0, threshold=1)
                for sku_id in (hopeless, fine)
            ]
            await work.commit()

    @asynccontextmanager
    async def begin() -> AsyncIterator[Any]:
        async with store.begin() as work:
            yield work

    run_now(happen())
    relay = DeliverNext.on(begin, means_of(clock), {"watch": react})

    assert run_now(relay())  # the hopeless one is noted and waits
    assert run_now(relay())
    assert not run_now(relay())

    assert done == [fine]
    assert memory.deliveries[0].attempts == 1
