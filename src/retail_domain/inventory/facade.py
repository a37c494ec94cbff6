"""Inventory as embedders call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.inventory.queries import InventoryQueries
from retail_domain.inventory.quotas import CloseQuota, QuotaStands, SetQuota
from retail_domain.inventory.use_cases import (
    AdjustStock,
    LocationOpened,
    OpenLocation,
    ReceiveStock,
    StockCounted,
    WatchStock,
)


@frozen(kw_only=True)
class Inventory:
    """Stock at warehouses and stores (库存)."""

    open_location: Callable[[OpenLocation], Awaitable[LocationOpened]]
    receive: Callable[[ReceiveStock], Awaitable[StockCounted]]
    adjust: Callable[[AdjustStock], Awaitable[StockCounted]]
    watch: Callable[[WatchStock], Awaitable[StockCounted]]
    set_quota: Callable[[SetQuota], Awaitable[QuotaStands]]
    close_quota: Callable[[CloseQuota], Awaitable[QuotaStands]]
    show: InventoryQueries
