"""PostgreSQL through asyncpg, READ COMMITTED with locked reads and guarded statements (architecture 3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, NoReturn

import asyncpg

from retail_adapters.sql.database import Course, Database, Transaction, Writes, from_sqlstate
from retail_adapters.sql.statement import Flavour, Row, Statement, compiled_write, postgres_flavour
from retail_domain.kernel.errors import CommitUnknown, DomainError, Unavailable

_LOST = (
    OSError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, asyncio.TimeoutError,
)  # fmt: skip


async def open_pool(url: str, *, connections_max: int = 4) -> asyncpg.Pool[asyncpg.Record]:
    """A pool set up for the shop: cached generic plans, and nothing to reset between uses (stack.md 1, 3)."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=connections_max,
        command_timeout=30,
        server_settings={"plan_cache_mode": "force_generic_plan", "timezone": "UTC", "application_name": "retail"},
        reset=_keep,
    )


async def _keep(connection: Any) -> None:
    """Nothing of a session is ever changed, so nothing needs resetting."""


class PostgresDatabase:
    """A PostgreSQL database behind a pool that the caller opened and will close."""

    def __init__(self, pool: asyncpg.Pool[Any], *, schema: str = "retail") -> None:
        self.flavour: Flavour = postgres_flavour(schema)
        self._pool = pool

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        """A transaction; a read-only one sees one snapshot."""
        connection = await self._acquire()
        transaction = PostgresTransaction(connection, self.flavour)
        try:
            await transaction.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if read_only else "BEGIN")
            yield transaction
        finally:
            await asyncio.shield(self._leave(connection, transaction))

    async def _acquire(self) -> Any:
        try:
            return await self._pool.acquire(timeout=10)
        except (*_LOST, asyncpg.PostgresError) as error:
            _raise(error)

    async def _leave(self, connection: Any, transaction: PostgresTransaction) -> None:
        try:
            # What the driver believes is not asked: it does not know of a BEGIN whose caller was cancelled.
            if not transaction.is_committed and not connection.is_closed():
                await connection.execute("ROLLBACK")
        except (*_LOST, asyncpg.PostgresError):
            with suppress(asyncpg.InterfaceError):  # the pool has dropped a connection that was lost already
                connection.terminate()
        finally:
            await self._pool.release(connection)

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement on any connection."""
        connection = await self._acquire()
        try:
            return await PostgresTransaction(connection, self.flavour).rows(statement, **values)
        finally:
            await asyncio.shield(self._pool.release(connection))


class PostgresTransaction:
    """One transaction on one connection."""

    def __init__(self, connection: Any, flavour: Flavour) -> None:
        self._connection = connection
        self._flavour = flavour
        self._savepoints = count(1)
        self._course = Course()
        self.is_committed = False

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """The rows a statement returns."""
        compiled = statement.compiled(self._flavour)
        text, arguments = compiled.arguments(values)
        with self._course.step():
            try:
                return compiled.read(await self._connection.fetch(text, *arguments))
            except Exception as error:  # noqa: BLE001 - raised again as what it means to the shop
                _raise(error)

    async def changed(self, statement: Statement, **values: Any) -> int:
        """How many rows a statement changed."""
        text, arguments = statement.compiled(self._flavour).arguments(values)
        return _count(await self.execute(text, *arguments))

    async def write(self, writes: Writes) -> Sequence[int]:
        """One statement a table, its rows as arrays."""
        counts = []
        for write, rows in writes:
            compiled = compiled_write(write, self._flavour)
            counts.append(_count(await self.execute(compiled.text, *compiled.arrays(rows))))
        return counts

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone."""
        name = f"part_{next(self._savepoints)}"
        await self.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            await self._back_to(name)
            raise
        await self.execute(f"RELEASE SAVEPOINT {name}")

    async def _back_to(self, name: str) -> None:
        try:
            await self._connection.execute(f"ROLLBACK TO SAVEPOINT {name}")
        except (*_LOST, asyncpg.PostgresError):
            return  # what went wrong inside is told; the transaction stays dead
        self._course.is_open = True

    async def commit(self) -> None:
        """Make it last. A connection lost while committing leaves the outcome unknown."""
        with self._course.step(last=True):
            await self._commit()
            self.is_committed = True

    async def _commit(self) -> None:
        try:
            told = await self._connection.execute("COMMIT")
        except _LOST as error:
            raise CommitUnknown(reason="connection lost") from error
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] in {"08", "57"}:
                raise CommitUnknown(reason=error.sqlstate or "") from error
            _raise(error)
        if told != "COMMIT":  # an aborted transaction answers ROLLBACK without an error
            raise Unavailable(reason="transaction was aborted")

    async def execute(self, text: str, *arguments: Any) -> str:
        """Run a text; errors come back as the shop's own."""
        with self._course.step():
            try:
                # With arguments asyncpg prepares and caches; without, it sends a simple query: one round trip each.
                return str(await self._connection.execute(text, *arguments))
            except Exception as error:  # noqa: BLE001 - raised again as what it means to the shop
                _raise(error)


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2] or 0)


def _raise(error: Exception) -> NoReturn:
    meaning = _meaning(error)
    if meaning is error:
        raise error  # ours to mend, and never its own cause: whoever follows causes would not come to an end
    raise meaning from error


def _meaning(error: Exception) -> BaseException:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, asyncpg.PostgresError):
        constraint = getattr(error, "constraint_name", None)
        return from_sqlstate(error.sqlstate or "", constraint, str(error)) or error
    return Unavailable(reason="connection") if isinstance(error, _LOST) else error


_: type[Database] = PostgresDatabase
