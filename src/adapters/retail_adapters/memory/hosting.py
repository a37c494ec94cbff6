"""Rows of the application around the shop, kept in the shop's own units of work in memory: for tests and first steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, ClassVar

from attrs import evolve, frozen

from retail_adapters.memory.store import MemoryCollection as MemoryCollection, MemorySession as MemorySession
from retail_domain.kernel.ranks import Rank


@frozen(kw_only=True)
class _Made:
    """What is said once of a collection."""

    key: Callable[[Any], Any]
    rank: Rank
    begins: Callable[[Any], Any] | None


class MemoryHostedRows(MemoryCollection[Any, Any]):
    """States by key; see the port `HostedRows`."""

    made: ClassVar[_Made]

    def key(self, state: Any) -> Any:
        """The value of its key; a tuple if that is of several fields."""
        return self.made.key(state)

    async def claim(self, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Ascending."""
        self._session.lock(self.made.rank)
        wanted, begins = sorted(set(keys)), self.made.begins
        if begins is not None:  # now, so that rivals meet at the same row
            for key in wanted:
                self._committed().setdefault(key, evolve(begins(key), version=1))
        return self._found(wanted)

    async def of(self, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """Without a lock."""
        return self._found(sorted(set(keys)))

    def _found(self, wanted: Iterable[Any]) -> Mapping[Any, Any]:
        found = ((key, self.look(key)) for key in wanted)
        return {key: state for key, state in found if state is not None}


def hosted_rows(
    name: str, *key: str, rank: Rank = Rank.HOST, begins: Callable[[Any], Any] | None = None
) -> type[MemoryHostedRows]:
    """A collection that keeps states under the value of these fields. `begins`: what a row that is not there is claimed as."""

    class Kept(MemoryHostedRows):
        table = name
        key_columns = "+".join(key)
        made = _Made(key=attrgetter(*key), rank=rank, begins=begins)

    return Kept
