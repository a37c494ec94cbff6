"""One examination for every implementation of the SQL seam: asyncpg, sqlite3, SQLAlchemy's engine (GEN-R20, R31, R32)."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Column, LargeBinary, MetaData, Table, bindparam, func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.postgres import PostgresDatabase
from retail_adapters.sql.sqlalchemy import SqlAlchemyDatabase
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.statement import AnyOf, EachOf, Flavour, Statement, postgres_flavour, sqlite_flavour
from retail_adapters.sql.tables.cart import cart_lines
from retail_adapters.sql.tables.inventory import locations, stock_items
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Choice, Day, Doc, Flag, Id, Instant, Whole, Words
from retail_adapters.sql.writes import Write, compiled_write, delete_from, filled, insert_into, update_of
from retail_domain.inventory.model import LocationKind
from retail_domain.kernel.errors import Broken, DomainError, Retry, Taken, Unavailable
from tests.support.stores import Place, open_database


class Season(Enum):
    """A choice with a value that is not its name."""

    SPRING = "春"
    AUTUMN = "秋"


probes = Table(
    "probes",
    MetaData(schema="retail"),
    Column("id", Id, primary_key=True),
    Column("whole", Whole),
    Column("flag", Flag),
    Column("words", Words),
    Column("instant", Instant),
    Column("day", Day),
    Column("season", Choice(Season)),
    Column("doc", Doc),
    Column("raw", LargeBinary),
)
POSTGRES_DDL = """CREATE TABLE retail.probes (id uuid PRIMARY KEY, whole bigint, flag boolean, words text, instant timestamptz,
    day date, season text, doc jsonb, raw bytea)"""
SQLITE_DDL = """CREATE TABLE retail_probes (id BLOB PRIMARY KEY, whole INTEGER, flag INTEGER, words TEXT, instant INTEGER,
    day TEXT, season TEXT, doc TEXT, raw BLOB) STRICT, WITHOUT ROWID"""
INSERT = insert_into(probes)
ALL = Statement("probes.all", select(probes).order_by(probes.c.id))
CODES = Statement("locations.codes", select(locations.c.code).order_by(locations.c.code))
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def a_probe(number: int, **values: Any) -> dict[str, Any]:
    return {**{column.name: None for column in probes.columns}, "id": UUID(int=number), **values}


def a_location(code: str, number: int = 1) -> dict[str, Any]:
    return {
        "id": UUID(int=number), "code": code, "name": code, "kind": LocationKind.STORE, "sells_online": True,
        "priority": 1, "version": 1,
    }  # fmt: skip


def a_shelf(number: int = 1, **counts: int) -> dict[str, Any]:
    blank = dict.fromkeys(("on_hand", "reserved", "safety", "backorder_limit", "shortfall"), 0)
    keys = {"sku_id": UUID(int=number), "location_id": UUID(int=1)}
    return {**keys, **blank, "alert_threshold": None, "version": 1, **counts}


@pytest.fixture
async def probed(database: Database, database_place: Place) -> Database:
    """The database with a table that has a column of every type."""
    ddl = SQLITE_DDL if database_place.kind == "sqlite" else POSTGRES_DDL
    await run_raw(database_place, ddl)
    return database


async def run_raw(place: Place, statement: str) -> Any:
    """Run SQL past the seam; the first value of the first row, if any."""
    if place.kind == "sqlite":
        connection = sqlite3.connect(place.address, isolation_level=None)
        try:
            row = connection.execute(statement).fetchone()
            return row[0] if row else None
        finally:
            connection.close()
    connection = await asyncpg.connect(place.address)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def stored(database: Database, write: Write, *rows: dict[str, Any]) -> int:
    async with database.begin() as transaction:
        (count,) = await transaction.write([(write, rows)])
        await transaction.commit()
    return count


async def codes(database: Database | Transaction) -> list[str]:
    return [row["code"] for row in await database.rows(CODES)]


# --------------------------------------------------------------------------------------------------------------- values

EVERY_KIND = a_probe(
    1,
    whole=-(2**63),
    flag=False,
    words="两个字 ' \" \\ %s $1 ? :x retail.probes",
    instant=datetime(2026, 6, 1, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8))),
    day=date(2024, 2, 29),
    season=Season.AUTUMN,
    doc={"a": [1, None, True, "x"], "中": {"n": 2**53}, "text": "null"},
    raw=b"\x00\xff",
)


async def test_every_type_comes_back_as_it_went_in_and_nothing_stays_nothing(probed: Database) -> None:
    """R32: one codec for all drivers."""
    await stored(probed, INSERT, EVERY_KIND, a_probe(2), a_probe(3, flag=True, whole=2**63 - 1, doc="null"))

    first, second, third = await probed.rows(ALL)

    assert first == EVERY_KIND
    assert first["instant"].tzinfo is UTC and isinstance(first["id"], UUID) and first["flag"] is False
    assert second == a_probe(2)
    assert third["doc"] == "null" and third["flag"] is True and third["whole"] == 2**63 - 1


async def test_values_travel_through_conditions_as_through_writes(probed: Database) -> None:
    await stored(probed, INSERT, EVERY_KIND, a_probe(2, season=Season.SPRING, flag=True, instant=NOON))
    found = Statement(
        "probes.found",
        select(probes.c.id).where(
            probes.c.season == bindparam("season"), probes.c.flag == bindparam("flag"), probes.c.instant <= bindparam("at")
        ),
    )

    assert [row["id"] for row in await probed.rows(found, season=Season.SPRING, flag=True, at=NOON)] == [UUID(int=2)]
    assert not await probed.rows(found, season=Season.SPRING, flag=True, at=NOON - timedelta(microseconds=1))


@pytest.mark.parametrize("day", [date.min, date(999, 12, 31), date(1970, 1, 1), date(2024, 2, 29), date.max])
async def test_a_day_comes_back_as_it_went_in_to_the_edges_of_the_calendar(probed: Database, day: date) -> None:
    """R32, GEN-R6."""
    await stored(probed, INSERT, a_probe(1, day=day))
    found = Statement("probes.on", select(probes.c.day).where(probes.c.day == bindparam("on")))

    (row,) = await probed.rows(found, on=day)

    assert row["day"] == day and type(row["day"]) is date


async def test_days_sort_and_compare_as_they_follow_one_another(probed: Database) -> None:
    days = [date.min, date(999, 12, 31), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 10), date.max]
    await stored(probed, INSERT, *(a_probe(number, day=day) for number, day in enumerate(reversed(days))))
    since = Statement("probes.since", select(probes.c.day).where(probes.c.day >= bindparam("day")).order_by(probes.c.day))

    for at, day in enumerate(days):
        assert [row["day"] for row in await probed.rows(since, day=day)] == days[at:]


async def test_many_days_are_asked_for_at_once(probed: Database) -> None:
    days = [date(2026, 1, 31), date(2026, 2, 1), date.max]
    await stored(probed, INSERT, *(a_probe(number, day=day) for number, day in enumerate(days)))
    of_days = Statement("probes.of_days", select(probes.c.day).where(AnyOf(probes.c.day, "days")))

    assert {row["day"] for row in await probed.rows(of_days, days=days[1:])} == set(days[1:])


def test_a_column_of_days_has_a_name_that_its_database_knows() -> None:
    """STRICT tables of SQLite know no date."""
    made = [Day().compile(dialect=flavour.dialect) for flavour in (sqlite_flavour(), postgres_flavour())]

    assert made == ["TEXT", "DATE"]


async def test_a_moment_is_no_day(probed: Database) -> None:
    """GEN-R6: Python takes a moment for a date, and a driver would store the day it has in UTC."""
    with pytest.raises(Exception, match="ask a Calendar"):
        await stored(probed, INSERT, a_probe(1, day=NOON))


async def test_a_document_travels_through_a_statement_too(probed: Database) -> None:
    await stored(probed, INSERT, a_probe(1))
    change = Statement("probes.note", probes.update().where(probes.c.id == bindparam("key")).values(doc=bindparam("note")))

    async with probed.begin() as transaction:
        await transaction.changed(change, key=UUID(int=1), note={"a": ["x"]})
        await transaction.commit()

    assert (await probed.rows(ALL))[0]["doc"] == {"a": ["x"]}


async def test_a_moment_without_a_time_zone_is_a_bug_of_ours(probed: Database) -> None:
    with pytest.raises(Exception, match="without its time zone"):
        await stored(probed, INSERT, a_probe(1, instant=datetime(2026, 6, 1)))


async def test_a_host_codec_for_json_changes_nothing_that_is_stored(postgres_url: str) -> None:
    """GEN-R20: a codec on the host's connection would otherwise store a JSON string, silently."""

    async def set_codec(connection: Any) -> None:
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")

    await run_raw(Place("postgres", postgres_url), POSTGRES_DDL)
    async with asyncpg.create_pool(postgres_url, min_size=1, max_size=2, init=set_codec) as pool:
        database = PostgresDatabase(pool)
        await stored(database, INSERT, a_probe(1, doc={"a": 1}))
        await stored(database, update_of(probes, guard=None), a_probe(1, doc={"a": 2}))

        assert (await database.rows(ALL))[0]["doc"] == {"a": 2}
    assert await run_raw(Place("postgres", postgres_url), "SELECT jsonb_typeof(doc) FROM retail.probes") == "object"


