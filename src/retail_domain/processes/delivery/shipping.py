"""Shipping (发货): units leave the shelf, the promise and the order, and a parcel is written, in one transaction (T6)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from retail_domain.fulfilment import PackedUnits, Parcel, Parcels
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import LocationId, MemberId, ParcelId
from retail_domain.kernel.means import Means
from retail_domain.ordering import Order, Orders, OrderSent, Shipment, ShipOrder, Units, claim_order
from retail_domain.processes.takings import Promises, Stock, Takings, TakingsWork, Why, only_place, places_of, units_at


class ShippingWork(TakingsWork, Protocol):
    """The unit of work of shipping."""

    @property
    def orders(self) -> Orders: ...
    @property
    def parcels(self) -> Parcels: ...


@brings(Effect.ORDER_SHIPPED)
async def ship_order(work: ShippingWork, command: ShipOrder, means: Means, takings: Takings) -> OrderSent:
    """Answers the parcel.

    Raises OrderNotFound, OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines,
    OrderGoodsInSeveralPlaces, InvalidInput.
    """
    at, parcel_id = means.clock.now(), ParcelId(means.ids.new())
    shared = await takings.lock(work, await work.orders.get(command.order_id), Why.SHIPPING)
    order = await claim_order(work.orders, command.order_id)
    own = await takings.own(work, order, Why.SHIPPING)
    shipment = _shipment(command, parcel_id, order, own.get(Stock.kind, ()))
    change = order.ship(shipment, actor=command.actor, at=at)
    shared, own = takings.follow(shared, own, change, at)
    takings.save(work, shared, [own])
    work.parcels.save(Parcel.sent(_parcel(command, order.member_id, shipment, at)))
    work.orders.save(change)
    return OrderSent(order_id=order.id, parcel_id=parcel_id, status=change.state.status.value)


def _shipment(command: ShipOrder, parcel_id: ParcelId, order: Order, promises: Promises) -> Shipment:
    """What leaves, and where from: the place that is named, else the only one where it lies; none where there are several."""
    units = order.named(command.units) if command.units else _everything_left(order, promises, command.location_id)
    place = command.location_id or only_place(places_of(promises, order, (one.line for one in units)))
    return Shipment(parcel_id=parcel_id, units=units, location_id=place)


def _everything_left(order: Order, promises: Promises, place: LocationId | None) -> tuple[Units, ...]:
    """What is still to be shipped; from a place that is named, what lies there, if anything does."""
    left = [Units(line.sku_id, line.unshipped, line.number) for line in order.lines if line.unshipped]
    if place is None:
        return tuple(left)
    there = ((one, units_at(promises, order, one.line, place)) for one in left)
    return tuple(Units(one.sku_id, units, one.line) for one, units in there if units) or tuple(left)


def _parcel(command: ShipOrder, member_id: MemberId, shipment: Shipment, at: datetime) -> Parcel:
    packed = (PackedUnits(one.sku_id, one.quantity, one.line, shipment.location_id) for one in shipment.units)
    return Parcel(
        id=shipment.parcel_id, order_id=command.order_id, member_id=member_id, carrier=command.carrier,
        tracking_number=command.tracking_number, units=tuple(sorted(packed, key=lambda one: (one.sku_id, one.line))),
        sent_by=command.actor, sent_at=at,
    )  # fmt: skip
