"""What follows from what: one table, event -> reactions (decision 0010, R25, CRT-R9).

A reaction runs inside the unit of work that marks its delivery as made, so its effect happens exactly once (R26). It judges
by the state it finds, never by the order in which events arrive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen

from retail_domain.catalog import Products
from retail_domain.inventory import InventoryWork, StockFellLow, StockRecovered, follow_stock_level
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import ProductId
from retail_domain.kernel.means import Means
from retail_domain.ordering import OrderPaid, OrderPlaced, OrderRefunded, Orders
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.carting import CartingWork, TakeOutOrdered, take_out_ordered


class ReactingWork(InventoryWork, CartingWork, Protocol):
    """The unit of work reactions share."""

    @property
    def orders(self) -> Orders: ...
    @property
    def products(self) -> Products: ...


React = Callable[[ReactingWork, Any, Means], Awaitable[None]]


@frozen
class Follows:
    """One row of the table: a stored name that never changes, what it follows from, and what it does."""

    name: str
    events: tuple[type[Event], ...]
    react: React


async def _watch_stock(work: ReactingWork, event: StockFellLow | StockRecovered, means: Means) -> None:
    await follow_stock_level(work, event)


async def _empty_cart(work: ReactingWork, event: OrderPlaced, means: Means) -> None:
    if event.cart_id is not None:
        asked_for = (units for units in event.units if units.line not in event.gifts)
        ordered = tuple(WantedLine(units.sku_id, units.quantity) for units in asked_for)
        await take_out_ordered(work, TakeOutOrdered(cart_id=event.cart_id, lines=ordered, version=event.cart_version), means)


async def _count_sold(work: ReactingWork, event: OrderPaid, means: Means) -> None:
    order = await work.orders.get(event.order_id)
    sold: Counter[ProductId] = Counter()
    for line in order.lines:
        sold[line.product_id] += line.quantity
    await work.products.count_sold(sold)


async def _count_back(work: ReactingWork, event: OrderRefunded, means: Means) -> None:
    order = await work.orders.get(event.order_id)
    back: Counter[ProductId] = Counter()
    for units in event.units:
        (known,) = order.named([units])  # facts of an earlier release name the SKU alone
        back[order.line(known.line).product_id] -= units.quantity
    await work.products.count_sold(back)


TABLE: tuple[Follows, ...] = (
    Follows("inventory.watch_stock", (StockFellLow, StockRecovered), _watch_stock),
    Follows("cart.take_out_ordered", (OrderPlaced,), _empty_cart),
    Follows("catalog.count_sold", (OrderPaid,), _count_sold),
    Follows("catalog.count_back", (OrderRefunded,), _count_back),
)

_BY_EVENT: Mapping[type[Event], tuple[str, ...]] = {
    event: tuple(row.name for row in TABLE if event in row.events) for row in TABLE for event in row.events
}


def reactions_to(event: Event) -> Sequence[str]:
    """The names of what must follow this event; an order placed without a cart has nothing to take out of one."""
    if isinstance(event, OrderPlaced) and event.cart_id is None:
        return tuple(name for name in _BY_EVENT[OrderPlaced] if name != "cart.take_out_ordered")
    return _BY_EVENT.get(type(event), ())


def reactions(means: Means) -> Mapping[str, Callable[[ReactingWork, Any], Awaitable[None]]]:
    """The table as the relay calls it."""
    return {row.name: _bound(row, means) for row in TABLE}


def _bound(row: Follows, means: Means) -> Callable[[ReactingWork, Any], Awaitable[None]]:
    async def react(work: ReactingWork, event: Any) -> None:
        await row.react(work, event, means)

    return react
