"""Any driver SQLAlchemy speaks, and a place in a host's own transaction (GEN-R20)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, ClassVar, Final, NoReturn, TypeVar

from attrs import evolve
from sqlalchemy import and_, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, AsyncTransaction, async_scoped_session

from retail_adapters.sql.database import Course, Database, Flush, Transaction, Writes
from retail_adapters.sql.meanings import CONNECTION, READ_ONLY, DatabaseSaid, from_postgres, from_sqlite
from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.tables.base import SCHEMA
from retail_adapters.sql.writes import Write
from retail_domain.kernel.errors import CommitUnknown, Unavailable

T = TypeVar("T")


class SqlAlchemyDatabase:
    """Transactions of their own on an AsyncEngine."""

    has_one_writer: ClassVar[bool] = False

    def __init__(self, engine: AsyncEngine, *, schema: str = SCHEMA) -> None:
        self._engine = engine
        self._schema = schema

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        """A transaction on a connection of the engine."""
        connection = await _told(self._engine.connect().start())
        try:
            if read_only and connection.dialect.name == "postgresql":  # one snapshot, not one a statement
                moment = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection = await _told(moment)
            yield SqlAlchemyTransaction(connection, self._schema)
        finally:
            await asyncio.shield(connection.close())

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement."""
        async with self.begin() as transaction:
            return await transaction.rows(statement, **values)


class JoinedDatabase:
    """A part of the transaction a host has open: the host commits, we only release our savepoint.

    What a reader sees is as steady as the host's isolation level makes it.
    """

    has_one_writer: ClassVar[bool] = False

    def __init__(self, joins: AsyncConnection | AsyncSession, *, schema: str = SCHEMA) -> None:
        """Raises TypeError for what no part can be taken in; says what to give instead."""
        self._joins = _joinable(joins)
        self._schema = schema

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False) -> AsyncIterator[Transaction]:
        """A savepoint of the host's transaction; what is not committed inside is rolled back to it.

        What a session holds back is written first, so that the shop sees it, and refuses it where it breaks a rule.
        """
        connection = self._joins
        if isinstance(connection, AsyncSession):
            await connection.flush()
            connection = await _told(connection.connection())
        if connection.dialect.name != "postgresql":
            raise TypeError(f"joined() takes part in a transaction on PostgreSQL; this one is on {connection.dialect.name}")
        nested = await _told(connection.begin_nested().start())
        try:
            yield SqlAlchemyTransaction(connection, self._schema, nested)
        finally:
            if nested.is_active:
                await asyncio.shield(nested.rollback())

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement: it sees what the host has done so far."""
        async with self.begin(read_only=True) as transaction:
            return await transaction.rows(statement, **values)


_HINTS: Final[Mapping[str, str]] = {
    "AsyncEngine": "begin a transaction on it: async with engine.begin() as connection",
    "async_sessionmaker": "open a session with it: async with make_session() as session",
    "Session": "the shop is asynchronous and waits for no thread: use an AsyncSession",
    "Connection": "the shop is asynchronous and waits for no thread: use an AsyncConnection",
    "Engine": "the shop is asynchronous and waits for no thread: use an AsyncEngine, and a connection of it",
}
"""What people have in hand, by the name of its class."""


def _joinable(given: object) -> AsyncConnection | AsyncSession:
    if isinstance(given, async_scoped_session):
        given = given()
    if isinstance(given, AsyncConnection | AsyncSession):
        return given
    kind = type(given).__name__
    hint = f"; {_HINTS[kind]}" if kind in _HINTS else ""
    raise TypeError(f"joined() takes an AsyncConnection or an AsyncSession of SQLAlchemy, and no {kind}{hint}")


class SqlAlchemyTransaction:
    """A transaction that lets SQLAlchemy execute the clauses itself."""

    def __init__(self, connection: AsyncConnection, schema: str, nested: Any = None) -> None:
        self._connection = connection
        self._nested = nested
        self._course = Course()
        # Given with each statement: set on the connection it would move the host's own tables as well.
        self._options = {"schema_translate_map": {SCHEMA: schema}}

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """The rows a statement returns."""
        result = await self._run(statement.executable, values)
        return [dict(row) for row in result.mappings()]

    async def changed(self, statement: Statement, **values: Any) -> int:
        """How many rows a statement changed."""
        return int((await self._run(statement.executable, values)).rowcount)

    async def write(self, writes: Writes) -> Sequence[int]:
        """Row by row where a guard must be counted, in one go otherwise."""
        return [await self._write(write, rows) for write, rows in writes]

    async def _write(self, write: Write, rows: Sequence[Any]) -> int:
        clause = _clause(write, self._connection.dialect.name)
        if write.kind == "insert" and not write.ignore:
            await self._run(clause, [{name: row[name] for name in write.bound} for row in rows])
            return len(rows)
        changed = 0
        for row in rows:
            values = {(name if write.kind == "insert" else f"b_{name}"): row[name] for name in write.bound}
            changed += int((await self._run(clause, values)).rowcount)
        return changed

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone."""
        with self._course.step():
            part = await _told(self._connection.begin_nested().start())
        try:
            yield
        except BaseException:
            await self._back_to(part)
            raise
        with self._course.step():
            await _told(part.commit())

    async def _back_to(self, part: AsyncTransaction) -> None:
        try:
            await part.rollback()
        except DBAPIError:
            return  # what went wrong inside is told; the transaction stays dead
        self._course.is_open = True

    async def commit(self) -> None:
        """Make it last; inside a host's transaction, hand it to the host."""
        with self._course.step(last=True):
            await self._commit()

    async def finish(self, flushes: Sequence[Flush]) -> None:
        """Write, check the guards, make it last."""
        changed = await self.write([(flush.write, flush.rows) for flush in flushes])
        for flush, rows in zip(flushes, changed, strict=True):
            flush.check(rows)
        await self.commit()

    async def _commit(self) -> None:
        try:
            await (self._nested.commit() if self._nested is not None else self._connection.commit())
        except DBAPIError as error:
            if error.connection_invalidated:
                raise CommitUnknown(reason="connection lost") from error
            _raise(error)

    async def _run(self, clause: Any, values: Any) -> Any:
        with self._course.step():
            try:
                return await _told(self._connection.execute(clause, values, execution_options=self._options))
            except Unavailable as away:
                await self._end(away)
                raise

    async def _end(self, away: Unavailable) -> None:
        """Never use a connection again that is silent, or leads to a server that takes no writes; a host's is the host's."""
        if self._nested is None and away.reason in (READ_ONLY, CONNECTION):
            with suppress(DBAPIError, OSError):
                await self._connection.invalidate()


