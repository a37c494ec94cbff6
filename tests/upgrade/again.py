"""Says to a database, word by word, what a release said, and listens whether the same comes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg
from attrs import define, field

from tests.upgrade.told import Saying, read


class Connection(Protocol):
    """One connection of the release that speaks."""

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        """What came of it, counted as the recorder counted it."""
        ...


class Opens(Protocol):
    """Opens another connection."""

    async def __call__(self) -> Connection: ...


@define
class Speaker:
    """A release, as far as the database can tell."""

    opens: Opens
    _connections: dict[int, Connection] = field(factory=dict)

    async def says(self, texts: Sequence[str], sayings: Sequence[Saying]) -> None:
        """Say all this; as many rows must be found and changed as when it was recorded."""
        for saying in sayings:
            by, text = saying["by"], texts[saying["text"]]
            if by not in self._connections:
                self._connections[by] = await self.opens()
            came = await self._connections[by].say(saying["how"], text, read(saying["arguments"]))
            assert came == saying["came"], f"{came} instead of {saying['came']} came of {text}"


@define
class _Sqlite:
    connection: sqlite3.Connection

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        if how == "executemany":
            return self.connection.executemany(text, arguments).rowcount
        cursor = self.connection.execute(text, arguments)
        return len(cursor.fetchall()) if how == "fetch" else cursor.rowcount


@define
class _Postgres:
    connection: Any

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        came = await getattr(self.connection, how)(text, *arguments)
        return {"fetch": len, "fetchrow": list, "execute": str}[how](came)


@asynccontextmanager
async def sqlite_speaker(path: str) -> AsyncIterator[Speaker]:
    """On a file."""
    opened: list[sqlite3.Connection] = []

    async def opens() -> Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        opened.append(connection)
        return _Sqlite(connection)

    try:
        yield Speaker(opens)
    finally:
        for one in opened:
            one.close()


@asynccontextmanager
async def postgres_speaker(url: str) -> AsyncIterator[Speaker]:
    """On a server."""
    opened: list[Any] = []

    async def opens() -> Connection:
        opened.append(await asyncpg.connect(url))
        return _Postgres(opened[-1])

    try:
        yield Speaker(opens)
    finally:
        for one in opened:
            await one.close()
