"""Inventory, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.retry import retrying
from retail_domain.inventory import (
    AdjustStockHandler,
    Inventory,
    OpenLocationHandler,
    ReceiveStockHandler,
    WatchStockHandler,
)


def inventory(parts: Parts) -> Inventory:
    """The inventory of a shop made of these parts."""
    return Inventory(
        open_location=retrying(OpenLocationHandler(begin=parts.begin, ids=parts.ids)),
        receive=retrying(ReceiveStockHandler(begin=parts.begin, clock=parts.clock)),
        adjust=retrying(AdjustStockHandler(begin=parts.begin, clock=parts.clock)),
        watch=retrying(WatchStockHandler(begin=parts.begin, clock=parts.clock)),
        show=parts.reads.inventory,
    )
