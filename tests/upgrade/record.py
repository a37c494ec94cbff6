"""Writes down, once, what a release keeps and says: run with the packages of that release, never with later ones.

    python -m tests.upgrade.record postgresql://... FOLDER

`rows.json` is a shop that has lived a little, as its tables held it; `says.DATABASE.json` is every statement of the orders of
`deeds.CHAPTERS`, step by step, as the release said it to each database. PostgreSQL's must be an empty database.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.postgres import PostgresDatabase
from retail_adapters.sql.sqlite import SqliteDatabase
from tests.upgrade import stored
from tests.upgrade.deeds import CHAPTERS, Hands, Life, first_days, names
from tests.upgrade.told import written

HEARD: list[dict[str, Any]] = []
NUMBERS: dict[int, int] = {}


def _hear(connection: Any, how: str, text: str, arguments: Any, came: Any) -> None:
    by = NUMBERS.setdefault(id(connection), len(NUMBERS))
    HEARD.append({"by": by, "how": how, "text": text, "arguments": written(arguments), "came": written(came)})


class HeardSqlite(sqlite3.Connection):
    """A connection that writes down what is said to it."""

    def execute(self, text: str, arguments: Any = ()) -> Any:  # type: ignore[override]
        cursor = super().execute(text, arguments)
        if text.startswith("PRAGMA"):
            return cursor
        if cursor.description is None:
            _hear(self, "execute", text, arguments, cursor.rowcount)
            return cursor
        rows = cursor.fetchall()
        _hear(self, "fetch", text, arguments, len(rows))
        return _Rows(rows)

    def executemany(self, text: str, rows: Any) -> Any:  # type: ignore[override]
        cursor = super().executemany(text, rows)
        _hear(self, "executemany", text, list(rows), cursor.rowcount)
        return cursor


class _Rows:
    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def fetchall(self) -> list[Any]:
        return self._rows


class HeardPostgres(asyncpg.Connection):  # type: ignore[misc]
    """A connection that writes down what is said to it."""

    async def fetch(self, text: str, *arguments: Any, **more: Any) -> Any:
        rows = await super().fetch(text, *arguments, **more)
        _hear(self, "fetch", text, arguments, len(rows))
        return rows

    async def fetchrow(self, text: str, *arguments: Any, **more: Any) -> Any:
        row = await super().fetchrow(text, *arguments, **more)
        _hear(self, "fetchrow", text, arguments, list(row))
        return row

    async def execute(self, text: str, *arguments: Any, **more: Any) -> str:
        status = await super().execute(text, *arguments, **more)
        _hear(self, "execute", text, arguments, status)
        return str(status)


async def _keep(_: Any) -> None:
    """As the shop opens its pools: nothing of a session is reset."""


async def _chapters(database: Any, clock: Hands, notes: dict[str, Any]) -> dict[str, Any]:
    """Each step of each order: at which time, with which notes before, and everything that was said."""
    life = Life.on(database, clock, notes)
    told: dict[str, Any] = {}
    for name, steps in CHAPTERS.items():
        for step in steps:
            HEARD.clear()
            NUMBERS.clear()
            await life.does(step, name)
            heard = {"at": clock.at.isoformat(), "sayings": list(HEARD)}
            told[f"{name}.{step}"] = {**heard, "names": await names(life, database, name)}
    return told


async def _record(folder: Path, postgres_url: str) -> None:
    clock = Hands()
    with tempfile.TemporaryDirectory() as temporary:
        path = f"{temporary}/shop.db"
        await asyncio.to_thread(upgrade, f"sqlite:///{path}")
        database = SqliteDatabase(path, durable=False)
        life = Life.on(database, clock)
        await first_days(life)
        await database.close()
        rows = {"at": clock.at.isoformat(), "notes": life.notes, "tables": stored.dumped(path)}
        _write(folder / "rows.json", rows)

        sqlite3.connect = functools.partial(sqlite3.connect, factory=HeardSqlite)  # type: ignore[assignment]
        database = SqliteDatabase(path, durable=False)
        sqlite = await _chapters(database, Hands(clock.at), json.loads(json.dumps(life.notes)))
        await database.close()
        _write(folder / "says.sqlite.json", _spoken(sqlite))

    await asyncio.to_thread(upgrade, postgres_url)
    await stored.into_postgres(postgres_url, rows["tables"])
    pool = await asyncpg.create_pool(postgres_url, min_size=1, max_size=4, connection_class=HeardPostgres, reset=_keep)
    postgres = await _chapters(PostgresDatabase(pool), Hands(clock.at), json.loads(json.dumps(life.notes)))
    await pool.close()
    _write(folder / "says.postgresql.json", _spoken(postgres))


def _spoken(chapters: dict[str, Any]) -> dict[str, Any]:
    """Each text once; sayings name its place."""
    texts: dict[str, int] = {}
    for chapter in chapters.values():
        for saying in chapter["sayings"]:
            saying["text"] = texts.setdefault(saying["text"], len(texts))
    return {"texts": list(texts), "chapters": chapters}


def _write(path: Path, told: Any) -> None:
    path.write_text(_lines(told) + "\n", encoding="utf-8")


def _lines(told: Any, depth: int = 4) -> str:
    """JSON with one line a row or saying, so that a difference can be read."""
    compact = functools.partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    if depth == 0 or not told or not isinstance(told, (dict, list)):
        return compact(told)
    if isinstance(told, list):
        return "[\n" + ",\n".join(_lines(one, 0) for one in told) + "\n]"
    return "{\n" + ",\n".join(f"{compact(name)}: {_lines(one, depth - 1)}" for name, one in told.items()) + "\n}"


if __name__ == "__main__":
    asyncio.run(_record(Path(sys.argv[2]), sys.argv[1]))
