"""Inventory, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.inventory import (
    AdjustStockHandler,
    Inventory,
    OpenLocationHandler,
    ReceiveStockHandler,
    WatchStockHandler,
)
from retail_domain.processes.stocking import ReceiveKnownGoodsHandler


def inventory(parts: Parts) -> Inventory:
    """The inventory of a shop made of these parts."""
    return Inventory(
        open_location=parts.unit(OpenLocationHandler(begin=parts.begin, ids=parts.ids)),
        receive=ReceiveKnownGoodsHandler(
            begin=parts.look or parts.begin,
            receive=parts.unit(ReceiveStockHandler(begin=parts.begin, clock=parts.clock)),
        ),
        adjust=parts.unit(AdjustStockHandler(begin=parts.begin, clock=parts.clock)),
        watch=parts.unit(WatchStockHandler(begin=parts.begin, clock=parts.clock)),
        show=parts.reads.inventory,
    )
