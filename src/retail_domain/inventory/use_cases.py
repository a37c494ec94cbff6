"""What staff do with stock, and the alert that follows from it."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, frozen

from retail_domain.inventory.errors import LocationExists, LocationNotFound, StockItemNotFound
from retail_domain.inventory.events import StockFellLow, StockRecovered
from retail_domain.inventory.model import (
    CODE_LETTERS_MAX,
    NAME_LETTERS_MAX,
    Location,
    LocationKind,
    StockAlert,
    StockItem,
    StockKey,
)
from retail_domain.inventory.ports import InventoryWork
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import NoneOrMore, OneOrMore, checked
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import LocationId, SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE, LINE, REFERENCE_LETTERS_MAX
from retail_domain.kernel.second_person import ALONE, WRITE_OFF, SecondPerson


@frozen(kw_only=True)
@checked
class OpenLocation:
    """Staff open a warehouse or store."""

    code: str
    name: str
    actor: Actor
    kind: LocationKind = LocationKind.WAREHOUSE
    sells_online: bool = True
    priority: int = 100
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen
class LocationOpened:
    """Its id."""

    location_id: LocationId


@brings(Effect.STOCK)
async def open_location(work: InventoryWork, command: OpenLocation, means: Means) -> LocationOpened:
    """Answers its id. Raises InvalidInput, and LocationExists when the code is in use."""
    code, name = CODE.read(command.code, "code", CODE_LETTERS_MAX, 1), LINE.read(command.name, "name", NAME_LETTERS_MAX, 1)
    if any(CODE.spelled(one.code) == code for one in await work.locations.all()):
        raise LocationExists(location=code)
    location = Location(
        id=LocationId(means.ids.new()), code=code, name=name, kind=command.kind,
        sells_online=command.sells_online, priority=command.priority,
    )  # fmt: skip
    work.locations.save(Change(None, location))
    return LocationOpened(location.id)


@frozen(kw_only=True)
@checked
class ReceiveStock:
    """Units arrived at a location (STK-R3). `reference` is the delivery note."""

    sku_id: SkuId
    location: str
    quantity: OneOrMore
    reference: str
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class AdjustStock:
    """Staff correct a count by so many units either way (STK-R3).

    With `shortfall` it may come to less than is promised: the rest is written down as missing (STK-R10).
    """

    sku_id: SkuId
    location: str
    change: int
    reason: str
    actor: Actor
    shortfall: bool = False
    seconded_by: Actor | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class WatchStock:
    """Staff set when to warn of low stock, and how many units are kept out of sale; None leaves a value (STK-R9)."""

    sku_id: SkuId
    location: str
    actor: Actor
    alert_threshold: NoneOrMore | None = None
    safety: NoneOrMore | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class StockCounted:
    """What lies there now."""

    sku_id: SkuId
    location_id: LocationId
    on_hand: int
    reserved: int
    safety: int
    sellable: int


async def receive_stock(work: InventoryWork, command: ReceiveStock, means: Means) -> StockCounted:
    """The first delivery of a SKU opens its shelf. Answers the new count.

    Raises InvalidInput, LocationNotFound, ShelfFull.
    """
    reference = LINE.read(command.reference, "reference", REFERENCE_LETTERS_MAX, 1)
    key = StockKey(command.sku_id, await _place(work, command.location))
    shelf = (await work.stock.claim([key])).get(key)
    opened, at = Change(shelf, shelf) if shelf else StockItem.opened(key), means.clock.now()
    return _kept(work, opened.then(lambda item: item.receive(command.quantity, reference=reference, at=at)))


@brings(Effect.STOCK)
async def adjust_stock(work: InventoryWork, command: AdjustStock, means: Means, second: SecondPerson = ALONE) -> StockCounted:
    """Answers the new count.

    Raises InvalidInput, LocationNotFound, StockItemNotFound, AdjustmentTooLarge, NeedsSecondPerson.
    """
    command = evolve(command, reason=LINE.read(command.reason, "reason", REFERENCE_LETTERS_MAX, 1))
    shelf = await _shelf(work, command.sku_id, command.location)
    change = _adjusted(shelf, command, means.clock.now())
    second.check(WRITE_OFF, -command.change, command)
    return _kept(work, change)


def _adjusted(shelf: StockItem, command: AdjustStock, at: datetime) -> Change[StockItem]:
    return shelf.adjust(command.change, reference=command.reason, at=at, shortfall=command.shortfall)


@brings(Effect.STOCK)
async def watch_stock(work: InventoryWork, command: WatchStock, means: Means) -> StockCounted:
    """What is None stays. Answers the count. Raises LocationNotFound, StockItemNotFound."""
    shelf, at = await _shelf(work, command.sku_id, command.location), means.clock.now()
    safety = shelf.safety if command.safety is None else command.safety
    threshold = shelf.alert_threshold if command.alert_threshold is None else command.alert_threshold
    return _kept(work, shelf.keep_safe(safety, at=at).then(lambda item: item.watch(threshold, at=at)))


async def follow_stock_level(work: InventoryWork, event: StockFellLow | StockRecovered) -> None:
    """Open or close the alert so that one is open exactly when available is at or below the threshold (STK-R9, STK-I7).

    Judged by the stock as it is now, not by the event: running twice, late or out of turn ends the same.
    """
    key = StockKey(event.sku_id, event.location_id)
    shelf = (await work.stock.claim([key])).get(key)
    alert = await work.alerts.find(key)
    if shelf is not None and shelf.is_low and alert is None:
        opened = StockAlert(key=key, available=shelf.available, threshold=shelf.alert_threshold or 0, opened_at=event.at)
        work.alerts.save(Change(None, opened))
    if alert is not None and (shelf is None or not shelf.is_low):
        work.alerts.close(alert)


async def _place(work: InventoryWork, code: str) -> LocationId:
    for location in await work.locations.all():
        if CODE.spelled(location.code) == CODE.spelled(code):
            return location.id
    raise LocationNotFound(location=code)


async def _shelf(work: InventoryWork, sku_id: SkuId, location: str) -> StockItem:
    key = StockKey(sku_id, await _place(work, location))
    shelf = (await work.stock.claim([key])).get(key)
    if shelf is None:
        raise StockItemNotFound(sku_id=key.sku_id, location_id=key.location_id)
    return shelf


def _kept(work: InventoryWork, change: Change[StockItem]) -> StockCounted:
    if change.state != change.before:  # to wish for what is there already changes nothing
        work.stock.save(change)
    item = change.state
    return StockCounted(
        sku_id=item.key.sku_id, location_id=item.key.location_id, on_hand=item.on_hand, reserved=item.reserved,
        safety=item.safety, sellable=item.sellable,
    )  # fmt: skip
