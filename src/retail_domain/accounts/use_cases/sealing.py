"""The trail is sealed some time after it was written: deciding never waits for a chain (R42)."""

from __future__ import annotations

from retail_domain.accounts.model.trail import TrailSeal
from retail_domain.accounts.ports import AccountsWork
from retail_domain.kernel.means import Means


async def has_unsealed(work: AccountsWork) -> bool:
    """Whether any row that is committed lies behind the last seal."""
    return await work.trail_seals.has_unsealed()


async def seal_trail(work: AccountsWork, most: int, means: Means) -> int:
    """Seals the next rows, so many at most, and answers how many. Raises Retry while others write to the trail."""
    last, rows = await work.trail_seals.unsealed(most)
    if rows:
        work.trail_seals.save(TrailSeal.over(last, rows, at=means.clock.now()))
    return len(rows)
