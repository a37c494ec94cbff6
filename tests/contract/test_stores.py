"""Every store passes the same examination of stock, quotas, the outbox and remembered answers (R32)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.sql.reads import SqlReads
from retail_domain import inventory
from retail_domain.inventory import InventoryQueries
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.worker.relay import DeliveryQueries
from retail_domain.testing.baskets import sku
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.contracts.answers import AnswersContract
from retail_domain.testing.contracts.inventory import InventoryContract
from retail_domain.testing.contracts.outbox import REACTION, OutboxContract, Seen, delivered, fell_low
from retail_domain.testing.contracts.quotas import QuotasContract
from tests.support.stores import Place, Surroundings, open_store


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on the empty store."""
    return store.begin


@pytest.fixture
def shown(store: Any) -> InventoryQueries:
    """Its view of stock."""
    return reads_of(store).inventory  # type: ignore[no-any-return]


@pytest.fixture
def outbox(store: Any) -> DeliveryQueries:
    """Its view of the outbox."""
    return reads_of(store).outbox  # type: ignore[no-any-return]


def reads_of(store: Any) -> Any:
    return MemoryReads(store.memory) if isinstance(store, MemoryStore) else SqlReads(store.database)


class TestStock(InventoryContract):
    """Stock."""


class TestQuotas(QuotasContract):
    """Campaign quotas, and what orders have of them."""


class TestOutbox(OutboxContract):
    """The outbox."""


async def test_events_that_a_host_never_took_up_keep_nobody_behind_them(store_place: Place, clock: SettableClock) -> None:
    """R40: they are passed over, however many there are, and what came after them and is over goes."""

    def follows(event: Any) -> tuple[str, ...]:
        return (REACTION, "host.gone") if event.sku_id != sku(4) else (REACTION,)

    async with open_store(store_place, Surroundings(inventory.EVENTS, clock=clock, reactions=follows)) as store:
        for number in range(1, 5):
            await fell_low(store.begin, clock, number)
        assert await delivered(store.begin, clock, Seen()) == 7
        clock.advance(days=31)

        async with store.begin() as work:
            gone = await work.deliveries.forget(clock.now() - timedelta(days=30), 1)
            await work.commit()
        left = (await reads_of(store).outbox.open(PageRequest())).items

    assert gone == 1
    assert [(one.aggregate_id, one.reaction) for one in left] == [(sku(number), "host.gone") for number in (1, 2, 3)]


class TestAnswers(AnswersContract):
    """Answers."""
