"""Says to a database, word by word, what a release said, and listens whether the same comes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import asyncpg
from attrs import frozen

from tests.upgrade.told import Saying, read


class Connection(Protocol):
    """One connection of the release that speaks."""

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        """What came of it, counted as the recorder counted it."""
        ...

    async def close(self) -> None:
        """Whatever is not committed is taken back."""
        ...


@frozen
class Speaker:
    """A release, as far as the database can tell; `opens` makes another connection."""

    opens: Callable[[], Awaitable[Connection]]

    async def says(self, texts: Sequence[str], sayings: Sequence[Saying]) -> None:
        """Say all this; as many rows must be found and changed as when it was recorded."""
        connections: dict[int, Connection] = {}
        try:
            for saying in sayings:
                by, text = saying["by"], texts[saying["text"]]
                if by not in connections:
                    connections[by] = await self.opens()
                came = await connections[by].say(saying["how"], text, read(saying["arguments"]))
                assert came == saying["came"], f"{came} instead of {saying['came']} came of {text}"
        finally:
            for one in connections.values():
                await one.close()


@frozen
class _Sqlite:
    connection: sqlite3.Connection

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        if how == "executemany":
            return self.connection.executemany(text, arguments).rowcount
        cursor = self.connection.execute(text, arguments)
        return len(cursor.fetchall()) if how == "fetch" else cursor.rowcount

    async def close(self) -> None:
        self.connection.close()


@frozen
class _Postgres:
    connection: Any

    async def say(self, how: str, text: str, arguments: Sequence[Any]) -> Any:
        came = await getattr(self.connection, how)(text, *arguments)
        return {"fetch": len, "fetchrow": list, "execute": str}[how](came)

    async def close(self) -> None:
        await self.connection.close()


def speaker_on(kind: str, where: str) -> Speaker:
    """On a file, or on a server."""

    async def opens() -> Connection:
        if kind != "sqlite":
            return _Postgres(await asyncpg.connect(where))
        connection = sqlite3.connect(where, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        return _Sqlite(connection)

    return Speaker(opens)
