"""What happens to an order without anybody else being concerned: signing and completing."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.once import DONE, Done
from retail_domain.kernel.units import Begin
from retail_domain.ordering.commands import ConfirmReceipt, HideOrder, OrderOutcome
from retail_domain.ordering.errors import OrderNotFound
from retail_domain.ordering.model import Order
from retail_domain.ordering.ports import OrderingWork, Orders


async def claim_order(orders: Orders, id: OrderId) -> Order:
    """This order, locked until the unit ends. Raises OrderNotFound."""
    claimed = await orders.claim([id])
    if id not in claimed:
        raise OrderNotFound(order_id=id)
    return claimed[id]


def outcome(order: Order) -> OrderOutcome:
    """How it stands now."""
    return OrderOutcome(order_id=order.id, status=order.status.value, is_closing=order.closing is not None)


@frozen(kw_only=True)
class ConfirmReceiptHandler:
    """Answers how the order stands. Raises OrderNotFound, OrderWrongState."""

    begin: Begin[OrderingWork]
    clock: Clock

    async def __call__(self, command: ConfirmReceipt) -> OrderOutcome:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderOutcome)
            if told is not None:
                return told
            order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
            change = order.sign(actor=Actor.member(command.member_id), at=self.clock.now())
            work.orders.save(change)
            work.answers.remember(command.once, outcome(change.state))
            await work.commit()
        return outcome(change.state)


@frozen(kw_only=True)
class HideOrderHandler:
    """Takes an order out of its owner's list; again changes nothing (ORD-R6). Raises OrderNotFound, OrderWrongState."""

    begin: Begin[OrderingWork]

    async def __call__(self, command: HideOrder) -> None:
        """Carry it out."""
        async with self.begin() as work:
            if await work.answers.recall(command.once, Done):
                return
            order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
            work.orders.save(order.hide())
            work.answers.remember(command.once, DONE)
            await work.commit()


@frozen(kw_only=True)
class SignByTimerHandler:
    """Signs one order whose time has come (T8). Raises OrderWrongState, OrderNotDue when it has not (R28)."""

    begin: Begin[OrderingWork]
    clock: Clock

    async def __call__(self, order_id: OrderId) -> None:
        """Carry it out."""
        await _decide(self.begin, order_id, lambda order: order.sign_by_timer(at=self.clock.now()))


async def _decide(begin: Begin[OrderingWork], order_id: OrderId, decide: Callable[[Order], Change[Order]]) -> None:
    async with begin() as work:
        order = await claim_order(work.orders, order_id)
        work.orders.save(decide(order))
        await work.commit()
