"""Statements: SQLAlchemy writes the SQL once per dialect, the driver runs it (GEN-R20)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from attrs import evolve, field, frozen
from sqlalchemy import ARRAY, Boolean, Dialect, Executable, Table, bindparam, literal
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import Column

from retail_adapters.sql.tables.base import SCHEMA
from retail_adapters.sql.tables.settled import settled
from retail_adapters.sql.types import Coded, Processor, array_text

Row = Mapping[str, Any]

_QUALIFIED: Final = re.compile(rf"(?<![\w\"']){SCHEMA}\.(?=[a-z_])")
_OF_A_SCHEMA: Final = re.compile(r"\0(\w+)\.")
_LOCKING: Final = re.compile(r"\A\s*(?!SELECT\b)|\bFOR (UPDATE|NO KEY UPDATE|SHARE|KEY SHARE)\b")
_EXPANDING: Final = re.compile(r"__\[POSTCOMPILE_(\w+?)(?:~~\w+~~.*?)?\]")
MISSED: Final = "missed"
_WIDTHS: Final = (1, 8, 32, 128, 512, 2048, 8192)  # few texts, so that the driver's statement cache hits (GEN-R20)


@frozen(eq=False)
class Flavour:
    """A dialect and where our tables live in it: `retail.` becomes another schema, or a prefix on SQLite."""

    dialect: Dialect
    qualifier: str

    @property
    def channel(self) -> str:
        """Where processes tell each other that pages have changed (PostgreSQL); its name, too, has 63 letters at most."""
        return f"{self.qualifier.rstrip('.')[:57]}_pages"

    def localise(self, text: str) -> str:
        """Point every table name in this SQL at where the tables really are."""
        return _QUALIFIED.sub(self.qualifier, _OF_A_SCHEMA.sub(r"\1_", text))


class _Marking(SQLiteIdentifierPreparer):
    """SQLite knows no schemas: whatever name stands for one is marked, to become a prefix of its tables, a host's as well."""

    def quote_schema(self, schema: str, force: Any = None) -> str:
        """Marked."""
        return f"\0{schema}"


class _Sqlite(SQLiteDialect_pysqlite):
    supports_statement_cache = False
    preparer = _Marking


@cache  # one object for good: statements remember their compiled form by its identity
def sqlite_flavour() -> Flavour:
    """SQLite: tables are called `retail_orders`."""
    return Flavour(_Sqlite(), f"{SCHEMA}_")


@cache
def postgres_flavour(schema: str = SCHEMA) -> Flavour:
    """PostgreSQL: tables live in a schema of their own."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", schema):
        raise ValueError("a schema name is lower-case letters, digits and underscores")
    return Flavour(PGDialect_asyncpg(), f"{schema}.")  # type: ignore[no-untyped-call]


class AnyOf(ColumnElement[bool]):
    """`column = ANY(:name)` on PostgreSQL, `column IN (...)` on SQLite: one statement for any number of keys."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.array = bindparam(name, type_=ARRAY(column.type))
        self.listed = bindparam(name, type_=column.type, expanding=True)

    def self_group(self, against: Any = None) -> AnyOf:
        """Itself: as a plain yes-or-no column SQLAlchemy would write `IN (...) = 1` for SQLite, which no index answers."""
        return self

    @property
    def _from_objects(self) -> list[Any]:
        return list(self.column._from_objects)


