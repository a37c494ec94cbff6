"""What contract tests run on: every store, every driver, each empty and at the newest schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.sql.database import Database
from retail_domain import inventory
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing.clock import SettableClock
from tests.support.stores import DATABASES, STORES, Place, Surroundings, open_database, open_store, place_of


@pytest.fixture
def clock() -> SettableClock:
    """The time of the store."""
    return SettableClock()


@pytest.fixture(params=(*STORES, "sqlalchemy"))
def store_place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(store_place: Place, clock: SettableClock) -> AsyncIterator[Any]:
    """An empty store: memory, SQLite, PostgreSQL, and PostgreSQL through SQLAlchemy's engine."""
    around = Surroundings(inventory.EVENTS, clock=clock, reactions=reactions_to)
    async with open_store(store_place, around) as store:
        yield store


@pytest.fixture(params=DATABASES)
def database_place(request: pytest.FixtureRequest) -> Place:
    """Where the database lies."""
    return place_of(request)


@pytest.fixture
async def database(database_place: Place) -> AsyncIterator[Database]:
    """An empty database through one implementation of the seam."""
    async with open_database(database_place) as database:
        yield database
