"""Completing (完成): the after-sale window is over, and what the order brought becomes its buyer's (T9)."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Orders, claim_order
from retail_domain.processes.takings import Shared, Takings, TakingsWork, Why


class CompletingWork(TakingsWork, Protocol):
    """The unit of work of completing."""

    @property
    def orders(self) -> Orders: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


@frozen(kw_only=True)
class CompleteOrderHandler:
    """Completes one order whose after-sale window is over (T9). Raises OrderWrongState, OrderNotDue (R28)."""

    begin: Begin[CompletingWork]
    clock: Clock
    takings: Takings

    async def __call__(self, order_id: OrderId) -> None:
        """What the kinds need is locked first, if any needs something."""
        at = self.clock.now()
        async with self.begin() as work:
            shared: Shared = {}
            if self.takings.locks_for(Why.COMPLETING):
                shared = await self.takings.lock(work, await work.orders.get(order_id), Why.COMPLETING)
            change = (await claim_order(work.orders, order_id)).complete(at=at)
            await self.takings.carry(work, shared, change, Why.COMPLETING, at)
            work.orders.save(change)
            await work.commit()
