"""What a provider says about payments and refunds, and what is asked about refunds."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import frozen

from retail_domain.kernel.money import Money
from retail_domain.payments.gateway.charges import NextAction
from retail_domain.payments.gateway.references import MerchantRef, RefundRef, check_asked


class PaymentStatus(Enum):
    """What a provider says about a payment."""

    NOT_FOUND = "not_found"
    """It knows nothing of it yet; final only after the expiry and some grace."""
    PENDING = "pending"
    AUTHORIZED = "authorized"
    """Reserved for two-step capture, which no gateway here offers."""
    SUCCEEDED = "succeeded"
    """Money was taken; refunds do not undo this, see `refunded`."""
    FAILED = "failed"
    """Final: this reference can never succeed."""
    CLOSED = "closed"
    """Final: closed unpaid."""


class RefundStatus(Enum):
    """What a provider says about a refund."""

    NOT_FOUND = "not_found"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    """Final: not refunded; another try needs a new reference."""
    NEEDS_ATTENTION = "needs_attention"
    """The money left, and the buyer's bank would not take it: work for a person."""


@frozen(kw_only=True)
class PaymentSnapshot:
    """A payment as the provider tells it at one moment; what it does not tell is None."""

    ref: MerchantRef
    status: PaymentStatus
    amount: Money | None = None
    """The order's total as the provider took it; the application compares it with what was due (PAY-R2)."""
    refunded: Money | None = None
    provider_ref: str | None = None
    occurred_at: datetime | None = None


@frozen(kw_only=True)
class ChargeStarted:
    """A payment was begun: what the buyer does next, until when, and how things stand."""

    action: NextAction
    snapshot: PaymentSnapshot
    action_expires_at: datetime | None = None


@frozen(kw_only=True)
class RefundRequest:
    """Ask a provider to give back part or all of a payment, under our own refund reference."""

    refund_ref: RefundRef
    payment_ref: MerchantRef
    amount: Money
    payment_total: Money
    reason: str

    def __attrs_post_init__(self) -> None:
        check_asked(self.refund_ref, self.amount)
        check_asked(self.payment_ref, self.payment_total)
        if self.amount.currency != self.payment_total.currency:
            raise ValueError("a refund is paid in the currency of the payment")


@frozen(kw_only=True)
class RefundSnapshot:
    """A refund as the provider tells it at one moment; what it does not tell is None."""

    refund_ref: RefundRef
    payment_ref: MerchantRef
    status: RefundStatus
    amount: Money | None = None
    provider_ref: str | None = None
    """The provider's own name for this one refund, the same whenever it is told and no other refund's, as the shop takes two
    refunds of one name for one deal. A provider that has none, and tells the name of the payment, leaves it out (R12)."""
