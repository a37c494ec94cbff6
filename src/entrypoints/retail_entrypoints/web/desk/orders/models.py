"""What pages of orders show staff: how an order stands, what happened to it, and what whoever looks can do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from retail_domain.accounts import Contact
from retail_domain.fulfilment import Parcel
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.ordering import (
    OrderLineView,
    OrderMemo,
    OrderStatus,
    OrderSummary,
    OrderView,
    TransitionView,
)
from retail_domain.ordering.lifecycle import PAID_AND_OPEN
from retail_domain.payments import PaymentState, PaymentView, RefundView
from retail_entrypoints.web.desk.people import Names, Somebody
from retail_entrypoints.web.shop.orders.models import REDIRECTABLE

COUNTER: Final = "counter"
SHIPPABLE: Final = frozenset({OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED})
_CLOSABLE: Final = frozenset(
    {OrderStatus.PENDING_PAYMENT, OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP}
)
_LOOKS: Final = {
    OrderStatus.PENDING_PAYMENT: "idle", OrderStatus.AWAITING_GROUP: "wait", OrderStatus.TO_SHIP: "wait",
    OrderStatus.PARTLY_SHIPPED: "wait", OrderStatus.CLOSED: "idle",
}  # fmt: skip


@frozen
class OrderStanding:
    """How an order stands: its word, and whether it waits for the shop, goes well, or is over."""

    word: str
    look: str

    @classmethod
    def of(cls, status: OrderStatus, is_closing: bool) -> OrderStanding:
        """As buyers read it too."""
        is_in_between = is_closing and status is OrderStatus.PENDING_PAYMENT
        return cls("closing" if is_in_between else status.value, _LOOKS.get(status, "ok"))


@frozen(kw_only=True)
class OrderRow:
    """An order in the list."""

    order_id: OrderId
    number: str
    standing: OrderStanding
    title: str
    units: int
    payable: Money
    back: Money
    placed_at: datetime

    @classmethod
    def of(cls, one: OrderSummary) -> OrderRow:
        """As a list shows it."""
        return cls(
            order_id=one.order_id, number=one.number, standing=OrderStanding.of(one.status, one.is_closing),
            title=one.first_title, units=one.units, payable=one.payable, back=one.given_back.decided, placed_at=one.placed_at,
        )  # fmt: skip


@frozen(kw_only=True)
class ShownContact:
    """Whom an order goes to: masked, unless somebody has asked for it in clear, which is in the trail."""

    recipient: str
    phone: str
    region: str
    detail: str
    is_clear: bool

    @classmethod
    def masked(cls, contact: Contact) -> ShownContact:
        """The first letter of a name, the last figures of a number, the region; of the street nothing."""
        return cls(
            recipient=f"{contact.recipient[:1]}**", phone=contact.phone.masked, region=contact.region, detail="***",
            is_clear=False,
        )  # fmt: skip

    @classmethod
    def clear(cls, contact: Contact) -> ShownContact:
        """As it was written."""
        return cls(
            recipient=contact.recipient, phone=contact.phone.e164, region=contact.region, detail=contact.detail, is_clear=True
        )


@frozen(kw_only=True)
class Happened:
    """A step of its life, and who took it."""

    event: str
    to: str
    by: Somebody
    reason: str
    at: datetime
    before: Money | None
    after: Money | None


@frozen(kw_only=True)
class Memo:
    """What somebody noted."""

    number: int
    text: str
    by: Somebody
    at: datetime


@frozen(kw_only=True)
class OrderAtDesk:
    """An order's page."""

    view: OrderView
    standing: OrderStanding
    contact: ShownContact | None
    parcels: tuple[Parcel, ...]
    payments: tuple[PaymentView, ...]
    refunds: tuple[RefundView, ...]
    history: tuple[Happened, ...]
    memos: tuple[Memo, ...]
    can_be_shipped: bool
    can_be_closed: bool
    can_be_refunded: bool
    can_be_repriced: bool
    can_be_redirected: bool
    can_be_noted: bool
    can_be_looked_at: bool
    counter: PaymentView | None
    """What was begun at the counter and can be confirmed."""

    @property
    def order_id(self) -> OrderId:
        """Which it is."""
        return self.view.order_id

    @property
    def goods(self) -> Money:
        """What its lines cost together."""
        return Money(self.view.payable.minor - self.view.freight.minor, self.view.payable.currency)

    @property
    def has_deeds(self) -> bool:
        """Whether there is something to decide."""
        return (
            self.can_be_shipped or self.can_be_closed or self.can_be_refunded or self.can_be_repriced or self.can_be_redirected
            or self.counter is not None
        )  # fmt: skip

    def refundable(self, line: OrderLineView) -> int:
        """Units of a line that have not been paid back."""
        return line.quantity - line.refunded

    @classmethod
    def of(  # noqa: PLR0913 - what a page shows together
        cls,
        view: OrderView,
        *,
        contact: ShownContact | None,
        parcels: Sequence[Parcel],
        payments: Sequence[PaymentView],
        refunds: Sequence[RefundView],
        history: Sequence[TransitionView],
        memos: Sequence[OrderMemo],
        names: Names,
        may: Callable[[str], bool],
        gives_back: bool,
    ) -> OrderAtDesk:
        """What the life-cycle allows and whoever looks may do; `gives_back`: they may decide that money goes back."""
        status = view.status
        is_unpaid = status is OrderStatus.PENDING_PAYMENT
        begun = next((one for one in payments if one.gateway == COUNTER and one.status is PaymentState.PENDING), None)
        return cls(
            view=view, standing=OrderStanding.of(status, view.is_closing), contact=contact, parcels=tuple(parcels),
            payments=tuple(payments), refunds=tuple(refunds),
            history=tuple(
                Happened(
                    event=one.event, to=one.to_status.value, by=names.of(one.actor), reason=one.reason, at=one.at,
                    before=one.payable_before, after=one.payable_after,
                )
                for one in history
            ),
            memos=tuple(Memo(number=one.number, text=one.text, by=names.of(one.by), at=one.at) for one in memos),
            can_be_shipped=status in SHIPPABLE and may("ship_at_desk"),
            can_be_closed=(
                status in _CLOSABLE and not view.is_closing and (is_unpaid or gives_back) and may("close_at_desk")
            ),
            can_be_refunded=status in PAID_AND_OPEN and bool(view.paid.minor) and may("refund_at_desk"),
            can_be_repriced=is_unpaid and not view.is_closing and may("reprice_at_desk"),
            can_be_redirected=(
                status in REDIRECTABLE and not view.is_closing and contact is not None and may("redirect_at_desk")
            ),
            can_be_noted=may("write_memo_at_desk"),
            can_be_looked_at=contact is not None and not contact.is_clear and may("look_at_contact_at_desk"),
            counter=begun if is_unpaid and may("confirm_counter_at_desk") else None,
        )  # fmt: skip
