"""What inventory needs from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from retail_domain.inventory.model import Location, OnlineShelves, StockAlert, StockItem, StockKey
from retail_domain.inventory.quota import Quota, QuotaShare
from retail_domain.inventory.reservation import Owner, Reservation
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.once import Answers


class StockItems(Protocol):
    """The shelves."""

    async def claim(self, keys: Iterable[StockKey]) -> Mapping[StockKey, StockItem]:
        """Lock these shelves until the unit ends, ascending by key, in one statement; unknown ones are absent."""
        ...

    async def claim_of(self, owner: Owner) -> Mapping[StockKey, StockItem]:
        """Lock the shelves that somebody has promises of, ascending by key, in one statement; which they are never changes."""
        ...

    async def claim_online(self, sku_ids: Iterable[SkuId]) -> OnlineShelves:
        """Lock the shelves of these SKUs at places that sell online, ascending by key, in one statement.

        The places come by priority, then code.
        """
        ...

    def save(self, change: Change[StockItem]) -> None:
        """Stage a change together with its moves; the CHECKs of STK-I1 hold in the store as well."""
        ...


class Reservations(Protocol):
    """The promises; they are only touched by who holds their owner's lock."""

    async def of(self, owner: Owner) -> tuple[Reservation, ...]:
        """All reservations of an owner, by line, then by shelf; sees staged ones."""
        ...

    def save(self, change: Change[Reservation]) -> None:
        """Stage a change."""
        ...


class Locations(Protocol):
    """Warehouses and stores."""

    async def all(self) -> tuple[Location, ...]:
        """Every location by priority, then code; there are few."""
        ...

    def save(self, change: Change[Location]) -> None:
        """Stage a change; a code in use raises `Taken` at commit."""
        ...


class StockAlerts(Protocol):
    """Open alerts, one at most for each (SKU, location) (STK-R9)."""

    async def find(self, key: StockKey) -> StockAlert | None:
        """The open alert, if any."""
        ...

    def save(self, change: Change[StockAlert]) -> None:
        """Stage a new or changed alert."""
        ...

    def close(self, alert: StockAlert) -> None:
        """Stage that the alert is over."""
        ...


class Quotas(Protocol):
    """The campaign quotas, at most one a SKU (STK-R7)."""

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Lock those of these SKUs until the unit ends, ascending, in one statement; SKUs without one are absent."""
        ...

    def save(self, change: Change[Quota]) -> None:
        """Stage a change."""
        ...


class QuotaShares(Protocol):
    """What orders have of quotas; they are only touched by who holds the order's lock."""

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """All shares of an order, by line; sees staged ones."""
        ...

    def save(self, change: Change[QuotaShare]) -> None:
        """Stage a change."""
        ...


class InventoryWork(Protocol):
    """The unit of work inventory needs."""

    @property
    def stock(self) -> StockItems: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def locations(self) -> Locations: ...
    @property
    def alerts(self) -> StockAlerts: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
