"""What fulfilment shows."""

from __future__ import annotations

from typing import Protocol

from retail_domain.fulfilment.model import Parcel
from retail_domain.kernel.ids import OrderId


class ParcelQueries(Protocol):
    """Reads parcels."""

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """The parcels of an order, oldest first; whoever asks has been shown the order before (GEN-R14)."""
        ...