async def _told(work: Awaitable[T]) -> T:
    try:
        return await work
    except DBAPIError as error:
        _raise(error)
    except OSError as error:  # asyncpg's dialect lets those of connecting through as they are
        raise Unavailable(reason=CONNECTION) from error


def _clause(write: Write, dialect: str) -> Any:
    table = write.table
    if write.kind == "insert":
        if not write.ignore:
            return table.insert()
        insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
        return insert.values({name: bindparam(name) for name in write.columns}).on_conflict_do_nothing()
    where = and_(*(table.c[key] == bindparam(f"b_{key}") for key in write.keys))
    if write.guard:
        where = and_(where, table.c[write.guard] == bindparam("b_seen"))
    if write.kind == "update":
        return table.update().where(where).values({name: bindparam(f"b_{name}") for name in write.columns})
    return table.delete().where(where)


def _raise(error: DBAPIError) -> NoReturn:
    meaning = _meaning(error)
    if meaning is error:
        raise error
    raise meaning from error


def _meaning(error: DBAPIError) -> BaseException:
    if error.connection_invalidated:
        return Unavailable(reason=CONNECTION)
    original: Any = error.orig
    driver = getattr(original, "__cause__", None) or original
    name = getattr(original, "sqlite_errorname", "") or getattr(driver, "sqlite_errorname", "")
    if name:
        return from_sqlite(name, str(original)) or error
    sqlstate = getattr(original, "sqlstate", None) or getattr(driver, "sqlstate", None)
    return from_postgres(evolve(DatabaseSaid.by(driver, str(original)), sqlstate=sqlstate)) or error


_: type[Database] = SqlAlchemyDatabase
__: type[Database] = JoinedDatabase
