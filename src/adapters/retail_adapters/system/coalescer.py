"""A queue without a timer: whatever came while the last batch was under way is the next batch.

One ask on a quiet shop is a batch of one and waits for nobody; under load the batches grow by themselves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from attrs import define, field, frozen

from retail_domain.kernel.errors import CommitUnknown, Unavailable

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

Work = Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]]
"""Carries out a batch: an answer or a refusal for each ask, in the order of the asks."""

BATCH_MAX: Final = 128


@frozen(kw_only=True)
class Queueing:
    """How many asks go into a batch, how many may wait, and how many batches are under way at once, in each process."""

    batch_max: int = BATCH_MAX
    waiting_max: int = 512
    flushers: int = 1


@define(eq=False)
class _Line(Generic[Ask, Answer]):
    """Who waits in one event loop, and the tasks that serve them."""

    waiting: deque[tuple[Ask, asyncio.Future[Answer]]] = field(factory=deque)
    flushers: set[asyncio.Task[None]] = field(factory=set)


class Coalescer(Generic[Ask, Answer]):
    """Gathers asks into batches; each caller gets his own answer.

    A caller who goes away takes nobody with him: what is under way is finished, what still waits for nobody is left out.
    There is no task while nothing waits, so an event loop may end at any time and another one begin.
    """

    def __init__(self, work: Work[Ask, Answer], queueing: Queueing | None = None) -> None:
        self._work = work
        self._queueing = queueing or Queueing()
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line[Ask, Answer]] = WeakKeyDictionary()
        self._is_open = True

    async def __call__(self, ask: Ask) -> Answer:
        """The answer to this ask. Raises its refusal; Unavailable when too many wait already or the shop is closing (R46)."""
        loop = asyncio.get_running_loop()
        line = self._lines.setdefault(loop, _Line())
        if not self._is_open or len(line.waiting) >= self._queueing.waiting_max:
            raise Unavailable(reason="too many are waiting" if self._is_open else "closing")
        answer: asyncio.Future[Answer] = loop.create_future()
        line.waiting.append((ask, answer))
        if len(line.flushers) < self._queueing.flushers:
            self._start(loop, line)
        return await answer

    async def aclose(self) -> None:
        """Take nothing more, and finish what was taken."""
        self._is_open = False
        line = self._lines.get(asyncio.get_running_loop(), _Line())
        while line.flushers:
            await asyncio.wait(tuple(line.flushers))

    def _start(self, loop: asyncio.AbstractEventLoop, line: _Line[Ask, Answer]) -> None:
        flusher = loop.create_task(self._flush(line))
        line.flushers.add(flusher)
        flusher.add_done_callback(lambda ended: self._ended(ended, line))

    async def _flush(self, line: _Line[Ask, Answer]) -> None:
        while batch := self._next(line):
            await self._settle(batch)
        # At once, not when the task is done: whoever comes in between must start another one.
        line.flushers.difference_update((asyncio.current_task(),))

    def _ended(self, flusher: asyncio.Task[None], line: _Line[Ask, Answer]) -> None:
        line.flushers.discard(flusher)
        if flusher.cancelled() or flusher.exception():  # the loop is ending: whoever still waits was not taken, and is told so
            while batch := self._next(line):
                _tell(batch, [Unavailable(reason="closing") for _ in batch])

    def _next(self, line: _Line[Ask, Answer]) -> list[tuple[Ask, asyncio.Future[Answer]]]:
        batch: list[tuple[Ask, asyncio.Future[Answer]]] = []
        while line.waiting and len(batch) < self._queueing.batch_max:
            ask, answer = line.waiting.popleft()
            if not answer.done():  # whoever went away while waiting is not served
                batch.append((ask, answer))
        return batch

    async def _settle(self, batch: Sequence[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._work([ask for ask, _ in batch])
            assert len(answers) == len(batch), "every ask has one answer"
        except Exception as error:  # noqa: BLE001 - every caller is told; none may wait for ever
            answers = [error for _ in batch]
        except BaseException:
            _tell(batch, [CommitUnknown(reason="stopped") for _ in batch])
            raise
        _tell(batch, answers)


def _tell(batch: Sequence[tuple[Ask, asyncio.Future[Answer]]], answers: Sequence[Answer | Exception]) -> None:
    for (_, caller), answer in zip(batch, answers, strict=True):
        if caller.done():  # he went away; what he asked for is done all the same, and his key tells
            continue
        if isinstance(answer, Exception):
            caller.set_exception(answer)
        else:
            caller.set_result(answer)
