"""What is agreed when an order is placed, and the values an order carries through its life."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

from attrs import evolve, field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import Between, NoneOrMore, checked
from retail_domain.kernel.ids import CartId, LocationId, MemberId, OrderId, ParcelId, QuoteId
from retail_domain.ordering.errors import OrderFreightWouldRise, OrderUndeliverable
from retail_domain.ordering.events import Units
from retail_domain.ordering.lifecycle import CloseReason
from retail_domain.ordering.model.line import OrderLine

EXTENSION = timedelta(minutes=2)
"""How long closing waits once more when a provider does not answer (PAY-R6)."""


@frozen(kw_only=True)
@checked
class OrderTimers:
    """How long an order of this sort waits for each thing (ORD-R1); kept with the order, so deadlines never move."""

    pay_seconds: Annotated[int, Between(60)] = 2 * 3600
    auto_sign_seconds: NoneOrMore = 14 * 86_400
    after_sale_seconds: NoneOrMore = 7 * 86_400


@frozen
class ToAddress:
    """A carrier brings it to the member; here only the region counts, the address itself is kept with the contacts."""

    region_code: str


@frozen
class AtStore:
    """The member collects it at a store (门店自提)."""

    location_id: LocationId


Destination: TypeAlias = ToAddress | AtStore
"""Where an order goes."""


@frozen(kw_only=True)
class Asked:
    """What comes with the ask for an order and stays with the order: a field here is one of both."""

    member_id: MemberId
    quote_id: QuoteId

    remark: str = field(default="", repr=False)
    """What the buyer wants the shop to know (买家留言): a few lines, or none. People write of themselves there (R40)."""


@frozen(kw_only=True)
class Placement(Asked):
    """What an order begins with, and keeps: who orders what, from which quote, on which terms (T1).

    Every field is one of the order's. What becomes of an order later may change where it goes and how its lines stand.
    """

    id: OrderId
    number: str
    cart_id: CartId | None = None
    cart_version: int | None = None
    goes: Destination
    lines: tuple[OrderLine, ...]
    freight_minor: int
    currency: str
    timers: OrderTimers = field(factory=OrderTimers)
    took: frozenset[str] = frozenset()
    """Kinds that have a say in whatever becomes of it: of what was taken for it, and of what it may bring.

    Each kind keeps its own records. Empty where a release placed it that did not note them.
    """
    refund_order: tuple[str, ...] = ()
    """Whose money goes back first, by tender (PAY-R10); empty where a release placed it that knew of one only."""
    open_slot: int | None = None
    """Which of its member's places for unpaid orders it took; it is free again once the order is paid or closed (STK-R12)."""
    points_rate: int = 0
    """How many points each 10,000 minor units paid for its goods bring, as was agreed when it was placed (PTS-R3)."""


@frozen(kw_only=True)
class Closing:
    """An unpaid order is on its way to being closed (ORD-R9)."""

    reason: CloseReason
    actor: Actor
    note: str
    at: datetime
    next_at: datetime
    extended: bool = False

    def extend(self, at: datetime) -> Closing:
        """Wait once more for a provider that does not answer (PAY-R6)."""
        return evolve(self, extended=True, next_at=at + EXTENSION)


@frozen(kw_only=True)
class Shipment:
    """Units that leave in one parcel, from the place that is named, else from the only one they lie at."""

    parcel_id: ParcelId
    units: tuple[Units, ...]
    location_id: LocationId | None = None


@frozen(kw_only=True)
class Redirection:
    """Where an order shall go instead, and what delivering all of it there costs now; None: not all of it can go there."""

    region_code: str
    freight_minor: int | None
    waive_freight: bool = False
    reason: str = ""

    def check(self, order_id: OrderId, agreed_minor: int) -> None:
        """It costs no more freight than was agreed, or that is waived. Raises OrderUndeliverable, OrderFreightWouldRise."""
        if self.waive_freight:
            return
        if self.freight_minor is None:
            raise OrderUndeliverable(order_id=order_id, region_code=self.region_code)
        if self.freight_minor > agreed_minor:
            raise OrderFreightWouldRise(order_id=order_id, freight_minor=agreed_minor, would_be_minor=self.freight_minor)


@frozen(kw_only=True)
class RefundWish:
    """What staff want to pay back: units and, if they so decide, some of the freight (ORD-R10)."""

    units: tuple[Units, ...] = ()
    freight_minor: int = 0
    reason: str
