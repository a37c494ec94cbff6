"""What payments hold about a member, and which money stands in the way of closing an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.personal import NEEDED_FOR_THE_BOOKS, Fate, Holding, InTheWay, Personal, SettledBy


async def money_under_way(work: Any, member_id: MemberId) -> Sequence[InTheWay]:
    """Attempts that may still bring money, money that nobody has decided about, and money that has not gone back yet."""
    waiting = [("payment", id) for id in await work.payments.unsettled_of(member_id)]
    waiting += [("refund", id) for id in await work.refunds.unsettled_of(member_id)]
    return [InTheWay(kind=kind, id=id, settled_by=SettledBy.WAIT) for kind, id in waiting]


PERSONAL: Final = Personal(
    in_the_way=money_under_way,
    holdings=(
        Holding(
            name="payments", table="payments", whose="order_id", through="orders", fate=Fate.STAYS,
            told=("order_id", "gateway", "tender", "amount_minor", "currency", "state", "money", "created_at", "received_at"),
            why=NEEDED_FOR_THE_BOOKS,
        ),
        Holding(
            name="refunds", table="refunds", whose="order_id", through="orders", fate=Fate.STAYS,
            told=("order_id", "amount_minor", "currency", "reason", "state", "requested_at", "succeeded_at"),
            why=NEEDED_FOR_THE_BOOKS,
        ),
    ),
)  # fmt: skip
