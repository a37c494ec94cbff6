"""A whole store in memory: staged writes, version checks, unique keys; the reference model of the contract suite."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from attrs import define, evolve, field, frozen

from retail_adapters.serialization import EventCodec, converter, prove
from retail_adapters.system.sealed_answers import KeptKey, SealedAnswers
from retail_adapters.system.stores import MEMORY, require_store
from retail_adapters.system.units import UnitSession
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import Stale, Taken, Unavailable
from retail_domain.kernel.events import Event
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ids import EventId, Ids
from retail_domain.kernel.once import KeyReused, Once


class Versioned(Protocol):
    """An aggregate the store counts the versions of."""

    @property
    def version(self) -> int: ...


K = TypeVar("K", bound=Hashable)
A = TypeVar("A", bound=Versioned)
T = TypeVar("T")


@define(slots=False)
class StoredEvent:
    """An event as it lies in the log."""

    id: EventId
    event: Event
    position: int


@define(slots=False)
class StoredDelivery:
    """One reaction that must follow an event."""

    position: int
    event_id: EventId
    reaction: str
    aggregate_id: Hashable
    next_at: datetime
    attempts: int = 0
    done_at: datetime | None = None
    parked_at: datetime | None = None
    error: str | None = None


@frozen
class MemoryTools:
    """What every unit needs beside its store."""

    clock: Clock
    ids: Ids
    codec: EventCodec
    reactions: Callable[[Event], Sequence[str]]
    sealed: SealedAnswers = field(factory=SealedAnswers)
    hosted: Mapping[Hosted[Any], Callable[[MemorySession], Any]] = field(factory=dict)
    """Collections of the host."""

    def __attrs_post_init__(self) -> None:
        require_store(self.hosted, MEMORY)


class Memory:
    """Everything that was ever committed."""

    def __init__(self, tools: MemoryTools) -> None:
        self.tools = tools
        self.tables: dict[str, dict[Any, Any]] = {}
        self.unique: dict[str, dict[Hashable, Any]] = {}
        self.logs: dict[str, list[Any]] = {}
        self.answers: dict[KeptKey, tuple[str, Any]] = {}
        self.events: list[StoredEvent] = []
        self.deliveries: list[StoredDelivery] = []
        self.delivered = 0
        """How many there ever were: made ones are forgotten, and their numbers never given again."""

    def table(self, name: str) -> dict[Any, Any]:
        """The committed rows of a collection by key."""
        return self.tables.setdefault(name, {})

    def log(self, name: str) -> list[Any]:
        """An append-only list: moves, ledger entries, audit trail."""
        return self.logs.setdefault(name, [])


class MemorySession(UnitSession):
    """One unit of work in progress."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory.tools.hosted)
        self.memory = memory
        self.tools = memory.tools
        self.events: list[Event] = []
        self.appended: list[tuple[str, Any]] = []
        self.collections: list[MemoryCollection[Any, Any]] = []
        self.answers: dict[KeptKey, tuple[str, Any]] = {}
        self.checks: list[Callable[[], None]] = []
        self.at_commit: list[Callable[[], None]] = []
        self._is_open = True

    def commit(self) -> None:
        """Check everything, then apply everything: all or nothing, and once, whether it succeeds or not."""
        if not self._is_open:
            raise Unavailable(reason="transaction is over")
        self._is_open = False
        for event in self.events:
            self.tools.codec.write(event)  # what SQL could not store must not pass here either
        for check in self.checks:
            check()
        for key in self.answers:
            if key in self.memory.answers:
                raise Taken(table="answers", columns=("principal", "operation", "key"))
        for collection in self.collections:
            collection.check()
        for collection in self.collections:
            collection.apply()
        self.memory.answers.update(self.answers)
        for log, entry in self.appended:
            self.memory.log(log).append(entry)
        for mark in self.at_commit:
            mark()
        for event in self.events:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        stored = StoredEvent(EventId(self.tools.ids.new()), event, len(self.memory.events) + 1)
        self.memory.events.append(stored)
        for reaction in self.tools.reactions(event):
            self.memory.delivered += 1
            position = self.memory.delivered
            self.memory.deliveries.append(StoredDelivery(position, stored.id, reaction, event.aggregate_id, event.at))


