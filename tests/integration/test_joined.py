"""A part in the host's own transaction: he commits, we only take our part back (GEN-R20, R16)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from retail_adapters.assemble import on_database, on_postgres
from retail_adapters.sql.sqlalchemy import JoinedDatabase
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.settings import ChangeSettings
from retail_domain.testing.contracts.inventory import a_location, a_shelf, key, shelf_at, stocked
from tests.support.market import CLERK
from tests.support.rivals import tools

NOTES = Table("notes", MetaData(schema="tenant"), Column("number", Integer))


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """The host's engine, with a table of his own in a schema of his own."""
    engine = create_async_engine(postgres_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA host_a"))
        await connection.execute(text("CREATE TABLE host_a.notes (number int)"))
    yield engine
    await engine.dispose()


def joined(connection: AsyncConnection | AsyncSession) -> SqlStore:
    return SqlStore(JoinedDatabase(connection), tools())


async def counts(engine: AsyncEngine) -> tuple[int, int]:
    async with engine.connect() as connection:
        notes = await connection.scalar(text("SELECT count(*) FROM host_a.notes"))
        shelves = await connection.scalar(text("SELECT count(*) FROM retail.stock_items"))
        return notes or 0, shelves or 0


async def note(connection: AsyncConnection) -> None:
    await connection.execute(text("INSERT INTO host_a.notes VALUES (1)"))


async def test_the_host_commits_both_or_neither(engine: AsyncEngine) -> None:
    """R16: our commit is not the last word."""
    async with engine.connect() as connection:
        await note(connection)
        await stocked(joined(connection).begin, a_shelf())
        assert await counts(engine) == (0, 0)
        await connection.rollback()
    assert await counts(engine) == (0, 0)

    async with engine.begin() as connection:
        await note(connection)
        await stocked(joined(connection).begin, a_shelf())
    assert await counts(engine) == (1, 1)


async def test_what_we_refuse_leaves_the_hosts_work_alone(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await stocked(joined(connection).begin, a_shelf())
        old = await shelf_at(joined(connection).begin, key())
        await stocked(joined(connection).begin, Change(old, old.adjust(1, reference="x", at=tools().clock.now()).state))
        await note(connection)
        with pytest.raises(Taken):
            await stocked(joined(connection).begin, a_shelf(2), a_shelf(1))
        with pytest.raises(Stale):
            await stocked(joined(connection).begin, Change(old, old.adjust(2, reference="x", at=tools().clock.now()).state))
        await note(connection)

    assert await counts(engine) == (2, 1)


async def test_settings_that_the_host_rolls_back_never_were(engine: AsyncEngine) -> None:
    """SET-R4, GEN-R20: also for the same shop in his next transaction, when others have changed them under the same number."""

    def named(name: str) -> ChangeSettings:
        return ChangeSettings(actor=CLERK, values={"shop.name": name}, reason="because")

    async with engine.connect() as connection, engine.connect() as another:
        ours = on_database(JoinedDatabase(connection), own_transactions=False).settings
        await ours.change(named("Never"))
        assert (await ours.shop_front()).name == "Never"
        await connection.rollback()
        await on_database(JoinedDatabase(another), own_transactions=False).settings.change(named("Tea"))
        await another.commit()

        assert (await ours.shop_front()).name == "Tea"


async def test_what_we_left_without_commit_is_taken_back(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await note(connection)
        async with joined(connection).begin() as work:
            work.locations.save(Change(None, a_location()))
            work.stock.save(a_shelf())
            await work._session.flush()
        await note(connection)

    assert await counts(engine) == (2, 0)


async def test_we_see_what_the_host_has_done_and_he_sees_us(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await stocked(joined(connection).begin, a_shelf(1, 7))
        seen = await connection.scalar(text("SELECT on_hand FROM retail.stock_items"))
        await connection.execute(text("UPDATE retail.stock_items SET on_hand = 9"))

        assert seen == 7
        assert (await shelf_at(joined(connection).begin, key())).on_hand == 9


async def test_the_hosts_own_schema_map_is_left_as_it_was(engine: AsyncEngine) -> None:
    """A host with a schema for each tenant must not find his tables elsewhere after calling us."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(schema_translate_map={"tenant": "host_a"})
        await connection.execute(NOTES.insert(), [{"number": 5}])
        await stocked(joined(connection).begin, a_shelf())

        assert (await connection.execute(select(NOTES.c.number))).scalars().all() == [5]


async def test_a_session_is_joined_as_a_connection_is(engine: AsyncEngine) -> None:
    """R16: what it holds back is written before the shop looks, and the host's rollback takes both."""
    for commits, expected in ((False, (0, 0)), (True, (1, 1))):
        async with AsyncSession(engine) as session:
            await session.execute(text("INSERT INTO host_a.notes VALUES (1)"))
            await stocked(joined(session).begin, a_shelf())
            assert (await shelf_at(joined(session).begin, key())).on_hand == a_shelf().state.on_hand
            await (session.commit() if commits else session.rollback())
        assert await counts(engine) == expected


async def test_what_we_refuse_leaves_a_session_alone(engine: AsyncEngine) -> None:
    """GEN-R20."""
    async with AsyncSession(engine) as session, session.begin():
        await stocked(joined(session).begin, a_shelf())
        with pytest.raises(Taken):
            await stocked(joined(session).begin, a_shelf())
        await session.execute(text("INSERT INTO host_a.notes VALUES (1)"))

    assert await counts(engine) == (1, 1)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (lambda: create_async_engine("postgresql+asyncpg://"), "no AsyncEngine; begin a transaction on it"),
        (async_sessionmaker, "no async_sessionmaker; open a session with it"),
        (Session, "no Session; the shop is asynchronous"),
        (lambda: create_engine("sqlite://"), "no Engine; the shop is asynchronous"),
        (lambda: create_engine("sqlite://").connect(), "no Connection; the shop is asynchronous"),
        (lambda: "postgresql://", "no str$"),
        (lambda: None, "no NoneType$"),
    ],
)
def test_what_cannot_be_joined_is_told_with_what_to_give_instead(given: Callable[[], Any], hint: str) -> None:
    """GEN-R20: at once, by the shop itself, and not deep inside its first use case."""
    shop = on_postgres(None)
    with pytest.raises(TypeError, match=f"takes an AsyncConnection or an AsyncSession of SQLAlchemy, and {hint}"):
        shop.joined(given())
