"""Whoever goes on after being told that it is too much is answered late, and so comes less often (ACC-R7, R46)."""

from __future__ import annotations

import asyncio
from typing import Final

from attrs import define, field

from retail_domain.kernel.costs import REFUSAL, Whose

_A_SECOND: Final = REFUSAL.often(Whose.LINE)[0].most
_HELD_OF_A_LINE: Final = REFUSAL.at_once(Whose.LINE)
_HELD_IN_ALL: Final = REFUSAL.at_once(Whose.ALL)
_LATEST_SECONDS: Final = 5.0
_KNOWN_MAX: Final = 10_000


@define
class Lateness:
    """So many refusals a second are answered at once; those beyond wait, holding a connection and nothing else."""

    a_second: int = _A_SECOND
    held_of_a_line: int = _HELD_OF_A_LINE
    held_in_all: int = _HELD_IN_ALL
    held: int = 0
    _paid_until: dict[str, float] = field(factory=dict)
    _held_of: dict[str, int] = field(factory=dict)

    async def is_held_back(self, whose: str) -> bool:
        """Wait as long as this line deserves. False: it has all that may be held back for it, and is to be hung up on."""
        seconds = self._seconds(whose, asyncio.get_running_loop().time())
        if seconds <= 0:
            return True
        if self.held >= self.held_in_all or self._held_of.get(whose, 0) >= self.held_of_a_line:
            return False
        self.held += 1
        self._held_of[whose] = self._held_of.get(whose, 0) + 1
        try:
            await asyncio.sleep(min(seconds, _LATEST_SECONDS))
        finally:
            self.held -= 1
            left = self._held_of.pop(whose) - 1
            if left:
                self._held_of[whose] = left
        return True

    def _seconds(self, whose: str, now: float) -> float:
        if len(self._paid_until) > _KNOWN_MAX:
            self._paid_until = {one: until for one, until in self._paid_until.items() if until > now}
        until = max(now, self._paid_until.get(whose, 0.0)) + 1 / self.a_second
        self._paid_until[whose] = min(until, now + 1 + _LATEST_SECONDS)
        return until - now - 1
