"""Writes: one statement for all rows of a table, made once per dialect (decision 0007)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Dialect, Table, literal
from sqlalchemy.sql.schema import Column

from retail_adapters.sql.statement import Flavour, binder
from retail_adapters.sql.tables.settled import settled
from retail_adapters.sql.types import Coded, Processor, array_text

MISSED: Final = "missed"


@frozen(cache_hash=True)
class Write:
    """How many rows of one table are written by one statement.

    `insert`: all `columns`; `ignore=True` leaves rows whose key exists alone. `update`: sets `columns` where `keys`
    match and, with a `guard`, where that column still has the value bound as `seen`. `delete`: where `keys` match.
    """

    kind: str
    table: Table
    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    guard: str | None = None
    ignore: bool = False
    usual: tuple[str, ...] = ()
    """Columns that an insert gives their usual value in every row, and so is not told it."""

    @property
    def name(self) -> str:
        """What a trace calls it."""
        return f"{self.table.name}.{self.kind}"

    @property
    def bound(self) -> tuple[str, ...]:
        """The names each row must bind, in order."""
        if self.kind == "insert":
            return self.columns
        return self.columns + self.keys + (("seen",) if self.guard else ())

    def column(self, name: str) -> Column[Any]:
        """The column a bound name belongs to."""
        return self.table.c[self.guard if name == "seen" and self.guard else name]


def filled(write: Write, rows: Sequence[Mapping[str, Any]]) -> Write:
    """The same insert without the columns that no row gives a value, or all rows their usual one.

    A fresh order leaves a third of its own for later; and each column of several rows is a list that the database takes apart.
    """
    if write.kind != "insert":
        return write
    empty, usual = _may_be_empty(write), _may_be_usual(write)
    for row in rows:
        empty = tuple([name for name in empty if row[name] is None])
        usual = tuple([one for one in usual if row[one[0]] == one[1]])
    return _without(write, empty, tuple([name for name, _ in usual])) if empty or usual else write


@cache
def _may_be_empty(write: Write) -> tuple[str, ...]:
    """Columns without which a row holds nothing there: such as have no default of their own."""
    table = write.table
    return tuple(name for name in write.columns if table.c[name].nullable and table.c[name].server_default is None)


@cache
def _may_be_usual(write: Write) -> tuple[tuple[str, Any], ...]:
    return tuple((name, write.table.c[name].info["usual"]) for name in write.columns if "usual" in write.table.c[name].info)


@lru_cache(maxsize=1024)
def _without(write: Write, empty: tuple[str, ...], usual: tuple[str, ...]) -> Write:
    return evolve(write, columns=tuple(name for name in write.columns if name not in (*empty, *usual)), usual=usual)


def _usual_values(write: Write, dialect: Dialect) -> list[str]:
    """The usual values as the database spells them."""
    return [str(literal(write.table.c[name].info["usual"], write.column(name).type).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True})) for name in write.usual]  # fmt: skip


@cache
def insert_into(table: Table, *, ignore: bool = False) -> Write:
    """Insert whole rows."""
    columns = tuple(column.name for column in table.columns if column.identity is None)
    return Write("insert", table, columns, ignore=ignore)


@cache
def born_without(insert: Write, *columns: str) -> Write:
    """The same insert for rows that get these columns' values later."""
    return evolve(insert, columns=tuple(name for name in insert.columns if name not in columns))


@cache
def update_of(table: Table, *, guard: str | None = "version", keys: tuple[str, ...] | None = None) -> Write:
    """Update what can change of rows, by primary key and owner, guarded by the version they were read at."""
    owner, fixed = table.info.get("owner"), settled(table)
    key = keys or tuple(c.name for c in table.columns if c.primary_key or (c.name == owner and not c.nullable))
    return Write("update", table, tuple(c.name for c in table.columns if c.name not in (*key, *fixed)), key, guard)


