"""A database that cannot be used right now is said to be unavailable, and the worker lives through it (R31, R37, F10)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, update

from retail_adapters.assemble import on_postgres
from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import locations
from retail_adapters.sql.writable import Pulse
from retail_adapters.sql.writes import insert_into
from retail_domain.application import Retail
from retail_domain.inventory import OpenLocation
from retail_domain.inventory.model import LocationKind
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import DomainError, Kind, Unavailable
from retail_entrypoints.logs import traces_of
from retail_entrypoints.worker import work_once
from tests.support.stores import HandClock

CODES = Statement("locations.codes", select(locations.c.code).order_by(locations.c.code))
TOUCH = Statement("locations.touch", update(locations).values(priority=locations.c.priority))
A_LOCATION = {
    "id": UUID(int=1), "code": "SH", "name": "上海仓", "kind": LocationKind.WAREHOUSE, "sells_online": True, "priority": 1,
    "version": 1,
}  # fmt: skip
OPEN = OpenLocation(code="SH", name="上海仓", actor=Actor.system("test"))


class Owner:
    """Somebody who runs the database server, and is not careful."""

    def __init__(self, url: str) -> None:
        self.database = urlsplit(url).path.lstrip("/")
        self._url = urlunsplit(urlsplit(url)._replace(path="/postgres"))

    async def do(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute(statement)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
            self.database,
        )
        await connection.close()


@pytest.fixture
async def shop(postgres_url: str) -> AsyncIterator[Retail]:
    await asyncio.to_thread(upgrade, postgres_url)
    pool = await open_pool(postgres_url)
    yield on_postgres(pool)
    pool.terminate()


@pytest.mark.parametrize(
    ("trouble", "cure"),
    [
        ("ALTER DATABASE {} SET default_transaction_read_only = on", "ALTER DATABASE {} RESET default_transaction_read_only"),
        ("ALTER DATABASE {} ALLOW_CONNECTIONS false", "ALTER DATABASE {} ALLOW_CONNECTIONS true"),
    ],
    ids=["a stand-by that only reads", "closed to connections"],
)
async def test_a_database_out_of_use_is_unavailable_and_the_worker_goes_on(
    shop: Retail, postgres_url: str, trouble: str, cure: str
) -> None:
    owner = Owner(postgres_url)
    await owner.do(trouble.format(owner.database))

    for _ in range(3):  # the first call may meet the connection that was cut
        with pytest.raises(DomainError) as refused:
            await shop.inventory.open_location(OPEN)
        assert refused.value.kind is Kind.UNAVAILABLE
    await work_once(shop.background)

    await owner.do(cure.format(owner.database))
    for _ in range(5):
        try:
            await shop.inventory.open_location(OPEN)
            break
        except DomainError:
            continue
    assert [place.code for place in await shop.inventory.show.locations()] == ["SH"]


def test_a_chain_of_causes_that_bites_its_tail_is_told_once() -> None:
    """R47: telling of a failure must never fail."""
    error = ValueError("x")
    other = KeyError("y")
    error.__cause__, other.__cause__ = other, error

    assert traces_of(error) == ["caused by KeyError"]


async def test_a_database_that_only_reads_is_not_ready_and_recovers(postgres_url: str) -> None:
    """R37, R47: a stand-by answers every look, and no order; a good answer is believed for five seconds, a bad one never."""
    await asyncio.to_thread(upgrade, postgres_url)
    owner, pool, clock = Owner(postgres_url), await open_pool(postgres_url), HandClock()
    pulse, shop = Pulse(PostgresDatabase(pool), clock), on_postgres(pool)
    told = [await pulse.is_there()]

    await owner.do(f"ALTER DATABASE {owner.database} SET default_transaction_read_only = on")
    told.append(await pulse.is_there())
    clock.pass_(timedelta(seconds=6))
    told += [await pulse.is_there() for _ in range(3)]
    looked = await shop.inventory.show.locations()
    await owner.do(f"ALTER DATABASE {owner.database} RESET default_transaction_read_only")
    told.append(any([await pulse.is_there() for _ in range(5)]))  # the first may meet the connection that was cut

    assert (told, list(looked)) == ([True, True, False, False, False, True], [])
    pool.terminate()


async def test_many_who_ask_at_once_make_one_try_to_write(tmp_path: Path) -> None:
    """R47: asking often costs the writers nothing; a database that others keep busy takes writes."""
    await asyncio.to_thread(upgrade, f"sqlite:///{tmp_path / 'shop.db'}")
    file, clock = SqliteDatabase(str(tmp_path / "shop.db"), busy_seconds=0.1), HandClock()
    pulse = Pulse(file, clock)

    def size() -> int:
        return (tmp_path / "shop.db-wal").stat().st_size

    assert all(await asyncio.gather(*(pulse.is_there() for _ in range(50))))
    grown = size()
    assert await pulse.is_there() and size() == grown
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    clock.pass_(timedelta(seconds=6))
    assert await pulse.is_there()
    other.close()
    await file.close()


@pytest.fixture
async def at_hand(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """A database whose connections stay at hand between uses, as a server's do."""
    await asyncio.to_thread(upgrade, postgres_url)
    pool = await open_pool(postgres_url, connections_max=2)
    database = PostgresDatabase(pool, keeps=True)
    yield database
    await database.let_go()
    await asyncio.wait_for(pool.close(), 30)


async def test_a_connection_at_hand_that_was_lost_is_replaced(at_hand: PostgresDatabase, postgres_url: str) -> None:
    """R31: found by killing a trading shop's database; the loss is noticed, or told as unavailable, and never our error."""
    await at_hand.rows(CODES)

    await Owner(postgres_url).do("SELECT 1")
    await asyncio.sleep(0.2)

    assert await at_hand.rows(CODES) == []


async def test_a_connection_lost_within_a_unit_is_unavailable_and_the_next_unit_works(
    at_hand: PostgresDatabase, postgres_url: str
) -> None:
    """R31, R16: leaving the unit adds no trouble of its own, and nothing of it was stored."""
    async with at_hand.begin() as transaction:
        await transaction.write([(insert_into(locations), [A_LOCATION])])
        await Owner(postgres_url).do("SELECT 1")
        await asyncio.sleep(0.2)
        with pytest.raises(Unavailable):
            await transaction.rows(CODES)

    assert await at_hand.rows(CODES) == []


async def test_connections_at_hand_go_round_among_more_callers_than_there_are(at_hand: PostgresDatabase) -> None:
    """R46: who waits for one is not left waiting while others come and go."""

    async def ask() -> None:
        for _ in range(20):
            await at_hand.rows(CODES)
            async with at_hand.begin() as transaction:
                await transaction.changed(TOUCH)

    async with asyncio.timeout(60):
        await asyncio.gather(*(ask() for _ in range(16)))
