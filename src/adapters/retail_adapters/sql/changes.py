"""How a process hears that another one changed something that pages show (rulings 29)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg
from attrs import define

from retail_adapters.sql.statement import channel_of

_AGAIN_SECONDS: Final = 1.0
_LOST: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncio.TimeoutError)


@define
class Count:
    """How many changes were heard of."""

    heard: int = 0

    def __call__(self) -> int:
        """The number."""
        return self.heard

    def hear(self, *_: object) -> None:
        """One more."""
        self.heard += 1


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

    def __call__(self) -> int:
        """A number that another commit makes another; reading it touches nothing but shared memory."""
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.OperationalError:  # a file that is busy is a file that changes
            return -id(object())

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


@asynccontextmanager
async def postgres_changes(pool: asyncpg.Pool[Any], schema: str = "retail") -> AsyncIterator[Count]:
    """Listens on a connection of its own for as long as the block runs; when that is lost, on another one."""
    count = Count()
    task = asyncio.create_task(_listen(pool, channel_of(schema), count))
    try:
        yield count
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen(pool: asyncpg.Pool[Any], channel: str, count: Count) -> None:
    while True:
        with suppress(*_LOST):
            await _listen_once(pool, channel, count)
        await asyncio.sleep(_AGAIN_SECONDS)


async def _listen_once(pool: asyncpg.Pool[Any], channel: str, count: Count) -> None:
    ended = asyncio.Event()
    async with pool.acquire() as connection:
        connection.add_termination_listener(lambda *_: ended.set())
        await connection.add_listener(channel, count.hear)
        count.hear()  # something may have changed before we listened
        try:
            await ended.wait()
        finally:
            if not connection.is_closed():
                await connection.remove_listener(channel, count.hear)
