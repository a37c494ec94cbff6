"""PostgreSQL through asyncpg, READ COMMITTED with locked reads and guarded statements."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from itertools import count
from typing import Any, ClassVar, Final, NoReturn

import asyncpg
from sqlalchemy import Table

from retail_adapters.sql.database import Course, Database, Flush, Rows, Transaction, Writes
from retail_adapters.sql.pool import open_pool as open_pool
from retail_adapters.sql.postgres_errors import LOST, is_lost, is_read_only, raise_meant, raise_unknown
from retail_adapters.sql.statement import Flavour, Row, Statement, postgres_flavour
from retail_adapters.sql.tables.catalog import FIGURES, PAGE_TABLES
from retail_adapters.sql.tables.inventory import stock_items
from retail_adapters.sql.writes import MISSED, Write, WritePart, compiled_group, compiled_write, filled
from retail_domain.kernel.errors import Unavailable

_BEGIN: Final = "BEGIN"
_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_MISSED: Final = re.compile(rf"{MISSED}\((\d+)\)")
SHOWN_TABLES: Final = PAGE_TABLES | {stock_items}
"""What pages show, with the figures in stock."""
_WHOLE: Final = "/* COMMIT */"
"""Ends a statement that is a whole transaction, so that who reads the database's log, or cuts the wire, can tell."""

_ACQUIRE_SECONDS: Final = 10.0
_GOODBYE_SECONDS: Final = 2.0
"""How long a connection may take to be given back or ended, a statement that was given up included; then it is cut."""


