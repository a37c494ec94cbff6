"""Going on (放行): what a paid order waited for, such as a group, is there, and it can be sent or fetched (T4)."""

from __future__ import annotations

from typing import Protocol

from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.means import Means
from retail_domain.ordering import GoOn, OrderOutcome, Orders, claim_order, outcome
from retail_domain.processes.takings import Shared, Takings, TakingsWork, Why


class GoingOnWork(TakingsWork, Protocol):
    """The unit of work of going on."""

    @property
    def orders(self) -> Orders: ...


@brings(Effect.ORDER_CHANGED)
async def go_on(work: GoingOnWork, command: GoOn, means: Means, takings: Takings) -> OrderOutcome:
    """Answers how the order stands; one that is paid and waits for nothing any more is left as it is.

    Raises OrderNotFound, and OrderWrongState when it is not paid yet or closed.

    What the kinds need is locked first, if any needs something.
    """
    at = means.clock.now()
    shared: Shared = {}
    if takings.locks_for(Why.GOING_ON):
        shared = await takings.lock(work, await work.orders.get(command.order_id), Why.GOING_ON)
    order = await claim_order(work.orders, command.order_id)
    if not order.went_on:
        change = order.go_on(actor=command.actor, at=at)
        await takings.carry(work, shared, change, Why.GOING_ON, at)
        work.orders.save(change)
        order = change.state
    return outcome(order)
