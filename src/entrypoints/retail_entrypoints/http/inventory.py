"""`/v1/staff/stock` and `/v1/staff/locations`: what lies where."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.accounts import BoundToPlaces, Permission
from retail_domain.approvals import AwaitsSecondPerson
from retail_domain.catalog import SkuNotFound
from retail_domain.inventory import (
    AdjustmentTooLarge,
    AdjustStock,
    AlertView,
    Inventory,
    Location,
    LocationExists,
    LocationKind,
    LocationNotFound,
    LocationOpened,
    MoveView,
    OpenLocation,
    ReceiveStock,
    StockCounted,
    StockItemNotFound,
    StockView,
    WatchStock,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Answer, Body, Code, Count, Delta, Instant, Reason, Text, Uuid
from retail_entrypoints.http.shaping import derived

Units = Annotated[int, Meta(ge=1, le=1_000_000, description="Units that arrived.", examples=[120])]
Level = Annotated[int, Meta(ge=0, le=1_000_000, description="A number of units.", examples=[10])]
Place = Annotated[int, Meta(ge=0, le=10_000, description="Smaller ships first.", examples=[100])]


class LocationBody(Body, frozen=True):
    """A warehouse or store to open."""

    code: Code
    name: Text
    kind: LocationKind = LocationKind.WAREHOUSE
    sells_online: bool = True
    priority: Place = 100

    to_command = becoming(OpenLocation, "actor", "within", "once")


class LocationShape(Answer, frozen=True):
    """A warehouse or store."""

    location_id: Uuid
    code: str
    name: str
    kind: LocationKind
    sells_online: bool
    priority: int

    of = derived(Location, location_id="id")


class OpenedShape(Answer, frozen=True):
    """The id of a new location."""

    location_id: Uuid

    of = derived(LocationOpened)


class ReceiptBody(Body, frozen=True):
    """Units that arrived, and the delivery note they came with."""

    sku_id: Uuid
    location: Code
    quantity: Units
    reference: Text

    to_command = becoming(ReceiveStock, "actor", "within", "once")


class AdjustmentBody(Body, frozen=True):
    """A correction of a count, up or down; with `shortfall` also below what is promised: the rest is noted as missing."""

    sku_id: Uuid
    location: Code
    change: Delta
    reason: Reason
    shortfall: bool = False

    to_command = becoming(AdjustStock, "actor", "within", "once", left=("seconded_by",))


class WatchBody(Body, frozen=True):
    """When to warn, and what to keep out of sale; what is left out stays as it is."""

    sku_id: Uuid
    location: Code
    alert_threshold: Level | None = None
    safety: Level | None = None

    to_command = becoming(WatchStock, "actor", "within", "once")


class CountedShape(Answer, frozen=True):
    """What lies there now."""

    sku_id: Uuid
    location_id: Uuid
    on_hand: Count
    reserved: Count
    safety: Count
    sellable: Count

    of = derived(StockCounted)


class StockShape(Answer, frozen=True):
    """The stock of one SKU at one location; `shortfall` units are promised to orders and missing."""

    sku_id: Uuid
    location_id: Uuid
    location: str
    on_hand: Count
    reserved: Count
    safety: Count
    shortfall: Count
    sellable: Count
    alert_threshold: Count | None

    of = derived(StockView, location="location_code")


class AlertShape(Answer, frozen=True):
    """Stock that is low."""

    sku_id: Uuid
    location_id: Uuid
    location: str
    available: int
    threshold: Count
    opened_at: Instant

    of = derived(AlertView, location="location_code")


class MoveShape(Answer, frozen=True):
    """One entry of the movement ledger."""

    sku_id: Uuid
    location_id: Uuid
    kind: str
    units: int
    reference: str
    at: Instant

    of = derived(MoveView)


def inventory_routes(inventory: Inventory) -> Sequence[HTTPRouteHandler]:
    """What staff do with stock."""
    return [*_locations(inventory), *_stock(inventory), *_changes(inventory)]


def _locations(inventory: Inventory) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/locations", permission=Permission.STOCK_CHANGE, tag="staff: stock")

    @routes.get(permission=Permission.STOCK_SEE, summary="Warehouses and stores")
    async def list_locations(
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[LocationShape]:
        """With the codes by which stock is booked."""
        return part_of(await inventory.show.locations(within), short_page, LocationShape.of)

    @routes.post(does=inventory.open_location, raises=[LocationExists, BoundToPlaces], summary="Open a location")
    async def open_location(
        data: JSONBody[LocationBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> OpenedShape:
        """A warehouse or a store; its code is unique."""
        return OpenedShape.of(await inventory.open_location(data.to_command(actor=actor, within=within, once=once)))

    return routes.all


def _stock(inventory: Inventory) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/stock", permission=Permission.STOCK_SEE, tag="staff: stock")

    @routes.get(summary="All shelves")
    async def list_stock(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[StockShape]:
        """On hand, reserved, and what can be sold."""
        return listing(await inventory.show.stock(page, within), StockShape.of)

    @routes.get("/alerts", summary="Open low-stock alerts")
    async def list_stock_alerts(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[AlertShape]:
        """One for a shelf that is below its level."""
        return listing(await inventory.show.alerts(page, within), AlertShape.of)

    @routes.get("/{sku_id:uuid}", summary="The shelves of one SKU")
    async def get_stock(
        sku_id: FromPath[UUID],
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[StockShape]:
        """At every location."""
        return part_of(await inventory.show.stock_of([SkuId(sku_id)], within), short_page, StockShape.of)

    @routes.get("/{sku_id:uuid}/moves", summary="Movements, newest first")
    async def list_stock_moves(
        sku_id: FromPath[UUID],
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[MoveShape]:
        """Every unit that came or went: why, and by whom."""
        return listing(await inventory.show.moves(SkuId(sku_id), page, within), MoveShape.of)

    return routes.all


def _changes(inventory: Inventory) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/stock", permission=Permission.STOCK_CHANGE, tag="staff: stock")

    @routes.post("/receipts", does=inventory.receive, raises=[LocationNotFound, SkuNotFound], summary="Take units in")
    async def receive_stock(
        data: JSONBody[ReceiptBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> CountedShape:
        """With the reference of what came; each receipt stands among the movements."""
        return CountedShape.of(await inventory.receive(data.to_command(actor=actor, within=within, once=once)))

    @routes.post(
        "/adjustments",
        does=inventory.adjust,
        raises=[LocationNotFound, StockItemNotFound, AdjustmentTooLarge, AwaitsSecondPerson],
        summary="Correct a count",
    )
    async def adjust_stock(
        data: JSONBody[AdjustmentBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> CountedShape:
        """By so many units, with a reason; it stands among the movements."""
        return CountedShape.of(await inventory.adjust(data.to_command(actor=actor, within=within, once=once)))

    @routes.post(
        "/watches", does=inventory.watch, raises=[LocationNotFound, StockItemNotFound], summary="Say when stock is low"
    )
    async def watch_stock(
        data: JSONBody[WatchBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> CountedShape:
        """Below which level an alert is opened, and how many units are kept out of sale; what is left out stays as it is."""
        return CountedShape.of(await inventory.watch(data.to_command(actor=actor, within=within, once=once)))

    return routes.all
