"""Inventory in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.inventory import (
    MemoryInventoryQueries,
    MemoryLocations,
    MemoryReservations,
    MemoryStockAlerts,
    MemoryStockItems,
)
from retail_adapters.memory.quotas import MemoryQuotas, MemoryQuotaShares
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.queries import InventoryQueries


class Collections(MemoryUnit):
    """What lies where, and for whom."""

    stock = collection(MemoryStockItems)
    reservations = collection(MemoryReservations)
    quotas = collection(MemoryQuotas)
    quota_shares = collection(MemoryQuotaShares)
    locations = collection(MemoryLocations)
    alerts = collection(MemoryStockAlerts)


MANIFEST: Final = Manifest[InventoryWork, InventoryQueries](Collections, MemoryInventoryQueries)
