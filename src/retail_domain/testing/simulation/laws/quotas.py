"""Laws of campaign quotas: what is taken of one is in orders, and goes back with the stock (STK-R7)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.testing.simulation.auditor import Auditor, RowLaw
from retail_domain.testing.simulation.traffic import RowChange
from retail_domain.testing.simulation.trouble import Rare


def never_past_its_size(auditor: Auditor, row: RowChange) -> str | None:
    """R1, STK-R7: what is taken is what orders have, open or used, at every commit, and no more than there is."""
    quota, in_orders = row.after, auditor.mirror.shared[row.key]
    if quota is None:
        return f"the quota of {row.key} is gone"
    if not 0 <= quota.taken <= quota.size:
        return f"{quota.taken} of a quota of {quota.size} units are taken"
    if quota.taken and quota.taken == quota.size:
        auditor.trouble.happened(Rare.CAMPAIGN_SOLD_OUT)
    return None if quota.taken == in_orders else f"{quota.taken} taken of the quota of {row.key}, orders have {in_orders}"


def a_share_is_given_back_once(auditor: Auditor, row: RowChange) -> str | None:
    """STK-R7: units of a share are given back and never come again; used ones never wait again."""
    before, after = row.before, row.after
    if after is None:
        return f"the share {row.key} is gone"
    if before is not None and (after.back < before.back or after.open > before.open):
        return f"units of {row.key} came back"
    if after.quantity != after.open + after.used + after.back:
        return f"units of {row.key} got lost"
    return None


def has_what_it_took(auditor: Auditor, row: RowChange) -> str | None:
    """STK-R7, R16: order and shares change in one transaction; a share is open exactly while its order is unpaid."""
    order = row.after
    shares = auditor.mirror.shares[order.id]
    if ("quota" in order.took) != bool(shares):
        return f"order {row.key} took {sorted(order.took)}, and has shares of lines {sorted(shares)}"
    for number, share in shares.items():
        line = order.lines[number - 1]
        closed_unpaid = order.status.value == "closed" and order.paid_at is None
        back = line.quantity if closed_unpaid else line.refunded_unshipped
        is_open = line.quantity if order.status.value == "pending_payment" else 0
        if (share.sku_id, share.quantity, share.back, share.open) != (line.sku_id, line.quantity, back, is_open):
            return f"line {number} of order {row.key} must have given back {back} and have {is_open} open: {share}"
    return None if row.before is not None else _took_what_its_quote_names(auditor, order)


def _took_what_its_quote_names(auditor: Auditor, order: Any) -> str | None:
    quote = auditor.mirror.tables["quotes"].get(order.quote_id)
    named = {ground.id for ground in quote.basket.grounds if ground.kind == "quota"} if quote is not None else set()
    fed = {line.number for line in order.lines if str(line.sku_id) in named}
    has = set(auditor.mirror.shares[order.id])
    return None if has == fed else f"order {order.id} has shares of lines {sorted(has)}, its quote names {sorted(fed)}"


ROW_LAWS: Final = (
    RowLaw("STK-R7", "quotas", never_past_its_size),
    RowLaw("STK-R7", "quota_shares", a_share_is_given_back_once),
    RowLaw("STK-R7", "orders", has_what_it_took),
)
