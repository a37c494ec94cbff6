"""Facts about stock."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import LocationId, SkuId


@frozen(kw_only=True)
class StockEvent(Event):
    """Something happened to the stock of one SKU at one location."""

    sku_id: SkuId
    location_id: LocationId

    @property
    def aggregate_id(self) -> UUID:
        """Deliveries are kept in order per SKU."""
        return self.sku_id


@frozen(kw_only=True)
class StockFellLow(StockEvent):
    """What is available fell to the alert threshold or below (STK-R9)."""

    name: ClassVar[str] = "stock.fell_low"
    available: int
    threshold: int


@frozen(kw_only=True)
class StockRecovered(StockEvent):
    """What is available rose above the alert threshold again (STK-R9)."""

    name: ClassVar[str] = "stock.recovered"
    available: int
    threshold: int


EVENTS: Final[tuple[type[Event], ...]] = (StockFellLow, StockRecovered)
