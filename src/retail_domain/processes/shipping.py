"""Shipping (发货): units leave the shelf, the promise and the order, and a parcel is written, in one transaction (T6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.fulfilment import PackedUnits, Parcel, Parcels
from retail_domain.inventory import Reservations, StockItems, StockKey
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, MemberId, ParcelId
from retail_domain.kernel.once import Answers
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Order, Orders, OrderSent, Shipment, ShipOrder, Units, claim_order


class ShippingWork(Protocol):
    """The unit of work of shipping."""

    @property
    def stock(self) -> StockItems: ...
    @property
    def reservations(self) -> Reservations: ...
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
    """Answers the parcel. Raises OrderNotFound, OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, InvalidInput."""

    begin: Begin[ShippingWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: ShipOrder) -> OrderSent:
        """Carry it out."""
        at, parcel_id = self.clock.now(), ParcelId(self.ids.new())
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderSent)
            if told is not None:
                return told
            seen = await work.orders.get(command.order_id)
            shelves = await work.stock.claim({StockKey(line.sku_id, line.location_id) for line in seen.lines})
            order = await claim_order(work.orders, command.order_id)
            units = command.units or _everything_left(order)
            change = order.ship(Shipment(parcel_id=parcel_id, units=units), actor=command.actor, at=at)
            promises = {one.key.sku_id: one for one in await work.reservations.of_order(order.id)}
            for one in units:
                promise = promises[one.sku_id]
                work.reservations.save(promise.consume(one.quantity))
                shelf = shelves[promise.key]
                work.stock.save(shelf.consume(one.quantity, reference=f"parcel:{parcel_id}", at=at))
            work.parcels.save(Parcel.sent(_parcel(command, order.member_id, parcel_id, units, at)))
            work.orders.save(change)
            answer = OrderSent(order_id=order.id, parcel_id=parcel_id, status=change.state.status.value)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


def _everything_left(order: Order) -> tuple[Units, ...]:
    return tuple(Units(line.sku_id, line.unshipped) for line in order.lines if line.unshipped)


def _parcel(command: ShipOrder, member_id: MemberId, id: ParcelId, units: Sequence[Units], at: datetime) -> Parcel:
    return Parcel(
        id=id, order_id=command.order_id, member_id=member_id, carrier=command.carrier, tracking_number=command.tracking_number,
        units=tuple(sorted(PackedUnits(one.sku_id, one.quantity) for one in units)), sent_by=command.actor, sent_at=at,
    )  # fmt: skip
