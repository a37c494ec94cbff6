"""SQLite through the standard library: one writer thread, readers on their own connections (GEN-R20)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, suppress
from itertools import count
from typing import Any, ClassVar, Final, Literal, TypeVar

from retail_adapters.sql.database import Course, Database, Flush, Transaction, Writes
from retail_adapters.sql.files import open_file
from retail_adapters.sql.meanings import from_sqlite
from retail_adapters.sql.statement import Flavour, Row, Statement, sqlite_flavour
from retail_adapters.sql.writes import compiled_write
from retail_adapters.system.retry import LOCK_TIMEOUT, LOCKED_OUT_MAX
from retail_domain.kernel.errors import CommitUnknown, Retry, Unavailable

T = TypeVar("T")

_READERS: Final = 4


class SqliteDatabase:
    """One SQLite file. Writes queue for the one writer of this process; other processes wait by the busy timeout.

    Who waits in that queue as long as several of those timeouts last is told to come again. A file that cannot be written is
    read.
    """

    has_one_writer: ClassVar[bool] = True

    def __init__(self, path: str, *, busy_seconds: float = 5.0, durable: bool = True) -> None:
        self.flavour: Flavour = sqlite_flavour()
        self._path = path
        self._busy_seconds = busy_seconds
        self._durable = durable
        self._writer_thread = ThreadPoolExecutor(1, thread_name_prefix="retail-sqlite-writer")
        self._reader_threads = ThreadPoolExecutor(_READERS, thread_name_prefix="retail-sqlite-reader")
        self._writer: sqlite3.Connection | None = None
        self._turn = asyncio.Lock()
        self._in_line = 0
        """How many wait for the turn."""
        self._locked_out = 0
        """How often somebody had the turn and waited for another process in vain."""
        self._free: list[sqlite3.Connection] = []

    async def close(self) -> None:
        """Close every connection; transactions under way are rolled back."""
        await _in(self._writer_thread, self._close_all)
        self._writer_thread.shutdown()
        self._reader_threads.shutdown()

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        """A transaction: BEGIN IMMEDIATE for writers, a snapshot for readers."""
        if read_only:
            async with self._reading() as transaction:
                yield transaction
            return
        async with self._in_turn():
            if self._writer is None:
                self._writer = await _asked(self._writer_thread, self._connect)
            transaction = SqliteTransaction(self._writer, self._writer_thread, self.flavour, _begin_immediate)
            try:
                yield transaction
            except Retry as race:
                self._locked_out += race.reason == LOCK_TIMEOUT
                raise
            finally:
                if transaction.is_open:  # most have committed, and there is nothing to wait for
                    await asyncio.shield(transaction.end())

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        known = self._locked_out
        await (self._wait() if self._turn.locked() or self._in_line else self._turn.acquire())
        with ExitStack() as leaving:
            leaving.callback(self._turn.release)
            if self._locked_out != known:  # who stood before found out for everybody: waiting once more would be in vain
                raise Retry(reason=LOCK_TIMEOUT)
            yield

    async def _wait(self) -> Literal[True]:
        self._in_line += 1
        try:
            async with asyncio.timeout(self._busy_seconds * LOCKED_OUT_MAX):
                return await self._turn.acquire()
        except TimeoutError as too_long:
            raise Unavailable(reason=LOCK_TIMEOUT) from too_long
        finally:
            self._in_line -= 1

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[SqliteTransaction]:
        connection = await self._reader()
        transaction = SqliteTransaction(connection, self._reader_threads, self.flavour, _begin_reading)
        try:
            yield transaction
        finally:
            await asyncio.shield(self._put_back(connection, transaction))

    async def _reader(self) -> sqlite3.Connection:
        return self._free.pop() if self._free else await _asked(self._reader_threads, self._connect)

    async def _put_back(self, connection: sqlite3.Connection, transaction: SqliteTransaction) -> None:
        await transaction.end()
        self._free.append(connection)

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement on a reader's connection."""
        connection = await self._reader()
        try:
            return await SqliteTransaction(connection, self._reader_threads, self.flavour, _no_need).rows(statement, **values)
        finally:
            self._free.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = open_file(self._path, check_same_thread=False, timeout=self._busy_seconds, cached_statements=512)
        connection.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what was erased of somebody must not lie in the file (PRV-R4)
        return connection

    def _close_all(self) -> None:
        for connection in [*self._free, *([self._writer] if self._writer else [])]:
            connection.close()
        self._free.clear()
        self._writer = None


