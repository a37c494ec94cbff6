"""Whoever is bound to places decides about what lies there: what belongs to other places is not there for them (R35).

This is asked before the use case, of every wish that says where whoever acts may act (`within`), and of whatever the wish
names: the use cases know nothing of it. Where an order's goods lie never changes, so asking first is enough.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from retail_domain.accounts import BoundToPlaces
from retail_domain.inventory import LocationNotFound, Locations, Owner, Reservations
from retail_domain.kernel.ids import LocationId, OrderId
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE
from retail_domain.ordering import (
    AtStore,
    Order,
    OrderGoodsInSeveralPlaces,
    OrderInOtherPlacesToo,
    OrderNotFound,
    Orders,
    ShipOrder,
)
from retail_domain.payments import PaymentNotFound, Payments, RefundNotFound, Refunds

C = TypeVar("C")
A = TypeVar("A")


class WithinWish(Protocol):
    """A wish of somebody who may be bound to places."""

    @property
    def within(self) -> Places: ...


class PlacesWork(Protocol):
    """What is asked for where something lies."""

    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def locations(self) -> Locations: ...


async def stay_within(work: PlacesWork, wish: WithinWish) -> None:
    """What the wish names lies where whoever acts may act; else it is not there for them, with the refusal for what is not.

    Raises OrderNotFound, PaymentNotFound, RefundNotFound, LocationNotFound; OrderInOtherPlacesToo and
    OrderGoodsInSeveralPlaces for an order whose goods come from other places as well; BoundToPlaces for a wish that names
    nothing which lies somewhere, so that it concerns the whole shop.
    """
    named = [name for name in _LOOKS if getattr(wish, name, None) is not None]
    if not named:
        raise BoundToPlaces()
    for name in named:
        await _LOOKS[name](work, wish, wish.within)


async def _order(work: PlacesWork, wish: Any, within: Places) -> None:
    places = places_of_order(await work.orders.get(wish.order_id), await work.reservations.of(Owner.order(wish.order_id)))
    if not any(map(within.has, places)):
        raise OrderNotFound(order_id=wish.order_id)
    if within.covers(Places.of(places)):
        return
    if not isinstance(wish, ShipOrder):
        raise OrderInOtherPlacesToo(order_id=wish.order_id)
    if wish.location_id is None:  # of an order that several places send, each sends its own
        raise OrderGoodsInSeveralPlaces(order_id=wish.order_id, location_ids=tuple(sorted(filter(within.has, places))))


def places_of_order(order: Order, promises: Any) -> frozenset[LocationId]:
    """Where the goods of an order lie or lay, and where it is collected."""
    store = {order.goes.location_id} if isinstance(order.goes, AtStore) else set()
    return frozenset(store | {one.key.location_id for one in promises})


async def _order_of(work: PlacesWork, order_id: OrderId, within: Places) -> bool:
    """Whether an order's money is the business of these places alone."""
    places = places_of_order(await work.orders.get(order_id), await work.reservations.of(Owner.order(order_id)))
    if not any(map(within.has, places)):
        return False
    if not within.covers(Places.of(places)):
        raise OrderInOtherPlacesToo(order_id=order_id)
    return True


async def _payment(work: PlacesWork, wish: Any, within: Places) -> None:
    if not await _order_of(work, (await work.payments.get(wish.payment_id)).order_id, within):
        raise PaymentNotFound(payment_id=wish.payment_id)


async def _refund(work: PlacesWork, wish: Any, within: Places) -> None:
    if not await _order_of(work, (await work.refunds.get(wish.refund_id)).order_id, within):
        raise RefundNotFound(refund_id=wish.refund_id)


async def _coded(work: PlacesWork, wish: Any, within: Places) -> None:
    code = CODE.spelled(wish.location)
    if not any(within.has(one.id) for one in await work.locations.all() if CODE.spelled(one.code) == code):
        raise LocationNotFound(location=wish.location)


async def _place(work: PlacesWork, wish: Any, within: Places) -> None:
    if not within.has(wish.location_id):
        raise LocationNotFound(location=str(wish.location_id))


_LOOKS = {"order_id": _order, "payment_id": _payment, "refund_id": _refund, "location": _coded, "location_id": _place}
"""What a wish may name, and how it is found out where that lies."""


def kept_within(use_case: Callable[[C], Awaitable[A]], check: Callable[[Any], Awaitable[None]]) -> Callable[[C], Awaitable[A]]:
    """The use case, for whoever is bound to places only after the check; nobody else waits for it."""

    async def kept(wish: C) -> A:
        if getattr(wish, "within", EVERYWHERE) != EVERYWHERE:
            await check(wish)
        return await use_case(wish)

    return kept