@pytest.mark.parametrize("many", [0, 1, 2, 8, 9, 33, 129, 513, 8_193])
async def test_any_number_of_keys_is_one_statement(probed: Database, many: int) -> None:
    await stored(probed, INSERT, *(a_probe(number, whole=number) for number in range(1, 4)))
    conditions = AnyOf(probes.c.id, "ids"), probes.c.whole < bindparam("below")
    of_keys = Statement("probes.of", select(probes.c.whole).where(*conditions))

    found = await probed.rows(of_keys, ids=[UUID(int=number) for number in range(2, 2 + many)], below=100)

    assert sorted(row["whole"] for row in found) == [number for number in (2, 3) if number < 2 + many]


async def test_pairs_are_found_as_they_were_asked_for(probed: Database) -> None:
    """Each pair is one search where there are arrays; elsewhere mixtures come too, and who asks picks out his own."""
    await stored(probed, INSERT, *(a_probe(number, whole=number % 2, words=f"{number}") for number in range(6)))
    pairs = EachOf((probes.c.whole, probes.c.words), ("wholes", "texts"))
    of_pairs = Statement("probes.pairs", select(probes.c.whole, probes.c.words).where(pairs, probes.c.id > bindparam("above")))

    found = await probed.rows(of_pairs, wholes=[1, 0, 0], texts=["3", "2", "5"], above=UUID(int=0))
    nothing = await probed.rows(of_pairs, wholes=[], texts=[], above=UUID(int=0))

    assert [(row["whole"], row["words"]) for row in found if (row["whole"], row["words"]) != (1, "5")] == [(0, "2"), (1, "3")]
    assert list(nothing) == []


