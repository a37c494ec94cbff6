"""The name of the database leads to another server, or to none that answers: the shop sells again by itself (R31)."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from retail_adapters.sql import migrations
from retail_adapters.sql.changes import postgres_changes
from retail_adapters.sql.database import Database
from retail_adapters.sql.postgres import PostgresDatabase, PostgresTransaction, open_pool
from retail_adapters.sql.servers import Patience, Servers, hosts_of
from retail_adapters.sql.sqlalchemy import SqlAlchemyDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.inventory import locations
from retail_adapters.sql.writes import insert_into
from retail_domain.inventory.model import LocationKind
from retail_domain.kernel.errors import CommitUnknown, Unavailable
from retail_entrypoints.databases import opened_database
from retail_entrypoints.settings import Settings
from tests.support.relay import Leads, Relay, relay_to

INSERT = insert_into(locations)
CODES = Statement("locations.codes", select(locations.c.code).order_by(locations.c.code))
SLEEP = Statement("nothing.sleep", select(func.pg_sleep(bindparam("seconds")).label("slept")))
NOTHING = Statement("locations.none", locations.delete().where(text("1 = 0")))
HASTY = Patience(statement=0.5)
KINDS = pytest.mark.parametrize("kind", ["at hand", "pool", "sqlalchemy"])


@pytest.fixture
async def relay(postgres_url: str) -> AsyncIterator[Relay]:
    async with relay_to(postgres_url) as relay:
        yield relay


async def opened(stack: list[object], kind: str, url: str, patience: Patience = HASTY) -> Database:
    if kind == "sqlalchemy":
        engine = create_async_engine("postgresql+asyncpg://", async_creator=Servers(url, patience).connect, pool_size=3)
        stack.append(engine)
        return SqlAlchemyDatabase(engine)
    pool = await open_pool(url, connections_max=3, patience=patience)
    stack.append(pool)
    return PostgresDatabase(pool, keeps=kind == "at hand")


@pytest.fixture
async def stack() -> AsyncIterator[list[object]]:
    """What is opened, and closed in the end: that must come to an end as well."""
    opened_: list[object] = []
    yield opened_
    for one in opened_:
        if isinstance(one, asyncpg.Pool):
            one.terminate()
        else:
            await one.dispose()  # type: ignore[attr-defined]


async def wrote(database: Database, number: int) -> str:
    """`yes`, or why not; anything else than a refusal of the shop's own comes out as it is."""
    row = {
        "id": UUID(int=number), "code": f"{number}", "name": "place", "kind": LocationKind.STORE, "sells_online": True,
        "priority": 1, "version": 1,
    }  # fmt: skip
    try:
        async with database.begin() as transaction:
            await transaction.rows(CODES)
            await transaction.write([(INSERT, [row])])
            await transaction.commit()
    except (Unavailable, CommitUnknown) as away:
        return away.reason
    return "yes"


async def fill(database: Database) -> None:
    """Have the pool hold as many connections as it may."""
    await asyncio.gather(*(database.rows(SLEEP, seconds=0.05) for _ in range(3)))


@KINDS
async def test_who_met_a_server_that_only_reads_sells_again_once_the_name_leads_to_the_leader(
    relay: Relay, stack: list[object], kind: str
) -> None:
    """R31: a stand-by answers everything but writes; connections that lead there are not used for ever."""
    relay.lead_to(Leads.TO_A_STAND_BY)
    database = await opened(stack, kind, relay.url)
    await fill(database)
    assert await wrote(database, 1) == "25006"

    relay.lead_to(Leads.TO_THE_LEADER)
    refused = [await wrote(database, number) for number in range(2, 8)]

    # SQLAlchemy's pool cannot be told to forget: there each connection is found out by itself.
    assert refused[2 if kind == "sqlalchemy" else 0 :] == ["yes"] * (4 if kind == "sqlalchemy" else 6)


async def test_who_only_read_meanwhile_does_not_bring_a_stand_by_back(relay: Relay, stack: list[object]) -> None:
    """R31: a connection that was in use while another one found out is not put at hand again."""
    relay.lead_to(Leads.TO_A_STAND_BY)
    database = await opened(stack, "at hand", relay.url)
    async with database.begin() as reading:
        await reading.rows(CODES)
        assert await wrote(database, 1) == "25006"
    relay.lead_to(Leads.TO_THE_LEADER)

    assert await wrote(database, 2) == "yes"


@KINDS
@pytest.mark.parametrize("began", [False, True], ids=["before anything is locked", "within a transaction"])
async def test_a_silent_server_is_unavailable_and_the_next_one_is_sold_on(
    relay: Relay, stack: list[object], kind: str, began: bool
) -> None:
    """R31, R47: what waits is told within the limit of a statement, in the shop's words; then connections are new ones."""
    database = await opened(stack, kind, relay.url)
    await fill(database)

    async def caught() -> str:
        try:
            async with database.begin() as transaction:
                if began:
                    await transaction.changed(NOTHING)
                await transaction.rows(SLEEP, seconds=3.0)
        except Unavailable as away:
            return away.reason
        return "answered"

    callers = [asyncio.create_task(caught()) for _ in range(3)]
    await asyncio.sleep(0.2)
    relay.fall_silent()
    fell = time.monotonic()
    told = await asyncio.gather(*callers)
    noticed = time.monotonic() - fell
    relay.lead_to(Leads.TO_THE_LEADER)
    back = time.monotonic()
    assert await wrote(database, 1) == "yes"

    assert told == ["connection"] * 3
    print(f"{kind}: all three told after {noticed:.1f} s of silence, sold again {time.monotonic() - back:.2f} s after")


