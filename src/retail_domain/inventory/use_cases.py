"""What staff do with stock, and the alert that follows from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.inventory.errors import LocationExists, LocationNotFound, StockItemNotFound
from retail_domain.inventory.events import StockFellLow, StockRecovered
from retail_domain.inventory.model import Location, LocationKind, StockAlert, StockItem, StockKey
from retail_domain.inventory.ports import InventoryWork
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, LocationId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin


@frozen(kw_only=True)
class OpenLocation:
    """Staff open a warehouse or store."""

    code: str
    name: str
    actor: Actor
    kind: LocationKind = LocationKind.WAREHOUSE
    sells_online: bool = True
    priority: int = 100
    once: Once | None = None


@frozen
class LocationOpened:
    """Its id."""

    location_id: LocationId


@frozen(kw_only=True)
class OpenLocationHandler:
    """Raises LocationExists when the code is in use."""

    begin: Begin[InventoryWork]
    ids: Ids

    async def __call__(self, command: OpenLocation) -> LocationOpened:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, LocationOpened)
            if told is not None:
                return told
            if any(one.code == command.code for one in await work.locations.all()):
                raise LocationExists(location=command.code)
            location = Location(
                id=LocationId(self.ids.new()), code=command.code, name=command.name, kind=command.kind,
                sells_online=command.sells_online, priority=command.priority,
            )  # fmt: skip
            work.locations.save(Change(None, location))
            answer = LocationOpened(location.id)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


@frozen(kw_only=True)
class ReceiveStock:
    """Units arrived at a location (STK-R3). `reference` is the delivery note."""

    sku_id: SkuId
    location: str
    quantity: int
    reference: str
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class AdjustStock:
    """Staff correct a count by so many units either way (STK-R3)."""

    sku_id: SkuId
    location: str
    change: int
    reason: str
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
class WatchStock:
    """Staff set when to warn of low stock, and how many units are kept out of sale; None leaves a value (STK-R9)."""

    sku_id: SkuId
    location: str
    actor: Actor
    alert_threshold: int | None = None
    safety: int | None = None
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


@frozen(kw_only=True)
class ReceiveStockHandler:
    """Answers the new count; the first delivery of a SKU opens its shelf. Raises LocationNotFound, ShelfFull."""

    begin: Begin[InventoryWork]
    clock: Clock

    async def __call__(self, command: ReceiveStock) -> StockCounted:
        """Carry it out."""

        async def receive(work: InventoryWork) -> Change[StockItem]:
            key = StockKey(command.sku_id, await _place(work, command.location))
            shelf = (await work.stock.claim([key])).get(key)
            opened = Change(shelf, shelf) if shelf else StockItem.opened(key)
            return opened.then(lambda item: item.receive(command.quantity, reference=command.reference, at=self.clock.now()))

        return await _counted_once(self.begin, command.once, receive)


@frozen(kw_only=True)
class AdjustStockHandler:
    """Answers the new count. Raises LocationNotFound, StockItemNotFound, AdjustmentTooLarge."""

    begin: Begin[InventoryWork]
    clock: Clock

    async def __call__(self, command: AdjustStock) -> StockCounted:
        """Carry it out."""

        async def adjust(work: InventoryWork) -> Change[StockItem]:
            shelf = await _shelf(work, command.sku_id, command.location)
            return shelf.adjust(command.change, reference=command.reason, at=self.clock.now())

        return await _counted_once(self.begin, command.once, adjust)


@frozen(kw_only=True)
class WatchStockHandler:
    """Answers the count. Raises LocationNotFound, StockItemNotFound."""

    begin: Begin[InventoryWork]
    clock: Clock

    async def __call__(self, command: WatchStock) -> StockCounted:
        """Carry it out."""

        async def watch(work: InventoryWork) -> Change[StockItem]:
            shelf, at = await _shelf(work, command.sku_id, command.location), self.clock.now()
            safety = shelf.safety if command.safety is None else command.safety
            threshold = shelf.alert_threshold if command.alert_threshold is None else command.alert_threshold
            return shelf.keep_safe(safety, at=at).then(lambda item: item.watch(threshold, at=at))

        return await _counted_once(self.begin, command.once, watch)


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


async def _counted_once(
    begin: Begin[InventoryWork], once: Once | None, decide: Callable[[InventoryWork], Awaitable[Change[StockItem]]]
) -> StockCounted:
    """Decide about a shelf in one unit and answer its count; a repeat hears the answer given before (R17)."""
    async with begin() as work:
        told = await work.answers.recall(once, StockCounted)
        if told is not None:
            return told
        change = await decide(work)
        work.stock.save(change)
        answer = _counted(change.state)
        work.answers.remember(once, answer)
        await work.commit()
    return answer


async def _place(work: InventoryWork, code: str) -> LocationId:
    for location in await work.locations.all():
        if location.code == code:
            return location.id
    raise LocationNotFound(location=code)


async def _shelf(work: InventoryWork, sku_id: SkuId, location: str) -> StockItem:
    key = StockKey(sku_id, await _place(work, location))
    shelf = (await work.stock.claim([key])).get(key)
    if shelf is None:
        raise StockItemNotFound(sku_id=key.sku_id, location_id=key.location_id)
    return shelf


def _counted(item: StockItem) -> StockCounted:
    return StockCounted(
        sku_id=item.key.sku_id, location_id=item.key.location_id, on_hand=item.on_hand, reserved=item.reserved,
        safety=item.safety, sellable=item.sellable,
    )  # fmt: skip