class MemoryCollection(Generic[K, A]):
    """A collection of aggregates; subclasses name their table, their key and what must be unique."""

    lies_in: ClassVar[str] = MEMORY
    table: ClassVar[str]
    key_columns: ClassVar[str] = "id"
    """What the primary key is made of in a database, joined by `+`."""
    unique: ClassVar[Mapping[str, Callable[[Any], Hashable | None]]] = {}
    """Rule `table.column+column` -> its value for a state; None is never a clash."""
    transient: ClassVar[Mapping[str, Any]] = {}
    """Fields that are not kept with the aggregate, such as the moves of a change."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session
        self._staged: dict[K, tuple[A | None, A]] = {}
        self._gone: set[K] = set()
        session.collections.append(self)

    def key(self, state: A) -> K:
        """What identifies this aggregate: its `id`."""
        return state.id  # type: ignore[attr-defined, no-any-return]

    def save(self, change: Change[A]) -> None:
        """Stage a change and its events."""
        key = self.key(change.state)
        before = self._staged[key][0] if key in self._staged else change.before
        self._staged[key] = (before, change.state)
        self._session.events.extend(change.events)

    def look(self, key: K) -> A | None:
        """Staged, else committed, else None."""
        if key in self._gone:
            return None
        return self._staged[key][1] if key in self._staged else self._committed().get(key)

    def every(self) -> list[A]:
        """All there are, staged ones included."""
        found = {**self._committed(), **{key: state for key, (_, state) in self._staged.items()}}
        return [state for key, state in found.items() if key not in self._gone]

    def drop(self, key: K) -> None:
        """Stage a removal."""
        self._gone.add(key)

    def drop_first(self, ended: list[tuple[datetime, K]], most: int) -> int:
        """Stage the removal of those that ended first; how many."""
        first = sorted(ended, key=lambda one: one[0])[:most]
        for _, key in first:
            self.drop(key)
        return len(first)

    def changed_keys(self) -> Sequence[K]:
        """Which rows this unit has changed so far."""
        return [*(key for key, (before, state) in self._staged.items() if state is not before), *self._gone]

    def stored(self, key: K) -> A | None:
        """What is committed, whatever is staged."""
        return self._committed().get(key)

    def log(self, name: str, entry: object) -> None:
        """Stage an entry of an append-only log."""
        self._session.appended.append((name, entry))

    def check(self) -> None:
        """Raise what a database would raise at commit."""
        committed = self._committed()
        for key, (before, state) in self._staged.items():
            now = committed.get(key)
            if before is None and now is not None:
                raise _taken(f"{self.table}.{self.key_columns}")
            if before is not None and state is not before and (now is None or now.version != before.version):
                raise Stale(what=self.table, ids=(str(key),))
        for constraint, value_of in self.unique.items():
            held = self._session.memory.unique.setdefault(constraint, {})
            freed = {value_of(committed[key]) for key in (*self._staged, *self._gone) if key in committed}
            taken: dict[Hashable, K] = {}
            for key, (_, state) in self._staged.items():
                value = value_of(state)
                if value is None or key in self._gone:
                    continue
                if taken.setdefault(value, key) != key or (held.get(value, key) != key and value not in freed):
                    raise _taken(constraint)

    def apply(self) -> None:
        """Make staged states the committed ones."""
        committed = self._committed()
        for constraint, value_of in self.unique.items():
            held = self._session.memory.unique.setdefault(constraint, {})
            for key in (*self._staged, *self._gone):
                if key in committed:
                    held.pop(value_of(committed[key]), None)
        for key in self._gone:
            committed.pop(key, None)
        for key, (before, state) in self._staged.items():
            if key in self._gone or state is before:
                continue
            seen = before.version if before is not None else 0
            committed[key] = evolve(state, version=seen + 1, **self.transient)  # type: ignore[misc]
        for constraint, value_of in self.unique.items():
            held = self._session.memory.unique[constraint]
            for key in self._staged:
                if key in committed and (value := value_of(committed[key])) is not None:
                    held[value] = key

    def _committed(self) -> dict[K, A]:
        return self._session.memory.table(self.table)


def _taken(rule: str) -> Taken:
    table, _, columns = rule.partition(".")
    return Taken(table=table, columns=tuple(columns.split("+")))


class MemoryAnswers:
    """What commands answered; see the port. Kept as JSON, like in a database."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session
        self._sealed = session.tools.sealed

    async def recall(self, once: Once | None, answer: type[T]) -> T | None:
        """The answer given before, or None."""
        prove(answer)
        told = self._told(once, answer) if once else None
        if isinstance(told, KeyReused):
            raise told
        return told

    async def recall_all(self, onces: Sequence[Once], answer: type[T]) -> Mapping[Once, T | KeyReused]:
        """The answers given before; a reused key is told, not raised."""
        prove(answer)
        told = {once: self._told(once, answer) for once in onces}
        return {once: one for once, one in told.items() if one is not None}

    def _told(self, once: Once, answer: type[T]) -> T | KeyReused | None:
        found = self._session.memory.answers.get(self._sealed.kept_key(once))
        if found is None:
            return None
        if found[0] != self._sealed.kept_fingerprint(once):
            return KeyReused(key=once.key)
        once.note_replay()
        return converter.structure(self._sealed.open(once, found[1]), answer)

    async def forget(self, before: datetime, limit: int) -> int:
        """This store keeps every answer: it forgets all of them when it ends."""
        return 0

    def remember(self, once: Once | None, answer: object) -> None:
        """Stage the answer, sealed; within one unit a key answers once."""
        if once is not None:
            prove(type(answer))
            told = (self._sealed.kept_fingerprint(once), self._sealed.close(once, answer))
            self._session.answers[self._sealed.kept_key(once)] = told
