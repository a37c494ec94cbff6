"""What members and staff may wish of an order, and what they are told."""

from __future__ import annotations

from typing import Annotated

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import Between, NoneOrMore, checked
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.effects import EVERYTHING, Granted
from retail_domain.kernel.ids import AddressId, LocationId, MemberId, OrderId, ParcelId, RefundId
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.ordering.events import Units


@frozen(kw_only=True)
class OrderOutcome:
    """How the order stands now; while it is closing, the last word is not spoken yet (ORD-R9)."""

    order_id: OrderId
    status: str
    is_closing: bool = False


@frozen(kw_only=True)
@checked
class CancelOrder:
    """A member does not want an order that is not paid yet (T10)."""

    member_id: MemberId
    order_id: OrderId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ConfirmReceipt:
    """A member has the goods (T8)."""

    member_id: MemberId
    order_id: OrderId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RedirectMyOrder:
    """A member wants an order to go to another of their addresses (ORD-R5)."""

    member_id: MemberId
    order_id: OrderId
    address_id: AddressId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RedirectOrder:
    """Staff send an order elsewhere, and say why; waiving, the shop bears whatever freight that costs more (ORD-R5)."""

    order_id: OrderId
    recipient: str = field(repr=False)
    phone: Phone
    region_code: str
    detail: str = field(repr=False)
    region: str = field(default="", repr=False)
    reason: str
    waive_freight: bool = False
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RepriceOrder:
    """Staff have agreed with the buyer of an unpaid order what it costs in all, freight included, and say why (ORD-R4).

    `was_minor` is what they saw it cost: if it costs something else by now, nothing is changed.
    """

    order_id: OrderId
    payable_minor: Annotated[int, Between(0, MINOR_MAX)]
    was_minor: NoneOrMore | None = None
    reason: str
    actor: Actor
    seconded_by: Actor | None = None
    once: Once | None = None


@frozen(kw_only=True)
class OrderCosts:
    """What an order cost before and costs now, and how it stands: one that costs nothing is paid."""

    order_id: OrderId
    status: str
    before: Money
    payable: Money


@frozen(kw_only=True)
@checked
class WriteMemo:
    """Staff note something about an order, for one another (ORD-R13)."""

    order_id: OrderId
    text: str = field(repr=False)
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class MemoWritten:
    """The memo's place among those of its order, from 1."""

    order_id: OrderId
    number: int


@frozen(kw_only=True)
@checked
class GoOn:
    """What a paid order waited for is there (T4); who had it wait says so."""

    order_id: OrderId
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class HideOrder:
    """A member does not want to see an order in the list any more (ORD-R6)."""

    member_id: MemberId
    order_id: OrderId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ShipOrder:
    """Staff hand units to a carrier; without units, everything that is left (T6).

    A parcel leaves from one place: it is named where units of the parcel lie in several.
    """

    order_id: OrderId
    carrier: str
    tracking_number: str
    actor: Actor
    units: tuple[Units, ...] = ()
    location_id: LocationId | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class OrderSent:
    """The parcel that left, and how the order stands now."""

    order_id: OrderId
    parcel_id: ParcelId
    status: str


@frozen(kw_only=True)
@checked
class CloseOrder:
    """Staff call an order off: unpaid, or paid and not shipped at all, also while it waits (T10, T11).

    A paid one is closed only if whoever acts may pay money back; `granted` says what they may bring about.
    """

    order_id: OrderId
    reason: str
    actor: Actor
    granted: Granted = EVERYTHING
    seconded_by: Actor | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RefundOrder:
    """Staff pay back units and, if they so decide, some of the freight (ORD-R10)."""

    order_id: OrderId
    reason: str
    actor: Actor
    units: tuple[Units, ...] = ()
    freight_minor: NoneOrMore = 0
    into: str | None = None
    """The account of the shop's own that money goes into which did not come from one, if the member wishes it so; else all of
    it goes back the way it came.
    """
    seconded_by: Actor | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class RefundStarted:
    """What is on its way back; nothing has to move when it was worth nothing (RET-R5)."""

    order_id: OrderId
    status: str
    amount: Money
    refund_id: RefundId | None
    """The first of them."""
    refunds: tuple[RefundId, ...] = ()
    """One a tender that paid; empty also in answers kept by a release that knew of one only."""
