"""Facts of parcels."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import OrderId, ParcelId


@frozen(kw_only=True)
class ParcelSent(Event):
    """A parcel was handed to its carrier."""

    name: ClassVar[str] = "parcel.sent"

    parcel_id: ParcelId
    order_id: OrderId
    carrier: str

    @property
    def aggregate_id(self) -> UUID:
        """The parcel."""
        return self.parcel_id


EVENTS: Final[tuple[type[Event], ...]] = (ParcelSent,)
