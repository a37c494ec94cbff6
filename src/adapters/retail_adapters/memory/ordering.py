"""Orders and parcels in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.paging import cursor_of, key_after
from retail_domain.fulfilment import Parcel
from retail_domain.inventory import Owner
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import CartId, MemberId, OrderId, ParcelId, QuoteId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import (
    OVER,
    AtStore,
    BackSoFar,
    Order,
    OrderEvent,
    OrderMemo,
    OrderNotFound,
    OrderPlaced,
    OrderRepriced,
    OrderStatus,
    OrderSummary,
    OrderView,
    SalesOfPeriod,
    TransitionView,
    UnfinishedOrder,
    check_bounds,
    order_summary,
    order_view,
    sales_in,
)
from retail_domain.payments import RefundSource, RefundStage

_NEWEST: Final = (UUID(int=2**128 - 1),)


class MemoryOrders(MemoryCollection[OrderId, Order]):
    """The orders; see the port for the promises."""

    table: ClassVar[str] = "orders"
    unique: ClassVar[Mapping[str, Any]] = {
        "orders.number": lambda one: one.number, "orders.quote_id": lambda one: one.quote_id,
        "orders.member_id+open_slot": lambda one: (
            (one.member_id, one.open_slot) if one.awaits_payment and one.open_slot is not None else None
        ),
        "orders.cart_id+cart_version": lambda one: (one.cart_id, one.cart_version) if one.cart_id else None,
    }  # fmt: skip

    async def get(self, id: OrderId) -> Order:
        """Without a lock."""
        found = self.look(id)
        if found is None:
            raise OrderNotFound(order_id=id)
        return found

    async def claim(self, ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        """Ascending."""
        self._session.lock(Rank.ORDER)
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: order for id, order in found if order is not None}

    async def placed_from(self, quotes: Iterable[QuoteId], carts: Iterable[tuple[CartId, int]] = ()) -> Sequence[Order]:
        """Without a lock."""
        by_quote = self._session.memory.unique.get("orders.quote_id", {})
        by_cart = self._session.memory.unique.get("orders.cart_id+cart_version", {})
        ids = {by_quote[quote] for quote in quotes if quote in by_quote} | {by_cart[cart] for cart in carts if cart in by_cart}
        found = (self.look(id) for id in sorted(ids))
        return [order for order in found if order is not None]

    async def open_of(self, member_ids: Collection[MemberId]) -> Mapping[MemberId, Sequence[int | None]]:
        """Of these members."""
        found: dict[MemberId, list[int | None]] = defaultdict(list)
        for one in self.every():
            if one.member_id in member_ids and one.awaits_payment:
                found[one.member_id].append(one.open_slot)
        return found

    async def due(self, status: OrderStatus, at: datetime, limit: int) -> tuple[OrderId, ...]:
        """The most overdue first."""
        due = [one for one in self.every() if one.status is status and one.due_at is not None and one.due_at <= at]
        return tuple(one.id for one in sorted(due, key=_due_at)[:limit])

    async def unfinished_of(self, member_id: MemberId) -> Sequence[UnfinishedOrder]:
        """Ascending."""
        found = (one for one in self.every() if one.member_id == member_id and one.status not in OVER)
        return [
            UnfinishedOrder(id=one.id, status=one.status, is_closing=one.closing is not None, due_at=one.due_at)
            for one in sorted(found, key=lambda one: one.id)
        ]

    async def lowest_paid(self, sku_id: SkuId, since: datetime, until: datetime) -> int | None:
        """Of lines that were paid for."""
        paid = (one for one in self.every() if one.paid_at is not None and since <= one.paid_at < until)
        lines = (line for one in paid for line in one.lines if line.sku_id == sku_id and not line.gift and line.refundable)
        return min((line.payable_minor // line.quantity for line in lines), default=None)

    def save(self, change: Change[Order]) -> None:
        """Stage a change and its transitions."""
        super().save(change)
        for event in change.events:
            if isinstance(event, OrderEvent):
                self.log("order_transitions", event)


class MemoryOrderMemos(MemoryCollection[tuple[OrderId, int], OrderMemo]):
    """What staff noted about orders; see the port."""

    table: ClassVar[str] = "order_memos"
    key_columns: ClassVar[str] = "order_id+number"

    def key(self, state: OrderMemo) -> tuple[OrderId, int]:
        """Order and number."""
        return state.order_id, state.number

    async def of_order(self, order_id: OrderId) -> Sequence[OrderMemo]:
        """The oldest first."""
        return sorted((one for one in self.every() if one.order_id == order_id), key=_number)


def _number(memo: OrderMemo) -> int:
    return memo.number


def _due_at(order: Order) -> datetime:
    assert order.due_at is not None
    return order.due_at


class MemoryParcels(MemoryCollection[ParcelId, Parcel]):
    """The parcels; see the port."""

    table: ClassVar[str] = "parcels"

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """Stored and staged ones, oldest first."""
        return tuple(sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.id))


def of_places(memory: Memory, within: Places) -> Callable[[OrderId], bool]:
    """Whether an order is within these places: some of its goods lie or lay there, or it is collected there."""
    if within.is_everywhere:
        return lambda _: True
    theirs = {
        one.owner.id for one in memory.table("reservations").values()
        if one.owner == Owner.order(one.owner.id) and within.has(one.key.location_id)
    }  # fmt: skip
    for order in memory.table("orders").values():
        if isinstance(order.goes, AtStore) and within.has(order.goes.location_id):
            theirs.add(order.id)
    return lambda order_id: order_id in theirs


@frozen
class MemoryOrderQueries:
    """The read side of ordering; see the Protocol."""

    memory: Memory

    async def mine(self, member_id: MemberId, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderSummary]:
        """A member's own orders, newest first."""
        return self._page([one for one in self._orders(status) if one.member_id == member_id and not one.hidden], page)

    async def all(
        self, page: PageRequest, status: OrderStatus | None = None, within: Places = EVERYWHERE
    ) -> Page[OrderSummary]:
        """Everybody's orders, newest first."""
        here = of_places(self.memory, within)
        return self._page([one for one in self._orders(status) if here(one.id)], page)

    async def whole(self, page: PageRequest, status: OrderStatus | None = None) -> Page[OrderView]:
        """Everybody's orders with their lines, newest first."""
        listed = await self.all(page, status)
        return Page(tuple(self._view(self._one(one.order_id)) for one in listed.items), listed.next_cursor)

    async def show_mine(self, member_id: MemberId, order_id: OrderId) -> OrderView:
        """A member's own order."""
        return self._view(self._one(order_id).owned_by(member_id))

    async def show(self, order_id: OrderId, within: Places = EVERYWHERE) -> OrderView:
        """Any order."""
        order = self._one(order_id)
        if not of_places(self.memory, within)(order_id):
            raise OrderNotFound(order_id=order_id)
        return self._view(order)

    async def by_number(self, number: str, within: Places = EVERYWHERE) -> OrderView:
        """Any order by its public number."""
        here = of_places(self.memory, within)
        for order in self._orders(None):
            if order.number == number and here(order.id):
                return self._view(order)
        raise OrderNotFound(number=number)

    async def sales(self, bounds: Sequence[datetime], currency: str, within: Places = EVERYWHERE) -> tuple[SalesOfPeriod, ...]:
        """By when the money came."""
        check_bounds(bounds)
        here = of_places(self.memory, within)
        counted: dict[int, tuple[int, int, int]] = {}
        for order in self._orders(None):
            if order.paid_at is None or order.currency != currency or not here(order.id):
                continue
            place = bisect_right(bounds, order.paid_at) - 1
            orders, paid, back = counted.get(place, (0, 0, 0))
            counted[place] = orders + 1, paid + order.paid_minor, back + order.refunded_minor
        return sales_in(bounds, currency, counted)

    async def memos(self, order_id: OrderId) -> tuple[OrderMemo, ...]:
        """The oldest first."""
        found = (one for one in self.memory.table("order_memos").values() if one.order_id == order_id)
        return tuple(sorted(found, key=_number))

    async def history(self, order_id: OrderId) -> tuple[TransitionView, ...]:
        """What happened to an order, in order."""
        told = [event for event in self.memory.log("order_transitions") if event.order_id == order_id]
        return tuple(map(_transition, told))

    def _one(self, order_id: OrderId) -> Order:
        order: Order | None = self.memory.table("orders").get(order_id)
        if order is None:
            raise OrderNotFound(order_id=order_id)
        return order

    def _view(self, order: Order) -> OrderView:
        return order_view(order, self._so_far(order), by_shop=self._is_by_shop(order))

    def _is_by_shop(self, order: Order) -> bool:
        told = self.memory.log("order_transitions")
        placed = next(one for one in told if one.order_id == order.id and one.name == OrderPlaced.name)
        return placed.actor.kind is not ActorKind.MEMBER

    def _summary(self, order: Order) -> OrderSummary:
        return order_summary(order, self._so_far(order))

    def _so_far(self, order: Order) -> BackSoFar:
        """What became of its refunds; money that never paid it is none of what it decided."""
        if not order.refunded_minor:
            return BackSoFar(done_minor=0, stuck_minor=0)
        of_order = [one for one in self.memory.table("refunds").values() if one.order_id == order.id]
        done, stuck = (
            sum(one.amount.minor for one in of_order if one.counts and one.stage is stage and one.source is RefundSource.ORDER)
            for stage in (RefundStage.DONE, RefundStage.STUCK)
        )
        return BackSoFar(done_minor=done, stuck_minor=stuck)

    def _orders(self, status: OrderStatus | None) -> list[Order]:
        return [one for one in self.memory.table("orders").values() if status is None or one.status is status]

    def _page(self, orders: Sequence[Order], page: PageRequest) -> Page[OrderSummary]:
        (before,) = key_after(page.cursor, _NEWEST)
        found = sorted((one for one in orders if one.id < before), key=lambda one: one.id, reverse=True)
        shown = found[: page.limit]
        more = len(found) > page.limit
        return Page(tuple(map(self._summary, shown)), cursor_of(shown[-1].id) if more else None)


@frozen
class MemoryParcelQueries:
    """The read side of fulfilment; see the Protocol."""

    memory: Memory

    async def of_order(self, order_id: OrderId) -> tuple[Parcel, ...]:
        """The parcels of an order, oldest first."""
        found = (one for one in self.memory.table("parcels").values() if one.order_id == order_id)
        return tuple(sorted(found, key=lambda one: one.id))


def _transition(event: OrderEvent) -> TransitionView:
    return TransitionView(
        event=event.name, from_status=event.from_status, to_status=event.to_status, actor=event.actor,
        reason=event.reason, at=event.at,
        payable_before=event.was if isinstance(event, OrderRepriced) else None,
        payable_after=event.payable if isinstance(event, OrderRepriced) else None,
    )  # fmt: skip
