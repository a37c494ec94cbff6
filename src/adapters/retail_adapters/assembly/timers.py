"""Timers, wired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from retail_adapters.assembly.jobs import doing_jobs
from retail_adapters.assembly.messages import message_timers
from retail_adapters.assembly.parts import Parts
from retail_adapters.assembly.payments import asking, closing_attempts
from retail_adapters.assembly.pictures import looking_after_pictures
from retail_adapters.assembly.privacy import erasing
from retail_adapters.assembly.tiers import keeping_tiers
from retail_adapters.assembly.webhooks import telling_webhooks
from retail_domain.accounts import Sweep
from retail_domain.accounts.use_cases.sealing import has_unsealed, seal_trail
from retail_domain.accounts.use_cases.sessions import sweep
from retail_domain.coupons.use_cases import look_after_coupon
from retail_domain.kernel.frames import Called, bound, deciding, reading
from retail_domain.kernel.ids import OrderId
from retail_domain.messages.use_cases.telling import ForgetMessages, forget_messages
from retail_domain.ordering import OrderNotDue, OrderStatus, OrderWrongState
from retail_domain.ordering.use_cases import sign_by_timer
from retail_domain.payments import PaymentNotSuspect
from retail_domain.points.use_cases import expire_points
from retail_domain.pricing import ForgetExpiredQuotes
from retail_domain.pricing.use_cases import forget_expired_quotes
from retail_domain.processes.delivery.completing import complete_order
from retail_domain.processes.delivery.reviewing import review_automatically
from retail_domain.processes.money.closing import close_unpaid, finish_closing, open_attempts
from retail_domain.processes.money.holding import give_back, release_held
from retail_domain.processes.money.polling import note_poll, poll_payment
from retail_domain.processes.money.reaching import Reach
from retail_domain.processes.money.refunding import Pushing, note_sending, note_stuck, push_refund
from retail_domain.processes.money.refunds_heard import record_refund_answer
from retail_domain.processes.money.settlement import apply_money
from retail_domain.processes.worker.bookkeeping import CarryBalances, carry_forward, uncarried
from retail_domain.processes.worker.due import Due, Seldom, Timer
from retail_domain.processes.worker.finding import (
    due_coupons,
    due_orders,
    due_points,
    due_polls,
    due_refunds,
    due_reviews,
    silent_days,
)
from retail_domain.processes.worker.jobs import ForgetJobs, forget_jobs
from retail_domain.processes.worker.numbering import NumberEvents, give_numbers, numbers_missing
from retail_domain.processes.worker.sales import AddUpSales, add_up_sales, sales_waiting
from retail_domain.processes.worker.sealing import SealTrail
from retail_domain.processes.worker.sweeping import (
    EVERY,
    ForgetAnswers,
    ForgetDeliveries,
    ForgetGuestsCarts,
    ForgetTrade,
    HourlySweep,
    forget_answers,
    forget_deliveries,
    forget_guests_carts,
    forget_trade,
    until_none_are_left,
)
from retail_domain.webhooks.use_cases.telling import ForgetTellings, forget_tellings

TAKES_LONG: Final = frozenset({"look_after_pictures", "send_messages", "do_jobs"})
"""A hard picture may take a processor's twenty seconds, and strangers send them; a provider of text messages may hang; staff
hand in files of thousands of rows. Money must not wait for that."""


def timers(parts: Parts) -> Mapping[str, Timer]:
    """The timers of a shop made of these parts: each makes one round and tells what came of it."""
    close = bound(
        finish_closing,
        parts.deciding(close_unpaid, parts.takings),
        parts.unit(reading(parts.begin, open_attempts)),
        closing_attempts(parts),
    )
    reach = Reach(parts.gateways, parts.tenders)
    sign = parts.deciding(sign_by_timer)
    complete = parts.deciding(complete_order, parts.takings)
    pushing = Pushing(
        note=parts.answering(note_sending, reach),
        record=parts.deciding(record_refund_answer),
        stuck=parts.deciding(note_stuck),
        give_back=parts.answering(give_back, parts.tenders),
    )
    push = bound(push_refund, pushing, parts.gateways)
    poll = bound(
        poll_payment,
        parts.answering(note_poll, reach),
        asking(parts),
        parts.deciding(apply_money, parts.takings),
        parts.answering(release_held, parts.tenders),
    )
    sessions = parts.deciding(sweep, parts.policies.accounts)
    quotes = parts.deciding(forget_expired_quotes)
    answers = parts.deciding(forget_answers)
    made = parts.deciding(forget_deliveries)
    left = parts.deciding(forget_guests_carts)
    told = parts.deciding(forget_tellings)
    trade = parts.deciding(forget_trade)
    old = parts.deciding(forget_messages)
    over = parts.deciding(forget_jobs)
    return {
        "poll_payments": Due(clock=parts.clock, find=parts.reading(due_polls), deal_with=poll, lost_to=(PaymentNotSuspect,)),
        "close_unpaid": _due_orders(parts, OrderStatus.PENDING_PAYMENT, close),
        "push_refunds": Due(clock=parts.clock, find=parts.reading(due_refunds), deal_with=push),
        "sign": _due_orders(parts, OrderStatus.SHIPPED, sign),
        "complete": _due_orders(parts, OrderStatus.SIGNED, complete),
        **_reviewing(parts),
        "expire_points": Seldom(
            clock=parts.clock,
            rests=EVERY,
            timer=Due(clock=parts.clock, find=parts.reading(due_points), deal_with=parts.deciding(expire_points)),
        ),
        "look_after_coupons": Due(
            clock=parts.clock, find=parts.reading(due_coupons), deal_with=parts.deciding(look_after_coupon)
        ),
        "erase_members": erasing(parts),
        "do_jobs": doing_jobs(parts),
        "look_after_pictures": looking_after_pictures(parts),
        "carry_balances": CarryBalances(
            look=parts.looking(uncarried),
            carry=deciding(parts.begin, carry_forward, parts.means),
            after=parts.policies.carry_after,
        ),
        "add_up_sales": AddUpSales(look=parts.looking(sales_waiting), add_up=deciding(parts.begin, add_up_sales, parts.means)),
        "number_events": NumberEvents(
            look=parts.looking(numbers_missing), give=deciding(parts.begin, give_numbers, parts.means)
        ),
        "seal_trail": SealTrail(look=parts.looking(has_unsealed), seal=deciding(parts.begin, seal_trail, parts.means)),
        "tell_webhooks": telling_webhooks(parts),
        "keep_tiers": keeping_tiers(parts),
        **message_timers(parts),
        "sweep": HourlySweep(
            clock=parts.clock,
            sweeps=(
                until_none_are_left(lambda: sessions(Sweep())),
                until_none_are_left(lambda: quotes(ForgetExpiredQuotes())),
                until_none_are_left(lambda: answers(ForgetAnswers())),
                until_none_are_left(lambda: made(ForgetDeliveries())),
                until_none_are_left(lambda: left(ForgetGuestsCarts())),
                until_none_are_left(lambda: told(ForgetTellings())),
                until_none_are_left(lambda: trade(ForgetTrade())),
                until_none_are_left(lambda: old(ForgetMessages())),
                until_none_are_left(lambda: over(ForgetJobs())),
            ),
        ),
    }


def _reviewing(parts: Parts) -> Mapping[str, Timer]:
    """What nobody spoke of is looked for once an hour, and at once when it is set anew when that is (ORD-R8)."""
    rules = parts.policies.reviews
    find = parts.reading(due_reviews, rules)
    due = Due(clock=parts.clock, find=find, deal_with=parts.deciding(review_automatically))
    under = parts.looking(silent_days, rules, parts.clock)
    return {"review": Seldom(clock=parts.clock, timer=due, rests=EVERY, under=under)}


def _due_orders(parts: Parts, status: OrderStatus, deal_with: Called[OrderId, object]) -> Due[OrderId]:
    """To close, to sign, or to complete them."""
    lost_to = (OrderWrongState, OrderNotDue)
    return Due(clock=parts.clock, find=parts.reading(due_orders, status), deal_with=deal_with, lost_to=lost_to)