async def test_a_forgotten_value_is_noticed(probed: Database) -> None:
    """A condition on nothing would quietly find nothing."""
    of_key = Statement("probes.of", select(probes).where(probes.c.id == bindparam("id")))
    with pytest.raises(Exception, match="id"):
        await probed.rows(of_key)


def every_write(flavour: Flavour) -> list[str]:
    writes = [write for table in metadata.tables.values() for write in (insert_into(table), update_of(table, guard=None))]
    return [compiled_write(write, flavour).text for write in writes if write.columns]


async def test_every_table_of_ours_can_be_written_on_sqlite(sqlite_path: Any) -> None:
    """Names are rendered as they are: none may need quoting."""
    async with open_database(Place("sqlite", str(sqlite_path))):
        connection = sqlite3.connect(sqlite_path)
        for statement in every_write(sqlite_flavour()):
            connection.execute(f"EXPLAIN {statement}", [None] * statement.count("?"))
        connection.close()


async def test_every_table_of_ours_can_be_written_on_postgresql(postgres_url: str) -> None:
    """Names and types are rendered as they are, documents into jsonb."""
    connection = await asyncpg.connect(postgres_url)
    for statement in every_write(postgres_flavour()):
        await connection.prepare(statement)
    await connection.close()


@pytest.mark.parametrize("flavour", [sqlite_flavour(), postgres_flavour()], ids=["sqlite", "postgres"])
def test_a_document_is_jsonb_where_there_is_jsonb(flavour: Flavour) -> None:
    assert Doc().compile(flavour.dialect) == {"sqlite": "TEXT", "postgresql": "JSONB"}[flavour.dialect.name]


