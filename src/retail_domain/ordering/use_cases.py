"""What happens to an order without anybody else being concerned: signing and completing."""

from __future__ import annotations

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.means import Means
from retail_domain.kernel.reading import LINES
from retail_domain.ordering.commands import ConfirmReceipt, HideOrder, MemoWritten, OrderOutcome, WriteMemo
from retail_domain.ordering.errors import OrderNotFound
from retail_domain.ordering.memo import MEMO_LETTERS_MAX, OrderMemo
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


async def confirm_receipt(work: OrderingWork, command: ConfirmReceipt, means: Means) -> OrderOutcome:
    """The goods are there, says who ordered them. Answers how the order stands. Raises OrderNotFound, OrderWrongState."""
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    change = order.sign(actor=Actor.member(command.member_id), at=means.clock.now())
    work.orders.save(change)
    return outcome(change.state)


async def hide_order(work: OrderingWork, command: HideOrder, means: Means) -> None:
    """Takes an order out of its owner's list; again changes nothing (ORD-R6). Raises OrderNotFound, OrderWrongState."""
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    work.orders.save(order.hide())


@brings(Effect.ORDER_CHANGED)
async def write_memo(work: OrderingWork, command: WriteMemo, means: Means) -> MemoWritten:
    """Staff note something about an order, whatever state it is in (ORD-R13).

    Raises OrderNotFound, InvalidInput, OrderHasManyMemos.
    """
    text = LINES.read(command.text, "text", MEMO_LETTERS_MAX, 1)
    order = await claim_order(work.orders, command.order_id)
    others = len(await work.order_memos.of_order(order.id))
    change = OrderMemo.written(order, others, text, actor=command.actor, at=means.clock.now())
    work.order_memos.save(change)
    return MemoWritten(order_id=order.id, number=change.state.number)


async def sign_by_timer(work: OrderingWork, order_id: OrderId, means: Means) -> None:
    """Signs one order whose time has come (T8). Raises OrderWrongState, OrderNotDue when it has not (R28)."""
    order = await claim_order(work.orders, order_id)
    work.orders.save(order.sign_by_timer(at=means.clock.now()))
