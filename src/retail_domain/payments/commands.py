"""What members, clerks and finance may wish of payments, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.payments.gateway import Flow


@frozen(kw_only=True)
@checked
class StartPayment:
    """A member wants to pay an order, this way; the amount is the shop's business alone (R7)."""

    member_id: MemberId
    order_id: OrderId
    gateway: str
    flow: Flow
    return_url: str | None = None
    client_ip: str | None = field(default=None, repr=False)
    payer_ref: str | None = field(default=None, repr=False)
    once: Once | None = None


@frozen(kw_only=True)
@checked
class PayFromAccount:
    """A member wants an account of theirs with the shop to pay its part of an order: as much as is there and still needed.

    `most_minor` bounds it where they wish so.
    """

    member_id: MemberId
    order_id: OrderId
    tender: str
    most_minor: NoneOrMore | None = None
    once: Once | None = None


@frozen(kw_only=True)
@checked
class TakeBackHeld:
    """A member wants back what an account of theirs holds for an order that is not paid yet."""

    member_id: MemberId
    order_id: OrderId
    tender: str
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RefreshPayment:
    """A member wants to know now whether a payment has arrived (PAY-R13)."""

    member_id: MemberId
    payment_id: PaymentId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ConfirmCounterPayment:
    """A clerk has taken money at the counter and types how much it was."""

    payment_id: PaymentId
    amount: Money
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RefundAside:
    """Finance give back money that was kept aside (PAY-R2)."""

    payment_id: PaymentId
    reason: str
    actor: Actor
    seconded_by: Actor | None = None
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RetryRefund:
    """Finance found out that a stuck refund surely did not go back: it is sent under a new reference (RET-R6)."""

    refund_id: RefundId
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
@checked
class CorrectRefund:
    """Finance give back another sum than a stuck refund asked for, as its provider took another one than it told (PAY-R2)."""

    refund_id: RefundId
    amount: Money
    reason: str
    actor: Actor
    within: Places = EVERYWHERE
    once: Once | None = None


@frozen(kw_only=True)
class RefundAnswer:
    """The refund that is under way."""

    refund_id: RefundId
    state: str
    amount: Money


@frozen(kw_only=True)
@checked
class TakeNotice:
    """A provider tells us something: nothing parsed, nothing believed."""

    gateway: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(factory=dict)
    received_at: datetime | None = None
