"""Rows of the application around the shop, stored in the shop's own transactions on PostgreSQL and SQLite.

All a host needs is here. His tables are his: in a schema of his own on PostgreSQL, which SQLite, knowing none, sees as a prefix
(`gifts.days` is called `gifts_days`), with his own migrations. `hosted_rows` keeps states by key; who needs other questions
answered subclasses `SqlCollection`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from attrs import frozen
from sqlalchemy import Connection, MetaData, Table, create_engine, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from retail_adapters.sql.database import Flush as Flush
from retail_adapters.sql.rows import Part as Part, Rows as Rows, spread as spread
from retail_adapters.sql.session import (
    SqlCollection as SqlCollection,
    SqlSession as SqlSession,
    inserted as inserted,
    updated as updated,
)
from retail_adapters.sql.statement import AnyOf as AnyOf, EachOf as EachOf, Statement as Statement
from retail_adapters.sql.types import (
    Choice as Choice,
    Doc as Doc,
    Flag as Flag,
    Id as Id,
    Instant as Instant,
    Whole as Whole,
    Words as Words,
)
from retail_adapters.sql.writes import delete_from as delete_from, insert_into as insert_into, update_of as update_of
from retail_domain.kernel.ranks import Rank

A = TypeVar("A")


@frozen(kw_only=True)
class _Made:
    """What is made once for a collection, and used by every unit."""

    lies_in: ClassVar[str] = SqlCollection.lies_in
    table: Table
    rows: Rows[Any]
    key: Callable[[Any], Any]
    names: Sequence[str]
    rank: Rank
    begins: Callable[[Any], Any] | None
    locking: Statement
    looking: Statement

    def __call__(self, session: SqlSession) -> SqlHostedRows:
        """The collection of one unit."""
        return SqlHostedRows(session, self)


class SqlHostedRows(SqlCollection[Any, Any]):
    """States by the primary key of their table; see the port `HostedRows`."""

    def __init__(self, session: SqlSession, made: _Made) -> None:
        super().__init__(session)
        self._made = made
        self.table = made.table

    def key(self, state: Any) -> Any:
        """The value of its primary key; a tuple if that is of several columns."""
        return self._made.key(state)

    async def claim(self, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Locked, ascending."""
        made, wanted = self._made, sorted(set(keys))
        self._session.lock(made.rank)
        if wanted and made.begins is not None:
            fresh = [inserted(one, made.rows.row(one)) for one in map(made.begins, wanted)]
            await self._session.tx.write([(insert_into(made.table, ignore=True), fresh)])
        return await self._found(made.locking, wanted)

    async def of(self, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Without a lock."""
        return await self._found(self._made.looking, sorted(set(keys)))

    async def _found(self, statement: Statement, wanted: Sequence[Any]) -> Mapping[Any, Any]:
        if not wanted:
            return {}
        made = self._made
        columns = [list(part) for part in zip(*wanted, strict=True)] if len(made.names) > 1 else [list(wanted)]
        rows = await self._session.tx.rows(statement, **dict(zip(made.names, columns, strict=True)))
        stored = {self.key(one): one for one in map(made.rows.state, rows)}
        found = ((key, self.seen(key, stored.get(key))) for key in wanted)
        return {key: state for key, state in found if state is not None}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        row, table = self._made.rows.row, self._made.table
        new = [inserted(one, row(one)) for one in self.new()]
        changed = [updated(before, row(one)) for before, one in self.changed()]
        return [Flush(insert_into(table), new), Flush(update_of(table), changed, table.name)]


def hosted_rows(
    table: Table,
    kind: type[A],
    *,
    rank: Rank = Rank.HOST,
    begins: Callable[[Any], A] | None = None,
    parts: Mapping[str, Part] | None = None,
) -> Callable[[SqlSession], SqlHostedRows]:
    """A collection that keeps such states in this table: a column for each field, `version` among them.

    `begins`: what a row that is not there yet is claimed as, so that rivals meet at it; else it is absent. `rank`: where its
    locks stand; rows that belong to one order alone are read with `of`, and need none. Raises TypeError when fields and
    columns differ.
    """
    keys = list(table.primary_key.columns)
    names = [f"of_{column.name}" for column in keys]
    wanted = select(table).where(AnyOf(keys[0], names[0]) if len(keys) == 1 else EachOf(keys, names)).order_by(*keys)
    return _Made(
        table=table, rows=Rows(table, kind, parts=parts), key=attrgetter(*(column.name for column in keys)), names=names,
        rank=rank, begins=begins, locking=Statement(f"{table.name}.claim", wanted.with_for_update()),
        looking=Statement(f"{table.name}.of", wanted),
    )  # fmt: skip


def make_tables(url: str, metadata: MetaData) -> None:
    """Make these tables where they are missing, and the schema on PostgreSQL: for development and tests.

    In production they come with the host's own migrations.
    """
    if not url.startswith("sqlite"):
        asyncio.run(_make_on_postgres(url, metadata))
        return
    flat = MetaData()
    for table in metadata.sorted_tables:
        name = table.fullname.replace(".", "_", 1)
        table.to_metadata(flat, schema=None, name=name)  # type: ignore[arg-type]
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        flat.create_all(connection)


async def _make_on_postgres(url: str, metadata: MetaData) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_make_all, metadata)
    finally:
        await engine.dispose()


def _make_all(connection: Connection, metadata: MetaData) -> None:
    for schema in sorted({table.schema for table in metadata.tables.values() if table.schema}):
        connection.execute(CreateSchema(schema, if_not_exists=True))
    metadata.create_all(connection)
