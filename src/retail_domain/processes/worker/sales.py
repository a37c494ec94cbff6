"""Sales are added up by whoever drives the shop: a best seller's row is written once a round, not once an order (CAT-R6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from attrs import frozen

from retail_domain.catalog import CatalogWork
from retail_domain.kernel.errors import Retry, Stale
from retail_domain.kernel.frames import Called
from retail_domain.kernel.means import Means
from retail_domain.processes.worker.due import Round

PORTION: Final = 1_000
"""So many notes are added up in one transaction."""


async def sales_waiting(work: CatalogWork) -> bool:
    """Whether there is anything to do."""
    return await work.sales.are_waiting()


async def add_up_sales(work: CatalogWork, most: int, means: Means) -> int:
    """Answers how many notes were added up."""
    return await work.sales.add_up(most)


@frozen(kw_only=True)
class AddUpSales:
    """A timer that adds up what was sold since the last round."""

    look: Callable[[], Awaitable[bool]]
    add_up: Called[int, int]

    async def __call__(self) -> Round:
        """One round; what rivals were faster with, or are in the middle of, is left for the next one."""
        if not await self.look():
            return Round(due=0, done=0)
        try:
            done = await self.add_up(PORTION)
        except (Retry, Stale):
            done = 0
        return Round(due=max(done, 1), done=done)
