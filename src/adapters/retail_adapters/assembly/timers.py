"""Timers, wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.payments import asking, closing_attempts, settling
from retail_domain.accounts import Sweep, SweepHandler
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import OrderNotDue, OrderStatus, OrderWrongState, SignByTimerHandler
from retail_domain.payments import PaymentNotSuspect
from retail_domain.pricing import ForgetExpiredQuotes, ForgetExpiredQuotesHandler
from retail_domain.processes.delivery.completing import CompleteOrderHandler
from retail_domain.processes.money.closing import CloseUnpaidHandler, FinishClosingHandler, OpenAttemptsHandler
from retail_domain.processes.money.holding import GiveBackHandler, ReleaseHeldHandler
from retail_domain.processes.money.polling import NotePollHandler, PollPaymentHandler
from retail_domain.processes.money.refunding import NoteSendingHandler, NoteStuckHandler, PushRefundHandler
from retail_domain.processes.money.refunds_heard import RecordRefundAnswerHandler
from retail_domain.processes.money.settlement import ApplyMoneyHandler
from retail_domain.processes.worker.bookkeeping import CarryBalances
from retail_domain.processes.worker.due import Due, Timer
from retail_domain.processes.worker.sweeping import ForgetAnswers, ForgetAnswersHandler, HourlySweep, until_none_are_left

K = TypeVar("K", bound=Hashable)


def timers(parts: Parts) -> Mapping[str, Timer]:
    """The timers of a shop made of these parts: each makes one round and tells what came of it."""
    finish_closing = FinishClosingHandler(
        close=parts.unit(CloseUnpaidHandler(begin=parts.begin, clock=parts.clock, takings=parts.takings)),
        attempts=parts.unit(OpenAttemptsHandler(begin=parts.begin)),
        close_attempt=closing_attempts(parts),
    )
    sign = parts.unit(SignByTimerHandler(begin=parts.begin, clock=parts.clock))
    complete = parts.unit(CompleteOrderHandler(begin=parts.begin, clock=parts.clock, takings=parts.takings))
    push = PushRefundHandler(
        gateways=parts.gateways,
        note=parts.unit(NoteSendingHandler(begin=parts.begin, clock=parts.clock)),
        record=parts.unit(RecordRefundAnswerHandler(begin=parts.begin, clock=parts.clock, ids=parts.ids)),
        stuck=parts.unit(NoteStuckHandler(begin=parts.begin, clock=parts.clock)),
        give_back=parts.unit(GiveBackHandler(begin=parts.begin, clock=parts.clock, tenders=parts.tenders)),
    )
    poll = PollPaymentHandler(
        note=parts.unit(NotePollHandler(begin=parts.begin, clock=parts.clock)),
        ask=asking(parts),
        apply=parts.unit(ApplyMoneyHandler(begin=parts.begin, clock=parts.clock, means=settling(parts))),
        release=parts.unit(ReleaseHeldHandler(begin=parts.begin, clock=parts.clock, tenders=parts.tenders)),
    )
    sweep = parts.unit(SweepHandler(begin=parts.begin, clock=parts.clock, rules=parts.policies.accounts))
    quotes = parts.unit(ForgetExpiredQuotesHandler(begin=parts.begin, clock=parts.clock))
    answers = parts.unit(ForgetAnswersHandler(begin=parts.begin, clock=parts.clock))
    return {
        "poll_payments": _due(
            parts, poll, lambda work, at, most: work.payments.due_polls(at, most), (PaymentNotSuspect,)
        ),
        "close_unpaid": _due_orders(parts, OrderStatus.PENDING_PAYMENT, finish_closing),
        "push_refunds": _due(parts, push, lambda work, at, most: work.refunds.due(at, most)),
        "sign": _due_orders(parts, OrderStatus.SHIPPED, sign),
        "complete": _due_orders(parts, OrderStatus.SIGNED, complete),
        "carry_balances": CarryBalances(
            begin=parts.begin, look=parts.look or parts.begin, after=parts.policies.carry_after
        ),
        "sweep": HourlySweep(
            clock=parts.clock,
            sweeps=(
                until_none_are_left(lambda: sweep(Sweep())),
                until_none_are_left(lambda: quotes(ForgetExpiredQuotes())),
                until_none_are_left(lambda: answers(ForgetAnswers())),
            ),
        ),
    }


def _due(
    parts: Parts,
    deal_with: Callable[[K], Awaitable[object]],
    find: Callable[[Any, datetime, int], Awaitable[Sequence[K]]],
    lost_to: tuple[type[DomainError], ...] = (),
) -> Due[Any, K]:
    return Due(begin=parts.look or parts.begin, clock=parts.clock, find=find, deal_with=deal_with, lost_to=lost_to)


def _due_orders(parts: Parts, status: OrderStatus, deal_with: Callable[[OrderId], Awaitable[object]]) -> Due[Any, OrderId]:
    """To close, to sign, or to complete them."""
    return _due(parts, deal_with, lambda work, at, most: work.orders.due(status, at, most), (OrderWrongState, OrderNotDue))
