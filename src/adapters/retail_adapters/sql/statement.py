"""Statements: SQLAlchemy writes the SQL once per dialect, the driver runs it (GEN-R20)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from attrs import field, frozen
from sqlalchemy import ARRAY, BigInteger, Boolean, Dialect, Executable, Table, bindparam
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler

from retail_adapters.sql.tables.base import SCHEMA
from retail_adapters.sql.types import Coded, Processor

Row = Mapping[str, Any]

_QUALIFIED: Final = re.compile(rf"(?<![\w\"']){SCHEMA}\.(?=[a-z_])")
_OF_A_SCHEMA: Final = re.compile(r"\0(\w+)\.")
_LOCKING: Final = re.compile(r"\A\s*(?!SELECT\b)|\bFOR (UPDATE|NO KEY UPDATE|SHARE|KEY SHARE)\b|\bpg_\w*advisory_xact_lock\b")
_EXPANDING: Final = re.compile(r"__\[POSTCOMPILE_(\w+?)(?:~~\w+~~.*?)?\]")
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
    is writing, the statement fails as a lost race does. One that `waits` has its turn instead: for what somebody is waiting
    for, and only where nothing was locked before, since those who are waited for may want it.
    """

    inherit_cache = False

    def __init__(self, table: Table, *, waits: bool = False) -> None:
        self.table = table
        self.waits = waits


@compiles(NobodyWrites, "postgresql")
def _lock_table(element: NobodyWrites, compiler: SQLCompiler, **_: Any) -> str:
    how = "" if element.waits else " NOWAIT"
    return f"LOCK TABLE {compiler.preparer.format_table(element.table)} IN SHARE ROW EXCLUSIVE MODE{how}"


@compiles(NobodyWrites)
def _is_alone(element: NobodyWrites, compiler: SQLCompiler, **_: Any) -> str:
    return f"DELETE FROM {compiler.preparer.format_table(element.table)} WHERE 1 = 0"


class InTurn(ColumnElement[bool]):
    """Whoever asks for a turn by this number waits until everybody who has it is done: for what has no row yet to lock.

    What follows from it is looked up by a statement of its own: this one sees what was stored before it had to wait.
    On SQLite a transaction that writes is alone anyway. `turn_of` makes the number.
    """

    inherit_cache = False
    type = Boolean()

    def __init__(self) -> None:
        self.turn = bindparam("turn", type_=BigInteger())


@compiles(InTurn, "postgresql")
def _advisory(element: InTurn, compiler: SQLCompiler, **options: Any) -> str:
    return f"pg_advisory_xact_lock({compiler.process(element.turn, **options)}) IS NULL"


@compiles(InTurn)
def _is_its_turn(_: InTurn, compiler: SQLCompiler, **options: Any) -> str:
    return "0"


def turn_of(what: str, whose: UUID) -> int:
    """The number of a turn; should two ever be equal, somebody waits without need."""
    return int.from_bytes(blake2b(what.encode() + whose.bytes, digest_size=8).digest(), signed=True)


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
    binders = {name: processor for name, bind in binds.items() if (processor := binder(bind.type, flavour.dialect))}
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


def binder(kind: Any, dialect: Dialect) -> Processor | None:
    """How a value of this type goes to the driver of this dialect; None: as it is."""
    if isinstance(kind, Coded):
        return kind.inward(dialect)
    if isinstance(kind, ARRAY):
        each = binder(kind.item_type, dialect)
        return list if each is None else lambda values: [each(value) for value in values]
    return kind.dialect_impl(dialect).bind_processor(dialect)  # type: ignore[no-any-return]


def _reader(kind: Any, dialect: Dialect) -> Processor | None:
    if isinstance(kind, Coded):
        return kind.outward(dialect)
    return kind.dialect_impl(dialect).result_processor(dialect, None)  # type: ignore[no-any-return]
