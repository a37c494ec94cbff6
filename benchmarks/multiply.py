"""Pasts multiplied by SQL: every row of every table again under another mark and at another time, on either database.

Nothing is known here of what the rows mean, but for a few values that no two rows may share and that no id is part of, and for
the three counters that are kept elsewhere: units on shelves, units sold, and the limits of members, which have ids of members.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any, ClassVar, Final

import asyncpg
from attrs import define, field, frozen
from sqlalchemy import Column, Table

from benchmarks.furnished import in_loop
from benchmarks.past import TICK, Past, as_text
from retail_adapters.sql.tables.base import metadata
from retail_adapters.sql.tables.outbox import events
from retail_adapters.sql.types import Doc, Id, Instant, Raw, Words

COPIES_AT_ONCE: Final = 80
_TABLES: Final = tuple(metadata.sorted_tables)
_SHELF: Final = "stock_items"


@frozen(kw_only=True)
class Copies:
    """Which copies of a past to make: number k has a mark greater by k steps, and is later by as much if it is `moved`."""

    name: str
    past: Past
    step: int
    moved: bool
    first: int
    last: int

    def mark(self, number: int) -> str:
        """The mark of a copy."""
        return as_text(self.past.mark + number * self.step)

    def later(self, number: int) -> timedelta:
        """By how much a copy is later."""
        return number * self.step * TICK if self.moved else timedelta(0)


@define
class Ground(ABC):
    """A database, as far as multiplying needs it."""

    schema: ClassVar[str]

    @abstractmethod
    def run(self, sql: str) -> None:
        """Carry out statements."""

    @abstractmethod
    def row(self, sql: str) -> Sequence[Any]:
        """The one row of an answer."""

    @abstractmethod
    def put(self, name: str, rows: Sequence[tuple[int, str, timedelta]]) -> None:
        """Make a table of numbers, marks and times."""

    @abstractmethod
    def has_mark(self, column: Column[Any], mark: str) -> str:
        """Whether a value holds the mark."""

    @abstractmethod
    def marked(self, column: Column[Any], mark: str) -> str:
        """A value with the mark of the copy instead."""

    @abstractmethod
    def later(self, column: Column[Any]) -> str:
        """A moment, moved to the time of the copy."""

    @abstractmethod
    def fresh_bytes(self, column: Column[Any]) -> str:
        """Other bytes, one for each copy."""

    @abstractmethod
    def without_indexes(self) -> Any:
        """A block in which no index is kept up but those of keys."""

    @abstractmethod
    def settle(self) -> None:
        """Tidy up and let the planner know."""

    def place(self, table: str) -> str:
        """Where a table of the shop is."""
        return f"{self.schema}{table}"

    def kept(self, past: str, table: str) -> str:
        """Where the rows of a past are kept to be copied."""
        return f"bench_{past}_{table}"


def keep(ground: Ground, name: str, past: Past) -> None:
    """Put the rows of a past aside; the counters that it moved are reckoned from them."""
    mark = as_text(past.mark)
    for table in _TABLES:
        rules = " OR ".join(ground.has_mark(column, mark) for column in _may_hold_ids(table)) or "1 = 0"
        order = ", ".join(column.name for column in table.primary_key.columns)
        kept = ground.kept(name, table.name)
        ground.run(f"CREATE TABLE {kept} AS SELECT * FROM {ground.place(table.name)} WHERE {rules} ORDER BY {order}")
    moves, held = ground.kept(name, "stock_moves"), ground.kept(name, "reservations")
    ground.run(
        f"CREATE TABLE {ground.kept(name, 'shelves')} AS "
        f"SELECT sku_id, location_id, SUM(units) AS units, SUM(held) AS held FROM (SELECT "
        f"sku_id, location_id, units, 0 AS held FROM {moves} "
        f"UNION ALL SELECT sku_id, location_id, 0, open FROM {held}) AS counted GROUP BY sku_id, location_id"
    )
    ground.run(
        f"CREATE TABLE {ground.kept(name, 'sold')} AS SELECT l.product_id, SUM(l.quantity - l.refunded_shipped "
        f"- l.refunded_unshipped) AS units FROM {ground.kept(name, 'order_lines')} l JOIN {ground.kept(name, 'orders')} o "
        f"ON o.id = l.order_id WHERE o.paid_at IS NOT NULL GROUP BY l.product_id"
    )


def multiply(ground: Ground, copies: Copies) -> None:
    """Make the copies: all tables, then the counters."""
    texts = [text for table in _TABLES if (text := _copying(ground, table, copies))]
    with ground.without_indexes():
        for first in range(copies.first, copies.last + 1, COPIES_AT_ONCE):
            numbers = range(first, min(first + COPIES_AT_ONCE, copies.last + 1))
            ground.put("bench_copies", [(number, copies.mark(number), copies.later(number)) for number in numbers])
            for text in texts:
                ground.run(text)
    _count(ground, copies.name, copies.last - copies.first + 1)


def _may_hold_ids(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.columns if isinstance(column.type, Id | Words))


def _copying(ground: Ground, table: Table, copies: Copies) -> str:
    kept, mark = ground.kept(copies.name, table.name), as_text(copies.past.mark)
    columns = [column for column in table.columns if column.identity is None]
    searched = [column for column in columns if isinstance(column.type, Id | Words | Doc)]
    counts = ", ".join(f"SUM(CASE WHEN {ground.has_mark(column, mark)} THEN 1 ELSE 0 END)" for column in searched)
    number, *found = ground.row(f"SELECT COUNT(*), {counts or '0'} FROM {kept}")
    if not number:
        return ""
    with_mark = {column.name for column, count in zip(searched, found, strict=False) if count}
    values = [
        _next_number(ground, copies, kept) if column is events.c.number
        else _value(ground, column, mark if column.name in with_mark else "")
        for column in columns
    ]  # fmt: skip
    names = ", ".join(column.name for column in columns)
    return (
        f"INSERT INTO {ground.place(table.name)} ({names}) "
        f"SELECT {', '.join(values)} FROM bench_copies c CROSS JOIN {kept} s ORDER BY c.k"
    )


def _next_number(ground: Ground, copies: Copies, kept: str) -> str:
    """Copies are numbered on, as a worker numbers what is committed: without a gap. On SQLite nothing has a number."""
    (last,) = ground.row(f"SELECT MAX(number) FROM {ground.place('events')}")
    least, many = ground.row(f"SELECT MIN(number), COUNT(number) FROM {kept}")
    if not many:
        return "s.number"
    return f"s.number - {least} + {last + 1} + (c.k - {copies.first}) * {many}"


_NO_TWO_ALIKE: Final = frozenset(
    {"orders.number", "payments.provider_ref", "refunds.provider_ref", "inbox_notices.event_id", "inbox_notices.provider_ref"}
)


def _value(ground: Ground, column: Column[Any], mark: str) -> str:
    if f"{column.table.name}.{column.name}" == "members.phone":  # +86139........: other digits for each copy
        return f"'+' || CAST(CAST(substr(s.{column.name}, 2) AS bigint) + 1000 * c.k AS text)"
    if mark:
        return ground.marked(column, mark)
    if f"{column.table.name}.{column.name}" in _NO_TWO_ALIKE:
        return f"s.{column.name} || '-' || c.mark"
    if isinstance(column.type, Raw):
        return ground.fresh_bytes(column)
    return ground.later(column) if isinstance(column.type, Instant) else f"s.{column.name}"


def _count(ground: Ground, name: str, times: int) -> None:
    shelves, shelf = ground.kept(name, "shelves"), ground.place(_SHELF)
    same = f"m.sku_id = {shelf}.sku_id AND m.location_id = {shelf}.location_id"
    ground.run(
        f"UPDATE {shelf} SET on_hand = on_hand + {times} * (SELECT m.units FROM {shelves} m WHERE {same}), "
        f"reserved = reserved + {times} * (SELECT m.held FROM {shelves} m WHERE {same}) "
        f"WHERE EXISTS (SELECT 1 FROM {shelves} m WHERE {same})"
    )
    sold, products = ground.kept(name, "sold"), ground.place("products")
    ground.run(
        f"UPDATE {products} SET sold = sold + {times} * (SELECT m.units FROM {sold} m WHERE m.product_id = {products}.id) "
        f"WHERE EXISTS (SELECT 1 FROM {sold} m WHERE m.product_id = {products}.id)"
    )


@define
class PostgresGround(Ground):
    """PostgreSQL."""

    schema: ClassVar[str] = "retail."
    url: str

    def run(self, sql: str) -> None:
        """Without asking whether referenced rows are there: they are made, and the audit says so afterwards."""
        in_loop(self._run(["SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'", sql]))

    async def _run(self, statements: Sequence[str]) -> None:
        with_connection = await asyncpg.connect(self.url)
        try:
            for sql in statements:
                await with_connection.execute(sql)
        finally:
            await with_connection.close()

    def row(self, sql: str) -> Sequence[Any]:
        """The first row."""
        return self.rows(sql)[0]

    def rows(self, sql: str) -> Sequence[Sequence[Any]]:
        """All rows."""

        async def ask() -> Sequence[Sequence[Any]]:
            connection = await asyncpg.connect(self.url)
            try:
                return [tuple(row) for row in await connection.fetch(sql)]
            finally:
                await connection.close()

        return in_loop(ask())

    def put(self, name: str, rows: Sequence[tuple[int, str, timedelta]]) -> None:
        """A small table that the planner knows to be small."""
        values = ", ".join(f"({k}, '{mark}', interval '{later.total_seconds()} seconds')" for k, mark, later in rows)
        self.run(
            f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (k bigint, mark text, later interval); "
            f"INSERT INTO {name} VALUES {values}; ANALYZE {name}"
        )

    def has_mark(self, column: Column[Any], mark: str) -> str:
        """As text."""
        return f"position('{mark}' in {column.name}::text) > 0"

    def marked(self, column: Column[Any], mark: str) -> str:
        """Through text and back."""
        back = "::uuid" if isinstance(column.type, Id) else "::jsonb" if isinstance(column.type, Doc) else ""
        return f"replace(s.{column.name}::text, '{mark}', c.mark){back}"

    def later(self, column: Column[Any]) -> str:
        """Plus an interval."""
        return f"s.{column.name} + c.later"

    def fresh_bytes(self, column: Column[Any]) -> str:
        """The mark in front."""
        return f"decode(c.mark, 'hex') || substr(s.{column.name}, 5)"

    @contextmanager
    def without_indexes(self) -> Iterator[None]:
        """They are dropped, and made again at the end."""
        indexes = self.rows(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
            "JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = 'retail'::regnamespace "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint r WHERE r.conindid = i.indexrelid)"
        )
        self.run("; ".join(f"DROP INDEX {name}" for name, _ in indexes))
        yield
        self.run("; ".join(made for _, made in indexes))

    def settle(self) -> None:
        """As autovacuum would have done meanwhile."""
        in_loop(self._run(["VACUUM ANALYZE"]))


@define
class SqliteGround(Ground):
    """SQLite; the file is nobody else's meanwhile."""

    schema: ClassVar[str] = "retail_"
    connection: sqlite3.Connection = field(repr=False)

    def run(self, sql: str) -> None:
        """On the one connection."""
        self.connection.executescript(sql)

    def row(self, sql: str) -> Sequence[Any]:
        """The first row."""
        answer: Sequence[Any] = self.connection.execute(sql).fetchone()
        return answer

    def put(self, name: str, rows: Sequence[tuple[int, str, timedelta]]) -> None:
        """Marks as text and as bytes, times in microseconds."""
        self.run(f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (k INTEGER, mark TEXT, bytes BLOB, later INTEGER)")
        told = [(k, mark, bytes.fromhex(mark), later // timedelta(microseconds=1)) for k, mark, later in rows]
        self.connection.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", told)

    def has_mark(self, column: Column[Any], mark: str) -> str:
        """At the front of bytes, anywhere in a text."""
        if isinstance(column.type, Id):
            return f"substr({column.name}, 1, 4) = x'{mark}'"
        return f"instr({column.name}, '{mark}') > 0"

    def marked(self, column: Column[Any], mark: str) -> str:
        """Bytes in front of bytes; text within text."""
        if isinstance(column.type, Id):
            moved = f"CAST(c.bytes || substr(s.{column.name}, 5) AS BLOB)"
            return f"CASE WHEN substr(s.{column.name}, 1, 4) = x'{mark}' THEN {moved} ELSE s.{column.name} END"
        return f"replace(s.{column.name}, '{mark}', c.mark)"

    def later(self, column: Column[Any]) -> str:
        """Plus microseconds."""
        return f"s.{column.name} + c.later"

    def fresh_bytes(self, column: Column[Any]) -> str:
        """The mark in front."""
        return f"CAST(c.bytes || substr(s.{column.name}, 5) AS BLOB)"

    @contextmanager
    def without_indexes(self) -> Iterator[None]:
        """They are dropped, and made again at the end."""
        ours = "sql IS NOT NULL AND substr(tbl_name, 1, 7) = 'retail_'"
        found = self.connection.execute(f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND {ours}").fetchall()
        self.run("; ".join(f"DROP INDEX {name}" for name, _ in found))
        yield
        for _, made in found:
            self.run(made)

    def settle(self) -> None:
        """What a day of use leaves behind."""
        self.run("ANALYZE")


@contextmanager
def ground(url: str) -> Iterator[Ground]:
    """That database, to be filled."""
    if not url.startswith("sqlite"):
        yield PostgresGround(url)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA journal_mode = OFF")
        yield SqliteGround(connection)
        connection.executescript("PRAGMA journal_mode = WAL")
