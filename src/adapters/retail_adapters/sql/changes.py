"""How a process hears that another one changed something that pages show (DOR-R6)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from retail_adapters.sql.postgres import PostgresDatabase
from retail_adapters.sql.postgres_errors import LOST
from retail_adapters.sql.servers import Servers

_AGAIN_SECONDS: Final = 1.0
_LOOKS_SECONDS: Final = 15.0
"""How often it is found out whether the server that is listened to still answers and takes writes."""


@asynccontextmanager
async def sqlite_changes(path: str) -> AsyncIterator[SqliteChanges]:
    """A look-out for the file's changes, for as long as the block runs."""
    changes = SqliteChanges(path)
    try:
        yield changes
    finally:
        changes.close()


class SqliteChanges:
    """SQLite counts the commits of all connections but one's own; this connection never writes."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
        self._unreadable = 0

    def __call__(self) -> int:
        """A number that another commit makes another; reading it touches nothing but shared memory."""
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.OperationalError:  # a file that cannot be read just now may well be changing
            self._unreadable += 1
            return -self._unreadable

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


@asynccontextmanager
async def postgres_changes(servers: Servers, database: PostgresDatabase) -> AsyncIterator[Callable[[], int]]:
    """Listens on a connection of its own for as long as the block runs; when that is lost, on another one.

    Others tell of changes to goods; of their changes to stock pages learn when they are a second old, since telling of each
    sale would have all sales wait for each other.
    """
    task = asyncio.create_task(_listen(servers, database))
    try:
        yield lambda: database.changes
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(servers: Servers, database: PostgresDatabase) -> None:
    while True:
        with suppress(*LOST, asyncpg.PostgresError):
            await _listen_once(servers, database)
        await asyncio.sleep(_AGAIN_SECONDS)


async def _listen_once(servers: Servers, database: PostgresDatabase) -> None:
    lost = asyncio.Event()
    connection = await servers.connect(server_settings={"application_name": "retail pages"})
    try:
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(database.flavour.channel, database.hear_of_change)
        database.hear_of_change()  # something may have changed before we listened
        while not lost.is_set() and await connection.fetchval("SHOW transaction_read_only") == "off":
            with suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), _LOOKS_SECONDS)
    finally:
        connection.terminate()
