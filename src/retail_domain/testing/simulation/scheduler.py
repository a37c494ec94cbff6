"""The scheduler: which client goes on is thrown by seeded dice, so that one seed is one history.

A coroutine is resumed with `send(None)` and says with what it yields how to go on: `None` is a pause, a row is something
that somebody else has locked, a number of seconds is sleep. There is no event loop, hence no order of its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Coroutine, Generator, Hashable, Iterable
from contextvars import Context, copy_context
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from attrs import define, field, frozen

from retail_domain.kernel.errors import Retry

T = TypeVar("T")
START: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""When every simulation begins."""


class Dice(Protocol):
    """Where chance comes from: `random.Random(seed)` is one."""

    def random(self) -> float:
        """At least 0, less than 1."""
        ...


class _Pause:
    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield None


PAUSE: Final[Awaitable[None]] = _Pause()
"""Awaited where somebody else may go first."""


@frozen
class Sleep:
    """Awaited by who has nothing to do for some seconds."""

    seconds: float

    def __await__(self) -> Generator[float, None, None]:
        yield self.seconds


@frozen
class _Blocked:
    row: Hashable

    def __await__(self) -> Generator[Hashable, None, None]:
        yield self.row


@define(eq=False)
class Task:
    """A coroutine that is under way, and what happens when it ends by itself or by an error."""

    name: str
    work: Coroutine[Any, Any, Any]
    failed: Callable[[Task, BaseException], None]
    again: Callable[[], object] | None = None
    """How it starts over after it was killed; None if it does not."""
    is_endless: bool = False
    """Whether nobody waits for its end: a worker."""
    ended: bool = False
    blocked_by: Hashable | None = None
    context: Context = field(factory=copy_context)
    """What context variables say to this task alone, as in an event loop."""


@define(eq=False)
class Scheduler:
    """Resumes one task at a time; `steps` counts the resumes. Time passes a little with each, or to the next sleeper."""

    dice: Dice
    seconds_a_step: float = 0.05
    steps: int = 0
    seconds: float = 0.0
    under_way: int = 0
    """How many tasks have an end, and have not come to it."""
    ready: list[Task] = field(factory=list)
    current: Task | None = None
    """Who is going on right now."""
    _blocked: dict[Hashable, list[Task]] = field(factory=dict)
    _sleeping: list[tuple[float, int, Task]] = field(factory=list)
    _slept: int = 0

    @property
    def now(self) -> datetime:
        """The true time, which no clock need show."""
        return START + timedelta(seconds=self.seconds)

    def spawn(self, task: Task) -> Task:
        """Begin something."""
        self.ready.append(task)
        self.under_way += not task.is_endless
        return task

    def kill(self, task: Task) -> None:
        """It ends here and now, wherever it is: nothing of it goes on."""
        if task.ended:
            return
        self._over(task)
        waiting = self._blocked.get(task.blocked_by, [])
        if task in waiting:
            waiting.remove(task)
        task.context.run(task.work.close)

    def unblock(self, row: Hashable) -> None:
        """Who waited for it may try again."""
        waiting = self._blocked.pop(row, None)
        if waiting:
            for task in waiting:
                task.blocked_by = None
            self.ready.extend(waiting)

    def run(self, until: Callable[[], bool]) -> bool:
        """Go on until then; False when nobody is left who could go on."""
        while not until():
            if not self.step():
                return False
        return True

    def step(self) -> bool:
        """Resume one task; False when nobody is left who could go on."""
        ready = self.ready
        self._wake()
        if not ready:
            return False
        at = int(self.dice.random() * len(ready))
        task = ready[at]
        self.current = task
        self.steps += 1
        self.seconds += self.seconds_a_step
        try:
            asked = task.context.run(task.work.send, None)
        except StopIteration:
            self._over(task)
        except Exception as error:  # noqa: BLE001 - whoever began it judges what broke it
            self._over(task)
            task.failed(task, error)
        else:
            if asked is not None:
                self._leave(task, asked)
        return True

    def close(self) -> None:
        """Nothing goes on any more."""
        blocked = [task for them in self._blocked.values() for task in them]
        for task in [*self.ready, *(task for _, _, task in self._sleeping), *blocked]:
            self.kill(task)

    def _over(self, task: Task) -> None:
        task.ended = True
        self.under_way -= not task.is_endless
        if task in self.ready:
            self.ready.remove(task)

    def _leave(self, task: Task, asked: Any) -> None:
        if task.ended:
            return
        self.ready.remove(task)
        if isinstance(asked, float):
            self._slept += 1
            heapq.heappush(self._sleeping, (self.seconds + asked, self._slept, task))
        else:
            task.blocked_by = asked
            self._blocked.setdefault(asked, []).append(task)

    def _wake(self) -> None:
        sleeping = self._sleeping
        while sleeping and (sleeping[0][2].ended or sleeping[0][0] <= self.seconds):
            task = heapq.heappop(sleeping)[2]
            if not task.ended:
                self.ready.append(task)
        if not self.ready and sleeping:
            self.seconds = sleeping[0][0]
            self._wake()


@define(eq=False)
class Locks:
    """Rows that units of work have claimed; who waits in a circle gets `Retry`, as in a database."""

    scheduler: Scheduler
    waits: int = 0
    deadlocks: int = 0
    passed_over: int = 0
    _holder: dict[Hashable, object] = field(factory=dict)
    _held: dict[object, list[Hashable]] = field(factory=dict)
    _waits_for: dict[object, Hashable] = field(factory=dict)

    async def take(self, unit: object, rows: Iterable[Hashable]) -> bool:
        """Lock these rows, in this order, until the unit ends; whether it had to wait. Raises Retry in a deadlock."""
        waited = False
        for row in rows:
            while self._holder.get(row, unit) is not unit:
                waited = True
                await self._wait(unit, row)
            if row not in self._holder:
                self._holder[row] = unit
                self._held.setdefault(unit, []).append(row)
        return waited

    def is_free(self, unit: object, row: Hashable) -> bool:
        """Whether nobody else has it."""
        is_free = self._holder.get(row, unit) is unit
        self.passed_over += not is_free
        return is_free

    def end(self, unit: object) -> None:
        """The unit is over: what it held is free."""
        self._waits_for.pop(unit, None)
        for row in self._held.pop(unit, ()):
            del self._holder[row]
            self.scheduler.unblock(row)

    async def _wait(self, unit: object, row: Hashable) -> None:
        if self._is_circle(unit, row):
            self.deadlocks += 1
            raise Retry(reason="deadlock")
        self.waits += 1
        self._waits_for[unit] = row
        await _Blocked(row)
        self._waits_for.pop(unit, None)

    def _is_circle(self, unit: object, row: Hashable) -> bool:
        wanted: Hashable | None = row
        while wanted is not None:
            holder = self._holder.get(wanted)
            if holder is unit:
                return True
            wanted = self._waits_for.get(holder)
        return False
