"""The three stores, each empty and at the newest schema: what contract tests run on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from attrs import define, field, frozen
from sqlalchemy.ext.asyncio import create_async_engine

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization import EventCodec
from retail_adapters.sql import migrations
from retail_adapters.sql.database import Database
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.sqlalchemy import SqlAlchemyDatabase
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.system.ids import UuidSevenIds
from retail_domain.kernel.events import Event

STORES: Final = ("memory", "sqlite", "postgres")
"""Every store the shop runs on."""

BEHIND_DOORS: Final = ("memory", "postgres")
"""What doors are tried on: what stores promise all three prove elsewhere, and the command line runs on a SQLite file."""

DATABASES: Final = ("sqlite", "postgres", "sqlalchemy")
"""Every implementation of the seam (GEN-R20); the last is SQLAlchemy's own engine on PostgreSQL."""


@define
class HandClock:
    """A clock that stands still until it is moved."""

    at: datetime = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_(self, time: timedelta) -> None:
        self.at += time


def nothing_follows(_event: Event) -> Sequence[str]:
    """No reactions."""
    return ()


@frozen
class Surroundings:
    """What a store is opened with."""

    events: Sequence[type[Event]]
    clock: Any = field(factory=HandClock)
    reactions: Callable[[Event], Sequence[str]] = nothing_follows
    connections: int = 4

    def tools(self, kind: type[Any]) -> Any:
        ids = UuidSevenIds(clock=self.clock)
        return kind(clock=self.clock, ids=ids, codec=EventCodec(self.events), reactions=self.reactions)


@frozen
class Place:
    """Which store, and where: nothing, a path, or the URL of an empty database; `same sqlite` keeps what is there."""

    kind: str
    address: str = ""


def place_of(request: pytest.FixtureRequest) -> Place:
    """The place of a fixture with `params=STORES`; such a fixture is not async, since migrations run a loop of their own."""
    fixtures = {"memory": None, "sqlite": "sqlite_path", "postgres": "postgres_url", "sqlalchemy": "postgres_url"}
    name = fixtures[request.param]
    return Place(request.param, str(request.getfixturevalue(name)) if name else "")


@asynccontextmanager
async def open_store(place: Place, around: Surroundings) -> AsyncIterator[Any]:
    """A store that can `begin`, on an empty database."""
    if place.kind == "memory":
        yield MemoryStore(Memory(around.tools(MemoryTools)))
    else:
        async with open_database(place, connections=around.connections) as database:
            yield SqlStore(database, around.tools(SqlTools))


@asynccontextmanager
async def open_database(place: Place, *, connections: int = 4) -> AsyncIterator[Database]:
    """An empty database at the newest schema, through one implementation of the seam."""
    if place.kind in ("sqlite", "same sqlite"):
        if place.kind == "sqlite":
            new_file(place.address)
        sqlite = SqliteDatabase(place.address, durable=False)
        try:
            yield sqlite
        finally:
            await sqlite.close()
    elif place.kind == "sqlalchemy":
        engine = create_async_engine(place.address.replace("postgresql://", "postgresql+asyncpg://", 1), pool_size=connections)
        try:
            yield SqlAlchemyDatabase(engine)
        finally:
            await engine.dispose()
    else:
        pool = await open_pool(place.address, connections_max=connections)
        try:
            yield PostgresDatabase(pool)
        finally:
            await pool.close()


def new_file(path: str | Path) -> None:
    """An empty shop at the newest schema in a SQLite file, as migrations leave it; they run once a process."""
    shutil.copy(_empty_sqlite(), path)


@cache
def _empty_sqlite() -> Path:
    path = Path(mkdtemp(prefix="retail-tests-")) / "empty.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path
