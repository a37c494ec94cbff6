"""Units of work that are wrong on purpose, each as real shops are: what the simulation must catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retail_adapters.memory.interleaving import InterleavedCommit, InterleavingCollection, InterleavingUnitOfWork, Traffic
from retail_adapters.memory.store import Memory


class _Unguarded(InterleavingCollection):
    """Reads, modifies and writes: claims do not lock, and nobody looks at versions before writing."""

    def __init__(self, inner: Any, unit: InterleavingUnitOfWork, traffic: Traffic) -> None:
        super().__init__(inner, unit, traffic)
        inner.check = _unchecked

    def claiming(self, method: Any, name: str) -> Any:
        return self.reading(method, name)


class _NaiveUnitOfWork(InterleavingUnitOfWork):
    def __init__(self, memory: Memory, traffic: Traffic, unguarded: frozenset[str]) -> None:
        super().__init__(memory, traffic)
        self._unguarded = unguarded

    def _collection(self, name: str, inner: Any) -> InterleavingCollection:
        return (_Unguarded if name in self._unguarded else InterleavingCollection)(inner, self, self._traffic)

    def _apply(self) -> InterleavedCommit:
        if "answers" in self._unguarded:
            for key in set(self._session.answers) & set(self._session.memory.answers):
                del self._session.answers[key]
        if "deliveries" in self._unguarded:
            checks = self._session.checks
            checks[:] = [check for check in checks if check.__name__ != "still_open"]
        return super()._apply()


def unguarded(*collections: str) -> Callable[[Memory, Traffic], InterleavingUnitOfWork]:
    """Units of work that leave out what guards these collections."""
    return lambda memory, traffic: _NaiveUnitOfWork(memory, traffic, frozenset(collections))


def _unchecked() -> None:
    return None