class PostgresDatabase:
    """A PostgreSQL database behind a pool that the caller opened and will close.

    With `keeps`, connections stay at hand between uses instead of going back to the pool each time, which costs more than
    a short statement; a pool that others draw from as well is better left without.
    """

    has_one_writer: ClassVar[bool] = False

    def __init__(self, pool: asyncpg.Pool[Any], *, schema: str = "retail", keeps: bool = False) -> None:
        self.flavour: Flavour = postgres_flavour(schema)
        self._pool = pool
        self._keeps = keeps
        self._at_hand: list[Any] = []
        self._waiting = 0
        self.era = 0
        """Another one whenever a server turned out to take no writes: connections from before lead to it."""
        self.changes = 0
        """How many changes of goods and stock were made here or heard of; for those who keep pages."""

    def hear_of_change(self, *_: object) -> None:
        """Somebody changed what pages show."""
        self.changes += 1

    def begin(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; a read-only one sees one snapshot."""
        return _Opened(self, _SNAPSHOT if read_only else _BEGIN)

    async def enter(self, begin: str) -> PostgresTransaction:
        """A transaction on a connection of its own, to be left in any case."""
        return PostgresTransaction(await self._acquire(), self, begin)

    async def leave(self, transaction: PostgresTransaction) -> None:
        """Take back what was not committed, and give the connection back, or end it."""
        if transaction.is_over or transaction.era != self.era:
            await asyncio.shield(self._end(transaction.connection))
        elif transaction.is_begun:
            await asyncio.shield(self._leave(transaction.connection))
        else:
            await self._put_back(transaction.connection, is_well=not transaction.has_failed)

    async def _acquire(self) -> Any:
        while self._at_hand:
            connection = self._at_hand.pop()
            if _is_alive(connection):
                return connection
            await self._give_back(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=_ACQUIRE_SECONDS)
        except (*LOST, asyncpg.PostgresError) as error:
            raise_meant(error)
        finally:
            self._waiting -= 1

    async def _put_back(self, connection: Any, *, is_well: bool = True) -> None:
        if self._keeps and is_well and not self._waiting and _is_alive(connection):
            self._at_hand.append(connection)
        else:
            await self._give_back(connection)

    async def _give_back(self, connection: Any) -> None:
        try:
            await self._pool.release(connection, timeout=_GOODBYE_SECONDS)
        except (*LOST, asyncpg.PostgresError):  # what is told is what went wrong before, never that it could not be tidied up
            _cut(connection)

    async def _end(self, connection: Any) -> None:
        """Never use it again, nor those that nobody uses just now: they most likely lead to the same server."""
        idle, self._at_hand = self._at_hand, []
        for one in idle:
            _cut(one)
            await self._give_back(one)
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await connection.close()  # has the server stop a statement that was given up, if it still listens
        except (*LOST, asyncpg.PostgresError):
            _cut(connection)
        await self._give_back(connection)

    async def takes_no_writes(self) -> None:
        """Who is asked is a stand-by, or was demoted: no connection there is to be used again."""
        self.era += 1
        await self._pool.expire_connections()

    async def let_go(self) -> None:
        """Give every connection at hand back to the pool, and keep none from now on; before the pool is closed."""
        self._keeps = False
        while self._at_hand:
            await self._give_back(self._at_hand.pop())

    async def _leave(self, connection: Any) -> None:
        try:
            # What the driver believes is not asked: it does not know of a BEGIN whose caller was cancelled.
            if _is_alive(connection):
                await connection.execute("ROLLBACK")
        except (*LOST, asyncpg.PostgresError):
            _cut(connection)
        finally:
            await self._put_back(connection)

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement on any connection."""
        async with self.begin() as transaction:
            return await transaction.rows(statement, **values)


class _Opened:
    """`async with` around a transaction; a class, since there is one around every request."""

    __slots__ = ("_begin", "_database", "_transaction")

    def __init__(self, database: PostgresDatabase, begin: str) -> None:
        self._database = database
        self._begin = begin

    async def __aenter__(self) -> PostgresTransaction:
        self._transaction = await self._database.enter(self._begin)
        return self._transaction

    async def __aexit__(self, *_: object) -> None:
        await self._database.leave(self._transaction)


class PostgresTransaction:
    """One transaction on one connection.

    It begins with the first statement that locks or changes anything: READ COMMITTED gives each statement before that a
    moment of its own, in a transaction or not. A unit that only reads and then writes once is one statement at its end.
    """

    def __init__(self, connection: Any, database: PostgresDatabase, begin: str) -> None:
        self.connection = connection
        self._database = database
        self._flavour = database.flavour
        self._begin = begin
        self._savepoints = count(1)
        self._course = Course()
        self._changed: set[Table] = set()
        self.era = database.era
        self.is_begun = False
        self.is_over = False
        """Whether the connection is to be ended: it tells nothing any more, or leads to a server that takes no writes."""

    @property
    def has_failed(self) -> bool:
        """Whether a statement failed or was given up."""
        return self._course.has_failed

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """The rows a statement returns."""
        compiled = statement.compiled(self._flavour)
        text, arguments = compiled.arguments(values)
        if compiled.locks or self._begin is _SNAPSHOT:
            await self._begun()
        return compiled.read(await self._asked(self.connection.fetch, text, arguments))

    async def changed(self, statement: Statement, **values: Any) -> int:
        """How many rows a statement changed."""
        text, arguments = statement.compiled(self._flavour).arguments(values)
        return _count(await self.execute(text, *arguments))

    async def write(self, writes: Writes) -> Sequence[int]:
        """As few statements as there can be: one for all tables that are written once."""
        self._note(writes)
        await self._begun()
        return [count for group in _groups(writes) for count in await self._write(group)]

    async def finish(self, flushes: Sequence[Flush]) -> None:
        """Write and make it last; where nothing was locked before, one statement is the whole transaction."""
        writes = [(flush.write, flush.rows) for flush in flushes]
        self._note(writes)
        try:
            await self._finish(flushes, writes)
        finally:
            if not SHOWN_TABLES.isdisjoint(self._changed):
                self._database.hear_of_change()

    def _note(self, writes: Writes) -> None:
        self._changed.update(write.table for write, _ in writes if set(write.columns) != FIGURES)

    async def _finish(self, flushes: Sequence[Flush], writes: Writes) -> None:
        tells = not PAGE_TABLES.isdisjoint(self._changed)
        if flushes and not tells and not self.is_begun and len(_groups(writes)) == 1:
            await self._write_alone(flushes, writes)
            return
        if flushes:
            for flush, changed in zip(flushes, await self.write(writes), strict=True):
                flush.check(changed)
        if tells:  # reaches the others with the commit, or not at all
            await self.execute("SELECT pg_notify($1, '')", self._flavour.channel)
        await self.commit()

    async def _write_alone(self, flushes: Sequence[Flush], writes: Writes) -> None:
        text, arguments = self._group(writes, [flush.guards is not None for flush in flushes])
        with self._course.step(last=True):
            try:
                await self.connection.fetchrow(f"{text} {_WHOLE}", *arguments)
            except (*LOST, asyncpg.PostgresError) as error:
                await self._judge(error)
                self._raise_alone(error, flushes)

    def _raise_alone(self, error: Exception, flushes: Sequence[Flush]) -> NoReturn:
        missed = _MISSED.search(str(error)) if isinstance(error, asyncpg.InvalidTextRepresentationError) else None
        if missed:
            raise flushes[int(missed[1])].missed() from error
        raise_unknown(error)
        raise_meant(error)

    async def _write(self, writes: Writes) -> Sequence[int]:
        if len(writes) == 1:
            write, rows = writes[0]
            text, arguments = self._one(filled(write, rows), rows)
            return [_count(await self.execute(text, *arguments))]
        text, arguments = self._group(writes, [False] * len(writes))
        return list(await self._asked(self.connection.fetchrow, text, arguments))

    def _one(self, write: Write, rows: Rows) -> tuple[str, Sequence[Any]]:
        compiled = compiled_write(write, self._flavour)
        if len(rows) == 1:
            return compiled.single, compiled.row(rows[0])
        return compiled.text, compiled.arrays(rows)

    def _group(self, writes: Writes, guarded: Sequence[bool]) -> tuple[str, Sequence[Any]]:
        needed = [(filled(write, rows), rows) for write, rows in writes]
        parts = [WritePart(write, len(rows) == 1, guard) for (write, rows), guard in zip(needed, guarded, strict=True)]
        arguments = [argument for write, rows in needed for argument in self._one(write, rows)[1]]
        return compiled_group(tuple(parts), self._flavour), arguments

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone."""
        name = f"part_{next(self._savepoints)}"
        await self.execute(f"SAVEPOINT {name}")  # begins, if nothing did before
        try:
            yield
        except BaseException:
            await self._back_to(name)
            raise
        await self.execute(f"RELEASE SAVEPOINT {name}")

    async def _back_to(self, name: str) -> None:
        try:
            await self.connection.execute(f"ROLLBACK TO SAVEPOINT {name}")
        except (*LOST, asyncpg.PostgresError) as error:
            await self._judge(error)
            return  # what went wrong inside is told; the transaction stays dead
        self._course.is_open = True

    async def commit(self) -> None:
        """Make it last. A connection lost while committing leaves the outcome unknown."""
        with self._course.step(last=True):
            if self.is_begun:
                await self._commit()
                self.is_begun = False

    async def _commit(self) -> None:
        try:
            told = await self.connection.execute("COMMIT")
        except (*LOST, asyncpg.PostgresError) as error:
            await self._judge(error)
            raise_unknown(error)
            raise_meant(error)
        if told != "COMMIT":  # an aborted transaction answers ROLLBACK without an error
            raise Unavailable(reason="transaction was aborted")

    async def execute(self, text: str, *arguments: Any) -> str:
        """Run a text that locks or changes something; errors come back as the shop's own."""
        await self._begun()
        # With arguments asyncpg prepares and caches; without, it sends a simple query: one round trip each.
        return str(await self._asked(self.connection.execute, text, arguments))

    async def _begun(self) -> None:
        if not self.is_begun:
            self.is_begun = True  # before: a caller cancelled while it is on its way has begun all the same
            await self._asked(self.connection.execute, self._begin, ())

    async def _asked(self, ask: Callable[..., Awaitable[Any]], text: str, arguments: Sequence[Any]) -> Any:
        with self._course.step():
            try:
                return await ask(text, *arguments)
            except Exception as error:  # noqa: BLE001 - raised again as what it means to the shop
                await self._judge(error)
                raise_meant(error)

    async def _judge(self, error: Exception) -> None:
        """Whether this connection can be used again after what happened."""
        if is_read_only(error):
            self.is_over = True
            await self._database.takes_no_writes()
        elif is_lost(error):
            self.is_over = True


def _is_alive(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken back a connection that was lost
        return False


def _cut(connection: Any) -> None:
    with suppress(asyncpg.InterfaceError):  # the pool has dropped a connection that was lost already
        connection.terminate()


def _groups(writes: Writes) -> Sequence[Writes]:
    """Runs of writes to different tables: what one table gets twice keeps its order (a number is free before it is taken)."""
    groups: list[list[Any]] = []
    tables: set[Any] = set()
    for one in writes:
        if not groups or one[0].table in tables:
            groups.append([])
            tables.clear()
        groups[-1].append(one)
        tables.add(one[0].table)
    return groups


def _count(status: str) -> int:
    number = status.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0  # what locks a table changes no rows


_: type[Database] = PostgresDatabase
