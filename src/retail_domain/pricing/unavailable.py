"""Why goods that were wanted cannot be sold now."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from retail_domain.kernel.ids import SkuId


class Reason(Enum):
    """Why goods cannot be sold to this buyer now."""

    UNKNOWN = "unknown"
    OFF_SALE = "off_sale"
    SOLD_OUT = "sold_out"
    NOT_ENOUGH = "not_enough"
    LIMIT_REACHED = "limit_reached"
    UNDELIVERABLE = "undeliverable"


@frozen(kw_only=True)
class UnavailableLine:
    """Wanted goods that cannot be sold now; they are shown apart, never silently dropped (CRT-R4).

    `sellable` is how many units this buyer could have: of the stock, or of what is left of the purchase limit.
    """

    sku_id: SkuId
    quantity: int
    reason: Reason
    title: str = ""
    sellable: int = 0
