"""Every store passes the same examination of carts, quotes and price books (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_domain import cart, pricing
from retail_domain.testing.contracts.carts import CartsContract
from retail_domain.testing.contracts.prices import PricesContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings((*cart.EVENTS, *pricing.EVENTS))) as store:
        yield store.begin


class TestCarts(CartsContract):
    """Carts."""


class TestPrices(PricesContract):
    """Quotes and price books."""
