"""The narrow seam between the shop and a database: begin, rows, changed, write, savepoint, commit, finish (GEN-R20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Protocol

from attrs import Factory, field, frozen

from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.writes import Write
from retail_domain.kernel.errors import Stale, Unavailable

Rows = Sequence[Mapping[str, Any]]
Writes = Sequence[tuple[Write, Rows]]


def _guarded(flush: Flush) -> str | None:
    return flush.write.table.name if flush.write.guard else None


@frozen
class Flush:
    """Rows to write with one statement; of a write that has a guard, every one of them must change something."""

    write: Write
    rows: Rows
    guards: str | None = field(default=Factory(_guarded, takes_self=True))
    """What to call it when a guard misses: its table, if nothing else is said."""

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

    has_one_writer: ClassVar[bool]
    """Whether nobody else can write while a transaction is open."""

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

    def step(self, *, last: bool = False) -> GuardedStep:
        """One step of the transaction; when it fails, and after the last one, the transaction is over."""
        if not self.is_open:
            raise Unavailable(reason="transaction is over")
        return GuardedStep(self, last)


class GuardedStep:
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
