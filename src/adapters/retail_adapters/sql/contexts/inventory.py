"""Inventory in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.inventory import SqlInventoryQueries
from retail_adapters.sql.repositories.inventory import SqlLocations, SqlReservations, SqlStockAlerts, SqlStockItems
from retail_adapters.sql.repositories.quotas import SqlQuotas, SqlQuotaShares
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.inventory.ports import InventoryWork
from retail_domain.inventory.queries import InventoryQueries


class Collections(SqlUnit):
    """What lies where, and for whom."""

    stock = collection(SqlStockItems)
    reservations = collection(SqlReservations)
    quotas = collection(SqlQuotas)
    quota_shares = collection(SqlQuotaShares)
    locations = collection(SqlLocations)
    alerts = collection(SqlStockAlerts)


MANIFEST: Final = Manifest[InventoryWork, InventoryQueries](Collections, SqlInventoryQueries)
