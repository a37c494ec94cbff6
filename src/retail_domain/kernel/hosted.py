"""Hosted collections: what the application around the shop keeps in the shop's own units of work, under names of its own."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from attrs import frozen

C = TypeVar("C")


@frozen(cache_hash=True)
class Hosted(Generic[C]):
    """The name of a collection and, for type checkers, its port: `SLOTS: Hosted[Slots] = Hosted("wrapping_slots")`."""

    name: str


class HostingWork(Protocol):
    """A unit of work that may hold collections of the host."""

    def hosted(self, which: Hosted[C]) -> C:
        """The host's collection in this unit: staged with it, stored with it or not at all. Raises KeyError if unknown."""
        ...
