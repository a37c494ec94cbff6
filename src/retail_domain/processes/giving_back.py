"""Giving back: what placing took, stock and purchase limits, returns exactly once (ORD-I5, GEN-R11, R3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.catalog import PurchaseCounter, PurchaseCounters, PurchaseKey
from retail_domain.inventory import Reservation, Reservations, StockItem, StockItems, StockKey
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import SkuId
from retail_domain.ordering import Order, OrderLine, OrderStatus


class GivingBackWork(Protocol):
    """What is needed to give back."""

    @property
    def purchase_counters(self) -> PurchaseCounters: ...
    @property
    def stock(self) -> StockItems: ...
    @property
    def reservations(self) -> Reservations: ...


@frozen(kw_only=True)
class Held:
    """What an order holds, locked: shelves and purchase counters."""

    shelves: Mapping[StockKey, StockItem]
    counters: Mapping[PurchaseKey, PurchaseCounter]


async def claim_held(work: GivingBackWork, order: Order) -> Held:
    """Lock what an order holds, before the order itself: counters, then shelves (rulings 22).

    The order may have been read without a lock: what its lines name never changes.
    """
    limited = {_counter_key(order, line) for line in order.lines if line.limited}
    counters = await work.purchase_counters.claim(limited) if limited else {}
    shelves = await work.stock.claim({StockKey(line.sku_id, line.location_id) for line in order.lines})
    return Held(shelves=shelves, counters=counters)


async def give_back(work: GivingBackWork, held: Held, change: Change[Order], at: datetime) -> None:
    """Stage what a decision about an order frees: unshipped units go back on sale, limits are counted down."""
    freed = units_freed(change)
    by_sku = {reservation.key.sku_id: reservation for reservation in await work.reservations.of_order(change.state.id)}
    for sku_id, units in freed.items():
        _free(work, held, by_sku[sku_id], units, at)
    for key, units in _uncounted(change).items():
        work.purchase_counters.save(held.counters[key].give_back(units))


def units_freed(change: Change[Order]) -> Mapping[SkuId, int]:
    """Units that will not be shipped any more because of a decision: pure, so that "exactly once" can be tested."""
    before, after = change.before, change.state
    assert before is not None
    if _closed_unpaid(change):
        return {line.sku_id: line.quantity for line in after.lines}
    freed = {
        line.sku_id: line.refunded_unshipped - before.line(line.sku_id).refunded_unshipped for line in after.lines
    }
    return {sku_id: units for sku_id, units in freed.items() if units}


def _free(work: GivingBackWork, held: Held, reservation: Reservation, units: int, at: datetime) -> None:
    work.reservations.save(reservation.release(units))
    work.stock.save(held.shelves[reservation.key].release(units, at=at))


def _uncounted(change: Change[Order]) -> Mapping[PurchaseKey, int]:
    before, after = change.before, change.state
    assert before is not None
    back: Counter[PurchaseKey] = Counter()
    for line in after.lines:
        if line.limited:
            units = line.quantity if _closed_unpaid(change) else line.refunded - before.line(line.sku_id).refunded
            back[_counter_key(after, line)] += units
    return {key: units for key, units in back.items() if units}


def _closed_unpaid(change: Change[Order]) -> bool:
    before, after = change.before, change.state
    assert before is not None
    return before.awaits_payment and after.status is OrderStatus.CLOSED


def _counter_key(order: Order, line: OrderLine) -> PurchaseKey:
    return PurchaseKey(order.member_id, line.product_id)
