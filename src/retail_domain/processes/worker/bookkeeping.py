"""Bookkeeping: balances are carried forward now and then, so that nobody sums the whole ledger to read one (decision 0031)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import Retry
from retail_domain.kernel.frames import Called
from retail_domain.kernel.means import Means
from retail_domain.payments import PaymentsWork
from retail_domain.processes.worker.due import Round

CARRY_AFTER: Final = 5_000
"""So many entries are summed at every look at the balances before they are carried forward."""
STRETCH: Final = 5_000
"""Over so many entries at once: a few milliseconds, since whoever writes others waits meanwhile."""


async def uncarried(work: PaymentsWork) -> int:
    """How many entries came since balances were carried forward."""
    return await work.ledger.uncarried()


async def carry_forward(work: PaymentsWork, stretch: int, means: Means) -> bool:
    """Carries balances over so many entries; whether there were any. Raises Retry while others are writing entries."""
    return await work.ledger.carry(stretch) > 0


@frozen(kw_only=True)
class CarryBalances:
    """A timer that carries balances forward once enough entries have come; nobody is kept waiting for it."""

    look: Callable[[], Awaitable[int]]
    carry: Called[int, bool]
    after: int = CARRY_AFTER

    async def __call__(self) -> Round:
        """One round; while others are writing entries it is left for the next one."""
        if await self.look() < self.after:
            return Round(due=0, done=0)
        try:
            return Round(due=1, done=int(await self.carry(STRETCH)))
        except Retry:
            return Round(due=1, done=0)
