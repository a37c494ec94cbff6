"""What `make bench` compares an order with writes what an order writes: row for row, table by table."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from benchmarks import quotes, servers
from benchmarks.databases import Database
from benchmarks.furnished import Furnished, furnish, in_loop
from benchmarks.handwritten import prepared
from benchmarks.handwritten_sqlite import ByHand
from benchmarks.load import fire
from retail_adapters.sql.tables.whole import metadata
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from tests.support.postgres import server_programs

pytestmark = pytest.mark.slow

ORDERS: Final = 4
NAMES: Final = sorted(table.name for table in metadata.tables.values())
Rows = Mapping[str, tuple[int, int]]


@pytest.fixture
def on_postgres(empty_postgres_url: str) -> tuple[Database, Furnished]:
    return Database("PostgreSQL", empty_postgres_url, None), furnish(empty_postgres_url, goods=9, buyers=2)


def of_postgres(url: str) -> Rows:
    """Rows of every table, and the sum of their versions where they have one: a row that changed counts too."""

    async def count() -> Rows:
        connection = await asyncpg.connect(url)
        try:
            return {name: tuple(await connection.fetchrow(_counting("retail." + name))) for name in NAMES}
        finally:
            await connection.close()

    return in_loop(count())


def of_sqlite(path: Path) -> Rows:
    connection = sqlite3.connect(path)
    try:
        return {name: connection.execute(_counting("retail_" + name)).fetchone() for name in NAMES}
    finally:
        connection.close()


def _counting(table: str) -> str:
    name = table.partition("retail")[2][1:]
    has_version = "version" in metadata.tables[f"retail.{name}"].columns
    return f"SELECT count(*), {'coalesce(sum(version), 0)' if has_version else '0'} FROM {table}"


def grown(before: Rows, after: Rows) -> dict[str, tuple[int, int]]:
    by = {name: (after[name][0] - before[name][0], int(after[name][1] - before[name][1])) for name in before}
    return {name: change for name, change in by.items() if any(change)}


def buy(url: str, furnished: Furnished) -> None:
    """As many orders through the shop's own server, each from its own cart and under its own key."""
    book = quotes.draw_up(url, furnished, patterns=2, hot=False)
    asked = book.orders(ORDERS)
    with servers.shop(url, servers.DEFAULT) as server:
        fire(server.port, asked, 1).all(201)  # one after the other: orders that come together write a shelf they share once


def grown_by(buying: Any, counting: Any) -> dict[str, tuple[int, int]]:
    before = counting()
    buying()
    return {name: change for name, change in grown(before, counting()).items() if name != "quotes"}


def test_pgbench_writes_the_rows_of_an_order(on_postgres: tuple[Database, Furnished]) -> None:
    """A ratio against a transaction that writes less than the shop would say nothing."""
    database, furnished = on_postgres
    by_hand = prepared(server_programs(), database, furnished)

    ours = grown_by(lambda: buy(database.url, furnished), lambda: of_postgres(database.url))
    theirs = grown_by(lambda: by_hand.run(orders=ORDERS // 2, clients=2), lambda: of_postgres(database.url))

    assert theirs == ours
    assert (ours["orders"][0], ours["order_lines"][0], ours["stock_items"]) == (ORDERS, 3 * ORDERS, (0, 3 * ORDERS))
    assert {"reservations", "order_transitions", "events", "deliveries", "contacts", "answers"} < ours.keys()


def test_the_loop_by_hand_writes_the_rows_of_an_order(sqlite_path: Path) -> None:
    """The same on SQLite."""
    url = f"sqlite:///{sqlite_path}"
    furnished = furnish(url, goods=9, buyers=2)

    ours = grown_by(lambda: buy(url, furnished), lambda: of_sqlite(sqlite_path))
    theirs = grown_by(lambda: ByHand(str(sqlite_path)).run(orders=ORDERS), lambda: of_sqlite(sqlite_path))

    assert theirs == ours and ours["orders"][0] == ORDERS


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_buyer_who_has_all_the_unpaid_orders_allowed_orders_again_once_they_are_called_off(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """STK-R12: a turn of the benchmark leaves nothing that would have the next one refused."""
    asked = "sqlite_path" if kind == "sqlite" else "empty_postgres_url"
    url = f"sqlite:///{request.getfixturevalue(asked)}" if kind == "sqlite" else request.getfixturevalue(asked)
    book = quotes.draw_up(url, furnish(url, goods=3, buyers=1), patterns=1, hot=False)
    with servers.shop(url, servers.DEFAULT) as server:
        fire(server.port, book.orders(OPEN_ORDERS_MAX), 4).all(201)
        assert set(fire(server.port, book.orders(1), 1).statuses) != {201}

        book.call_off()

        fire(server.port, book.orders(OPEN_ORDERS_MAX), 4).all(201)


def test_a_hot_order_takes_the_same_goods_every_time(on_postgres: tuple[Database, Furnished]) -> None:
    """In the hot table the first line of every order, by hand, is of one SKU."""
    database, furnished = on_postgres

    prepared(server_programs(), database, furnished).run(orders=5, clients=1, hot=True)

    async def most_reserved() -> int:
        connection = await asyncpg.connect(database.url)
        try:
            most: int = await connection.fetchval("SELECT max(reserved) FROM retail.stock_items")
            return most
        finally:
            await connection.close()

    assert in_loop(most_reserved()) == 5
