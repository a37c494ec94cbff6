"""The memory store in rough mode (decision 0022): statements interleave, as they do in a database under READ COMMITTED.

Reads see what is committed, statement by statement. `claim` waits for the rows of others. Versions and unique keys are
checked at commit. Nothing else is isolated: whoever uses it has to earn their safety. Who goes first, and what goes wrong,
is decided by the `Traffic`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from inspect import iscoroutinefunction
from typing import Any, Final, Protocol

from attrs import frozen

from retail_adapters.memory.deliveries import MemoryDeliveries
from retail_adapters.memory.reads import MemoryReads
from retail_adapters.memory.store import Memory, MemorySession, StoredDelivery
from retail_adapters.memory.unit_of_work import MemoryUnitOfWork
from retail_adapters.system.retry import is_first_try
from retail_domain.inventory import OnlineShelves
from retail_domain.kernel.events import Event
from retail_domain.kernel.hosted import Hosted
from retail_domain.kernel.ranks import Rank

_UNLOCKED: Final = frozenset({"quotes"})
"""What is claimed without a lock: it never changes."""
_HOPED_FOR: Final = frozenset({("carts", "claim"), ("address_books", "claim")})
"""What a first try claims without a lock: its version notices a rival (decision 0030)."""


@frozen
class InterleavedRow:
    """A row as it was and as it is now; None where there was or is none."""

    table: str
    key: Hashable
    before: Any
    after: Any


@frozen
class InterleavedCommit:
    """What one commit did."""

    rows: Sequence[InterleavedRow]
    logged: Sequence[tuple[str, Any]]
    events: Sequence[Event]


class Traffic(Protocol):
    """Decides when each statement runs, who waits, and what a commit comes to."""

    def statement(self, name: str) -> Awaitable[None]:
        """Awaited before a statement; may raise what a database raises."""
        ...

    async def take(self, unit: object, rows: Iterable[Hashable]) -> bool:
        """Lock rows until the unit ends; whether it had to wait for somebody."""
        ...

    def is_free(self, unit: object, row: Hashable) -> bool:
        """Whether nobody else has locked it."""
        ...

    def end(self, unit: object) -> None:
        """The unit is over."""
        ...

    async def commit(self, unit: object, apply: Callable[[], InterleavedCommit]) -> None:
        """Awaited for a commit; `apply` makes it so, or raises what the checks find. The unit is over then."""
        ...


class InterleavingUnitOfWork:
    """A unit of work whose every statement is a chance for others to get in between."""

    def __init__(self, memory: Memory, traffic: Traffic) -> None:
        self._traffic = traffic
        self._session = MemorySession(memory)
        self._inner = MemoryUnitOfWork(memory, self._session)

    def __getattr__(self, name: str) -> Any:
        inner = InterleavingDeliveries(self._session, self) if name == "deliveries" else getattr(self._inner, name)
        collection = self._collection(name, inner)
        self.__dict__[name] = collection
        return collection

    def _collection(self, name: str, inner: Any) -> InterleavingCollection:
        return InterleavingCollection(inner, self, self._traffic)

    def is_free(self, row: Hashable) -> bool:
        """Whether nobody else has locked it."""
        return self._traffic.is_free(self, row)

    def holds(self, rank: Rank) -> bool:
        """Whether rows of this rank, or of a later one, were locked in this unit."""
        return self._session.holds(rank)

    def hosted(self, which: Hosted[Any]) -> Any:
        """The host's collection in this unit, as open to rivals as the shop's own."""
        name = f"hosted {which.name}"
        if name not in self.__dict__:
            self.__dict__[name] = self._collection(name, self._inner.hosted(which))
        return self.__dict__[name]

    async def flush(self) -> None:
        """Nothing is written before the commit."""
        await self._traffic.statement("flush")

    async def commit(self) -> None:
        """Wait for the rows that others have locked, then check and apply everything."""
        changed = [(one.table, key) for one in self._session.collections for key in one.changed_keys()]
        await self._traffic.take(self, changed)
        await self._traffic.commit(self, self._apply)

    def _apply(self) -> InterleavedCommit:
        session = self._session
        before = [(one, key, one.stored(key)) for one in session.collections for key in one.changed_keys()]
        session.commit()
        rows = [InterleavedRow(one.table, key, was, one.stored(key)) for one, key, was in before]
        return InterleavedCommit(rows, session.appended, session.events)


class InterleavingDeliveries(MemoryDeliveries):
    """The outbox: a delivery that a rival has locked is passed over."""

    table: Final = "deliveries"

    def __init__(self, session: MemorySession, unit: InterleavingUnitOfWork) -> None:
        super().__init__(session)
        self._unit = unit

    def key(self, delivery: Any) -> int:
        """Its position."""
        position: int = delivery.position
        return position

    def _is_free(self, row: StoredDelivery) -> bool:
        return self._unit.is_free((self.table, row.position))


class InterleavingCollection:
    """A collection: before each of its statements others may go first, and its claims wait for the locks of others."""

    def __init__(self, inner: Any, unit: InterleavingUnitOfWork, traffic: Traffic) -> None:
        self.inner, self._unit, self._traffic = inner, unit, traffic

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)
        kind = _kind(type(self.inner), name)  # type: ignore[arg-type]
        if kind == "claim":
            method = self.claiming(method, name)
        elif kind == "read":
            method = self.reading(method, name)
        self.__dict__[name] = method
        return method

    def reading(self, method: Any, name: str) -> Any:
        """A statement that sees what is committed at its moment."""
        statement, told = self._traffic.statement, f"{type(self.inner).__name__}.{name}"

        async def read(*arguments: Any, **named: Any) -> Any:
            await statement(told)
            return await method(*arguments, **named)

        return read

    def claiming(self, method: Any, name: str) -> Any:
        """A statement that locks what it finds, and looks again when it had to wait; some first tries only look."""
        traffic, inner, unit = self._traffic, self.inner, self._unit
        told = f"{inner.table}.{name}"

        async def claim(*arguments: Any) -> Any:
            given = tuple(tuple(one) if isinstance(one, Iterable) and not isinstance(one, str) else one for one in arguments)
            await traffic.statement(told)
            if (inner.table, name) in _HOPED_FOR and is_first_try():
                return await method(*given)
            while True:
                found = await method(*given)
                rows = [(inner.table, key) for key in _keys_of(inner, found)]
                if not await traffic.take(unit, rows):
                    return found

        return claim


@cache
def _kind(of: type, name: str) -> str:
    if not iscoroutinefunction(getattr(of, name, None)):
        return "plain"
    return "claim" if name.startswith("claim") and getattr(of, "table", "") not in _UNLOCKED else "read"


def _keys_of(collection: Any, found: Any) -> Iterable[Hashable]:
    if found is None:
        return ()
    if isinstance(found, OnlineShelves):
        return found.items
    if isinstance(found, Mapping):
        return found
    return [collection.key(one) for one in (found if isinstance(found, tuple) else (found,))]


@frozen
class InterleavingStore:
    """Opens rough units of work on a memory."""

    memory: Memory
    traffic: Traffic
    unit: Callable[[Memory, Traffic], InterleavingUnitOfWork] = InterleavingUnitOfWork

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """`async with store.begin() as work:`; leaving without commit forgets what was staged, and frees what was locked."""
        unit = self.unit(self.memory, self.traffic)
        try:
            yield unit
        finally:
            self.traffic.end(unit)


class InterleavingReads:
    """The read side, with a chance for others before every query."""

    def __init__(self, memory: Memory, traffic: Traffic) -> None:
        self._inner, self._traffic = MemoryReads(memory), traffic

    def __getattr__(self, name: str) -> Any:
        queries = _RoughQueries(getattr(self._inner, name), self._traffic)
        self.__dict__[name] = queries
        return queries


class _RoughQueries:
    def __init__(self, inner: Any, traffic: Traffic) -> None:
        self._inner, self._traffic = inner, traffic

    def __getattr__(self, name: str) -> Any:
        method, statement = getattr(self._inner, name), self._traffic.statement
        told = f"{type(self._inner).__name__}.{name}"

        async def query(*arguments: Any, **named: Any) -> Any:
            await statement(told)
            return await method(*arguments, **named)

        self.__dict__[name] = query
        return query
