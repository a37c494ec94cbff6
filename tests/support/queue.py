"""A toy counter to queue at: it works when it is let, fails as it is told, and remembers what it did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from attrs import define, field

from retail_domain.kernel.errors import DomainError

Failure = Callable[[Sequence[str]], Exception | None]


@define
class Counter:
    """Serves a batch of names; each name once at most, a second time is told the number of the first."""

    served: dict[str, int] = field(factory=dict)
    batches: list[list[str]] = field(factory=list)
    fails_before: list[Failure] = field(factory=list)
    fails_after: list[Failure] = field(factory=list)
    gate: asyncio.Event | None = None
    looks: int = 0

    async def work(self, names: Sequence[str]) -> Sequence[int | Exception]:
        """Serve them, all or none; the failures come before or after it lasts."""
        self.batches.append(list(names))
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        _fail(self.fails_before, names)
        answers = [self._serve(name) for name in names]
        _fail(self.fails_after, names)
        return answers

    async def look(self, names: Sequence[str]) -> Sequence[int | Exception | None]:
        """What is known of them."""
        self.looks += 1
        await asyncio.sleep(0)
        return [self.served.get(name) for name in names]

    def _serve(self, name: str) -> int | Exception:
        return self.served.setdefault(name, len(self.served) + 1)


def once(error: Exception) -> Failure:
    """Fails the first batch it sees."""
    left = [error]
    return lambda _names: left.pop() if left else None


def whenever(name: str, error: Callable[[], Exception]) -> Failure:
    """Fails every batch that this name is in."""
    return lambda names: error() if name in names else None


def always(error: Callable[[], DomainError]) -> Failure:
    """Fails every batch."""
    return lambda _names: error()


def _fail(failures: Sequence[Failure], names: Sequence[str]) -> None:
    for failure in failures:
        error = failure(names)
        if error is not None:
            raise error


async def settled(turns: int = 5) -> None:
    """Let everything go on that can."""
    for _ in range(turns):
        await asyncio.sleep(0)
