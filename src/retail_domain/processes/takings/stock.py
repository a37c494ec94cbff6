"""Stock (库存) as a taking: shelves are shared, promises belong to an order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, TypeAlias

from attrs import frozen

from retail_domain.inventory import (
    Owner,
    Reservation,
    Reservations,
    SoldOut,
    StockItem,
    StockItems,
    StockKey,
    allocate_whole,
    short_of,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.ordering import Order, OrderShipped
from retail_domain.processes.takings.taking import (
    NOTHING,
    Given,
    Minted,
    Paid,
    Taking,
    Why,
    Wish,
    units_freed,
    units_shipped,
)


class StockWork(Protocol):
    """What keeping promises needs."""

    @property
    def stock(self) -> StockItems: ...
    @property
    def reservations(self) -> Reservations: ...


@frozen
class Shelves:
    """The shelves claimed, and the places they are at in the order they are drawn from."""

    places: Sequence[LocationId]
    items: Mapping[StockKey, Change[StockItem]]

    def of(self, sku_ids: Iterable[SkuId]) -> Mapping[StockKey, StockItem]:
        """The shelves of these SKUs as they stand; looked up, since a batch may hold hundreds of others."""
        keys = (StockKey(sku_id, place) for sku_id in sku_ids for place in self.places)
        return {key: self.items[key].state for key in keys if key in self.items}

    def then(self, key: StockKey, decide: Callable[[StockItem], Change[StockItem]]) -> Shelves:
        """One shelf decided."""
        return Shelves(self.places, {**self.items, key: self.items[key].then(decide)})


Promises: TypeAlias = tuple[Change[Reservation], ...]


class Stock(Taking[StockWork, Shelves, Promises]):
    """Units are promised when taken, firm when paid, and leave the shelf when shipped (STK-R2, R3)."""

    kind: ClassVar[str] = "stock"
    rank: ClassVar[int] = 20
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.SHIPPING})

    async def claim(self, work: StockWork, wishes: Sequence[Wish]) -> Shelves:
        """The shelves that online orders draw from."""
        sku_ids = {sku_id for wish in wishes for sku_id in wish.units}
        if not sku_ids:
            return Shelves((), {})
        online = await work.stock.claim_online(sku_ids)
        return Shelves(online.places, {key: Change(item, item) for key, item in online.items.items()})

    def take(self, shared: Shelves, wish: Wish, minted: Minted, at: datetime) -> tuple[Shelves, Promises, Given] | None:
        """Promise all of it from one place (STK-R4, R5). Raises SoldOut."""
        wanted, shelves = wish.units, shared.of(wish.units)
        place = allocate_whole(wanted, shelves, shared.places)
        if place is None:
            raise SoldOut(sku_ids=short_of(wanted, shelves, shared.places))
        taken = {
            key: shared.items[key].then(lambda item, units=units: item.reserve(units, at=at))  # type: ignore[misc]
            for key, units in ((StockKey(sku_id, place), units) for sku_id, units in wanted.items())
        }
        promises = tuple(
            Reservation.held(owner=Owner.order(minted.order_id), line=number, key=StockKey(sku_id, place), quantity=units)
            for number, sku_id, units in wish.lines
        )
        return Shelves(shared.places, {**shared.items, **taken}), promises, NOTHING

    async def lock(self, work: StockWork, order: Order, why: Why) -> Shelves:
        """The shelves that an order is promised units of. A paid order needs none: its promise only becomes firm."""
        if why is Why.PAYING:
            return Shelves((), {})
        items = await work.stock.claim_of(Owner.order(order.id))
        return Shelves((), {key: Change(item, item) for key, item in items.items()})

    async def own(self, work: StockWork, order: Order, why: Why) -> Promises:
        """The promises, as they stand while the order is locked."""
        return tuple(Change(one, one) for one in await work.reservations.of(Owner.order(order.id)))

    def paid(self, shared: Shelves, own: Promises, order: Order, at: datetime) -> tuple[Shelves, Promises, Paid]:
        """Every promise is firm."""
        return shared, tuple(one.then(lambda promise: promise.commit()) for one in own), Paid.FIRM

    def follow(self, shared: Shelves, own: Promises, change: Change[Order], at: datetime) -> tuple[Shelves, Promises]:
        """Unshipped units go back on sale, shipped ones leave."""
        for number, units in units_freed(change).items():
            key, own = _decided(own, number, lambda one, n=units: one.release(n))  # type: ignore[misc]
            shared = shared.then(key, lambda item, n=units: item.release(n, at=at))  # type: ignore[misc]
        reference = _parcel(change)
        for number, units in units_shipped(change).items():
            key, own = _decided(own, number, lambda one, n=units: one.consume(n))  # type: ignore[misc]
            shared = shared.then(key, lambda item, n=units: item.consume(n, reference=reference, at=at))  # type: ignore[misc]
        return shared, own

    def save(self, work: StockWork, shared: Shelves, own: Sequence[Promises]) -> None:
        """Shelves and promises."""
        for shelf in shared.items.values():
            work.stock.save(shelf)
        for promises in own:
            for promise in promises:
                work.reservations.save(promise)


def _decided(
    promises: Promises, number: int, decide: Callable[[Reservation], Change[Reservation]]
) -> tuple[StockKey, Promises]:
    (mine,) = (one for one in promises if one.state.line == number)  # one a line until lines are split among places
    return mine.state.key, tuple(one.then(decide) if one is mine else one for one in promises)


def _parcel(change: Change[Order]) -> str:
    return next((f"parcel:{event.parcel_id}" for event in change.events if isinstance(event, OrderShipped)), "")


