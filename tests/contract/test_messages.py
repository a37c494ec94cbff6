"""Messages on every store (MSG-R1 to MSG-R9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.messages import MemoryMessageQueries
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.queries.messages import SqlMessageQueries
from retail_domain.messages import MessageQueries
from retail_domain.testing.contracts.messages import MessagesContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings(EVERY_EVENT)) as opened:
        yield opened


@pytest.fixture
async def begin(store: Any) -> Any:
    """Its units of work."""
    return store.begin


@pytest.fixture
async def show(store: Any) -> MessageQueries:
    """What it shows of messages."""
    return MemoryMessageQueries(store.memory) if isinstance(store, MemoryStore) else SqlMessageQueries(store.database)


class TestMessages(MessagesContract):
    """Messages, on every store."""
