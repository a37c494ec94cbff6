"""Why staff are told of stock."""

from __future__ import annotations

from typing import Final

from retail_domain.inventory.events import StockFellLow
from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing, Whom

CAUSES: Final = (
    Cause(
        code="staff.stock_low",
        whom=Whom.STAFF,
        permission="stock.change",
        event=StockFellLow,
        thing=Thing.SKU,
        about="sku_id",
        fills={"available": lambda event: str(event.available), "threshold": lambda event: str(event.threshold)},
        words={
            Language.ZH_CN: CauseWords("库存不足", "{sku}可售{available}件，已低于预警线{threshold}件。"),
            Language.EN: CauseWords("Stock is low", "Of {sku} {available} are left to sell; the alert is at {threshold}."),
        },
    ),
)
"""All of them."""
