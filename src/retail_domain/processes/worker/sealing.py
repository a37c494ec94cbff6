"""Seals over the trail: made by whoever drives the shop, a moment after the deed (R42)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import Retry, Taken
from retail_domain.kernel.frames import Called
from retail_domain.processes.worker.due import Round

ROWS_MAX: Final = 1_000
"""So many rows lie under one seal at most."""


@frozen(kw_only=True)
class SealTrail:
    """A timer that seals what was written to the trail; nobody who decides waits for it."""

    look: Callable[[], Awaitable[bool]]
    seal: Called[int, int]

    async def __call__(self) -> Round:
        """One round; while others are writing to the trail, or sealed the same rows first, it is left for the next one."""
        if not await self.look():
            return Round(due=0, done=0)
        try:
            return Round(due=1, done=int(await self.seal(ROWS_MAX) > 0))
        except (Retry, Taken):
            return Round(due=1, done=0)
