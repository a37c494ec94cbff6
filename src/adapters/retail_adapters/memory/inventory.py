"""Inventory in memory: the worked example of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.paging import cursor_of, key_after
from retail_domain.inventory.model import Location, Move, OnlineShelves, StockAlert, StockItem, StockKey
from retail_domain.inventory.queries import MOVES_MAX, AlertView, MoveView, StockView
from retail_domain.inventory.reservation import Owner, PromiseKey, Reservation
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.ranks import Rank


class MemoryStockItems(MemoryCollection[StockKey, StockItem]):
    """The shelves; see the port for the promises."""

    table: ClassVar[str] = "stock_items"
    key_columns: ClassVar[str] = "sku_id+location_id"
    transient: ClassVar[Mapping[str, Any]] = {"moves": ()}

    def key(self, state: StockItem) -> StockKey:
        """SKU and location."""
        return state.key

    async def claim(self, keys: Iterable[StockKey]) -> Mapping[StockKey, StockItem]:
        """These shelves, ascending."""
        self._session.lock(Rank.STOCK)
        found = ((key, self.look(key)) for key in sorted(set(keys)))
        return {key: item for key, item in found if item is not None}

    async def claim_of(self, owner: Owner) -> Mapping[StockKey, StockItem]:
        """The shelves that somebody has promises of."""
        promises = self._session.memory.table("reservations").values()
        return await self.claim(one.key for one in promises if one.owner == owner)

    async def claim_online(self, sku_ids: Iterable[SkuId]) -> OnlineShelves:
        """The shelves of these SKUs that online orders draw from."""
        wanted = set(sku_ids)
        online = [place for place in self._session.memory.table("locations").values() if place.sells_online]
        items = await self.claim(StockKey(sku, place.id) for sku in wanted for place in online)
        kept = {key.location_id for key in items}
        places = sorted((place for place in online if place.id in kept), key=lambda place: (place.priority, place.code))
        return OnlineShelves(tuple(place.id for place in places), items)

    def apply(self) -> None:
        """Items, then their moves."""
        for key, (_, state) in self._staged.items():
            for move in state.moves:
                self._session.memory.log("stock_moves").append((key, move))
        super().apply()


class MemoryReservations(MemoryCollection[PromiseKey, Reservation]):
    """The promises; see the port."""

    table: ClassVar[str] = "reservations"
    key_columns: ClassVar[str] = "order_id+owner_kind+line+sku_id+location_id"

    async def of(self, owner: Owner) -> tuple[Reservation, ...]:
        """Stored and staged ones, by line."""
        return tuple(sorted((one for one in self.every() if one.owner == owner), key=lambda one: one.id))


class MemoryLocations(MemoryCollection[LocationId, Location]):
    """Warehouses and stores."""

    table: ClassVar[str] = "locations"
    unique: ClassVar[Mapping[str, Any]] = {"locations.code": lambda one: one.code}

    async def all(self) -> tuple[Location, ...]:
        """By priority, then code."""
        return tuple(sorted(self.every(), key=lambda one: (one.priority, one.code)))


class MemoryStockAlerts(MemoryCollection[StockKey, StockAlert]):
    """Open alerts."""

    table: ClassVar[str] = "stock_alerts"
    key_columns: ClassVar[str] = "sku_id+location_id"

    def key(self, state: StockAlert) -> StockKey:
        """SKU and location."""
        return state.key

    async def find(self, key: StockKey) -> StockAlert | None:
        """The open alert, if any."""
        return self.look(key)

    def close(self, alert: StockAlert) -> None:
        """Stage that it is over."""
        self.drop(alert.key)


@frozen
class MemoryInventoryQueries:
    """The read side of inventory; see the Protocol."""

    memory: Memory

    async def locations(self, within: Places = EVERYWHERE) -> Sequence[Location]:
        """Every warehouse and store by priority."""
        there = (one for one in self.memory.table("locations").values() if within.has(one.id))
        return sorted(there, key=lambda one: (one.priority, one.code))

    async def stock_of(self, sku_ids: Iterable[SkuId], within: Places = EVERYWHERE) -> Sequence[StockView]:
        """The shelves of these SKUs."""
        wanted = set(sku_ids)
        views = [view for view in self._views(within) if view.sku_id in wanted]
        return sorted(views, key=lambda view: (view.sku_id, view.location_code))

    async def sellable(self, sku_ids: Iterable[SkuId], *, in_all: bool = False) -> Mapping[SkuId, int]:
        """The most one online location can sell, or all of them together."""
        online = {place.id for place in self.memory.table("locations").values() if place.sells_online}
        best: dict[SkuId, int] = {}
        for view in await self.stock_of(sku_ids):
            if view.location_id in online:
                sofar = best.get(view.sku_id, 0)
                best[view.sku_id] = sofar + view.sellable if in_all else max(sofar, view.sellable)
        return best

    async def stock(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[StockView]:
        """All shelves."""
        return _page(sorted(self._views(within), key=_stock_key), page)

    async def alerts(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[AlertView]:
        """Open alerts."""
        codes = {place.id: place.code for place in self.memory.table("locations").values()}
        views = [
            AlertView(
                sku_id=one.key.sku_id, location_id=one.key.location_id, location_code=codes[one.key.location_id],
                available=one.available, threshold=one.threshold, opened_at=one.opened_at,
            )
            for one in self.memory.table("stock_alerts").values() if within.has(one.key.location_id)
        ]  # fmt: skip
        return _page(sorted(views, key=_stock_key), page)

    async def moves(self, sku_id: SkuId, page: PageRequest, within: Places = EVERYWHERE) -> Page[MoveView]:
        """The movements of a SKU, newest first."""
        (before,) = key_after(page.cursor, (2**62,))
        found = [
            (at, key, move) for at, (key, move) in enumerate(self.memory.log("stock_moves"), 1)
            if key.sku_id == sku_id and at < before and within.has(key.location_id)
        ][::-1]  # fmt: skip
        shown = tuple(_move(key, move) for _, key, move in found[: page.limit])
        return Page(shown, cursor_of(found[page.limit - 1][0]) if len(found) > page.limit else None)

    async def moves_named(self, sku_id: SkuId, location: str, reference: str) -> Sequence[MoveView]:
        """The movements of a SKU under that reference."""
        places = {place.id for place in self.memory.table("locations").values() if place.code == location}
        found = [
            _move(key, move) for key, move in self.memory.log("stock_moves")
            if key.sku_id == sku_id and key.location_id in places and move.reference == reference
        ]  # fmt: skip
        return found[::-1][:MOVES_MAX]

    def _views(self, within: Places) -> list[StockView]:
        codes = {place.id: place.code for place in self.memory.table("locations").values()}
        return [
            StockView(
                sku_id=item.key.sku_id, location_id=item.key.location_id, location_code=codes[item.key.location_id],
                on_hand=item.on_hand, reserved=item.reserved, safety=item.safety, shortfall=item.shortfall,
                sellable=item.sellable,
                alert_threshold=item.alert_threshold,
            )
            for item in self.memory.table("stock_items").values() if within.has(item.key.location_id)
        ]  # fmt: skip


def _move(key: StockKey, move: Move) -> MoveView:
    return MoveView(
        sku_id=key.sku_id, location_id=key.location_id, kind=move.kind, units=move.units, reference=move.reference, at=move.at
    )  # fmt: skip


def _stock_key(view: Any) -> tuple[UUID, UUID]:
    return (view.sku_id, view.location_id)


def _page(views: list[Any], page: PageRequest) -> Page[Any]:
    after = key_after(page.cursor, (UUID(int=0), UUID(int=0)))
    left = [view for view in views if _stock_key(view) > after]
    shown = tuple(left[: page.limit])
    return Page(shown, cursor_of(*_stock_key(shown[-1])) if len(left) > page.limit else None)
