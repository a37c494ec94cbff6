"""What a unit of work shares with its collections: the transaction, what is staged, and the order of locks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from attrs import define, field, frozen
from sqlalchemy import MetaData, Table

from retail_adapters.serialization import EventCodec
from retail_adapters.sql.database import Flush, Transaction
from retail_adapters.sql.tables.base import metadata, order_of_writes
from retail_adapters.system.retry import is_first_try
from retail_adapters.system.sealed_answers import SealedAnswers
from retail_adapters.system.stores import DATABASE, require_store
from retail_adapters.system.units import UnitSession
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.events import Event
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ids import Ids
from retail_domain.kernel.ranks import Rank

if TYPE_CHECKING:  # all that a session knows of contexts, and only to keep it
    from retail_domain.pricing import PriceBook
    from retail_domain.settings import Timetable


class Versioned(Protocol):
    """An aggregate the store counts the versions of."""

    @property
    def version(self) -> int: ...


K = TypeVar("K", bound=Hashable)
A = TypeVar("A", bound=Versioned)
Values = Mapping[str, Any]
Staged = tuple["A | None", "A"]


@define
class Kept:
    """What need not be read again, since its version tells whether it is still so."""

    book: PriceBook | None = None
    timetable: Timetable | None = None


@frozen
class SqlTools:
    """What every unit needs beside its transaction."""

    clock: Clock
    ids: Ids
    codec: EventCodec
    reactions: Callable[[Event], Sequence[str]]
    sealed: SealedAnswers = field(factory=SealedAnswers)
    kept: Kept = field(factory=Kept)
    hosted: Mapping[Hosted[Any], Callable[[SqlSession], Any]] = field(factory=dict)
    """Collections of the host."""
    own_transactions: bool = True
    """In a host's transaction what is read may never come to be, and is not kept beyond it."""

    def __attrs_post_init__(self) -> None:
        require_store(self.hosted, DATABASE)


class SqlSession(UnitSession):
    """One unit of work in progress."""

    def __init__(self, transaction: Transaction, tools: SqlTools) -> None:
        super().__init__(tools.hosted)
        self.tx = transaction
        self.tools = tools
        self.events: list[Event] = []
        self.may_hope = is_first_try()
        """Whether what is claimed may be read without a lock: its version's guard notices rivals, and the unit is run again."""
        self._staging: list[Staging] = []

    def join(self, staging: Staging) -> None:
        """A collection that will have something to write."""
        self._staging.append(staging)

    def renewed(self) -> SqlSession:
        """The same transaction and locks, with nothing staged."""
        session = SqlSession(self.tx, self.tools)
        session._rank, session._held = self._rank, self._held
        return session

    def flushes(self, last: Sequence[Flush] = ()) -> Sequence[Flush]:
        """Everything staged, one write a table, parents before children."""
        staged = [flush for staging in sorted(self._staging, key=_place) for flush in staging.flushes()]
        return [flush for flush in (*staged, *last) if flush.rows]

    async def flush(self, last: Sequence[Flush] = ()) -> None:
        """Write everything staged; a missed guard raises Stale."""
        flushes = self.flushes(last)
        if flushes:
            counts = await self.tx.write([(flush.write, flush.rows) for flush in flushes])
            for flush, changed in zip(flushes, counts, strict=True):
                flush.check(changed)


class Staging(ABC):
    """Something that stages writes; `table` is where most of them go, and says when: see `order_of_writes`."""

    table: Table

    @abstractmethod
    def flushes(self) -> Sequence[Flush]:
        """What to write now."""


def _place(staging: Staging) -> tuple[bool, bool, int]:
    """What is only added, such as answers, comes after what decides; what the host keeps may point at the shop's own."""
    table = staging.table
    return _place_of(type(staging), table, len(table.metadata.tables))


@cache
def _place_of(kind: type[Staging], table: Table, how_many: int) -> tuple[bool, bool, int]:
    is_log = not issubclass(kind, SqlCollection)
    return table.metadata is not metadata, is_log, _places(table.metadata, how_many)[table]


@cache
def _places(tables: MetaData, _how_many: int) -> Mapping[Table, int]:
    return order_of_writes(tables)


class SqlCollection(Staging, Generic[K, A]):
    """A collection of aggregates: staged changes win over what the database says.

    Subclasses say what the key is and which rows a state becomes; reading is theirs too, through `seen`.
    """

    lies_in: ClassVar[str] = DATABASE

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._staged: dict[K, tuple[A | None, A]] = {}
        session.join(self)

    @property
    def rank(self) -> Rank:
        """Where claims of its rows stand in the order of locks."""
        rank: Rank = self.table.info["rank"]
        return rank

    @abstractmethod
    def key(self, state: A) -> K:
        """What identifies this aggregate."""

    def save(self, change: Change[A]) -> None:
        """Stage a change and its events; a later change of the same aggregate builds on it."""
        key = self.key(change.state)
        before = self._staged[key][0] if key in self._staged else change.before
        self._staged[key] = (before, change.state)
        self._session.events.extend(change.events)

    def seen(self, key: K, stored: A | None) -> A | None:
        """The staged state if there is one, else what was stored."""
        return self._staged[key][1] if key in self._staged else stored

    def new(self) -> Sequence[A]:
        """States that came to be in this unit."""
        return [state for before, state in self._staged.values() if before is None]

    def changed(self) -> Sequence[tuple[A, A]]:
        """(before, state) of those that were stored before and are different now."""
        return [
            (before, state) for before, state in self._staged.values()
            if before is not None and state is not before
        ]  # fmt: skip


def inserted(state: Versioned, values: Values) -> Values:
    """A first row: version 1."""
    return {**values, "version": 1}


def updated(before: Versioned, values: Values) -> Values:
    """A following row, guarded by the version that was read."""
    return {**values, "version": before.version + 1, "seen": before.version}
