"""Going on (放行): what a paid order waited for, such as a group, is there, and it can be sent or fetched (T4)."""

from __future__ import annotations

from typing import Protocol

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.once import Answers
from retail_domain.kernel.units import Begin
from retail_domain.ordering import GoOn, OrderOutcome, Orders, claim_order, outcome
from retail_domain.processes.takings import Shared, Takings, TakingsWork, Why


class GoingOnWork(TakingsWork, Protocol):
    """The unit of work of going on."""

    @property
    def orders(self) -> Orders: ...
    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


@frozen(kw_only=True)
class GoOnHandler:
    """Answers how the order stands; one that is paid and waits for nothing any more is left as it is.

    Raises OrderNotFound, and OrderWrongState when it is not paid yet or closed.
    """

    begin: Begin[GoingOnWork]
    clock: Clock
    takings: Takings

    async def __call__(self, command: GoOn) -> OrderOutcome:
        """What the kinds need is locked first, if any needs something."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderOutcome)
            if told is not None:
                return told
            shared: Shared = {}
            if self.takings.locks_for(Why.GOING_ON):
                shared = await self.takings.lock(work, await work.orders.get(command.order_id), Why.GOING_ON)
            order = await claim_order(work.orders, command.order_id)
            if not order.went_on:
                change = order.go_on(actor=command.actor, at=at)
                await self.takings.carry(work, shared, change, Why.GOING_ON, at)
                work.orders.save(change)
                order = change.state
            work.answers.remember(command.once, outcome(order))
            await work.commit()
        return outcome(order)
