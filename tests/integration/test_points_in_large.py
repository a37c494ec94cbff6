"""Nothing a member waits for grows with points: what is read of whom is found by an index, and dead lots are never read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from retail_adapters.sql.contexts import points
from retail_adapters.sql.statement import Statement, postgres_flavour, sqlite_flavour
from tests.support.stores import Place, open_database, place_of

pytestmark = pytest.mark.slow
AT: Final = datetime(2026, 6, 1, tzinfo=UTC)
MANY: Final = 100_000
HERS: Final = 1_000
ALIVE: Final = 10
MOMENT: Final = {"sqlite": 1_780_272_000_000_000, "postgres": "TIMESTAMPTZ '2026-06-01'"}
LOTS: Final = """
INSERT INTO {t}points_lots (member_id, ref, source, amount, frozen, free, locked, spent, expired, revoked, owed, undone,
  written, made_at, available_from, expires_at, version)
SELECT {member}, {ref}, 'review', 1, 0, {free}, 0, 1 - {free}, 0, 0, 0, 0, 1, {at}, {at}, {at}, 1 FROM {numbers}
"""
ENTRIES: Final = """
INSERT INTO {t}points_entries (member_id, ref, source, number, units, out_of, went_to, because, cause_ref, note, at, version)
SELECT member_id, ref, source, 1, 1, 'outside', 'free', 'review', ref, '', made_at, 1 FROM {t}points_lots
"""
ON_SQLITE: Final = {
    "t": "retail_", "member": "randomblob(16)", "ref": "'r' || n", "at": MOMENT["sqlite"],
    "numbers": f"(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {MANY}) SELECT n FROM up)",
}  # fmt: skip
ON_POSTGRES: Final = {
    "t": "retail.", "member": "gen_random_uuid()", "ref": "'r' || n", "at": MOMENT["postgres"],
    "numbers": f"generate_series(1, {MANY}) AS n",
}  # fmt: skip
ALICE: Final = UUID(int=7)


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


async def test_a_thousand_lots_of_one_and_a_hundred_thousand_in_all_are_searched_and_never_scanned(place: Place) -> None:
    """PTS-R1: of a thousand lots of a member ten are alive, and no more are read."""
    async with open_database(place) as database:
        filled = await _filled(place)
        hers: dict[str, Any] = {"member_id": ALICE, "at": AT, "ref": "z", "number": 9, "most": 21}
        asked = {
            points._FREE_OF: {"member_ids": [ALICE]},
            points._FREE_AND_NAMED: {"member_ids": [ALICE], "refs": ["r5"]},
            points._STANDS: hers,
            points._EXPIRING: hers,
            points._HISTORY: hers,
            points._CLAIM: {"member_ids": [ALICE]},
        }
        plans = {statement.name: await _plan(place, statement, values) for statement, values in asked.items()}
        read = await database.rows(points._FREE_OF, member_ids=[ALICE])

    assert filled == MANY + HERS and len(read) == ALIVE
    scans = ("Seq Scan on points_lots", "Seq Scan on points_entries", "SCAN retail_points")
    whole = {name: plan for name, plan in plans.items() if any(scan in plan for scan in scans)}
    assert whole == {}
    for name in ("points.balance", "points.expiring", *(("points_lots.free_of",) if place.kind == "postgres" else ())):
        assert "ix_points_lots_live" in plans[name], plans[name]  # SQLite walks through hers by their key
    assert "ix_points_entries_member_id_at" in plans["points.entries"] or "pk_points_entries" in plans["points.entries"]


async def _filled(place: Place) -> int:
    """Lots of strangers, each alive; and a thousand of one member, of whom few are."""
    mine = {"free": f"CASE WHEN n <= {ALIVE} THEN 1 ELSE 0 END"}
    if place.kind == "sqlite":
        few = ON_SQLITE["numbers"].replace(str(MANY), str(HERS))
        alice = {**ON_SQLITE, **mine, "member": f"X'{ALICE.hex}'", "numbers": few}
        with closing(sqlite3.connect(place.address)) as file:
            file.execute(LOTS.format(**ON_SQLITE, free="1"))
            file.execute(LOTS.format(**alice))
            file.execute(ENTRIES.format(**ON_SQLITE))
            file.execute("ANALYZE")
            file.commit()
            return int(file.execute("SELECT count(*) FROM retail_points_entries").fetchone()[0])
    few = ON_POSTGRES["numbers"].replace(str(MANY), str(HERS))
    alice = {**ON_POSTGRES, **mine, "member": f"'{ALICE}'::uuid", "numbers": few}
    known = await asyncpg.connect(place.address)
    await known.execute(LOTS.format(**ON_POSTGRES, free="1"))
    await known.execute(LOTS.format(**alice))
    await known.execute(ENTRIES.format(**ON_POSTGRES))
    await known.execute("ANALYZE")
    count = await known.fetchval("SELECT count(*) FROM retail.points_entries")
    await known.close()
    return int(count)


def _spelled(value: Any) -> str:
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(_spelled, value))}]" + ("::uuid[]" if isinstance(value[0], UUID) else "")
    return str(value) if isinstance(value, int) else f"'{value}'"


async def _plan(place: Place, statement: Statement, values: dict[str, Any]) -> str:
    if place.kind == "sqlite":
        text, arguments = statement.compiled(sqlite_flavour()).arguments(values)
        with closing(sqlite3.connect(place.address)) as file:
            return "\n".join(row[-1] for row in file.execute(f"EXPLAIN QUERY PLAN {text}", arguments))
    text, arguments = statement.compiled(postgres_flavour()).arguments(values)
    known = await asyncpg.connect(place.address)
    try:
        await known.execute("SET plan_cache_mode = force_generic_plan")  # made once for every value, as servers make it
        await known.execute(f"PREPARE asked AS {text}")
        given = ", ".join(map(_spelled, arguments))
        return "\n".join(row[0] for row in await known.fetch(f"EXPLAIN EXECUTE asked({given})"))
    finally:
        await known.close()
