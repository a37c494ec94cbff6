"""What ordering holds about a member, and which orders stand in the way of closing an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import NEEDED_FOR_THE_BOOKS, Fate, Holding, InTheWay, Personal, SettledBy
from retail_domain.ordering.lifecycle import OrderStatus
from retail_domain.ordering.ports import UnfinishedOrder


async def open_orders(work: Any, member_id: MemberId) -> Sequence[InTheWay]:
    """Orders that are not over."""
    return [
        InTheWay(kind="order", id=one.id, settled_by=_settled_by(one), until=one.due_at)
        for one in await work.orders.unfinished_of(member_id)
    ]


def _settled_by(order: UnfinishedOrder) -> SettledBy:
    if order.status is OrderStatus.PENDING_PAYMENT and not order.is_closing:
        return SettledBy.CANCEL
    return SettledBy.RECEIVE if order.status is OrderStatus.SHIPPED else SettledBy.WAIT


PERSONAL: Final = Personal(
    in_the_way=open_orders,
    holdings=(
        Holding(
            name="orders", table="orders", fate=Fate.EMPTIED, emptied={"remark": ""},  # all else is needed for the books
            told=(
                "id", "number", "status", "method", "region_code", "remark", "payable_minor", "freight_minor", "paid_minor",
                "refunded_minor", "currency", "placed_at", "paid_at", "shipped_at", "signed_at", "completed_at", "closed_at",
            ),
        ),
        Holding(
            name="order_lines", table="order_lines", whose="order_id", through="orders", fate=Fate.STAYS,
            told=("order_id", "position", "sku_id", "title", "options", "quantity", "payable_minor", "shipped"),
            why=NEEDED_FOR_THE_BOOKS,
        ),
        Holding(
            name="order_history", table="order_transitions", whose="order_id", through="orders", fate=Fate.STAYS,
            told=("order_id", "event", "to_status", "reason", "at"), why=NEEDED_FOR_THE_BOOKS,
        ),
        Holding(  # not told: memos are for staff (ORD-R13)
            name="order_memos", table="order_memos", whose="order_id", through="orders", fate=Fate.DELETED,
        ),
    ),
)  # fmt: skip
