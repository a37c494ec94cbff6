"""What follows from what: one table, event -> reactions (decision 0010, R25, CRT-R9).

A reaction runs inside the unit of work that marks its delivery as made, so its effect happens exactly once (R26). It judges
by the state it finds, never by the order in which events arrive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from inspect import iscoroutinefunction, signature
from typing import Any, Final, Protocol

from attrs import field, frozen

from retail_domain.accounts import MemberRegistered
from retail_domain.catalog import Sales
from retail_domain.contexts import KEPT, every_event
from retail_domain.coupons import RuledCouponsWork
from retail_domain.inventory import InventoryWork, StockFellLow, StockRecovered, follow_stock_level
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import ProductId
from retail_domain.kernel.means import Means
from retail_domain.ordering import OrderCompleted, OrderPaid, OrderPlaced, OrderRefunded, Orders
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.carting import CartingWork, TakeOutOrdered, take_out_ordered
from retail_domain.processes.rewards.awarding import ReviewAwardWork, award_review, take_back_refunded, take_back_review
from retail_domain.processes.rewards.couponing import rise_with_coupons, welcome_with_coupons
from retail_domain.reviews import ReviewPublished, ReviewRemoved
from retail_domain.tiers import EvaluateTier, TieringWork, TierRose
from retail_domain.tiers.use_cases import evaluate_tier


class ReactingWork(InventoryWork, CartingWork, RuledCouponsWork, ReviewAwardWork, TieringWork, Protocol):
    """The unit of work reactions share."""

    @property
    def orders(self) -> Orders: ...
    @property
    def sales(self) -> Sales: ...


React = Callable[[Any, Any, Means], Awaitable[None]]
"""Does what follows, with a unit of work, the event and means. Ours find a `ReactingWork`, those of a host a `HostingWork`."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


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
    work.sales.note(sold)


async def _count_back(work: ReactingWork, event: OrderRefunded, means: Means) -> None:
    order = await work.orders.get(event.order_id)
    back: Counter[ProductId] = Counter()
    for units in event.units:
        (known,) = order.named([units])  # facts of an earlier release name the SKU alone
        back[order.line(known.line).product_id] -= units.quantity
    work.sales.note(back)


async def _rise(work: ReactingWork, event: OrderCompleted, means: Means) -> None:
    order = await work.orders.get(event.order_id)
    await evaluate_tier(work, EvaluateTier(member_id=order.member_id), means)


TABLE: tuple[Follows, ...] = (
    Follows("inventory.watch_stock", (StockFellLow, StockRecovered), _watch_stock),
    Follows("cart.take_out_ordered", (OrderPlaced,), _empty_cart),
    Follows("catalog.count_sold", (OrderPaid,), _count_sold),
    Follows("catalog.count_back", (OrderRefunded,), _count_back),
    Follows("tiers.rise", (OrderCompleted,), _rise),
    Follows("coupons.welcome", (MemberRegistered,), welcome_with_coupons),
    Follows("coupons.rise", (TierRose,), rise_with_coupons),
    Follows("points.award_review", (ReviewPublished,), award_review),
    Follows("points.take_back_review", (ReviewRemoved,), take_back_review),
    Follows("points.take_back_refunded", (OrderRefunded,), take_back_refunded),
)


@frozen(eq=False)
class Reactions:
    """The whole table of a shop: its own rows, and those of the application around it."""

    rows: tuple[Follows, ...] = TABLE
    _by_event: Mapping[type[Event], tuple[str, ...]] = field(init=False)

    @_by_event.default
    def _find_by_event(self) -> Mapping[type[Event], tuple[str, ...]]:
        return {event: tuple(row.name for row in self.rows if event in row.events) for row in self.rows for event in row.events}

    def to(self, event: Event) -> Sequence[str]:
        """The names of what must follow this event; an order placed without a cart has nothing to take out of one."""
        names = self._by_event.get(type(event), ())
        if isinstance(event, OrderPlaced) and event.cart_id is None:
            return tuple(name for name in names if name != "cart.take_out_ordered")
        return names

    def bound(self, means: Means) -> Mapping[str, Callable[[Any, Any], Awaitable[None]]]:
        """The table as the relay calls it."""
        return {row.name: _bound(row, means) for row in self.rows}


@lru_cache(maxsize=100)  # a shop inside a host's transaction is put together with every call
def our_reactions(*more: Follows) -> Reactions:
    """The shop's own reactions, and those of a host. Raises TypeError, ValueError for one that could never be carried out."""
    names = {row.name for row in TABLE}
    for row in more:
        _check(row)
        if row.name in names:
            raise ValueError(f"two reactions are called {row.name}")
        names.add(row.name)
    return Reactions((*TABLE, *more))


def _check(row: Any) -> None:
    if not isinstance(row, Follows):
        raise TypeError(f"{row!r} is no reaction: Follows(name, events, react)")
    name: Any = row.name
    events: Any = row.events
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > 100:
        raise ValueError(f"{name!r} is no name of a reaction, such as my_app.tell_the_warehouse")
    if name.partition(".")[0] in KEPT:
        raise ValueError(f"{name}: names that begin with {name.partition('.')[0]} are the shop's own")
    if not isinstance(events, tuple) or not events or not frozenset(every_event()).issuperset(events):
        raise TypeError(f"{row.name} follows from no events of the shop: a tuple of classes, such as (OrderPaid,)")
    if not iscoroutinefunction(row.react):
        raise TypeError(f"{row.name}: what reacts is an async function of a unit of work, the event and means")
    try:
        signature(row.react).bind(None, None, None)
    except TypeError:
        raise TypeError(f"{row.name}: what reacts takes a unit of work, the event and means") from None


def reactions_to(event: Event) -> Sequence[str]:
    """The names of the shop's own reactions to this event."""
    return our_reactions().to(event)


def reactions(means: Means) -> Mapping[str, Callable[[Any, Any], Awaitable[None]]]:
    """The shop's own table as the relay calls it."""
    return our_reactions().bound(means)


def _bound(row: Follows, means: Means) -> Callable[[Any, Any], Awaitable[None]]:
    async def react(work: Any, event: Any) -> None:
        await row.react(work, event, means)

    return react
