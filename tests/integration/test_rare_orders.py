"""A page of a rare state is found by its index, however many orders are in another state."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from benchmarks.databases import Database
from benchmarks.furnished import furnish, in_loop
from benchmarks.growth import audit, fill
from benchmarks.handwritten import prepared
from retail_adapters.sql.queries import ordering
from retail_adapters.sql.statement import postgres_flavour
from tests.support.postgres import server_programs

pytestmark = pytest.mark.slow


@pytest.fixture
def thousands_to_ship(empty_postgres_url: str) -> str:
    database = Database("PostgreSQL", empty_postgres_url, None)
    furnished = furnish(database.url, goods=3, buyers=2)
    prepared(server_programs(), database, furnished)
    fill(database, 1, 3_000, own=20)
    return empty_postgres_url


def test_orders_made_by_the_thousand_for_the_benchmark_break_no_law(thousands_to_ship: str) -> None:
    """R43: what growth is measured on is a shop that the audit believes."""
    assert audit(Database("PostgreSQL", thousands_to_ship, None)) > 0


def test_staff_find_the_few_closed_orders_without_walking_past_all_others(thousands_to_ship: str) -> None:
    """Issue 3, 2: a plan made once for every state, as servers make it, still searches (status, id)."""

    async def plan() -> str:
        connection = await asyncpg.connect(thousands_to_ship)
        try:
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            await connection.execute(f"PREPARE page AS {ordering._ALL_IN.compiled(postgres_flavour()).text}")
            rows: list[Any] = await connection.fetch(
                "EXPLAIN EXECUTE page('closed', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21)"
            )
            return "\n".join(row[0] for row in rows)
        finally:
            await connection.close()

    assert "ix_orders_status_id" in in_loop(plan())