class SqliteTransaction:
    """One transaction on one connection; every call hops to the connection's thread once, the first one begins as well."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        thread: ThreadPoolExecutor,
        flavour: Flavour,
        begin: Callable[[sqlite3.Connection], None],
    ) -> None:
        self._connection = connection
        self._thread = thread
        self._flavour = flavour
        self._begin = begin
        self._savepoints = count(1)
        self._course = Course()

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """The rows a statement returns."""
        compiled = statement.compiled(self._flavour)
        text, arguments = compiled.arguments(values)
        return compiled.read(await self.run(lambda it: it.execute(text, arguments).fetchall()))

    async def changed(self, statement: Statement, **values: Any) -> int:
        """How many rows a statement changed."""
        text, arguments = statement.compiled(self._flavour).arguments(values)
        return await self.run(lambda it: it.execute(text, arguments).rowcount)

    async def write(self, writes: Writes) -> Sequence[int]:
        """All writes in one hop, each table by executemany."""
        ready = self._ready(writes)
        return await self.run(lambda it: [it.executemany(text, rows).rowcount for text, rows in ready])

    async def finish(self, flushes: Sequence[Flush]) -> None:
        """Write, check the guards and commit in one hop."""
        ready = self._ready([(flush.write, flush.rows) for flush in flushes])

        def work(connection: sqlite3.Connection) -> None:
            for flush, (text, rows) in zip(flushes, ready, strict=True):
                flush.check(connection.executemany(text, rows).rowcount)
            _commit(connection)

        await self.run(work, last=True)

    def _ready(self, writes: Writes) -> Sequence[tuple[str, Sequence[Sequence[Any]]]]:
        compiled = [compiled_write(write, self._flavour) for write, _ in writes]
        return [(each.text, [each.row(row) for row in rows]) for each, (_, rows) in zip(compiled, writes, strict=True)]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone."""
        name = f"part_{next(self._savepoints)}"
        await self.run(lambda it: it.execute(f"SAVEPOINT {name}"))
        try:
            yield
        except BaseException:
            # A full disk rolls everything back by itself: then there is nothing to go on with.
            self._course.is_open = await _in(self._thread, lambda: _back_to(self._connection, name))
            raise
        await self.run(lambda it: it.execute(f"RELEASE {name}"))

    async def commit(self) -> None:
        """Make it last."""
        await self.run(_commit, last=True)

    @property
    def is_open(self) -> bool:
        """Whether there is something to roll back; nothing of this transaction may be running."""
        return self._connection.in_transaction

    async def end(self) -> None:
        """Roll back what was not committed; nothing of this transaction is running any more, so asking first is safe."""
        if not self.is_open:
            return
        await _asked(self._thread, lambda: self._connection.rollback() if self._connection.in_transaction else None)

    async def run(self, work: Callable[[sqlite3.Connection], T], *, last: bool = False) -> T:
        """Do something on the connection's thread; errors come back as the shop's own."""
        with self._course.step(last=last):
            return await _asked(self._thread, lambda: self._done(work))

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        begin, self._begin = self._begin, _no_need
        begin(self._connection)
        return work(self._connection)


def _no_need(_connection: sqlite3.Connection) -> None:
    return


def _begin_immediate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")


def _begin_reading(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")  # the moment is the first read, not BEGIN


def _back_to(connection: sqlite3.Connection, savepoint: str) -> bool:
    if connection.in_transaction:
        connection.execute(f"ROLLBACK TO {savepoint}")
        connection.execute(f"RELEASE {savepoint}")
    return connection.in_transaction


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR"):
            raise CommitUnknown(reason="SQLITE_IOERR") from error
        raise


async def _asked(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    try:
        return await _in(thread, work)
    except sqlite3.Error as error:
        meaning = from_sqlite(getattr(error, "sqlite_errorname", ""), str(error))
        if meaning is None:
            raise
        raise meaning from error


async def _in(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    # A cancelled caller must not leave a statement running on a connection that is then rolled back under it.
    future = asyncio.get_running_loop().run_in_executor(thread, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():  # however often he is cancelled
            with suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        raise


_: type[Database] = SqliteDatabase
