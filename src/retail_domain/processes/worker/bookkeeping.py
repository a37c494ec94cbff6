"""Bookkeeping: balances are carried forward now and then, so that nobody sums the whole ledger to read one (decision 0031)."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.kernel.errors import Retry
from retail_domain.kernel.units import Begin
from retail_domain.payments import PaymentsWork
from retail_domain.processes.worker.due import Round

CARRY_AFTER: Final = 5_000
"""So many entries are summed at every look at the balances before they are carried forward."""
STRETCH: Final = 5_000
"""Over so many entries at once: a few milliseconds, since whoever writes others waits meanwhile."""


@frozen(kw_only=True)
class CarryBalances:
    """A timer that carries balances forward once enough entries have come; nobody is kept waiting for it."""

    begin: Begin[PaymentsWork]
    look: Begin[PaymentsWork]
    after: int = CARRY_AFTER

    async def __call__(self) -> Round:
        """One round; while others are writing entries it is left for the next one."""
        async with self.look() as work:
            if await work.ledger.uncarried() < self.after:
                return Round(due=0, done=0)
        try:
            return Round(due=1, done=int(await self._carry()))
        except Retry:
            return Round(due=1, done=0)

    async def _carry(self) -> bool:
        async with self.begin() as work:
            carried = await work.ledger.carry(STRETCH)
            await work.commit()
        return carried > 0
