"""Hosted collections: what the application around the shop keeps in the shop's own units of work, under names of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, Protocol, TypeVar

from attrs import frozen

from retail_domain.kernel.change import Change

C = TypeVar("C")
K = TypeVar("K")
A = TypeVar("A")


@frozen(cache_hash=True)
class Hosted(Generic[C]):
    """The name of a collection and, for type checkers, its port: `DAYS: Hosted[HostedRows[date, Day]] = Hosted("days")`."""

    name: str


class HostedRows(Protocol[K, A]):
    """The collection that most kinds need: states by key, each with a `version` that the store counts."""

    async def claim(self, keys: Iterable[K]) -> Mapping[K, A]:
        """Those of these keys, locked in one order for all; unknown ones are absent, unless the collection begins them."""
        ...

    async def of(self, keys: Iterable[K]) -> Mapping[K, A]:
        """The same without a lock: for what a lock on something else covers, and for looking."""
        ...

    def save(self, change: Change[A]) -> None:
        """Stage a decision; nothing is stored before the unit commits."""
        ...


class HostingWork(Protocol):
    """A unit of work that may hold collections of the host."""

    async def commit(self) -> None:
        """Store everything staged, or nothing. Kinds never call it: whoever began the unit does."""
        ...

    def hosted(self, which: Hosted[C]) -> C:
        """The host's collection in this unit: staged with it, stored with it or not at all. Raises KeyError if unknown."""
        ...
