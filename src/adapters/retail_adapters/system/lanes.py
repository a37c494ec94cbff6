"""Works that go on beside each other, each lane for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from attrs import define, field


@define
class AsyncLanes:
    """See the port. A round waits for what is quick; what is slow goes on, and is told of in a later round."""

    patience_seconds: float = 1.0
    _busy: dict[UUID, asyncio.Task[int]] = field(factory=dict, init=False)

    async def run(self, lanes: Mapping[UUID, Callable[[], Awaitable[int]]]) -> Sequence[tuple[UUID, int | Exception]]:
        """Begins in those that are free, and waits a moment."""
        for key, begin in lanes.items():
            if key not in self._busy:
                self._busy[key] = asyncio.ensure_future(_as_coroutine(begin))
        if not self._busy:
            return []
        ended, _ = await asyncio.wait([*self._busy.values()], timeout=self.patience_seconds)
        over = [(key, task) for key, task in self._busy.items() if task in ended]
        for key, _ in over:
            del self._busy[key]
        return [(key, _came_of(task)) for key, task in over]

    async def together(self, works: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """Ends when the last one has."""
        came = await asyncio.gather(*(work() for work in works), return_exceptions=True)
        for one in came:
            if isinstance(one, BaseException):
                raise one

    async def aclose(self) -> None:
        """Wait for what is under way: each has an end of its own."""
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        self._busy.clear()


@define
class OneAfterAnother:
    """Lanes for whoever has no event loop: a simulation, or a script."""

    async def run(self, lanes: Mapping[UUID, Callable[[], Awaitable[int]]]) -> Sequence[tuple[UUID, int | Exception]]:
        """In their order."""
        told: list[tuple[UUID, int | Exception]] = []
        for key, begin in lanes.items():
            try:
                told.append((key, await begin()))
            except Exception as error:  # noqa: BLE001 - whoever drives the lanes hears of it
                told.append((key, error))
        return told

    async def together(self, works: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """In their order."""
        for work in works:
            await work()


async def _as_coroutine(begin: Callable[[], Awaitable[int]]) -> int:
    return await begin()


def _came_of(task: asyncio.Task[int]) -> int | Exception:
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, Exception):
        return error
    raise error
