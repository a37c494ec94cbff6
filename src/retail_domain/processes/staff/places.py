"""Whoever is bound to places decides about what lies there: what belongs to other places is not there for them (R35).

This is asked before the use case, of every wish that says where whoever acts may act (`within`), and of whatever the wish
names: the use cases know nothing of it. Where an order's goods lie never changes, so asking first is enough.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from attrs import frozen

from retail_domain.accounts import BoundToPlaces
from retail_domain.approvals import ApprovalNotFound, Approvals
from retail_domain.inventory import LocationNotFound, Locations, Owner, Reservations
from retail_domain.jobs import JobNotFound, Jobs
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import LocationId, OrderId
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.kernel.reading import CODE
from retail_domain.ordering import (
    AtStore,
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
    @property
    def approvals(self) -> Approvals: ...
    @property
    def jobs(self) -> Jobs: ...


async def stay_within(work: PlacesWork, wish: WithinWish) -> None:
    """What the wish names lies where whoever acts may act; else it is not there for them, with the refusal for what is not.

    Raises OrderNotFound, PaymentNotFound, RefundNotFound, LocationNotFound, ApprovalNotFound; OrderInOtherPlacesToo and
    OrderGoodsInSeveralPlaces for what concerns goods of other places as well; BoundToPlaces for a wish that names nothing
    which lies somewhere, so that it concerns the whole shop.
    """
    looks = _looks_of(wish)
    if not looks:
        raise BoundToPlaces()
    for look in looks:
        places = await look.places(work, wish)
        if not any(map(wish.within.has, places)):
            raise look.missing(wish)
        if not wish.within.covers(Places.of(places)):
            _check_shared(wish, places)


def _check_shared(wish: Any, places: frozenset[LocationId]) -> None:
    """Of an order that several places send, each sends its own; what concerns all of it needs somebody who may everywhere."""
    if not isinstance(wish, ShipOrder):
        raise OrderInOtherPlacesToo()
    if wish.location_id is None:
        theirs = tuple(sorted(filter(wish.within.has, places)))
        raise OrderGoodsInSeveralPlaces(order_id=wish.order_id, location_ids=theirs)


async def places_named(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    """Where everything lies that a wish names; none where it concerns the whole shop. Raises what is missing."""
    found: frozenset[LocationId] = frozenset()
    for look in _looks_of(wish):
        found |= await look.places(work, wish)
    return found


async def _of_order(work: PlacesWork, order_id: OrderId) -> frozenset[LocationId]:
    """Where the goods of an order lie or lay, and where it is collected. Raises OrderNotFound."""
    goes = (await work.orders.get(order_id)).goes
    store = {goes.location_id} if isinstance(goes, AtStore) else set()
    return frozenset(store | {one.key.location_id for one in await work.reservations.of(Owner.order(order_id))})


async def _order(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    return await _of_order(work, wish.order_id)


async def _payment(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    return await _of_order(work, (await work.payments.get(wish.payment_id)).order_id)


async def _refund(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    return await _of_order(work, (await work.refunds.get(wish.refund_id)).order_id)


async def _coded(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    code = CODE.spelled(wish.location)
    return frozenset(one.id for one in await work.locations.all() if CODE.spelled(one.code) == code)


async def _place(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    return frozenset({wish.location_id})


async def _approval(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    found = await work.approvals.find(wish.approval_id)
    return frozenset(found.places if found else ())


async def _trial(work: PlacesWork, wish: Any) -> frozenset[LocationId]:
    found = await work.jobs.find(wish.trial_id)
    return frozenset(found.places if found else ())


@frozen
class _Look:
    """What a wish may name: where that lies, and what is told of one that is not there."""

    field: str
    places: Callable[[PlacesWork, Any], Awaitable[frozenset[LocationId]]]
    missing: Callable[[Any], DomainError]


_LOOKS: Final = (
    _Look("order_id", _order, lambda wish: OrderNotFound(order_id=wish.order_id)),
    _Look("payment_id", _payment, lambda wish: PaymentNotFound(payment_id=wish.payment_id)),
    _Look("refund_id", _refund, lambda wish: RefundNotFound(refund_id=wish.refund_id)),
    _Look("location", _coded, lambda wish: LocationNotFound(location=wish.location)),
    _Look("location_id", _place, lambda wish: LocationNotFound(location=str(wish.location_id))),
    _Look("trial_id", _trial, lambda wish: JobNotFound(job_id=wish.trial_id)),
    _Look("approval_id", _approval, lambda wish: ApprovalNotFound(approval_id=wish.approval_id)),
)


def _looks_of(wish: Any) -> list[_Look]:
    return [look for look in _LOOKS if getattr(wish, look.field, None) is not None]


def kept_within(use_case: Callable[[C], Awaitable[A]], check: Callable[[Any], Awaitable[None]]) -> Callable[[C], Awaitable[A]]:
    """The use case, for whoever is bound to places only after the check; nobody else waits for it."""

    async def kept(wish: C) -> A:
        if getattr(wish, "within", EVERYWHERE) != EVERYWHERE:
            await check(wish)
        return await use_case(wish)

    return kept
