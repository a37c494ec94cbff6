"""A real pooler between the shop and PostgreSQL: what works, and what is said of what does not (R31, R47)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from sqlalchemy import bindparam, func, select, text

from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.servers import Patience
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.types import Whole
from retail_domain.inventory import OpenLocation
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import Unavailable
from retail_entrypoints.container import open_shop
from retail_entrypoints.databases import DatabaseUnreachable, check_schema, upgrade_schema
from retail_entrypoints.settings import BadSetting, Settings
from tests.support.pooler import pooler_to

ACTOR = Actor.system("test")


def settings(url: str, **more: str) -> Settings:
    environ: Mapping[str, str] = {"RETAIL_DATABASE_URL": url, "RETAIL_SMS": "file:/dev/null"}
    return Settings.from_environ({**environ, **{f"RETAIL_DATABASE_{name.upper()}": value for name, value in more.items()}})


def asking(number: int) -> Statement:
    """A statement of its own, whose answer says which one it was."""
    plus = (bindparam("seen", type_=Whole) + text(f"{number} * 1000")).label("told")
    return Statement(f"told.{number}", select(plus, func.pg_backend_pid().label("by")))


ASKING = [asking(number) for number in range(40)]


async def ask_all(database: PostgresDatabase, caller: int) -> Counter[str]:
    """Each statement in turn, several times: answered rightly, answered wrongly, or refused in the shop's words."""
    told: Counter[str] = Counter()
    for turn in range(3):
        for number, statement in enumerate(ASKING):
            try:
                ((row),) = await database.rows(statement, seen=caller)
            except Unavailable as away:
                told["refused" if "RETAIL_DATABASE_POOLER" in away.reason else away.reason] += 1
            else:
                told["right" if row["told"] == caller + number * 1000 else f"wrong in turn {turn}"] += 1
    return told


async def asked_by_several(url: str, *, keeps_sessions: bool) -> Counter[str]:
    """Two processes share fewer sessions than they have connections; each counts its own names of statements from the first."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        told = list(processes.map(_ask_here, (url, url), (keeps_sessions, keeps_sessions), (0, 4)))
    return sum(told, Counter[str]())


def _ask_here(url: str, keeps_sessions: bool, first: int) -> Counter[str]:
    async def ask() -> Counter[str]:
        pool = await open_pool(url, connections_max=4, keeps_sessions=keeps_sessions)
        database = PostgresDatabase(pool, keeps=True)
        told = await asyncio.gather(*(ask_all(database, caller) for caller in range(first, first + 4)))
        pool.terminate()
        return sum(told, Counter[str]())

    return asyncio.run(ask())


async def test_through_a_pooler_that_shares_sessions_every_statement_is_answered(postgres_url: str) -> None:
    """R31: nothing is kept in a session, and nothing is set for one."""
    with pooler_to(postgres_url, mode="transaction", server_connections=3) as url:
        assert await asked_by_several(url, keeps_sessions=False) == {"right": 8 * 3 * len(ASKING)}


async def test_where_nobody_says_that_sessions_are_shared_no_statement_is_taken_for_another_and_words_tell_what_to_set(
    postgres_url: str,
) -> None:
    """R47: the driver's own names would have one client carry out what another one prepared."""
    with pooler_to(postgres_url, mode="transaction", server_connections=3) as url:
        told = await asked_by_several(url, keeps_sessions=True)

    assert set(told) == {"right", "refused"} and told["refused"] > 0


async def test_a_shop_works_through_a_pooler_that_shares_sessions(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """R31, DOR-R6: its schema is looked up, units of work lock and write, and it says that it hears nothing of others."""
    with pooler_to(postgres_url, mode="transaction", server_connections=2) as url:
        shared = settings(url, pooler="transaction")
        found, wanted = await asyncio.to_thread(check_schema, shared)
        async with open_shop(shared, for_requests=True) as shop, shop.news() as changes:
            opened = [OpenLocation(code=f"P{number}", name="仓", actor=ACTOR) for number in range(12)]
            await asyncio.gather(*map(shop.retail.inventory.open_location, opened))
            ready = await shop.readiness()
            places = await shop.retail.inventory.show.locations()

    assert found == wanted and all(ready.values()) and len(places) == 12 and changes is not None
    assert [(record.message, record.levelno) for record in caplog.records if record.name == "retail.shop"] == [
        ("pages.deaf", logging.WARNING)
    ]


async def test_past_the_pooler_a_shop_hears_of_what_others_change(postgres_url: str) -> None:
    """DOR-R6: with the direct address there is somebody to listen to."""
    with pooler_to(postgres_url, mode="transaction") as url:
        shared = settings(url, pooler="transaction", direct_url=postgres_url)
        async with open_shop(shared, for_requests=True) as shop, shop.news() as changes, asyncio.timeout(30):
            assert changes is not None
            while not (before := changes()):  # it counts that it began to listen
                await asyncio.sleep(0.02)
            pool = await open_pool(url, keeps_sessions=False)
            await pool.execute("SELECT pg_notify('retail_pages', '')")
            while changes() == before:
                await asyncio.sleep(0.02)
            pool.terminate()


async def test_the_schema_is_changed_past_the_pooler_or_not_at_all(empty_postgres_url: str) -> None:
    """R44: who upgrades holds locks of a session; without a way past the pooler the setting that is missing is named."""
    with pooler_to(empty_postgres_url, mode="transaction") as url:
        with pytest.raises(BadSetting, match="RETAIL_DATABASE_DIRECT_URL"):
            await asyncio.to_thread(upgrade_schema, settings(url, pooler="transaction"))
        assert (await asyncio.to_thread(check_schema, settings(url, pooler="transaction")))[0] is None

        shared = settings(url, pooler="transaction", direct_url=empty_postgres_url)
        await asyncio.to_thread(upgrade_schema, shared)
        found, wanted = await asyncio.to_thread(check_schema, shared)
    assert found == wanted


async def test_a_pooler_that_gives_whole_sessions_needs_no_setting(empty_postgres_url: str) -> None:
    """R31: what poolers refuse at the start is said afterwards; migrations, listening and selling work as without one."""
    with pooler_to(empty_postgres_url, mode="session", server_connections=8) as url:
        await asyncio.to_thread(upgrade_schema, settings(url))
        async with open_shop(settings(url), for_requests=True) as shop, shop.news() as changes, asyncio.timeout(60):
            await shop.retail.inventory.open_location(OpenLocation(code="S", name="仓", actor=ACTOR))
            assert changes is not None
            while not changes():
                await asyncio.sleep(0.02)
            assert all((await shop.readiness()).values())
        assert set(await asked_by_several(url, keeps_sessions=True)) == {"right"}


async def test_what_the_pooler_says_is_told(postgres_url: str) -> None:
    """R47: whoever stands in between may refuse for a reason of its own, and who reads the message learns it."""
    with pooler_to(postgres_url, mode="session") as url:
        stranger = url.replace("//postgres:", "//nobody-known:")
        with pytest.raises(DatabaseUnreachable) as refused:
            async with open_shop(settings(stranger)):
                pytest.fail("it was let in")
    assert refused.value.said == "password authentication failed"


async def test_what_is_set_for_each_session_holds(postgres_url: str) -> None:
    """GEN-R20: plans, and how long a lock is waited for, whoever stands in between."""
    pool = await open_pool(postgres_url, patience=Patience(lock=2.5))
    told = [await pool.fetchval(f"SHOW {name}") for name in ("plan_cache_mode", "random_page_cost", "lock_timeout", "timezone")]
    pool.terminate()
    assert told == ["force_generic_plan", "1.1", "500ms", "UTC"]
