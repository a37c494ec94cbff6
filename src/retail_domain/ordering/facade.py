"""Ordering, as a shop offers it: one callable a use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.ordering.commands import (
    CancelOrder,
    CloseOrder,
    ConfirmReceipt,
    GoOn,
    HideOrder,
    MemoWritten,
    OrderCosts,
    OrderOutcome,
    OrderSent,
    RedirectMyOrder,
    RedirectOrder,
    RefundOrder,
    RefundStarted,
    RepriceOrder,
    ShipOrder,
    WriteMemo,
)
from retail_domain.ordering.queries import OrderQueries


@frozen(kw_only=True)
class Ordering:
    """Orders from placing to completion (订单); placing itself is `retail.checkout`."""

    cancel: Callable[[CancelOrder], Awaitable[OrderOutcome]]
    confirm_receipt: Callable[[ConfirmReceipt], Awaitable[OrderOutcome]]
    redirect_mine: Callable[[RedirectMyOrder], Awaitable[OrderOutcome]]
    redirect: Callable[[RedirectOrder], Awaitable[OrderOutcome]]
    reprice: Callable[[RepriceOrder], Awaitable[OrderCosts]]
    write_memo: Callable[[WriteMemo], Awaitable[MemoWritten]]
    go_on: Callable[[GoOn], Awaitable[OrderOutcome]]
    hide: Callable[[HideOrder], Awaitable[None]]
    ship: Callable[[ShipOrder], Awaitable[OrderSent]]
    close: Callable[[CloseOrder], Awaitable[OrderOutcome]]
    refund: Callable[[RefundOrder], Awaitable[RefundStarted]]
    show: OrderQueries