def test_another_schema_name_goes_into_every_statement_and_text_is_left_alone() -> None:
    """GEN-R21."""
    elsewhere = postgres_flavour("shop_2")
    assert "shop_2.probes" in ALL.compiled(elsewhere).text and "retail." not in ALL.compiled(elsewhere).text
    assert "shop_2.probes" in compiled_write(INSERT, elsewhere).text
    with pytest.raises(ValueError):
        postgres_flavour('bad"; drop')


@pytest.mark.parametrize("schema", ["retail", "s" * 63])
async def test_whatever_the_schema_is_called_others_can_be_told_of_changes(schema: str, postgres_url: str) -> None:
    """PostgreSQL: a channel has a shorter name than a schema with something behind it."""
    told = await run_raw(Place("postgres", postgres_url), f"SELECT pg_notify('{postgres_flavour(schema).channel}', '')")

    assert told in ("", None)


# --------------------------------------------------------------------------------------------------------------- writes


@pytest.mark.parametrize("many", [1, 2, 40])
async def test_any_number_of_rows_keeps_every_value_and_every_gap(probed: Database, many: int) -> None:
    """Columns that some rows leave empty, and those that all do."""
    instant, later = datetime(2026, 3, 1, 8, 30, 15, 250_001, tzinfo=UTC), NOON
    rows = [
        a_probe(
            number,
            whole=None if number % 3 else -(2**63) + number,
            flag=bool(number % 2),
            words='{"a", \\ NULL}\n',
            instant=None if number % 2 else (instant if number else later),
            doc={"note": "引号 \" \\ ' {}", "at": number},
        )
        for number in range(many)
    ]

    await stored(probed, INSERT, *rows)

    assert [dict(row) for row in await probed.rows(ALL)] == rows


def test_a_column_that_no_row_fills_is_left_out_of_an_insert_only() -> None:
    rows = [a_probe(1, whole=1, words=None), a_probe(2, flag=False)]

    assert filled(INSERT, rows).columns == ("id", "whole", "flag")
    assert filled(INSERT, [a_probe(1)]).columns == ("id",)
    assert filled(update_of(probes, guard=None), rows) == update_of(probes, guard=None)  # emptying a column is a change


async def test_a_guarded_update_counts_only_rows_that_were_as_seen(probed: Database) -> None:
    guarded = Write("update", probes, ("words",), ("id",), "whole")
    await stored(probed, INSERT, *(a_probe(number, whole=1) for number in (1, 2, 3)))

    rows = [{"id": UUID(int=number), "words": "new", "seen": seen} for number, seen in ((1, 1), (2, 7), (9, 1))]

    assert await stored(probed, guarded, *rows) == 1
    assert [row["words"] for row in await probed.rows(ALL)] == ["new", None, None]


async def test_inserts_can_leave_what_exists_alone_and_deletes_count(probed: Database) -> None:
    await stored(probed, INSERT, a_probe(1, words="old"))

    assert await stored(probed, insert_into(probes, ignore=True), a_probe(1, words="new"), a_probe(2)) == 1
    assert await stored(probed, delete_from(probes), {"id": UUID(int=1)}, {"id": UUID(int=5)}) == 1
    assert [row["id"] for row in await probed.rows(ALL)] == [UUID(int=2)]


