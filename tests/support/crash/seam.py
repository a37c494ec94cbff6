"""A shop whose every statement, commit and port call has a point before and after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from attrs import frozen

from retail_adapters.sql.database import Flush, Writes
from retail_adapters.sql.postgres import PostgresTransaction
from retail_domain.testing.points import Points, numbered


@frozen
class NumberedShop:
    """What is put around the database and the ports of a shop, so that each thing they do is a point or two."""

    points: Points

    def database(self, database: Any) -> Any:
        """The database with its points."""
        return _Database(database, self.points)

    def port(self, port: Any, name: str) -> Any:
        """A port with its points."""
        return numbered(port, self.points, name)


@frozen
class _Database:
    _inner: Any
    _points: Points

    @property
    def has_one_writer(self) -> bool:
        return bool(self._inner.has_one_writer)

    async def rows(self, statement: Any, **values: Any) -> Any:
        with_points = _Transaction(self._inner, self._points)
        return await with_points.rows(statement, **values)

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False) -> AsyncIterator[Any]:
        self._points.pass_("before begin")
        async with self._inner.begin(read_only=read_only) as transaction:
            self._points.pass_("after begin")
            yield _Transaction(transaction, self._points)


@frozen
class _Transaction:
    _inner: Any
    _points: Points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def rows(self, statement: Any, **values: Any) -> Any:
        self._points.pass_(f"before {statement.name}")
        found = await self._inner.rows(statement, **values)
        self._points.pass_(f"after {statement.name}")
        return found

    async def changed(self, statement: Any, **values: Any) -> int:
        self._points.pass_(f"before {statement.name}")
        changed: int = await self._inner.changed(statement, **values)
        self._points.pass_(f"after {statement.name}")
        return changed

    async def write(self, writes: Writes) -> Sequence[int]:
        """One table at a time, so that there is a point between any two of them."""
        counts: list[int] = []
        for write, rows in writes:
            self._points.pass_(f"before {write.name}")
            counts += await self._inner.write([(write, rows)])
            self._points.pass_(f"after {write.name}")
        return counts

    async def finish(self, flushes: Sequence[Flush]) -> None:
        """On SQLite a point between any two tables, since the machine may stop there; on PostgreSQL it is one statement."""
        if isinstance(self._inner, PostgresTransaction):
            await self._last(self._inner.finish(flushes))
            return
        for flush, changed in zip(flushes, await self.write([(flush.write, flush.rows) for flush in flushes]), strict=True):
            flush.check(changed)
        await self.commit()

    async def commit(self) -> None:
        """COMMIT has a point in its middle: it is on the wire, or its thread runs, and its answer has not been read."""
        await self._last(self._inner.commit())

    async def _last(self, step: Coroutine[Any, Any, None]) -> None:
        self._points.pass_("before commit")
        committing = asyncio.ensure_future(step)
        await asyncio.sleep(0)  # as long as it takes to hand COMMIT over, and no longer
        self._points.pass_("during commit")
        await committing
        self._points.pass_("after commit")
