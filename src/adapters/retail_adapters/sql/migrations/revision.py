"""Which revision a database is at, and which is the newest: asked whenever a shop opens, so without Alembic."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from retail_adapters.sql.files import open_file
from retail_adapters.sql.tables.base import SCHEMA

VERSIONS: Final = Path(__file__).parent / "versions"
LOOK_SECONDS: Final = 10.0
SQLITE_TABLE: Final = f"{SCHEMA}_alembic_version"
POSTGRES_TABLE: Final = "alembic_version"
"""Where Alembic notes the revision: among our tables."""
_SQLITE_SECONDS: Final = 60
_REVISION: Final = re.compile(r'^(down_revision|revision)\b[^=\n]*= *"(\w+)"', re.MULTILINE)


def check(url: str, *, schema: str = SCHEMA) -> tuple[str | None, str]:
    """The revision this database is at (None: empty) and the newest one."""
    found = _of_file(url.partition("///")[2]) if url.startswith("sqlite") else asyncio.run(_of_server(url, schema))
    return found, newest()


def newest(versions: Path = VERSIONS) -> str:
    """The newest revision this release knows: the one that no other builds on."""
    named = [_REVISION.findall(path.read_text(encoding="utf-8")) for path in versions.glob("*.py")]
    before = {revision for script in named for which, revision in script if which == "down_revision"}
    (head,) = {revision for script in named for which, revision in script if which == "revision"} - before
    return str(head)


def set_up(connection: sqlite3.Connection) -> None:
    """How SQLite's driver is told not to begin and end transactions by itself, and what is kept in the file for all.

    Later, with several processes opening it at once, that change could find it locked.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


def _of_file(path: str) -> str | None:
    with closing(open_file(path, timeout=_SQLITE_SECONDS)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (SQLITE_TABLE,))
        if known.fetchone() is None:
            return None
        noted = connection.execute(f"SELECT version_num FROM {SQLITE_TABLE}").fetchone()  # noqa: S608 - a name of ours
        return noted[0] if noted else None


async def _of_server(url: str, schema: str) -> str | None:
    from retail_adapters.sql.servers import Patience, Servers  # a shop in a file has no use for asyncpg

    # Nothing is kept: a pooler in between may give each statement another session.
    connection = await Servers(url, Patience(statement=LOOK_SECONDS)).connect(statement_cache_size=0)
    try:
        known = await connection.fetchval(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = $2",
            schema,
            POSTGRES_TABLE,
        )
        noted: str | None = await connection.fetchval(f"SELECT version_num FROM {known}") if known else None  # noqa: S608
    except BaseException:
        connection.terminate()  # nobody waits for a farewell of a server that did not answer
        raise
    await connection.close(timeout=LOOK_SECONDS)
    return noted