async def test_a_statement_tells_how_many_rows_it_changed(probed: Database) -> None:
    await stored(probed, INSERT, *(a_probe(number, whole=number) for number in range(5)))
    high = probes.update().where(probes.c.whole >= bindparam("least"))
    change = Statement("probes.tell", high.values(words=bindparam("told")))

    async with probed.begin() as transaction:
        assert await transaction.changed(change, least=3, told="x") == 2
        await transaction.commit()
    assert [row["words"] for row in await probed.rows(ALL)] == [None, None, None, "x", "x"]


# --------------------------------------------------------------------------------------------------------- transactions


async def test_leaving_without_commit_forgets_everything(database: Database) -> None:
    """R16."""
    async with database.begin() as transaction:
        await transaction.write([(insert_into(locations), [a_location("a")])])
        assert await codes(transaction) == ["a"]

    assert await codes(database) == []


async def test_a_unique_key_has_one_name_on_every_database(database: Database) -> None:
    await stored(database, insert_into(locations), a_location("a"))
    await stored(database, insert_into(stock_items), a_shelf())

    with pytest.raises(Taken) as code:
        await stored(database, insert_into(locations), a_location("a", 2))
    with pytest.raises(Taken) as id:
        await stored(database, insert_into(locations), a_location("b"))
    with pytest.raises(Taken) as pair:
        await stored(database, insert_into(stock_items), a_shelf())

    assert [told.value.rule for told in (code, id, pair)] == [
        "locations.code", "locations.id", "stock_items.sku_id+location_id",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_part_of_a_table_has_other_names_and_tells_the_same_rules(kind: str, postgres_url: str) -> None:
    """R1, R31: cut into parts, PostgreSQL calls unique keys by the part's name; who asks finds them all the same."""
    place = Place(kind, postgres_url)
    for statement in (
        "ALTER TABLE retail.locations RENAME TO locations_as_they_were",
        """CREATE TABLE retail.locations (LIKE retail.locations_as_they_were INCLUDING DEFAULTS, PRIMARY KEY (id),
        UNIQUE (id, code)) PARTITION BY RANGE (id)""",
        "CREATE TABLE retail.locations_y2026 PARTITION OF retail.locations DEFAULT",
        "CREATE UNIQUE INDEX one_code_each ON retail.locations_y2026 (code)",
    ):
        await run_raw(place, statement)
    async with open_database(place) as database:
        await stored(database, insert_into(locations), a_location("a"))
        with pytest.raises(Taken) as code:
            await stored(database, insert_into(locations), a_location("a", 2))
        with pytest.raises(Taken) as key:
            await stored(database, insert_into(locations), a_location("b"))

    primary_key = "SELECT relname FROM pg_class JOIN pg_index ON oid = indexrelid WHERE indisprimary AND indrelid = "
    assert await run_raw(place, f"{primary_key}'retail.locations_y2026'::regclass") == "locations_y2026_pkey"
    assert [told.value.rule for told in (code, key)] == ["locations.code", "locations.id"]
    assert code.value.rule == "locations.code"


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_statement_that_can_never_work_is_a_bug_and_no_lost_race(kind: str, postgres_url: str) -> None:
    """R31: `0A000` says `not supported`; tried again for ever, it would be told as `busy` and found by nobody."""
    never = Statement("never", text("SELECT rank() OVER () FROM retail.locations FOR UPDATE").columns(locations.c.priority))
    async with open_database(Place(kind, postgres_url)) as database:
        with pytest.raises(Exception, match="FOR UPDATE is not allowed with window functions") as told:
            async with database.begin() as transaction:
                await transaction.rows(never)

    assert not isinstance(told.value, DomainError)


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_statement_made_old_by_a_migration_is_a_lost_race(kind: str, postgres_url: str) -> None:
    """R31, R44: within a transaction it cannot be prepared anew; the next run does."""
    place = Place(kind, postgres_url)
    every = Statement("locations.every", text("SELECT * FROM retail.locations FOR UPDATE").columns(*locations.columns))
    async with open_database(place, connections=1) as database:
        async with database.begin() as transaction:
            await transaction.rows(every)
        await run_raw(place, "ALTER TABLE retail.locations ADD COLUMN floor bigint")
        with pytest.raises(Retry):
            async with database.begin() as transaction:
                await transaction.rows(every)


async def test_a_broken_law_is_told_by_its_name(database: Database) -> None:
    """R1, STK-I1: the database refuses what the application should have refused."""
    with pytest.raises(Broken) as told:
        await stored(database, insert_into(stock_items), a_shelf(on_hand=1, reserved=2))
    assert told.value.check == "ck_stock_items_reserved"


async def test_after_an_error_the_transaction_is_dead(database: Database) -> None:
    """GEN-R20: on all stores alike, nothing but leaving is allowed, and nothing is stored."""
    async with database.begin() as transaction:
        await transaction.write([(insert_into(locations), [a_location("a")])])
        with pytest.raises(Taken):
            await transaction.write([(insert_into(locations), [a_location("b")])])

        with pytest.raises(Unavailable):
            await codes(transaction)
        with pytest.raises(Unavailable):
            await transaction.write([(insert_into(locations), [a_location("c", 3)])])
        with pytest.raises(Unavailable):
            await transaction.commit()

    assert await codes(database) == []
    await stored(database, insert_into(locations), a_location("d"))


async def test_a_committed_transaction_takes_nothing_more(database: Database) -> None:
    async with database.begin() as transaction:
        await transaction.write([(insert_into(locations), [a_location("a")])])
        await transaction.commit()
        with pytest.raises(Unavailable):
            await transaction.write([(insert_into(locations), [a_location("b", 2)])])
        with pytest.raises(Unavailable):
            await transaction.commit()

    assert await codes(database) == ["a"]


async def test_a_part_can_fail_alone(database: Database) -> None:
    async with database.begin() as transaction:
        await transaction.write([(insert_into(locations), [a_location("a")])])
        with pytest.raises(Taken):  # noqa: PT012
            async with transaction.savepoint():
                await transaction.write([(insert_into(locations), [a_location("b", 2)])])
                await transaction.write([(insert_into(locations), [a_location("a", 3)])])
        async with transaction.savepoint():
            await transaction.write([(insert_into(locations), [a_location("c", 4)])])
            with pytest.raises(ZeroDivisionError):  # noqa: PT012
                async with transaction.savepoint():
                    await transaction.write([(insert_into(locations), [a_location("d", 5)])])
                    raise ZeroDivisionError
        await transaction.commit()

    assert await codes(database) == ["a", "c"]


async def test_a_reader_sees_one_moment_throughout(database: Database) -> None:
    """R16: readers never see a half."""
    async with database.begin(read_only=True) as reader:
        assert await codes(reader) == []
        await stored(database, insert_into(locations), a_location("a"))
        assert await codes(reader) == []

    assert await codes(database) == ["a"]


async def test_a_reader_never_waits_for_a_writer(database: Database) -> None:
    async with database.begin() as writer:
        await writer.write([(insert_into(locations), [a_location("a")])])
        assert await codes(database) == []


# --------------------------------------------------------------------------------------------------------- lost callers


async def test_a_cancelled_caller_leaves_no_open_transaction(database: Database) -> None:
    """R15: unacknowledged commands happen wholly or not at all, and the next caller is served."""

    async def abandoned(wrote: asyncio.Event) -> None:
        async with database.begin() as transaction:
            await transaction.write([(insert_into(locations), [a_location("a")])])
            wrote.set()
            await asyncio.sleep(60)

    wrote = asyncio.Event()
    task = asyncio.create_task(abandoned(wrote))
    await wrote.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await asyncio.wait_for(stored(database, insert_into(locations), a_location("a")), 5)
    assert await codes(database) == ["a"]


async def test_callers_cancelled_at_any_moment_break_nothing(database: Database) -> None:
    """F9: clients hang up while BEGIN, the statement or COMMIT is under way."""
    for number in range(1, 26):
        task = asyncio.create_task(stored(database, insert_into(locations), a_location(f"{number:02}", number)))
        for _ in range(number):
            await asyncio.sleep(0)
        if number % 2:
            await asyncio.sleep(0.0004 * number)
        task.cancel()
        await asyncio.wait([task])

    await asyncio.wait_for(stored(database, insert_into(locations), a_location("last", 99)), 5)
    assert (await codes(database))[-1] == "last"


@pytest.mark.parametrize("times", [1, 3])
async def test_a_writer_cancelled_while_waiting_for_another_process_does_not_block_the_shop(
    sqlite_path: Any, times: int
) -> None:
    """R15: also when he is cancelled again while his BEGIN is still waiting."""
    place = Place("sqlite", str(sqlite_path))
    async with open_database(place) as database:
        await codes(database)
        rival = sqlite3.connect(place.address, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(stored(database, insert_into(locations), a_location("a")))
        await asyncio.sleep(0.05)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.01)
        rival.execute("ROLLBACK")
        rival.close()
        await asyncio.wait([task])

        await stored(database, insert_into(locations), a_location("b", 2))
        assert await codes(database) == ["b"]


async def test_a_cancelled_statement_leaves_nobody_idle_in_a_transaction(postgres_url: str) -> None:
    """PostgreSQL, R15: neither in the middle of a statement nor while beginning."""
    slow = Statement("sleep", select(func.pg_sleep(bindparam("seconds", type_=Whole())).cast(Words)))
    place = Place("postgres", postgres_url)
    async with open_database(place, connections=1) as database:
        for pause in (0, 0.0005, 0.05):
            task = asyncio.create_task(_sleeping(database, slow))
            await asyncio.sleep(pause)
            task.cancel()
            await asyncio.wait([task])
        await stored(database, insert_into(locations), a_location("a"))
        assert await codes(database) == ["a"]
        assert await run_raw(place, "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'") == 0


async def _sleeping(database: Database, slow: Statement) -> None:
    async with database.begin() as transaction:
        await transaction.rows(slow, seconds=60)


# --------------------------------------------------------------------------------------------------------- lost servers


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_row_held_by_a_rival_is_worth_another_try(kind: str, postgres_url: str) -> None:
    """R31: 55P03 means Retry, never a server error."""
    now = Statement("locations.lock", select(locations.c.id).with_for_update(nowait=True))
    async with open_database(Place(kind, postgres_url)) as database:
        await stored(database, insert_into(locations), a_location("a"))
        async with database.begin() as first, database.begin() as second:
            await first.rows(now)
            with pytest.raises(Retry):
                await second.rows(now)


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_rivals_that_wait_for_each_other_are_told_to_try_again(kind: str, postgres_url: str) -> None:
    """R31: 40P01 ends one of them, the other goes on."""
    await run_raw(Place("postgres", postgres_url), "ALTER ROLE CURRENT_USER SET deadlock_timeout = '50ms'")
    lock = Statement("locations.lock", select(locations.c.id).where(locations.c.code == bindparam("code")).with_for_update())
    async with open_database(Place(kind, postgres_url)) as database:
        await stored(database, insert_into(locations), a_location("a"), a_location("b", 2))

        async def both(first: str, second: str, ready: asyncio.Barrier) -> str:
            try:
                async with database.begin() as transaction:
                    await transaction.rows(lock, code=first)
                    await ready.wait()
                    await transaction.rows(lock, code=second)
            except Retry:
                return "again"
            return "done"

        ready = asyncio.Barrier(2)
        assert sorted(await asyncio.gather(both("a", "b", ready), both("b", "a", ready))) == ["again", "done"]


async def test_a_busy_sqlite_file_is_worth_another_try(sqlite_path: Any) -> None:
    """R31: SQLITE_BUSY means Retry."""
    async with open_database(Place("sqlite", str(sqlite_path))):
        impatient = SqliteDatabase(str(sqlite_path), busy_seconds=0.02)
        rival = sqlite3.connect(sqlite_path, isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")

        with pytest.raises(Retry):
            await stored(impatient, insert_into(locations), a_location("a"))
        rival.close()
        await stored(impatient, insert_into(locations), a_location("a"))
        await impatient.close()


async def test_who_begins_to_write_on_sqlite_has_his_turn_before_he_reads(sqlite_path: Any) -> None:
    """R31: rivals wait at the beginning, not when a reader wants to become a writer, where waiting is vain."""
    async with open_database(Place("sqlite", str(sqlite_path))) as database:
        impatient = SqliteDatabase(str(sqlite_path), busy_seconds=0.02)

        async with database.begin() as transaction:
            await transaction.rows(CODES)
            with pytest.raises(Retry):
                async with impatient.begin() as late:
                    await late.rows(CODES)
            await transaction.commit()
        async with impatient.begin() as transaction:
            await transaction.rows(CODES)
            await transaction.commit()
        await impatient.close()


async def test_no_row_belongs_to_something_that_is_not_there(database: Database) -> None:
    """GEN-R10: foreign keys are checked on every database."""
    line = {"cart_id": UUID(int=404), "sku_id": UUID(int=1), "position": 0, "quantity": 1, "wished_in": None}
    with pytest.raises(Broken):
        await stored(database, insert_into(cart_lines), line)


async def test_a_file_that_cannot_be_opened_is_unavailable_not_empty(tmp_path: Any) -> None:
    """R31: that a store fails is never told as absence."""
    nowhere = SqliteDatabase(str(tmp_path / "missing" / "shop.db"))
    with pytest.raises(Unavailable):
        await codes(nowhere)
    with pytest.raises(Unavailable):
        await stored(nowhere, insert_into(locations), a_location("a"))
    await nowhere.close()


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_connection_lost_before_commit_stored_nothing_and_the_next_is_served(kind: str, postgres_url: str) -> None:
    """F3: lost before commit is Unavailable."""
    place = Place(kind, postgres_url)
    async with open_database(place) as database:
        with pytest.raises(Unavailable):  # noqa: PT012
            async with database.begin() as transaction:
                await transaction.write([(insert_into(locations), [a_location("a")])])
                await run_raw(
                    place, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )  # fmt: skip
                await codes(transaction)

        assert await stored_when_back(database, a_location("b", 2)) == ["b"]


async def stored_when_back(database: Database, row: dict[str, Any]) -> list[str]:
    for _ in range(10):
        try:
            if not await codes(database):
                await stored(database, insert_into(locations), row)
            return await codes(database)
        except Unavailable:  # the pool still hands out connections that died
            continue
    raise AssertionError("never came back")


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_a_server_that_is_not_there_is_unavailable(kind: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"postgresql://postgres@127.0.0.1:{free.getsockname()[1]}/nothing"
    if kind == "postgres":
        database: Any = PostgresDatabase(asyncpg.create_pool(address, min_size=0, max_size=1))
    else:
        database = SqlAlchemyDatabase(create_async_engine(address.replace("postgresql://", "postgresql+asyncpg://")))
    if kind == "postgres":
        await database._pool
    with pytest.raises(Unavailable):
        await codes(database)
    with pytest.raises(Unavailable):
        await stored(database, insert_into(locations), a_location("a"))


# --------------------------------------------------------------------------------------------------------------- laws

plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3),
    max_leaves=8,
)


@given(
    whole=st.none() | st.integers(-(2**63), 2**63 - 1),
    words=st.none() | plain,
    instant=st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()),
    day=st.none() | st.dates(),
    doc=documents,
    flag=st.none() | st.booleans(),
    season=st.none() | st.sampled_from(Season),
)
@settings(max_examples=60)
def test_values_survive_the_codec_of_each_dialect(**values: Any) -> None:
    """R32: what goes in comes out, whatever it is, on both dialects."""
    for flavour in (sqlite_flavour(), postgres_flavour()):
        for name, value in values.items():
            kind = probes.c[name].type.dialect_impl(flavour.dialect)
            into, out = kind.bind_processor(flavour.dialect), kind.result_processor(flavour.dialect, None)
            bound = into(value) if into else value
            told = value.astimezone(UTC) if isinstance(value, datetime) else value
            assert (out(bound) if out else bound) == told
