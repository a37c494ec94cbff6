"""The narrow seam between the shop and a database: begin, rows, changed, write, savepoint, commit, finish (rulings 27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from typing import Any, Final, Protocol

from attrs import frozen
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from retail_adapters.sql.statement import Row, Statement, Write
from retail_adapters.sql.tables import metadata
from retail_domain.kernel.errors import Broken, DomainError, Retry, Stale, Taken, Unavailable

Rows = Sequence[Mapping[str, Any]]
Writes = Sequence[tuple[Write, Rows]]


@frozen
class Flush:
    """Rows to write with one statement, and whether every one of them must change something."""

    write: Write
    rows: Rows
    guards: str | None = None  # what to call it when a guard misses

    def check(self, changed: int) -> None:
        """Raises Stale when a guarded row was not there as it was read."""
        if self.guards and changed != len(self.rows):
            raise self.missed()

    def missed(self) -> Stale:
        """What to raise when a guard missed."""
        keys = self.write.keys
        return Stale(what=self.guards or "", ids=tuple("/".join(str(row[key]) for key in keys) for row in self.rows))


class Transaction(Protocol):
    """One transaction. After any error it is dead: nothing but leaving it is allowed (all stores alike)."""

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """The rows a statement returns."""
        ...

    async def changed(self, statement: Statement, **values: Any) -> int:
        """How many rows a statement changed."""
        ...

    async def write(self, writes: Writes) -> Sequence[int]:
        """Write rows, one statement a table, in the given order; how many rows each changed."""
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A part that can fail alone: an error inside rolls back to here and is raised; the transaction lives on."""
        ...

    async def commit(self) -> None:
        """Make it last. Raises CommitUnknown when the answer got lost."""
        ...

    async def finish(self, flushes: Sequence[Flush]) -> None:
        """`write` and `commit` in as few round trips as the database allows. Raises Stale when a guard misses."""
        ...


class Database(Protocol):
    """Where transactions begin."""

    def begin(self, *, read_only: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; leaving it without `commit` rolls back. Read-only ones see one moment throughout."""
        ...

    async def rows(self, statement: Statement, **values: Any) -> Sequence[Row]:
        """One reading statement outside any transaction."""
        ...


class Course:
    """Keeps the promise that a transaction takes nothing more after an error or its commit, on all stores alike."""

    is_open: bool = True
    has_failed: bool = False

    def step(self, *, last: bool = False) -> Step:
        """One step of the transaction; when it fails, and after the last one, the transaction is over."""
        if not self.is_open:
            raise Unavailable(reason="transaction is over")
        return Step(self, last)


class Step:
    """A `with` block around one step; a class, since there is one around every statement."""

    __slots__ = ("course", "last")

    def __init__(self, course: Course, last: bool) -> None:
        self.course = course
        self.last = last

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.course.has_failed = True
        if self.last or kind is not None:
            self.course.is_open = False


@lru_cache(maxsize=1)
def _unique_names() -> Mapping[str, str]:
    """Constraint name on PostgreSQL -> `table.column+column`, the name both databases report alike."""
    names: dict[str, str] = {}
    for table in metadata.tables.values():
        rules: list[Any] = [*table.constraints, *table.indexes]
        for rule in rules:
            unique = isinstance(rule, (UniqueConstraint, PrimaryKeyConstraint)) or (isinstance(rule, Index) and rule.unique)
            if unique and rule.name:
                names[str(rule.name)] = f"{table.name}.{'+'.join(column.name for column in rule.columns)}"
        names[f"pk_{table.name}"] = f"{table.name}.{'+'.join(c.name for c in table.primary_key.columns)}"
    return names


_RETRY: Final = frozenset({"40001", "40P01", "55P03", "0A000"})
"""Lost races; 0A000 is a prepared statement that a migration made stale."""
_AWAY: Final = frozenset({"08", "28", "3D", "53", "55", "57"})
"""Classes of errors that say the database cannot be used now: connection, login, gone, full, not in state, interfered."""
_READ_ONLY: Final = "25006"


def from_sqlstate(sqlstate: str | None, constraint: str | None, text: str) -> DomainError | None:
    """What a PostgreSQL error means to the shop; None when it is a bug of ours and should be seen as such."""
    if sqlstate in _RETRY:
        return Retry(reason=sqlstate or "")
    if sqlstate == "23505":
        return Taken(constraint=_unique_names().get(constraint or "", constraint or text))
    if sqlstate in {"23514", "23503", "23502", "22003"}:
        return Broken(check=constraint or text)
    if sqlstate is None or sqlstate[:2] in _AWAY or sqlstate == _READ_ONLY:
        return Unavailable(reason=sqlstate or "connection")
    return None


def from_sqlite(errorname: str, text: str) -> DomainError | None:
    """What an SQLite error means to the shop; None when it is a bug of ours and should be seen as such."""
    if errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Retry(reason=errorname)
    if errorname in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}:
        return Taken(constraint=_sqlite_unique(text))
    if errorname.startswith("SQLITE_CONSTRAINT"):
        return Broken(check=text.partition("failed: ")[2] or text)
    if errorname.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOMEM")):
        return Unavailable(reason=errorname)
    return None


def _sqlite_unique(text: str) -> str:
    told = text.partition("failed: ")[2]
    if told.startswith("index '"):
        name = told[len("index '") :].rstrip("'").removeprefix("retail_")
        return _unique_names().get(name, name)
    columns = [column.strip().removeprefix("retail_") for column in told.split(",")]
    table = columns[0].partition(".")[0]
    return f"{table}.{'+'.join(column.partition('.')[2] for column in columns)}"
