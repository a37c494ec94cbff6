"""Every store tells the same terms of sale (R32, CRT-R4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_domain import catalog, pricing
from retail_domain.testing.contracts.sale_terms import SaleTermsContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings((*catalog.EVENTS, *pricing.EVENTS))) as store:
        yield store.begin


class TestSaleTerms(SaleTermsContract):
    """Terms of sale."""
