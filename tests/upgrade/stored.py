"""Rows of a whole shop as JSON, out of SQLite and into either database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from tests.upgrade.told import read as read, written

Tables = Mapping[str, Mapping[str, Any]]
"""Table -> `columns`, and `rows` in the order of their keys; values are SQLite's own."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PARENTS: Final = ("categories", "brands", "products", "stock_items", "carts", "orders", "payments")
"""What others refer to."""


def dumped(path: str) -> Tables:
    """Every row that is not the schema's own."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'retail_%' AND name NOT LIKE '%alembic%'"
        ).fetchall()
        tables = {}
        for (name,) in sorted(found):
            cursor = connection.execute(f"SELECT * FROM {name}")
            columns = [one[0] for one in cursor.description]
            rows = [written(row) for row in cursor.fetchall()]
            if rows:
                tables[name.removeprefix("retail_")] = {"columns": columns, "rows": rows}
    return tables


def _in_order(tables: Tables) -> Sequence[str]:
    return sorted(tables, key=lambda name: (PARENTS.index(name) if name in PARENTS else len(PARENTS), name))


def into_sqlite(path: str, tables: Tables) -> None:
    """Fill a database at the schema the rows were kept under."""
    with closing(sqlite3.connect(path)) as connection:
        for name in _in_order(tables):
            columns, marks = tables[name]["columns"], ", ".join("?" * len(tables[name]["columns"]))
            text = f"INSERT INTO retail_{name} ({', '.join(columns)}) VALUES ({marks})"
            connection.executemany(text, [read(row) for row in tables[name]["rows"]])
        connection.commit()


async def into_postgres(url: str, tables: Tables) -> None:
    """Fill a database at the schema the rows were kept under."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for name in _in_order(tables):
                await _fill(connection, name, tables[name]["columns"], tables[name]["rows"])
    finally:
        await connection.close()


async def _fill(connection: Any, name: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    kinds = {
        row["column_name"]: row["data_type"]
        for row in await connection.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'retail' AND table_name = $1",
            name,
        )
    }
    marks = ", ".join(f"${at}::text::jsonb" if kinds[one] == "jsonb" else f"${at}" for at, one in enumerate(columns, 1))
    values = [[_meant(one, kinds[column]) for column, one in zip(columns, read(row), strict=True)] for row in rows]
    await connection.executemany(f"INSERT INTO retail.{name} ({', '.join(columns)}) VALUES ({marks})", values)
    if "position" in columns and kinds["position"] == "bigint" and await _counts(connection, name):
        last = max(row[columns.index("position")] for row in rows)
        await connection.execute(f"ALTER TABLE retail.{name} ALTER position RESTART WITH {last + 1}")


async def _counts(connection: Any, name: str) -> bool:
    asked = (
        "SELECT is_identity = 'YES' FROM information_schema.columns "
        "WHERE table_schema = 'retail' AND table_name = $1 AND column_name = 'position'"
    )
    return bool(await connection.fetchval(asked, name))


def _meant(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "uuid":
        return UUID(bytes=value)
    if kind == "timestamp with time zone":
        return EPOCH + timedelta(microseconds=value)
    return bool(value) if kind == "boolean" else value


def in_json(text: str) -> Any:
    """A file of rows or sayings."""
    return json.loads(text)
