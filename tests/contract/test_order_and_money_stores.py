"""Every store passes the same examination of orders, payments and parcels (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.payments import MemoryPaymentQueries
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.queries.payments import SqlPaymentQueries
from retail_domain.payments import PaymentQueries
from retail_domain.testing.contracts.books import BooksContract
from retail_domain.testing.contracts.fulfilment import ParcelsContract
from retail_domain.testing.contracts.ordering import OrdersContract
from retail_domain.testing.contracts.payments import PaymentsContract
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
async def show(store: Any) -> PaymentQueries:
    """What it shows of payments."""
    if isinstance(store, MemoryStore):
        return MemoryPaymentQueries(store.memory)
    return SqlPaymentQueries(store.database)


class TestOrders(OrdersContract):
    """Orders."""


class TestPayments(PaymentsContract):
    """Payments, refunds, the books and the inbox."""


class TestBooks(BooksContract):
    """The day book, and days that are closed."""


class TestParcels(ParcelsContract):
    """Parcels."""
