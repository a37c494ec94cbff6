"""Look-ups that many make at once, such as who a token belongs to: those that come while one is under way go together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeAlias, TypeVar

from attrs import define, field

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Look: TypeAlias = Callable[[Iterable[K]], Awaitable[Mapping[K, V]]]
"""Finds what there is for these keys; what is not there is absent."""


@define(eq=False)
class BatchedLookup(Generic[K, V]):
    """Whoever comes in the same turn of the event loop looks together; nobody is told what was looked up before he came (R36).

    A first one who looked alone would be ahead of the rest by a look-up for the whole of his request, and what gathers later
    on, such as orders, would find him alone once more: two transactions where one does.
    """

    look: Look[K, V]
    _loop: asyncio.AbstractEventLoop | None = None
    _is_under_way: bool = False
    _waiting: dict[K, asyncio.Future[V | None]] = field(factory=dict)
    _task: asyncio.Task[None] | None = None  # a loop alone would not keep it

    async def __call__(self, key: K) -> V | None:
        """What there is for this key. Raises what the look-up raises."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # an event loop may end at any time, and another one begin
            self._loop, self._is_under_way, self._waiting = loop, False, {}
        if key not in self._waiting:
            self._waiting[key] = loop.create_future()
        waiting = self._waiting[key]
        if not self._is_under_way:
            self._is_under_way = True
            loop.call_soon(self._go_on)
        return await asyncio.shield(waiting)  # others may wait for the same

    def _go_on(self) -> None:
        batch, self._waiting = self._waiting, {}
        self._is_under_way = bool(batch)
        if batch and self._loop is not None:
            self._task = self._loop.create_task(self._look_for(batch))

    async def _look_for(self, batch: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self.look(batch)
        except Exception as error:  # noqa: BLE001 - every caller is told; none may wait for ever
            for answer in batch.values():
                answer.set_exception(error)
                answer.exception()  # seen: whoever asked may have gone away by now
        else:
            for key, answer in batch.items():
                answer.set_result(found.get(key))
        finally:
            self._go_on()
