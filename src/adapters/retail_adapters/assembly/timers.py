"""Timers, wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.payments import asking, closing_attempts, settling
from retail_domain.accounts import Sweep, SweepHandler
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import OrderStatus, SignByTimerHandler
from retail_domain.pricing import ForgetExpiredQuotes, ForgetExpiredQuotesHandler
from retail_domain.processes.bookkeeping import CarryBalances
from retail_domain.processes.closing import CloseUnpaidHandler, FinishClosingHandler, OpenAttemptsHandler
from retail_domain.processes.completing import CompleteOrderHandler
from retail_domain.processes.holding import GiveBackHandler, ReleaseHeldHandler
from retail_domain.processes.refunding import NoteSendingHandler, NoteStuckHandler, PushRefundHandler
from retail_domain.processes.refunds_heard import RecordRefundAnswerHandler
from retail_domain.processes.settlement import ApplyMoneyHandler
from retail_domain.processes.sweeping import ForgetAnswers, ForgetAnswersHandler, HourlySweep, until_none_are_left
from retail_domain.processes.timers import DueOrders, NotePollHandler, PollPayments, PushRefunds, Timer


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
    poll = PollPayments(
        begin=parts.look or parts.begin,
        clock=parts.clock,
        note=parts.unit(NotePollHandler(begin=parts.begin, clock=parts.clock)),
        ask=asking(parts),
        apply=parts.unit(ApplyMoneyHandler(begin=parts.begin, clock=parts.clock, means=settling(parts))),
        release=parts.unit(ReleaseHeldHandler(begin=parts.begin, clock=parts.clock, tenders=parts.tenders)),
    )
    sweep = parts.unit(SweepHandler(begin=parts.begin, clock=parts.clock, rules=parts.policies.accounts))
    quotes = parts.unit(ForgetExpiredQuotesHandler(begin=parts.begin, clock=parts.clock))
    answers = parts.unit(ForgetAnswersHandler(begin=parts.begin, clock=parts.clock))
    return {
        "poll_payments": poll,
        "close_unpaid": _due(parts, OrderStatus.PENDING_PAYMENT, finish_closing),
        "push_refunds": PushRefunds(begin=parts.look or parts.begin, clock=parts.clock, push=push),
        "sign": _due(parts, OrderStatus.SHIPPED, sign),
        "complete": _due(parts, OrderStatus.SIGNED, complete),
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


def _due(parts: Parts, status: OrderStatus, deal_with: Callable[[OrderId], Awaitable[object]]) -> DueOrders:
    return DueOrders(begin=parts.look or parts.begin, clock=parts.clock, status=status, deal_with=deal_with)
