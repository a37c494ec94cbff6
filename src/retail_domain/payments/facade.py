"""Payments, as a shop offers them: one callable a use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.payments.commands import (
    ConfirmCounterPayment,
    CorrectRefund,
    PayFromAccount,
    RefreshPayment,
    RefundAnswer,
    RefundAside,
    RetryRefund,
    StartPayment,
    TakeBackHeld,
    TakeNotice,
)
from retail_domain.payments.gateway import RawReply
from retail_domain.payments.queries import PaymentQueries, PaymentView


@frozen(kw_only=True)
class PaymentDesk:
    """Money in and out (支付): attempts, notices, refunds, and what waits for a person."""

    start: Callable[[StartPayment], Awaitable[PaymentView]]
    pay_from_account: Callable[[PayFromAccount], Awaitable[PaymentView]]
    take_back: Callable[[TakeBackHeld], Awaitable[PaymentView]]
    refresh: Callable[[RefreshPayment], Awaitable[PaymentView]]
    confirm_counter: Callable[[ConfirmCounterPayment], Awaitable[PaymentView]]
    take_notice: Callable[[TakeNotice], Awaitable[RawReply]]
    refund_aside: Callable[[RefundAside], Awaitable[RefundAnswer]]
    retry_refund: Callable[[RetryRefund], Awaitable[RefundAnswer]]
    correct_refund: Callable[[CorrectRefund], Awaitable[RefundAnswer]]
    show: PaymentQueries
