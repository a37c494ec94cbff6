"""What inventory refuses."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import LocationId, SkuId


@refusal
class SoldOut(DomainError):
    """Not enough of these goods are left."""

    code = "stock.sold_out"
    kind = Kind.REFUSED
    sku_ids: tuple[SkuId, ...]


@refusal
class StockItemNotFound(DomainError):
    """There is no stock record for these goods at this place."""

    code = "stock.not_found"
    kind = Kind.MISSING
    sku_id: SkuId
    location_id: LocationId


@refusal
class LocationNotFound(DomainError):
    """There is no such warehouse or store."""

    code = "stock.location_not_found"
    kind = Kind.MISSING
    location: str


@refusal
class LocationExists(DomainError):
    """A warehouse or store with this code exists already."""

    code = "stock.location_exists"
    kind = Kind.CONFLICT
    location: str


@refusal
class AdjustmentTooLarge(DomainError):
    """That many units are not on the shelf, or are promised to orders; say so if they are missing all the same."""

    code = "stock.adjustment_too_large"
    kind = Kind.REFUSED
    sku_id: SkuId
    on_hand: int
    reserved: int
    change: int


@refusal
class ShelfFull(DomainError):
    """No shelf holds that many units."""

    code = "stock.shelf_full"
    kind = Kind.REFUSED
    sku_id: SkuId
    on_hand: int
    most: int


@refusal
class ReservationEnded(DomainError):
    """The reservation has no such units left."""

    code = "stock.reservation_ended"
    kind = Kind.CONFLICT
    open: int


@refusal
class QuotaTooSmall(DomainError):
    """Orders have more of the campaign's quota than that."""

    code = "stock.quota_too_small"
    kind = Kind.REFUSED
    sku_id: SkuId
    taken: int


@refusal
class QuotaNotFound(DomainError):
    """These goods have no campaign quota."""

    code = "stock.quota_not_found"
    kind = Kind.MISSING
    sku_id: SkuId
