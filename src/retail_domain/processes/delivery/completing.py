"""Completing (完成): the after-sale window is over, and what the order brought becomes its buyer's (T9)."""

from __future__ import annotations

from typing import Protocol

from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.means import Means
from retail_domain.ordering import Orders, claim_order
from retail_domain.processes.takings import Shared, Takings, TakingsWork, Why


class CompletingWork(TakingsWork, Protocol):
    """The unit of work of completing."""

    @property
    def orders(self) -> Orders: ...


async def complete_order(work: CompletingWork, order_id: OrderId, means: Means, takings: Takings) -> None:
    """Completes one order whose after-sale window is over (T9). Raises OrderWrongState, OrderNotDue (R28).

    What the kinds need is locked first, if any needs something.
    """
    at = means.clock.now()
    shared: Shared = {}
    if takings.locks_for(Why.COMPLETING):
        shared = await takings.lock(work, await work.orders.get(order_id), Why.COMPLETING)
    change = (await claim_order(work.orders, order_id)).complete(at=at)
    await takings.carry(work, shared, change, Why.COMPLETING, at)
    work.orders.save(change)
