"""Facts of orders: each transition with its actor, from, to, time and reason (ORD-R7)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, OneOrMore, checked
from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import CartId, LocationId, MemberId, OrderId, ParcelId, SkuId
from retail_domain.kernel.money import Money
from retail_domain.ordering.lifecycle import CloseReason, OrderStatus


@frozen(order=True)
@checked
class Units:
    """So many units of one line; who asks may leave the line out where the SKU stands in one line only."""

    sku_id: SkuId
    quantity: OneOrMore
    line: NoneOrMore = 0
    """Its number, from 1; 0 where only the SKU is known. Facts always know it."""


@frozen(kw_only=True)
class OrderEvent(Event):
    """Something that happened to an order (ORD-R7)."""

    order_id: OrderId
    member_id: MemberId
    actor: Actor
    from_status: OrderStatus | None
    to_status: OrderStatus
    reason: str = ""

    @property
    def aggregate_id(self) -> UUID:
        """The order."""
        return self.order_id


@frozen(kw_only=True)
class OrderPlaced(OrderEvent):
    """A member has ordered (T1)."""

    name: ClassVar[str] = "order.placed"

    number: str
    payable: Money
    pay_by: datetime
    units: tuple[Units, ...]
    cart_id: CartId | None
    gifts: tuple[int, ...] = ()
    """Numbers of the lines nobody asked for."""
    cart_version: int | None = None
    """Which version of the cart was ordered; not told by earlier releases."""


@frozen(kw_only=True)
class OrderPaid(OrderEvent):
    """The order's money is here, or it cost nothing (T2, T3)."""

    name: ClassVar[str] = "order.paid"

    paid: Money


@frozen(kw_only=True)
class OrderReady(OrderEvent):
    """What a paid order waited for is there: it can be shipped or collected (T4)."""

    name: ClassVar[str] = "order.ready"


@frozen(kw_only=True)
class OrderClosingBegun(OrderEvent):
    """The unpaid order shall be closed as soon as none of its payment attempts can succeed any more (ORD-R9)."""

    name: ClassVar[str] = "order.closing"


@frozen(kw_only=True)
class OrderClosed(OrderEvent):
    """The order is over before its time (T10, T11, T12)."""

    name: ClassVar[str] = "order.closed"

    close_reason: CloseReason
    was_paid: bool


@frozen(kw_only=True)
class OrderShipped(OrderEvent):
    """Some units are on their way (T6)."""

    name: ClassVar[str] = "order.shipped"

    parcel_id: ParcelId
    units: tuple[Units, ...]
    location_id: LocationId | None = None
    """Where the parcel left from; none in events of a release that did not note it."""


@frozen(kw_only=True)
class OrderSigned(OrderEvent):
    """The goods have arrived (T8)."""

    name: ClassVar[str] = "order.signed"


@frozen(kw_only=True)
class OrderCompleted(OrderEvent):
    """The after-sale window is over (T9)."""

    name: ClassVar[str] = "order.completed"


@frozen(kw_only=True)
class OrderRefunded(OrderEvent):
    """Units or freight are paid back (T6b, T12, ORD-R10)."""

    name: ClassVar[str] = "order.refunded"

    units: tuple[Units, ...]
    amount: Money


@frozen(kw_only=True)
class OrderRedirected(OrderEvent):
    """The order goes to another address; where it goes is personal data and not told (ORD-R5, R40)."""

    name: ClassVar[str] = "order.redirected"

    freight_waived: bool


@frozen(kw_only=True)
class OrderRepriced(OrderEvent):
    """Staff have agreed that the unpaid order costs something else in all (ORD-R4)."""

    name: ClassVar[str] = "order.repriced"

    was: Money
    payable: Money


EVENTS: Final[tuple[type[Event], ...]] = (
    OrderPlaced, OrderPaid, OrderReady, OrderClosingBegun, OrderClosed, OrderShipped, OrderSigned, OrderCompleted,
    OrderRefunded, OrderRedirected, OrderRepriced,
)  # fmt: skip
