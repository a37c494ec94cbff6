"""OrderMemo (卖家备注): what staff note about an order for one another; its buyer never sees it (ORD-R13)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.ordering.errors import OrderHasManyMemos
from retail_domain.ordering.model import Order

MEMO_LETTERS_MAX: Final = 500
MEMOS_MAX: Final = 100
"""So many memos an order takes: who opens it is shown them all."""


@frozen(kw_only=True)
class OrderMemo:
    """One memo; it never changes. Its number, from 1, is its place among those of the order."""

    order_id: OrderId
    member_id: MemberId
    number: int
    text: str = field(repr=False)
    by: Actor
    at: datetime
    version: int = 0

    @classmethod
    def written(cls, order: Order, others: int, text: str, *, actor: Actor, at: datetime) -> Change[OrderMemo]:
        """One more about this order, which has so many. Raises OrderHasManyMemos."""
        if others >= MEMOS_MAX:
            raise OrderHasManyMemos(order_id=order.id, most=MEMOS_MAX)
        memo = cls(order_id=order.id, member_id=order.member_id, number=others + 1, text=text, by=actor, at=at)
        return Change(None, memo)
