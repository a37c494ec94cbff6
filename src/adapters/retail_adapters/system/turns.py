"""Turns: so much at once, and the next is of whoever has least; one shape for all that is shared out in a process (ACC-R7)."""

from __future__ import annotations

import asyncio
from collections import deque

from attrs import define, field, frozen


@frozen(kw_only=True)
class Portions:
    """How many turns there are at once, how many may wait for one, and how much of either one line may have."""

    at_once: int
    at_once_each: int
    waiting: int
    waiting_each: int
    seconds_max: float | None = None
    """How long somebody waits at most."""


@define(eq=False)
class Wait:
    """Somebody's wait for a turn."""

    whose: str
    most: int
    turn: asyncio.Future[bool]


@define
class Turns:
    """Turns and the wait for them, by line: within one, first come, first served; between them, whoever has fewest is next.

    So however many wait for one line, somebody of another waits for one turn to end, not for all of them.
    """

    portions: Portions
    inside: int = 0
    inside_of: dict[str, int] = field(factory=dict)
    waiting: int = 0
    lines: dict[str, deque[Wait]] = field(factory=dict)
    """Who waits, in the order in which the lines began to wait."""

    async def taken(self, whose: str = "", most: int | None = None) -> bool:
        """Take a turn, waiting a moment if there is none. False: too many wait already, or it did not come in time.

        `most` at once for this line, if not the share of every line; the same each time.
        """
        most = self.portions.at_once_each if most is None else most
        if self.inside < self.portions.at_once and self.inside_of.get(whose, 0) < most:
            self._enter(whose)
            return True
        if not self._may_wait(whose):
            return False
        return await self._wait(whose, most, self.portions.seconds_max)

    async def again(self, whose: str) -> None:
        """Take a turn that was left for a while: before all who wait, and as long as it takes."""
        if self.inside < self.portions.at_once:
            self._enter(whose)
        else:
            await self._wait(whose, self.portions.at_once_each, None, is_first=True)

    def leave(self, whose: str = "") -> None:
        """A turn ends, and with it goes to whoever is next."""
        self.inside -= 1
        left = self.inside_of[whose] - 1
        if left:
            self.inside_of[whose] = left
        else:
            del self.inside_of[whose]
        if self.waiting:
            self._goes_last(whose)
            self._call_next()

    def passes(self, whose: str, to: str) -> None:
        """A turn goes on as one of another line."""
        self._enter(to)
        self.leave(whose)

    def waiting_of(self, whose: str) -> int:
        """How many wait for this line."""
        return len(self.lines.get(whose, ()))

    def _enter(self, whose: str) -> None:
        self.inside += 1
        self.inside_of[whose] = self.inside_of.get(whose, 0) + 1

    def _may_wait(self, whose: str) -> bool:
        """Whether there is room to wait; when all is taken, the last of the longest line makes room for a shorter one."""
        ours = self.waiting_of(whose)
        if ours >= self.portions.waiting_each:
            return False
        if self.waiting < self.portions.waiting:
            return True
        longest = max(self.lines.values(), key=len, default=None)
        if longest is None or len(longest) <= ours + 1:
            return False
        self._end(longest[-1], False)
        return True

    async def _wait(self, whose: str, most: int, seconds_max: float | None, *, is_first: bool = False) -> bool:
        wait = Wait(whose, most, asyncio.get_running_loop().create_future())
        line = self.lines.setdefault(whose, deque())
        (line.appendleft if is_first else line.append)(wait)
        self.waiting += 1
        loop = wait.turn.get_loop()
        patience = None if seconds_max is None else loop.call_later(seconds_max, self._end, wait, False)
        try:
            return await wait.turn
        except asyncio.CancelledError:
            self._step_aside(wait)
            raise
        finally:
            if patience is not None:
                patience.cancel()

    def _call_next(self) -> None:
        while self.waiting and self.inside < self.portions.at_once:
            open_lines = [whose for whose, line in self.lines.items() if self.inside_of.get(whose, 0) < line[0].most]
            if not open_lines:
                return
            whose = min(open_lines, key=lambda one: self.inside_of.get(one, 0))  # of equals, who began to wait first
            wait = self.lines[whose][0]
            self._end(wait, True)
            self._goes_last(whose)
            self._enter(whose)

    def _goes_last(self, whose: str) -> None:
        """It had a turn: others who have as many go first now."""
        if whose in self.lines:
            self.lines[whose] = self.lines.pop(whose)

    def _end(self, wait: Wait, is_turn: bool) -> None:
        line = self.lines.get(wait.whose)
        if line is None or wait.turn.done():
            return
        line.remove(wait)
        self.waiting -= 1
        if not line:
            del self.lines[wait.whose]
        wait.turn.set_result(is_turn)

    def _step_aside(self, wait: Wait) -> None:
        """Whoever goes away keeps nobody from the turn that was to be theirs."""
        line = self.lines.get(wait.whose)
        if line is not None and wait in line:
            line.remove(wait)
            self.waiting -= 1
            if not line:
                del self.lines[wait.whose]
        elif wait.turn.done() and not wait.turn.cancelled() and wait.turn.result():
            self.leave(wait.whose)
