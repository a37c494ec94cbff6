"""Facts of payments and refunds; each names its order, so that what follows is delivered in order per payment."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.payments.states import MoneyState, PaymentState, RefundSource


@frozen(kw_only=True)
class PaymentEvent(Event):
    """Something that happened to a payment attempt."""

    payment_id: PaymentId
    order_id: OrderId
    member_id: MemberId

    @property
    def aggregate_id(self) -> UUID:
        """The payment."""
        return self.payment_id


@frozen(kw_only=True)
class PaymentStarted(PaymentEvent):
    """An attempt to pay an order exists; the provider may not know it yet."""

    name: ClassVar[str] = "payment.started"

    gateway: str
    amount: Money


@frozen(kw_only=True)
class PaymentReceived(PaymentEvent):
    """Verified, equal money is here (PAY-R3)."""

    name: ClassVar[str] = "payment.received"

    gateway: str
    amount: Money
    money: MoneyState


@frozen(kw_only=True)
class PaymentSuspected(PaymentEvent):
    """Verified money that is not what was due: kept aside, and shown to staff (PAY-R2)."""

    name: ClassVar[str] = "payment.suspected"

    gateway: str
    due: Money
    captured: Money | None
    reason: str


@frozen(kw_only=True)
class PaymentSettled(PaymentEvent):
    """Money that could not be applied before has found its place (PAY-R8)."""

    name: ClassVar[str] = "payment.settled"

    money: MoneyState


@frozen(kw_only=True)
class PaymentEnded(PaymentEvent):
    """The attempt is over without money."""

    name: ClassVar[str] = "payment.ended"

    state: PaymentState


@frozen(kw_only=True)
class RefundEvent(PaymentEvent):
    """Something that happened to a refund."""

    refund_id: RefundId
    amount: Money

    @property
    def aggregate_id(self) -> UUID:
        """The refund."""
        return self.refund_id


@frozen(kw_only=True)
class RefundRequested(RefundEvent):
    """Money shall go back (PAY-R9)."""

    name: ClassVar[str] = "refund.requested"

    source: RefundSource
    reason: str


@frozen(kw_only=True)
class RefundSucceeded(RefundEvent):
    """The money went back."""

    name: ClassVar[str] = "refund.succeeded"


@frozen(kw_only=True)
class RefundClosed(RefundEvent):
    """The money surely did not go back under this reference."""

    name: ClassVar[str] = "refund.closed"


@frozen(kw_only=True)
class RefundNeedsAttention(RefundEvent):
    """The refund got stuck: work for a person."""

    name: ClassVar[str] = "refund.needs_attention"

    trouble: str


EVENTS: Final[tuple[type[Event], ...]] = (
    PaymentStarted, PaymentReceived, PaymentSuspected, PaymentSettled, PaymentEnded,
    RefundRequested, RefundSucceeded, RefundClosed, RefundNeedsAttention,
)  # fmt: skip
