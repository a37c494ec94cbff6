"""Inventory, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.inventory import (
    AdjustStockHandler,
    CloseQuotaHandler,
    Inventory,
    OpenLocationHandler,
    ReceiveStockHandler,
    SetQuotaHandler,
    WatchStockHandler,
)
from retail_domain.processes.delivery.stocking import ReceiveKnownGoodsHandler, SetQuotaOfKnownGoodsHandler


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
        set_quota=SetQuotaOfKnownGoodsHandler(
            begin=parts.look or parts.begin, set_quota=parts.unit(SetQuotaHandler(begin=parts.begin))
        ),
        close_quota=parts.unit(CloseQuotaHandler(begin=parts.begin)),
        show=parts.reads.inventory,
    )
