"""What a file of members says of what they bought before: opening entries, on which tiers and the like go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from retail_domain.kernel.means import Means
from retail_domain.kernel.moving_in import ColumnGroup, MovedColumn, MovedIn, MovedRow, Mover
from retail_domain.membership.opening import OpeningTotals


def _read(rows: Sequence[MovedRow]) -> tuple[int, int, str]:
    """Of whoever is moved in there is an opening entry, of nothing where the file says nothing."""
    told = {(row.whole("orders_count"), row.minor("amount")) for row in rows if row.text("orders_count") or row.text("amount")}
    if len(told) > 1:
        rows[-1].wrong("amount", "one", "the totals of a member stand in one of their rows, or are the same in all of them")
    orders, minor = min(told, default=(0, 0))
    return orders, minor, rows[0].currency


async def _store(work: Any, moved: Sequence[MovedIn], _mover: Mover, means: Means) -> Mapping[str, int]:
    """Opened once a member; the same totals again change nothing, and others are wrong."""
    known: Mapping[Any, OpeningTotals] = await work.opening_totals.of([one.member_id for one in moved])
    opened = 0
    for one in moved:
        orders, minor, currency = one.draft
        before = known.get(one.member_id)
        if before is None:
            made = OpeningTotals.opened(
                one.member_id, orders_count=orders, amount_minor=minor, currency=currency, at=means.clock.now()
            )
            work.opening_totals.save(made)
            opened += 1
        elif (before.orders_count, before.amount_minor, before.currency) != (orders, minor, currency):
            one.row.wrong("amount", "opened", "this member was moved in before, with other totals")
    return {"totals_opened": opened}


MOVING_IN: Final = ColumnGroup(
    columns=(
        MovedColumn(name="orders_count", says="How many orders they had before.", also=("订单数", "历史订单数")),
        MovedColumn(name="amount", says="What they paid before in all, such as 1999.00.", also=("消费金额", "历史消费金额")),
    ),
    read=_read,
    store=_store,
)