@cache
def delete_from(table: Table, *keys: str) -> Write:
    """Delete the rows with these key values."""
    return Write("delete", table, (), keys or tuple(column.name for column in table.primary_key.columns))


@frozen(eq=False)
class CompiledWrite:
    """A write for one dialect: the text for many rows and for one, and how each row's values go in."""

    text: str
    single: str
    names: tuple[str, ...]
    binders: tuple[Processor | None, ...]
    spelled: frozenset[str]  # the names whose arrays go as text
    row: Callable[[Mapping[str, Any]], list[Any]]
    """One row's arguments."""

    def arrays(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any] | str]:
        """All rows' arguments, one array a column."""
        return [
            array_text(values) if name in self.spelled else values
            for name, binder in zip(self.names, self.binders, strict=True)
            for values in (_column(rows, name, binder),)
        ]


def _compiled_row(names: Sequence[str], binders: Sequence[Processor | None]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """As plain as if written by hand for this write: an order is some fourteen rows, and SQLite is given each by itself."""
    entries = [
        f"row[{name!r}]" if binder is None else f"None if (value := row[{name!r}]) is None else bind_{at}(value)"
        for at, (name, binder) in enumerate(zip(names, binders, strict=True))
    ]
    scope: dict[str, Any] = {f"bind_{at}": binder for at, binder in enumerate(binders)}
    source = f"def arguments(row):\n    return [{', '.join(entries)}]"
    exec(compile(source, "<write arguments>", "exec"), scope)  # noqa: S102 - names of our own columns
    made: Callable[[Mapping[str, Any]], list[Any]] = scope["arguments"]
    return made


def _column(rows: Sequence[Mapping[str, Any]], name: str, binder: Processor | None) -> list[Any]:
    if binder is None:
        return [row[name] for row in rows]
    return [None if (value := row[name]) is None else binder(value) for row in rows]


@lru_cache(maxsize=1024)
def compiled_write(write: Write, flavour: Flavour) -> CompiledWrite:
    """This write for one flavour (made once)."""
    dialect = flavour.dialect
    binders = tuple(binder(write.column(name).type, dialect) for name in write.bound)
    if dialect.name == "sqlite":
        text = single = _rowwise(write, dialect)
    else:
        text, single = _unnested(write, dialect), _single(write, dialect)
    spelled = frozenset(name for name in write.bound if _is_spelled(write, name))
    row = _compiled_row(write.bound, binders)
    return CompiledWrite(flavour.localise(text), flavour.localise(single), write.bound, binders, spelled, row)


def _is_spelled(write: Write, name: str) -> bool:
    kind = write.column(name).type
    return isinstance(kind, Coded) and kind.spelled_alike


def _rowwise(write: Write, dialect: Dialect) -> str:
    place = write.table.fullname.replace(".", "_", 1)
    where = " AND ".join([f"{key} = ?" for key in write.keys] + ([f"{write.guard} = ?"] if write.guard else []))
    if write.kind == "insert":
        values = ", ".join(["?"] * len(write.columns) + _usual_values(write, dialect))
        tail = " ON CONFLICT DO NOTHING" if write.ignore else ""
        return f"INSERT INTO {place} ({', '.join(write.columns + write.usual)}) VALUES ({values}){tail}"
    if write.kind == "update":
        return f"UPDATE {place} SET {', '.join(f'{name} = ?' for name in write.columns)} WHERE {where}"
    return f"DELETE FROM {place} WHERE {where}"


@frozen(cache_hash=True)
class WritePart:
    """One write within a statement that makes several: of one row, which goes as it is, or of many, which go as arrays."""

    write: Write
    is_single: bool
    is_guarded: bool = False


@lru_cache(maxsize=4096)
def compiled_group(parts: tuple[WritePart, ...], flavour: Flavour) -> str:
    """One statement that makes all these writes and answers how many rows each changed (PostgreSQL).

    Where a write is guarded, a row that was missed makes the whole statement fail with `missed(place)`: so it can be a
    transaction by itself.
    """
    texts, counts, first = [], [], 1
    for place, part in enumerate(parts):
        texts.append(f"w{place} AS ({_part(part, flavour.dialect, first)} RETURNING 1)")
        counts.append(_count(part, place, first, flavour.dialect))
        first += len(part.write.bound)
    return flavour.localise(f"WITH {', '.join(texts)} SELECT {', '.join(counts)}")


def _part(part: WritePart, dialect: Dialect, first: int) -> str:
    return (_single if part.is_single else _unnested)(part.write, dialect, first)


def _count(part: WritePart, place: int, first: int, dialect: Dialect) -> str:
    if not part.is_guarded:
        return f"(SELECT count(*) FROM w{place})"
    wanted = "1" if part.is_single else f"cardinality({_array(part.write, part.write.bound[0], dialect, first)})"
    missed = f"('{MISSED}({place}) ' || count(*))::bigint"  # no number: the cast fails, and only when it is reached
    return f"(SELECT CASE WHEN count(*) = {wanted} THEN count(*) ELSE {missed} END FROM w{place})"


def _single(write: Write, dialect: Dialect, first: int = 1) -> str:
    place = write.table.fullname
    given = {name: f"${at}::{_sent_as(write, name, dialect)}" for at, name in enumerate(write.bound, first)}
    guard = [f"{write.guard} = {given['seen']}"] if write.guard else []
    where = " AND ".join([f"{key} = {given[key]}" for key in write.keys] + guard)
    if write.kind == "insert":
        tail = " ON CONFLICT DO NOTHING" if write.ignore else ""
        values = ", ".join([*(given[name] for name in write.columns), *_usual_values(write, dialect)])
        return f"INSERT INTO {place} ({', '.join(write.columns + write.usual)}) VALUES ({values}){tail}"
    if write.kind == "update":
        return f"UPDATE {place} SET {', '.join(f'{name} = {given[name]}' for name in write.columns)} WHERE {where}"
    return f"DELETE FROM {place} WHERE {where}"


def _kind(write: Write, name: str, dialect: Dialect) -> str:
    return str(write.column(name).type.compile(dialect))


def _sent_as(write: Write, name: str, dialect: Dialect) -> str:
    kind = _kind(write, name, dialect)
    return "text::jsonb" if kind == "JSONB" else kind


def _array(write: Write, name: str, dialect: Dialect, at: int) -> str:
    kind = _kind(write, name, dialect)
    if _is_spelled(write, name):
        return f"${at}::text::{kind}[]"
    return f"${at}::{'text' if kind == 'JSONB' else kind}[]"


def _unnested(write: Write, dialect: Dialect, first: int = 1) -> str:
    place = write.table.fullname
    arrays = ", ".join(_array(write, name, dialect, at) for at, name in enumerate(write.bound, first))
    given = {name: f"u.{name}::jsonb" if _kind(write, name, dialect) == "JSONB" else f"u.{name}" for name in write.bound}
    source = f"unnest({arrays}) AS u({', '.join(write.bound)})"
    where = " AND ".join([f"t.{key} = u.{key}" for key in write.keys] + ([f"t.{write.guard} = u.seen"] if write.guard else []))
    if write.kind == "insert":
        tail = " ON CONFLICT DO NOTHING" if write.ignore else ""
        chosen = ", ".join([*(given[name] for name in write.columns), *_usual_values(write, dialect)])
        return f"INSERT INTO {place} ({', '.join(write.columns + write.usual)}) SELECT {chosen} FROM {source}{tail}"
    if write.kind == "update":
        settings = ", ".join(f"{name} = {given[name]}" for name in write.columns)
        return f"UPDATE {place} AS t SET {settings} FROM {source} WHERE {where}"
    return f"DELETE FROM {place} AS t USING {source} WHERE {where}"
