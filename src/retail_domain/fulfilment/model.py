"""Parcel: units on their way with a carrier (包裹) (FUL-R1)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from retail_domain.fulfilment.events import ParcelSent
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId, MemberId, OrderId, ParcelId, SkuId
from retail_domain.kernel.reading import CODE, LINE

CARRIER_LETTERS_MAX = 40
TRACKING_LETTERS_MAX = 64


@frozen(order=True)
class PackedUnits:
    """So many units of one line in a parcel, and the place they left from.

    `line` is 0 in parcels that a release sent which did not number lines, and their place is not known.
    """

    sku_id: SkuId
    quantity: int
    line: int
    location_id: LocationId | None = None

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError("a parcel holds at least one unit of what it holds")


@frozen(kw_only=True)
class Parcel:
    """What left, with whom, and under which number it can be followed (包裹); it never changes."""

    id: ParcelId
    order_id: OrderId
    member_id: MemberId | None = None
    """Whose order it is; none where an earlier release wrote it."""
    carrier: str
    tracking_number: str
    units: tuple[PackedUnits, ...]
    sent_by: Actor
    sent_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.units:
            raise ValueError("a parcel is not empty")

    @classmethod
    def sent(cls, parcel: Parcel) -> Change[Parcel]:
        """Hand it to the carrier. Raises InvalidInput when carrier or number make no sense."""
        parcel = evolve(
            parcel,
            carrier=LINE.read(parcel.carrier, "carrier", CARRIER_LETTERS_MAX, 1),
            tracking_number=CODE.read(parcel.tracking_number, "tracking_number", TRACKING_LETTERS_MAX, 1),
        )
        told = ParcelSent(at=parcel.sent_at, parcel_id=parcel.id, order_id=parcel.order_id, carrier=parcel.carrier)
        return Change(None, parcel, (told,))
