"""Inventory in memory: the worked example of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from retail_adapters.memory.store import MemoryCollection
from retail_domain.inventory.model import Location, Reservation, StockAlert, StockItem, StockKey
from retail_domain.kernel.ids import LocationId, OrderId, ReservationId, SkuId


class MemoryStockItems(MemoryCollection[StockKey, StockItem]):
    """The shelves; see the port for the promises."""

    table: ClassVar[str] = "stock_items"
    transient: ClassVar[Mapping[str, Any]] = {"moves": ()}

    def key(self, state: StockItem) -> StockKey:
        """SKU and location."""
        return state.key

    async def claim(self, keys: Iterable[StockKey]) -> Mapping[StockKey, StockItem]:
        """These shelves, ascending."""
        self._session.lock(20)
        found = ((key, self.look(key)) for key in sorted(set(keys)))
        return {key: item for key, item in found if item is not None}

    async def claim_skus(self, sku_ids: Iterable[SkuId], locations: Sequence[LocationId]) -> Mapping[StockKey, StockItem]:
        """The shelves of these SKUs at these places."""
        return await self.claim(StockKey(sku, place) for sku in set(sku_ids) for place in locations)

    def apply(self) -> None:
        """Items, then their moves."""
        for key, (_, state) in self._staged.items():
            for move in state.moves:
                self._session.memory.log("stock_moves").append((key, move))
        super().apply()


class MemoryReservations(MemoryCollection[ReservationId, Reservation]):
    """The promises; see the port."""

    table: ClassVar[str] = "reservations"
    unique: ClassVar[Mapping[str, Any]] = {
        "reservations.order_id+sku_id+location_id": lambda one: (one.order_id, one.key.sku_id, one.key.location_id)
    }

    async def of_order(self, order_id: OrderId) -> tuple[Reservation, ...]:
        """Stored and staged ones, by SKU."""
        return tuple(sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.key))


class MemoryLocations(MemoryCollection[LocationId, Location]):
    """Warehouses and stores."""

    table: ClassVar[str] = "locations"
    unique: ClassVar[Mapping[str, Any]] = {"locations.code": lambda one: one.code}

    async def all(self) -> tuple[Location, ...]:
        """By priority, then code."""
        return tuple(sorted(self.every(), key=lambda one: (one.priority, one.code)))


class MemoryStockAlerts(MemoryCollection[StockKey, StockAlert]):
    """Open alerts."""

    table: ClassVar[str] = "stock_alerts"

    def key(self, state: StockAlert) -> StockKey:
        """SKU and location."""
        return state.key

    async def find(self, key: StockKey) -> StockAlert | None:
        """The open alert, if any."""
        return self.look(key)

    def close(self, alert: StockAlert) -> None:
        """Stage that it is over."""
        self.drop(alert.key)
