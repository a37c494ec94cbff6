"""What growth is measured on is a shop that the audit believes; a page is found by its index however many rows there are."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from benchmarks.backstage import audit
from benchmarks.databases import Database
from benchmarks.filled import Filled, lived
from benchmarks.furnished import furnish, in_loop
from retail_adapters.sql.queries import inventory, ordering
from retail_adapters.sql.statement import Statement, postgres_flavour, sqlite_flavour
from retail_domain.ordering import OrderStatus
from tests.support.sandbox import running_sandbox

pytestmark = pytest.mark.slow

LAST: Final = UUID(int=2**128 - 1)


@pytest.fixture(params=("sqlite", "postgres"))
def filled(request: pytest.FixtureRequest) -> Filled:
    """A database of thousands of orders, each a copy of one that lived its life in the shop."""
    if request.param == "sqlite":
        database = Database("SQLite", f"sqlite:///{request.getfixturevalue('sqlite_path')}", None)
    else:
        database = Database("PostgreSQL", request.getfixturevalue("empty_postgres_url"), None)
    with running_sandbox() as sandbox:
        made = lived(database, sandbox, furnish(database.url, goods=9, buyers=0).goods, most=10_000)
    made.fill(2_000)
    made.fill(3_000)
    return made


def test_orders_multiplied_for_the_benchmark_break_no_law_and_are_found_by_their_index(filled: Filled) -> None:
    """R43: rare states, and the movements of one SKU among all."""
    url = filled.database.url
    seconds, _ = audit(filled.database)  # raises when there is a finding

    assert seconds > 0 and 2_750 <= filled.orders <= 3_000
    assert "status_id" in _plan(url, ordering._ALL_IN.anywhere, status=OrderStatus.CLOSED, before=LAST, most=21)
    moves = _plan(url, inventory._MOVES.anywhere, sku_id=LAST, before=2**62, most=21)
    assert "stock_moves" in moves and "TEMP B-TREE" not in moves and "Sort" not in moves
    assert "stock_moves_sku_id_position" in moves or not url.startswith("sqlite")  # few rows are walked through on PostgreSQL


def _plan(url: str, statement: Statement, **values: Any) -> str:
    if not url.startswith("sqlite"):
        return in_loop(_plan_on_postgres(url, *statement.compiled(postgres_flavour()).arguments(values)))
    text, arguments = statement.compiled(sqlite_flavour()).arguments(values)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return "\n".join(row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", arguments))


async def _plan_on_postgres(url: str, text: str, arguments: list[Any]) -> str:
    """A plan made once for every value, as servers make it."""
    given = ", ".join(f"'{value}'" for value in arguments)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE page AS {text}")
        return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE page({given})"))
    finally:
        await connection.close()
