"""Coupons on every store: as they were stored, rivals told apart, and shown as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.sql.reads import SqlReads
from retail_domain import coupons
from retail_domain.testing.contracts.coupons import CouponsContract
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings(coupons.EVENTS)) as store:
        yield store


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on it."""
    return store.begin


@pytest.fixture
def show(store: Any) -> Any:
    """What is shown of it."""
    return (MemoryReads(store.memory) if hasattr(store, "memory") else SqlReads(store.database)).coupons


class TestCoupons(CouponsContract):
    """Coupons, on every store."""
