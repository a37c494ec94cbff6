"""Sweeping: what ended is cleared away once an hour, since it holds phone numbers or points at people (R40)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from retail_domain.accounts import Sweep
from retail_domain.kernel.clock import Clock
from retail_domain.processes.timers import Round

EVERY: Final = timedelta(hours=1)
_NOTHING: Final = Round(due=0, done=0)


@define(kw_only=True)
class HourlySweep:
    """Sweeps at its first round and every hour after; several workers may sweep the same, which does no harm."""

    clock: Clock
    sweep: Callable[[Sweep], Awaitable[None]]
    _last: datetime | None = field(default=None, init=False)

    async def __call__(self) -> Round:
        """One round, in which most often nothing is due; it never counts as work done, so that the worker may rest."""
        at = self.clock.now()
        if self._last is not None and abs(at - self._last) < EVERY:  # a clock set back does not stop it for long
            return _NOTHING
        await self.sweep(Sweep())
        self._last = at
        return _NOTHING
