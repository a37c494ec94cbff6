"""What fulfilment needs from a store."""

from __future__ import annotations

from typing import Protocol

from retail_domain.fulfilment.model import Parcel
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId


class Parcels(Protocol):
    """The parcels; they are only sent by who holds the order's lock."""

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """The parcels of an order, oldest first; sees staged ones."""
        ...

    def save(self, change: Change[Parcel]) -> None:
        """Stage a new parcel."""
        ...


class FulfilmentWork(Protocol):
    """The unit of work fulfilment needs."""

    @property
    def parcels(self) -> Parcels:
        """The parcels."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
