"""Every store passes the same examination of orders, payments and parcels (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.testing.contracts.fulfilment import ParcelsContract
from retail_domain.testing.contracts.ordering import OrdersContract
from retail_domain.testing.contracts.payments import PaymentsContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings(EVERY_EVENT)) as store:
        yield store.begin


class TestOrders(OrdersContract):
    """Orders."""


class TestPayments(PaymentsContract):
    """Payments, refunds, the books and the inbox."""


class TestParcels(ParcelsContract):
    """Parcels."""
