"""What payments refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import OrderId, PaymentId, RefundId


@refusal
class PaymentNotFound(DomainError):
    """There is no such payment."""

    code = "payment.not_found"
    kind = Kind.MISSING
    payment_id: PaymentId | None = None


@refusal
class GatewayNotOffered(DomainError):
    """This way of paying is not offered here."""

    code = "payment.gateway_not_offered"
    kind = Kind.INVALID
    gateway: str
    flow: str | None = None


@refusal
class TenderNotOffered(DomainError):
    """Nothing can be paid from such an account here."""

    code = "payment.tender_not_offered"
    kind = Kind.INVALID
    tender: str


@refusal
class AccountEmpty(DomainError):
    """There is nothing in this account that could pay this order."""

    code = "payment.account_empty"
    kind = Kind.REFUSED
    tender: str


@refusal
class GatewayNotFound(DomainError):
    """There is no such payment provider here."""

    code = "payment.gateway_not_found"
    kind = Kind.MISSING
    gateway: str


@refusal
class GatewayUnknownHere(DomainError):
    """Here nobody knows how to reach the provider or account of this payment; staff see that it waits."""

    code = "payment.gateway_unknown_here"
    kind = Kind.UNAVAILABLE
    gateway: str


@refusal
class AttemptOpen(DomainError):
    """Another payment of this order is still open; finish it or try again in a moment."""

    code = "payment.attempt_open"
    kind = Kind.CONFLICT
    payment_id: PaymentId


@refusal
class PaymentTooLate(DomainError):
    """There is too little time left to pay this order."""

    code = "payment.too_late"
    kind = Kind.REFUSED
    order_id: OrderId


@refusal
class AskedTooOften(DomainError):
    """The payment provider was asked a moment ago; please wait a little."""

    code = "payment.asked_too_often"
    kind = Kind.TOO_MANY
    payment_id: PaymentId
    retry_after_seconds: int


@refusal
class PaymentNotAtCounter(DomainError):
    """This payment is not made at the counter."""

    code = "payment.not_at_counter"
    kind = Kind.REFUSED
    payment_id: PaymentId


@refusal
class CounterAmountDiffers(DomainError):
    """The amount taken is not the amount due."""

    code = "payment.amount_differs"
    kind = Kind.REFUSED
    payment_id: PaymentId


@refusal
class NothingHeld(DomainError):
    """No such account pays a part of this order."""

    code = "payment.nothing_held"
    kind = Kind.REFUSED
    tender: str


@refusal
class PaymentNotOpen(DomainError):
    """This payment is decided already."""

    code = "payment.not_open"
    kind = Kind.CONFLICT
    payment_id: PaymentId
    state: str


@refusal
class PaymentNotSuspect(DomainError):
    """This payment holds no money that was kept aside."""

    code = "payment.not_suspect"
    kind = Kind.CONFLICT
    payment_id: PaymentId


@refusal
class RefundExceedsPayment(DomainError):
    """More would be given back than this payment brought in."""

    code = "payment.refund_exceeds"
    kind = Kind.REFUSED
    payment_id: PaymentId
    left_minor: int


@refusal
class RefundNotFound(DomainError):
    """There is no such refund."""

    code = "refund.not_found"
    kind = Kind.MISSING
    refund_id: RefundId | None = None


@refusal
class RefundNotRetriable(DomainError):
    """This refund cannot be tried anew."""

    code = "refund.not_retriable"
    kind = Kind.CONFLICT
    refund_id: RefundId
    state: str


@refusal
class RefundNotConfirmed(DomainError):
    """The payment provider does not say what this refund rests on; settle it with the provider first."""

    code = "refund.not_confirmed"
    kind = Kind.CONFLICT
    refund_id: RefundId
    reason: str