@compiles(AnyOf, "postgresql")
def _any_of_array(element: AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY ({compiler.process(element.array, **options)})"


@compiles(AnyOf)
def _any_of_list(element: AnyOf, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.column.in_(element.listed), **options)


class NobodyWrites(Executable, ClauseElement):
    """From here to the end of the transaction nobody else has written to a table and not committed, nor writes to it.

    On SQLite a transaction that writes is alone anyway. On PostgreSQL the table is locked, without waiting: while somebody
    is writing, the statement fails as a lost race does.
    """

    inherit_cache = False

    def __init__(self, table: Table) -> None:
        self.table = table


@compiles(NobodyWrites, "postgresql")
def _lock_table(element: NobodyWrites, compiler: SQLCompiler, **_: Any) -> str:
    return f"LOCK TABLE {compiler.preparer.format_table(element.table)} IN SHARE ROW EXCLUSIVE MODE NOWAIT"


@compiles(NobodyWrites)
def _is_alone(element: NobodyWrites, compiler: SQLCompiler, **_: Any) -> str:
    return f"DELETE FROM {compiler.preparer.format_table(element.table)} WHERE 1 = 0"


class EachOf(ColumnElement[bool]):
    """`(a, b) IN` pairs from lists of equal length: one search for each, where `AnyOf` a list would be one for each mixture.

    SQLite answers every mixture: it has no arrays, and who asks picks out what he wants.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self, columns: Sequence[ColumnElement[Any]], names: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self.any_of = tuple(AnyOf(column, name) for column, name in zip(columns, names, strict=True))

    def self_group(self, against: Any = None) -> EachOf:
        """Itself, as `AnyOf` is."""
        return self

    @property
    def _from_objects(self) -> list[Any]:
        return [source for column in self.columns for source in column._from_objects]


@compiles(EachOf, "postgresql")
def _each_of_arrays(element: EachOf, compiler: SQLCompiler, **options: Any) -> str:
    columns = ", ".join(compiler.process(column, **options) for column in element.columns)
    arrays = ", ".join(compiler.process(one.array, **options) for one in element.any_of)
    return f"({columns}) IN (SELECT * FROM unnest({arrays}))"


@compiles(EachOf)
def _each_of_lists(element: EachOf, compiler: SQLCompiler, **options: Any) -> str:
    return " AND ".join(compiler.process(one, **options) for one in element.any_of)


@frozen(eq=False)
class Compiled:
    """The text for one dialect, how values go in and come out, and whether it locks or changes anything."""

    text: str
    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    binders: Mapping[str, Processor]
    expanding: frozenset[str]
    columns: tuple[str, ...]
    readers: tuple[tuple[str, Processor], ...]
    locks: bool

    def arguments(self, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The text to run and its arguments in order; lists on SQLite are padded to a few widths."""
        text, arguments = self.text, []
        for name in self.names:
            value = values[name] if name in values else self.defaults[name]
            binder = self.binders.get(name)
            if name in self.expanding:
                listed = [binder(one) for one in value] if binder else list(value)
                width = _width(len(listed))
                marks = ", ".join("?" * width) if listed else "SELECT NULL WHERE 0"
                text = _EXPANDING.sub(lambda found: marks if found[1] == name else found[0], text)  # noqa: B023
                arguments += listed + [listed[-1]] * (width - len(listed)) if listed else []
            else:
                arguments.append(binder(value) if binder and value is not None else value)
        return text, arguments

    def read(self, rows: Sequence[Any]) -> Sequence[Row]:
        """Rows as mappings with the shop's own values."""
        return [self._row(dict(zip(self.columns, row, strict=True))) for row in rows]

    def _row(self, values: dict[str, Any]) -> Row:
        for name, reader in self.readers:
            value = values[name]
            if value is not None:
                values[name] = reader(value)
        return values


def _width(many: int) -> int:
    for width in _WIDTHS:
        if width >= many:
            return width
    return -(-many // _WIDTHS[-1]) * _WIDTHS[-1]


@frozen(eq=False)
class Statement:
    """A named statement: the Core clause, and its compiled form per flavour (made once)."""

    name: str
    clause: ClauseElement
    _compiled: dict[int, Compiled] = field(factory=dict, init=False)

    def compiled(self, flavour: Flavour) -> Compiled:
        """This statement for one flavour."""
        found = self._compiled.get(id(flavour))
        if found is None:
            found = self._compiled[id(flavour)] = _compile(self.clause, flavour)
        return found

    @property
    def executable(self) -> Executable:
        """The clause, for an engine of SQLAlchemy to execute itself."""
        assert isinstance(self.clause, Executable)
        return self.clause


def _compile(clause: ClauseElement, flavour: Flavour) -> Compiled:
    compiled = clause.compile(dialect=flavour.dialect)
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or ())
    binds = {name: compiled.binds[name] for name in names}
    if flavour.dialect.name != "sqlite" and any(bind.expanding for bind in binds.values()):
        raise TypeError("a list of any length is written AnyOf(column, name): IN has no one text")
    binders = {name: processor for name, bind in binds.items() if (processor := _binder(bind.type, flavour.dialect))}
    columns = getattr(clause, "exported_columns", None) if _returns_rows(clause) else None
    readers = ((column.key, _reader(column.type, flavour.dialect)) for column in columns or ())
    return Compiled(
        text=flavour.localise(str(compiled)),
        names=names,
        defaults={name: value for name, value in compiled.params.items() if name in binds and not binds[name].required},
        binders=binders,
        expanding=frozenset(name for name, bind in binds.items() if bind.expanding),
        columns=tuple(column.key for column in columns or ()),
        readers=tuple((name, reader) for name, reader in readers if reader is not None),
        locks=_LOCKING.search(str(compiled)) is not None,
    )


def _returns_rows(clause: ClauseElement) -> bool:
    return bool(getattr(clause, "is_select", False) or getattr(clause, "_returning", ()))


def _binder(kind: Any, dialect: Dialect) -> Processor | None:
    if isinstance(kind, Coded):
        return kind.inward(dialect)
    if isinstance(kind, ARRAY):
        each = _binder(kind.item_type, dialect)
        return list if each is None else lambda values: [each(value) for value in values]
    return kind.dialect_impl(dialect).bind_processor(dialect)  # type: ignore[no-any-return]


def _reader(kind: Any, dialect: Dialect) -> Processor | None:
    if isinstance(kind, Coded):
        return kind.outward(dialect)
    return kind.dialect_impl(dialect).result_processor(dialect, None)  # type: ignore[no-any-return]


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

    def row(self, values: Mapping[str, Any]) -> list[Any]:
        """One row's arguments."""
        return [
            binder(value) if (value := values[name]) is not None and binder else value
            for name, binder in zip(self.names, self.binders, strict=True)
        ]

    def arrays(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any] | str]:
        """All rows' arguments, one array a column."""
        return [
            array_text(values) if name in self.spelled else values
            for name, binder in zip(self.names, self.binders, strict=True)
            for values in (_column(rows, name, binder),)
        ]


def _column(rows: Sequence[Mapping[str, Any]], name: str, binder: Processor | None) -> list[Any]:
    if binder is None:
        return [row[name] for row in rows]
    return [None if (value := row[name]) is None else binder(value) for row in rows]


@lru_cache(maxsize=1024)
def compiled_write(write: Write, flavour: Flavour) -> CompiledWrite:
    """This write for one flavour (made once)."""
    dialect = flavour.dialect
    binders = tuple(_binder(write.column(name).type, dialect) for name in write.bound)
    if dialect.name == "sqlite":
        text = single = _rowwise(write, dialect)
    else:
        text, single = _unnested(write, dialect), _single(write, dialect)
    spelled = frozenset(name for name in write.bound if _is_spelled(write, name))
    return CompiledWrite(flavour.localise(text), flavour.localise(single), write.bound, binders, spelled)


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
