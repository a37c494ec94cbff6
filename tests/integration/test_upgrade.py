"""A shop that release 0.1.0 left, and a shop in which that release still speaks, under the newest schema (R44)."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from sqlalchemy import func, select

from retail_adapters.sql.audit import audit
from retail_adapters.sql.database import Database
from retail_adapters.sql.migrations import Pace, upgrade
from retail_adapters.sql.postgres import PostgresDatabase, open_pool
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.tables.inventory import reservations
from retail_adapters.sql.tables.ordering import order_lines, order_transitions, orders
from retail_adapters.sql.tables.whole import metadata
from retail_domain.ordering import OrderStatus
from tests.upgrade import stored
from tests.upgrade.again import speaker_on
from tests.upgrade.deeds import CHAPTERS, Hands, Life, names
from tests.upgrade.told import renamed

FOLDER: Final = Path(__file__).parents[1] / "upgrade/v0_1_0"
KEPT: Final = stored.in_json((FOLDER / "rows.json").read_text())
SAYS: Final = {name: stored.in_json((FOLDER / f"says.{name}.json").read_text()) for name in ("sqlite", "postgresql")}
OWNED: Final = (order_lines, order_transitions, parcels, reservations)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """The shop that release 0.1.0 left, at the newest schema: which database, and where."""
    if request.param == "sqlite":
        path = str(tmp_path / "shop.db")
        upgrade(f"sqlite:///{path}", to="0001")
        stored.into_sqlite(path, KEPT["tables"])
        upgrade(f"sqlite:///{path}", pace=Pace(portion=4))
        return "sqlite", path
    url: str = request.getfixturevalue("empty_postgres_url")
    upgrade(url, to="0001")
    asyncio.run(stored.into_postgres(url, KEPT["tables"]))
    upgrade(url, pace=Pace(portion=4))
    return "postgresql", url


@asynccontextmanager
async def opened(place: tuple[str, str]) -> AsyncIterator[Database]:
    """The database, as today's code opens it."""
    kind, where = place
    if kind == "sqlite":
        sqlite = SqliteDatabase(where, durable=False)
        try:
            yield sqlite
        finally:
            await sqlite.close()
    else:
        pool = await open_pool(where)
        try:
            yield PostgresDatabase(pool)
        finally:
            await pool.close()


def life_of(database: Database) -> Life:
    """The recorded shop, when its recording ended."""
    return Life.on(database, Hands(datetime.fromisoformat(KEPT["at"])), copy.deepcopy(KEPT["notes"]))


async def is_clean(database: Database, life: Life) -> None:
    """R43, R6."""
    assert [str(one) for one in await audit(database, at=life.clock.now())] == []
    assert sum(one.balance.minor for one in await life.retail.payments.show.balances()) == 0


async def status_of(life: Life, name: str) -> OrderStatus:
    """How an order stands."""
    return (await life.retail.ordering.show.show(life.order(name))).status


@pytest.mark.asyncio
async def test_a_shop_that_the_release_before_left_is_whole_and_goes_on(place: tuple[str, str]) -> None:
    """R44: orders in every state are gone on with, new ones come, what was asked before answers alike; R43 holds throughout."""
    async with opened(place) as database:
        life = life_of(database)
        await is_clean(database, life)
        assert await _answered_alike(life, "fresh")

        for name, deeds in {
            "cancelled": ("place", "cancel"), "called_off": ("place", "pay", "close"), "paid": ("close",),
            "bought": ("place", "pay", "ship", "refund"), "fresh": ("pay", "ship", "refund"),
            "late": ("ship", "send_rest", "receive"),
            "sent": ("send_rest", "receive"), "refunded": ("ship", "refund"), "started": ("cancel",),
        }.items():  # fmt: skip
            for deed in deeds:
                await life.does(deed, name)
        await life.works()
        await is_clean(database, life)
        life.clock.at += timedelta(days=40)
        await life.works()
        await is_clean(database, life)

        ends = {name: await status_of(life, name) for name in life.notes["orders"]}
        assert {name for name, status in ends.items() if status is OrderStatus.CLOSED} == {
            "open", "gone", "off", "paid", "started", "called_off", "cancelled",
        }  # fmt: skip
        assert {name for name, status in ends.items() if status is OrderStatus.COMPLETED} == {"late", "sent", "signed"}


async def _answered_alike(life: Life, name: str) -> bool:
    before = dict(life.notes["orders"])
    await life.place(name)  # under the key it was placed with
    return before == life.notes["orders"]


