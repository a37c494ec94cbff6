"""Stock (库存) as a taking: shelves are shared, promises belong to an order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    allocate,
    short_of,
)
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order, OrderGoodsInSeveralPlaces, OrderShipped, OrderTooManyUnits
from retail_domain.processes.takings.meaning import units_freed, units_shipped
from retail_domain.processes.takings.taking import NOTHING, Demand, Given, Minted, Paid, Taking, Why


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

    def sellable(self, key: StockKey) -> int:
        """Units of a shelf that can be promised as it stands."""
        shelf = self.items.get(key)
        return 0 if shelf is None else shelf.state.sellable

    def then(self, key: StockKey, decide: Callable[[StockItem], Change[StockItem]]) -> Shelves:
        """One shelf decided."""
        return Shelves(self.places, {**self.items, key: self.items[key].then(decide)})


Promises: TypeAlias = tuple[Change[Reservation], ...]


@frozen
class Stock(Taking[StockWork, Shelves, Promises]):
    """Units are promised when taken, firm when paid, and leave the shelf when shipped (STK-R2, R3)."""

    split: bool = False
    """Whether an order may come from several places when no single one has all of it (STK-R5)."""

    kind: ClassVar[str] = "stock"
    rank: ClassVar[Rank] = Rank.STOCK
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING, Why.SHIPPING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.PAYING, Why.RELEASING, Why.SHIPPING})

    async def claim(self, work: StockWork, demands: Sequence[Demand]) -> Shelves:
        """The shelves that online orders draw from."""
        sku_ids = {sku_id for demand in demands for sku_id in demand.units}
        if not sku_ids:
            return Shelves((), {})
        online = await work.stock.claim_online(sku_ids)
        return Shelves(online.places, {key: Change(item, item) for key, item in online.items.items()})

    def take(self, shared: Shelves, demand: Demand, minted: Minted, at: datetime) -> tuple[Shelves, Promises, Given] | None:
        """Promise all of it, from one place if there is one (STK-R4, R5). Raises SoldOut."""
        lines = [(number, line.goods.sku_id, line.quantity) for number, line in demand.lines]
        drawn = allocate(lines, shared.sellable, shared.places, split=self.split)
        if drawn is None:
            raise SoldOut(sku_ids=short_of(demand.units, shared.sellable, shared.places, split=self.split))
        taken, owner, whose = dict(shared.items), Owner.order(minted.order_id), demand.quote.member_id
        for one in drawn:
            taken[one.key] = taken[one.key].then(lambda item, n=one.units: item.reserve(n, at=at))  # type: ignore[misc]
        promises = tuple(
            Reservation.held(owner=owner, member_id=whose, line=one.line, key=one.key, quantity=one.units) for one in drawn
        )
        return Shelves(shared.places, taken), promises, NOTHING

    async def lock(self, work: StockWork, order: Order) -> Shelves:
        """The shelves that an order is promised units of."""
        items = await work.stock.claim_of(Owner.order(order.id))
        return Shelves((), {key: Change(item, item) for key, item in items.items()})

    async def own(self, work: StockWork, order: Order) -> Promises:
        """The promises made to it."""
        return tuple(Change(one, one) for one in await work.reservations.of(Owner.order(order.id)))

    def paid(self, shared: Shelves, own: Promises, order: Order, at: datetime) -> tuple[Shelves, Promises, Paid]:
        """Every promise is firm; the shelf counts held and firm ones alike."""
        return shared, tuple(one.then(lambda promise: promise.commit()) for one in own), Paid.FIRM

    def follow(self, shared: Shelves, own: Promises, change: Change[Order], at: datetime) -> tuple[Shelves, Promises]:
        """Unshipped units go back on sale, shipped ones leave. Raises OrderGoodsInSeveralPlaces, OrderTooManyUnits."""
        for number, units in units_freed(change).items():
            for one, part in _newest_first(_of_line(own, change.state, number), units):
                own = _with(own, one, lambda promise, n=part: promise.release(n))  # type: ignore[misc]
                shared = shared.then(one.state.key, lambda item, n=part: item.release(n, at=at))  # type: ignore[misc]
        for event in change.events:
            if isinstance(event, OrderShipped):
                shared, own = _shipped(shared, own, change, event, at)
        return shared, own

    def save(self, work: StockWork, shared: Shelves | None, own: Sequence[Promises]) -> None:
        """Shelves and promises."""
        for shelf in shared.items.values() if shared is not None else ():
            work.stock.save(shelf)
        for promises in own:
            for promise in promises:
                work.reservations.save(promise)


def _shipped(
    shared: Shelves, own: Promises, change: Change[Order], event: OrderShipped, at: datetime
) -> tuple[Shelves, Promises]:
    """A parcel leaves from one place: the one that is named, or the only one where its units lie."""
    reference, shipped = f"parcel:{event.parcel_id}", units_shipped(change)
    places = places_of(own, change.state, shipped)
    place = event.location_id or only_place(places)
    for number, units in shipped.items():
        there = [one for one in _of_line(own, change.state, number) if one.state.key.location_id == place]
        if not there:
            raise OrderGoodsInSeveralPlaces(order_id=event.order_id, location_ids=tuple(sorted(places)))
        (promise,) = there
        if promise.state.open < units:  # the line has them, but not all of them here
            raise OrderTooManyUnits(sku_id=promise.state.key.sku_id, left=promise.state.open)
        own = _with(own, promise, lambda one, n=units: one.consume(n))  # type: ignore[misc]
        shared = shared.then(
            promise.state.key,
            lambda item, n=units: item.consume(n, reference=reference, at=at),  # type: ignore[misc]
        )
    return shared, own


def places_of(promises: Promises, order: Order, lines: Iterable[int]) -> frozenset[LocationId]:
    """Where the units of these lines lie that are still promised."""
    return frozenset(one.state.key.location_id for line in lines for one in _of_line(promises, order, line))


def units_at(promises: Promises, order: Order, line: int, place: LocationId) -> int:
    """How many units of a line are still promised at a place."""
    return sum(one.state.open for one in _of_line(promises, order, line) if one.state.key.location_id == place)


def only_place(places: Collection[LocationId]) -> LocationId | None:
    """The place, where there is one and no other."""
    return next(iter(places)) if len(places) == 1 else None


def _of_line(promises: Promises, order: Order, number: int) -> Sequence[Change[Reservation]]:
    """The open promises of a line; a release before noted the SKU alone, which then stands in one line."""
    sku_id = order.line(number).sku_id
    return [
        one for one in promises
        if one.state.open and one.state.line in (number, 0) and one.state.key.sku_id == sku_id
    ]  # fmt: skip


def _newest_first(promises: Sequence[Change[Reservation]], units: int) -> Iterable[tuple[Change[Reservation], int]]:
    """Where a line comes from several places, the one that was opened last is freed first."""
    for one in reversed(promises):
        part = min(units, one.state.open)
        if part:
            yield one, part
        units -= part
    assert units == 0, "a line frees no more than it was promised"


def _with(promises: Promises, which: Change[Reservation], decide: Callable[[Reservation], Change[Reservation]]) -> Promises:
    return tuple(one.then(decide) if one is which else one for one in promises)
