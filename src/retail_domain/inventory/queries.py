"""What inventory shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from attrs import frozen

from retail_domain.inventory.errors import LocationNotFound
from retail_domain.inventory.model import Location, MoveKind
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE

MOVES_MAX: Final = 100
"""So many movements under one reference are shown."""


@frozen(kw_only=True)
class StockView:
    """The stock of one SKU at one location."""

    sku_id: SkuId
    location_id: LocationId
    location_code: str
    on_hand: int
    reserved: int
    safety: int
    shortfall: int
    """How many units are promised and missing (STK-R10)."""
    sellable: int
    alert_threshold: int | None


@frozen(kw_only=True)
class AlertView:
    """An open low-stock alert."""

    sku_id: SkuId
    location_id: LocationId
    location_code: str
    available: int
    threshold: int
    opened_at: datetime


@frozen(kw_only=True)
class MoveView:
    """One entry of the movement ledger."""

    sku_id: SkuId
    location_id: LocationId
    kind: MoveKind
    units: int
    reference: str
    at: datetime


class InventoryQueries(Protocol):
    """The read side of inventory."""

    async def locations(self, within: Places = EVERYWHERE) -> Sequence[Location]:
        """Every warehouse and store by priority."""
        ...

    async def stock_of(self, sku_ids: Iterable[SkuId], within: Places = EVERYWHERE) -> Sequence[StockView]:
        """The shelves of these SKUs, by SKU and location code."""
        ...

    async def sellable(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, int]:
        """The most units of each SKU that one online location can sell now; SKUs without stock are absent."""
        ...

    async def stock(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[StockView]:
        """All shelves, by SKU and location."""
        ...

    async def alerts(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[AlertView]:
        """Open alerts, by SKU and location."""
        ...

    async def moves(self, sku_id: SkuId, page: PageRequest, within: Places = EVERYWHERE) -> Page[MoveView]:
        """The movements of a SKU, newest first."""
        ...

    async def moves_named(self, sku_id: SkuId, location: str, reference: str) -> Sequence[MoveView]:
        """The last movements of a SKU under that reference at the place of that code, newest first; a hundred at most."""
        ...


async def location_named(shown: InventoryQueries, code: str, within: Places = EVERYWHERE) -> LocationId:
    """The warehouse or store of that code. Raises LocationNotFound."""
    for location in await shown.locations(within):
        if CODE.spelled(location.code) == CODE.spelled(code):
            return location.id
    raise LocationNotFound(location=code)
