"""Shipping (发货): units leave the shelf, the promise and the order, and a parcel is written, in one transaction (T6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.fulfilment import PackedUnits, Parcel, Parcels
from retail_domain.inventory import Owner
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, MemberId, ParcelId
from retail_domain.kernel.once import Answers
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Order, Orders, OrderSent, Shipment, ShipOrder, Units, claim_order
from retail_domain.processes.takings import Takings, TakingsWork, Why


class ShippingWork(TakingsWork, Protocol):
    """The unit of work of shipping."""

    @property
    def orders(self) -> Orders: ...
    @property
    def parcels(self) -> Parcels: ...
    @property
    def answers(self) -> Answers: ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...


@frozen(kw_only=True)
class ShipOrderHandler:
    """Answers the parcel.

    Raises OrderNotFound, OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines,
    OrderGoodsInSeveralPlaces, InvalidInput.
    """

    begin: Begin[ShippingWork]
    clock: Clock
    ids: Ids
    takings: Takings

    async def __call__(self, command: ShipOrder) -> OrderSent:
        """Carry it out."""
        at, parcel_id = self.clock.now(), ParcelId(self.ids.new())
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderSent)
            if told is not None:
                return told
            shared = await self.takings.lock(work, await work.orders.get(command.order_id), Why.SHIPPING)
            order = await claim_order(work.orders, command.order_id)
            units = order.named(command.units) if command.units else await _everything_left(work, order, command)
            shipment = Shipment(parcel_id=parcel_id, units=units, location_id=command.location_id)
            change = order.ship(shipment, actor=command.actor, at=at)
            await self.takings.carry(work, shared, change, Why.SHIPPING, at)
            work.parcels.save(Parcel.sent(_parcel(command, order.member_id, parcel_id, units, at)))
            work.orders.save(change)
            answer = OrderSent(order_id=order.id, parcel_id=parcel_id, status=change.state.status.value)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


async def _everything_left(work: ShippingWork, order: Order, command: ShipOrder) -> tuple[Units, ...]:
    """What is still to be shipped; from a place that is named, what lies there."""
    left = {line.number: line.unshipped for line in order.lines}
    if command.location_id is not None:
        promises = await work.reservations.of(Owner.order(order.id))
        there = (one for one in promises if one.key.location_id == command.location_id)
        left = {one.line: one.open for one in there}
    lines = ((line, left.get(line.number, 0)) for line in order.lines)
    return tuple(Units(line.sku_id, units, line.number) for line, units in lines if units)


def _parcel(command: ShipOrder, member_id: MemberId, id: ParcelId, units: Sequence[Units], at: datetime) -> Parcel:
    packed = (PackedUnits(one.sku_id, one.quantity, one.line, command.location_id) for one in units)
    return Parcel(
        id=id, order_id=command.order_id, member_id=member_id, carrier=command.carrier,
        tracking_number=command.tracking_number, units=tuple(sorted(packed, key=lambda one: (one.sku_id, one.line))),
        sent_by=command.actor, sent_at=at,
    )  # fmt: skip