@KINDS
@pytest.mark.slow
async def test_tidying_up_after_a_silent_server_raises_nothing_over_what_was_told(
    relay: Relay, stack: list[object], kind: str
) -> None:
    """R31, R37: the driver waits as long as a statement may take for word that one was given up; nobody here does."""
    database = await opened(stack, kind, relay.url, Patience(statement=4.0))
    await database.rows(CODES)
    relay.fall_silent()

    with pytest.raises(Unavailable):
        await database.rows(CODES)
    relay.lead_to(Leads.TO_THE_LEADER)
    assert await wrote(database, 1) == "yes"


@pytest.mark.parametrize("kind", ["at hand", "pool"])
async def test_who_gives_up_on_a_silent_server_is_not_kept(relay: Relay, stack: list[object], kind: str) -> None:
    """R31: a caller who went away leaves no connection behind that cannot be told to stop, and hears nothing of it."""
    database = await opened(stack, kind, relay.url)

    async def ask() -> None:
        async with database.begin() as transaction:
            await transaction.rows(SLEEP, seconds=3.0)

    for _ in range(4):
        caller = asyncio.create_task(ask())
        await asyncio.sleep(0.1)
        relay.fall_silent()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        relay.lead_to(Leads.TO_THE_LEADER)

    # The pool may have opened one in advance, which is found out when it is used.
    assert await wrote(database, 1) == "yes" or await wrote(database, 2) == "yes"


async def test_a_statement_that_was_given_up_is_stopped_at_the_server(postgres_url: str, stack: list[object]) -> None:
    """R31: a server that still listens does not go on with what nobody waits for."""
    database = await opened(stack, "at hand", postgres_url)
    with pytest.raises(Unavailable):
        await database.rows(SLEEP, seconds=60.0)

    connection = await asyncpg.connect(postgres_url)
    busy = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()"""
    async with asyncio.timeout(20):
        while await connection.fetchval(busy):
            await asyncio.sleep(0.05)
    await connection.close()


async def test_signs_of_life_are_asked_for_as_often_as_is_set(postgres_url: str) -> None:
    """R47: a machine that was unplugged says nothing; the kernel finds out."""
    environ = {
        "RETAIL_DATABASE_URL": postgres_url,
        "RETAIL_DATABASE_KEEPALIVE_SECONDS": "7",
        "RETAIL_DATABASE_UNANSWERED_SECONDS": "9",
    }
    settings = Settings.from_environ(environ)
    async with opened_database(settings, must_be_current=False) as database, database.begin() as transaction:
        assert isinstance(transaction, PostgresTransaction)
        found = transaction.connection._transport.get_extra_info("socket")
        asked = ("TCP_KEEPIDLE", "TCP_USER_TIMEOUT")
        told = [found.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in asked]
        is_asked = found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    assert (is_asked, told) == (1, [7, 9_000])


# ------------------------------------------------------------------------------------------------------- several hosts


def several(*urls: str, wanted: str = "?target_session_attrs=read-write") -> str:
    """One URL that names the hosts of these."""
    first, *_ = urls
    hosts = ",".join(url.rpartition("@")[2].partition("/")[0] for url in urls)
    return f"{first.rpartition('@')[0]}@{hosts}/{first.rpartition('/')[2]}{wanted}"


def test_each_host_of_a_url_is_the_same_url_otherwise() -> None:
    assert hosts_of("postgresql://u:p%40@a:1,[::1]:2,c/shop?sslmode=disable") == tuple(
        f"postgresql://u:p%40@{host}/shop?sslmode=disable" for host in ("a:1", "[::1]:2", "c")
    )
    assert hosts_of("postgresql:///shop") == ("postgresql:///shop",)


@pytest.mark.slow
async def test_of_several_hosts_the_one_that_takes_writes_is_found(postgres_url: str, stack: list[object]) -> None:
    """R31: by pool, listener, schema check and migrations alike; a host that is gone, silent or only reads is passed over."""
    async with relay_to(postgres_url) as stand_by, relay_to(postgres_url) as silent, relay_to(postgres_url) as leader:
        stand_by.lead_to(Leads.TO_A_STAND_BY)
        silent.fall_silent()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            gone = f"postgresql://postgres@127.0.0.1:{free.getsockname()[1]}/shop"
        url = several(stand_by.url, gone, silent.url, leader.url)
        database = await opened(stack, "at hand", url)

        assert await wrote(database, 1) == "yes"
        found, newest = await asyncio.to_thread(migrations.check, url)
        await asyncio.to_thread(migrations.upgrade, url)
        assert isinstance(database, PostgresDatabase)
        async with postgres_changes(Servers(url), database) as changes, asyncio.timeout(30):
            while not changes():
                await asyncio.sleep(0.01)
        assert found == newest
        reached = leader.opened
        assert reached >= 4

        stand_by.lead_to(Leads.TO_THE_LEADER)  # the roles are changed
        leader.fall_silent()
        await wrote(database, 2)
        assert await wrote(database, 3) == "yes"


async def test_a_listener_whose_server_only_reads_by_now_goes_to_another(postgres_url: str, stack: list[object]) -> None:
    async with relay_to(postgres_url) as relay:
        relay.lead_to(Leads.TO_A_STAND_BY)
        database = await opened(stack, "at hand", postgres_url)
        assert isinstance(database, PostgresDatabase)
        async with postgres_changes(Servers(relay.url), database), asyncio.timeout(30):
            while relay.opened < 2:
                await asyncio.sleep(0.05)


async def test_no_host_that_takes_writes_is_said_so(postgres_url: str) -> None:
    async with relay_to(postgres_url) as one, relay_to(postgres_url) as other:
        one.lead_to(Leads.TO_A_STAND_BY)
        other.lead_to(Leads.TO_A_STAND_BY)
        with pytest.raises(OSError, match="target_session_attrs"):
            await Servers(several(one.url, other.url)).connect()