@pytest.mark.asyncio
async def test_every_row_there_was_is_there_as_it_was(place: tuple[str, str]) -> None:
    """R44: an upgrade adds to rows; what they said before they still say."""
    async with opened(place) as database:
        counted = {
            table.name: (await database.rows(Statement("count", select(func.count().label("n")).select_from(table))))[0]["n"]
            for table in metadata.sorted_tables
        }

    told_from_now_on = {"message_reading": 1}  # where a migration says that messages begin
    kept = {name: len(table["rows"]) for name, table in KEPT["tables"].items()}
    assert {name: n for name, n in counted.items() if n} == kept | told_from_now_on


@pytest.mark.asyncio
async def test_what_was_there_before_names_its_owner_and_so_does_what_comes(place: tuple[str, str]) -> None:
    """R44: the owner is filled in from the order, and written from then on."""
    async with opened(place) as database:
        life = life_of(database)
        for deed in ("place", "pay", "ship", "refund"):
            await life.does(deed, "bought")

        for table in OWNED:
            strangers = select(table.c.order_id).join(orders, orders.c.id == table.c.order_id).where(
                table.c.member_id.is_distinct_from(orders.c.member_id)
            )  # fmt: skip
            assert await database.rows(Statement("strangers", strangers)) == []


TURNS: Final = {
    "bought": ("nooo", "onnn", "nnoo", "oonn", "nono", "onon", "oooo"),
    "called_off": ("noo", "onn", "nno", "ono"),
    "cancelled": ("no", "on"),
}
"""Who takes each step of an order: (n)ew code, or (o)ld words."""


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "turns"), [(name, turns) for name, each in TURNS.items() for turns in each])
async def test_two_releases_take_turns_on_one_order(place: tuple[str, str], name: str, turns: str) -> None:
    """R44: placed by one, paid, shipped, refunded, closed by the other: each finds what it left, and the audit nothing."""
    assert len(turns) == len(CHAPTERS[name])
    kind, where = place
    said = SAYS[kind]
    async with opened(place) as database:
        life, called = life_of(database), dict[str, str]()
        for step, turn in zip(CHAPTERS[name], turns, strict=True):
            chapter = said["chapters"][f"{name}.{step}"]
            if turn == "o":
                life.clock.at = datetime.fromisoformat(chapter["at"])
                await speaker_on(kind, where).says(said["texts"], renamed(chapter["sayings"], called))
                ours = {what: called.get(one, one) for what, one in chapter["names"].items()}
                life.notes["orders"][name] = ours["order"]
                life.notes["payments"] |= {name: ours["payment"]} if "payment" in ours else {}
            else:
                life.clock.at = datetime.fromisoformat(chapter["at"]) - timedelta(minutes=1)
                await life.does(step, name)
                ours = await names(life, database, name)
                called |= {chapter["names"][what]: one for what, one in ours.items()}
        await is_clean(database, life)
        await life.works()
        await is_clean(database, life)

        ends = {"bought": OrderStatus.PARTLY_SHIPPED, "called_off": OrderStatus.CLOSED, "cancelled": OrderStatus.CLOSED}
        assert await status_of(life, name) is ends[name]


@pytest.mark.asyncio
@pytest.mark.parametrize("change", [
    "ALTER TABLE retail.order_lines ALTER member_id SET NOT NULL", "ALTER TABLE retail.reservations DROP COLUMN id CASCADE",
    "ALTER TABLE retail.order_lines ADD COLUMN number bigint NOT NULL DEFAULT 0; "
    "UPDATE retail.order_lines SET number = position + 1; ALTER TABLE retail.order_lines ADD UNIQUE (order_id, number)",
])  # fmt: skip
async def test_a_change_that_the_release_before_cannot_live_with_is_noticed(change: str, empty_postgres_url: str) -> None:
    """R44: what the tests before rest on. An old writer knows no numbers: all lines of its order would have the same one."""
    await asyncio.to_thread(upgrade, empty_postgres_url, to="0001")
    await stored.into_postgres(empty_postgres_url, KEPT["tables"])
    await asyncio.to_thread(upgrade, empty_postgres_url)
    connection = await asyncpg.connect(empty_postgres_url)
    await connection.execute(change)
    await connection.close()
    said = SAYS["postgresql"]

    with pytest.raises(asyncpg.PostgresError):
        await speaker_on("postgresql", empty_postgres_url).says(said["texts"], said["chapters"]["bought.place"]["sayings"])
