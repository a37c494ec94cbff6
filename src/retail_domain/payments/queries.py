"""What payments show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from attrs import evolve, frozen

from retail_domain.kernel.ids import MemberId, OrderId, PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.payments.gateway import Flow
from retail_domain.payments.model import Notice, Payment, Refund
from retail_domain.payments.states import MoneyState, PaymentState, RefundSource, RefundStage, RefundState


@frozen(kw_only=True)
class PaymentView:
    """A payment attempt as its buyer sees it."""

    payment_id: PaymentId
    order_id: OrderId
    gateway: str
    flow: Flow
    status: PaymentState
    money: MoneyState
    amount: Money
    refunded: Money
    """What of it has gone back."""
    action: Mapping[str, Any] | None
    action_expires_at: datetime | None
    expires_at: datetime
    received_at: datetime | None
    refunding_minor: int = 0
    """How much of it shall go back and has not yet; views that were kept by an earlier release do not tell."""

    @property
    def refunding(self) -> Money:
        """What of it shall go back and has not yet."""
        return Money(self.refunding_minor, self.refunded.currency)


@frozen(kw_only=True)
class SuspectView:
    """Money that waits for a person (R10): kept aside, or not applied yet."""

    payment_id: PaymentId
    order_id: OrderId
    gateway: str
    provider_ref: str | None
    money: MoneyState
    reason: str | None
    due: Money
    captured: Money | None
    refunding_minor: int
    """How much of it was decided to go back in all."""
    refunded_minor: int
    """How much of that has gone back."""
    received_at: datetime | None


@frozen(kw_only=True)
class RefundView:
    """A refund, and how far it has come; what is for staff alone is left out where members see it."""

    refund_id: RefundId
    payment_id: PaymentId
    order_id: OrderId
    gateway: str
    amount: Money
    source: RefundSource
    reason: str
    stage: RefundStage
    state: RefundState
    trouble: str | None
    tries: int
    requested_at: datetime
    succeeded_at: datetime | None


@frozen(kw_only=True)
class WaitingView:
    """A payment to be asked about, or a refund to be sent, whose gateway some worker did not know (R10)."""

    payment_id: PaymentId
    refund_id: RefundId | None
    order_id: OrderId
    gateway: str
    amount: Money
    since: datetime


@frozen(kw_only=True)
class Balance:
    """What an account holds: debits minus credits."""

    account: str
    balance: Money


class PaymentQueries(Protocol):
    """Reads payments; money is within the places of its order (R35)."""

    async def show_mine(self, member_id: MemberId, payment_id: PaymentId) -> PaymentView:
        """A member's own payment. Raises PaymentNotFound, also for one of somebody else (GEN-R14, R33)."""
        ...

    async def of_order(self, order_id: OrderId) -> tuple[PaymentView, ...]:
        """All attempts of an order, oldest first."""
        ...

    async def refunds_of_order(self, order_id: OrderId) -> tuple[RefundView, ...]:
        """All refunds of an order, oldest first."""
        ...

    async def refunds(
        self, page: PageRequest, stage: RefundStage | None = None, within: Places = EVERYWHERE
    ) -> Page[RefundView]:
        """All refunds, newest first; optionally only those that have come so far."""
        ...

    async def suspects(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[SuspectView]:
        """Money that was kept aside or not applied, and not given back, oldest first (R10).

        What its provider calls paid, without a sum or over 0.00, stands there too.
        """
        ...

    async def stuck_refunds(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[RefundView]:
        """Refunds that need a person, oldest first (R10)."""
        ...

    async def waiting(self, page: PageRequest, within: Places = EVERYWHERE) -> Page[WaitingView]:
        """What waits for a worker that knows its gateway or account, oldest first (R10)."""
        ...

    async def odd_notices(self, page: PageRequest) -> Page[Notice]:
        """Verified notices about money nobody here knows, and whatever contradicts what is known, oldest first (R10).

        An answer of a provider that contradicts what is known stands there too.
        """
        ...

    async def balances(self) -> tuple[Balance, ...]:
        """Every account of the ledger by name and currency (R6)."""
        ...


def payment_view(payment: Payment) -> PaymentView:
    """A payment as it is shown."""
    currency = payment.captured.currency if payment.captured else payment.amount.currency
    return PaymentView(
        payment_id=payment.id, order_id=payment.order_id, gateway=payment.gateway, flow=payment.flow,
        status=payment.state, money=payment.money, amount=payment.amount,
        refunded=Money(payment.refunded_minor, currency),
        action=_in_order(payment.action) if payment.is_open else None,
        action_expires_at=payment.action_expires_at if payment.is_open else None,
        expires_at=payment.expires_at, received_at=payment.received_at,
        refunding_minor=payment.refunding_minor - payment.refunded_minor,
    )  # fmt: skip


def payment_view_as_begun(payment: Payment) -> PaymentView:
    """A payment as it was shown when it was begun, whatever became of it: what a repeated request is told (R17)."""
    return evolve(
        payment_view(payment),
        status=PaymentState.PENDING,
        money=MoneyState.NONE,
        refunding_minor=0,
        refunded=Money(0, payment.amount.currency),
        action=_in_order(payment.action),
        action_expires_at=payment.action_expires_at,
        received_at=None,
    )


def _in_order(action: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Stores may give names back in another order; who asks again is told the same, letter by letter (R17, R32)."""
    if action is None:
        return None
    return {name: _in_order(value) if isinstance(value, Mapping) else value for name, value in sorted(action.items())}


def suspect_view(payment: Payment) -> SuspectView:
    """A payment whose money waits for a person."""
    return SuspectView(
        payment_id=payment.id, order_id=payment.order_id, gateway=payment.gateway, provider_ref=payment.provider_ref,
        money=payment.money, reason=payment.suspicion, due=payment.amount, captured=payment.captured,
        refunding_minor=payment.refunding_minor, refunded_minor=payment.refunded_minor, received_at=payment.received_at,
    )  # fmt: skip


def waiting_view(one: Payment | Refund) -> WaitingView:
    """What waits for a worker that knows its gateway."""
    refund_id: RefundId | None = None
    if isinstance(one, Refund):
        payment_id, refund_id, since = one.payment_id, one.id, one.requested_at
    else:
        payment_id, since = one.id, one.created_at
    return WaitingView(
        payment_id=payment_id, refund_id=refund_id, order_id=one.order_id, gateway=one.gateway, amount=one.amount, since=since
    )


def refund_view(refund: Refund) -> RefundView:
    """A refund as it is shown."""
    return RefundView(
        refund_id=refund.id, payment_id=refund.payment_id, order_id=refund.order_id, gateway=refund.gateway,
        amount=refund.amount, source=refund.source, reason=refund.reason, stage=refund.stage, state=refund.state,
        trouble=refund.trouble, tries=refund.tries, requested_at=refund.requested_at, succeeded_at=refund.succeeded_at,
    )  # fmt: skip
