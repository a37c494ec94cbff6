"""A clock that is put back by a day locks nobody out, revives nothing and lets nothing last longer (R29)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from retail_domain.accounts import Allowance, GuessVerdict, Slot
from retail_domain.kernel.clock import SKEW, is_too_soon, lies_in
from retail_domain.payments import AskedTooOften
from retail_domain.pricing import QuoteExpired
from retail_domain.testing.contracts.prices import a_quote
from retail_domain.testing.orders import NOON, a_payment
from retail_domain.testing.people import a_challenge

DOMAIN: Final = Path(__file__).parents[2] / "src/retail_domain"
DAY = timedelta(days=1)
YESTERDAY = NOON - DAY
A_LITTLE = SKEW - timedelta(seconds=1)
"""As far as the clocks of two machines may be apart."""


def test_a_payment_may_be_refreshed_although_it_was_refreshed_in_what_is_the_future_now() -> None:
    """R29, PAY-R13: and then it is limited by the time of now."""
    asked = a_payment().asked(at=NOON).state

    again = asked.asked(at=YESTERDAY).state

    with pytest.raises(AskedTooOften):
        again.asked(at=YESTERDAY + timedelta(seconds=1))


def test_a_quote_that_was_expired_is_not_revived() -> None:
    """R29, CRT-R7."""
    quote = evolve(a_quote().state, created_at=NOON)
    for at in (quote.expires_at, YESTERDAY, quote.created_at - SKEW - timedelta(seconds=1)):
        with pytest.raises(QuoteExpired):
            quote.accept(quote.member_id, quote.hash, at=at)


def test_a_quote_of_a_machine_whose_clock_is_a_little_ahead_is_good() -> None:
    """R29: servers differ by seconds."""
    quote = evolve(a_quote().state, created_at=NOON)

    assert quote.accept(quote.member_id, quote.hash, at=quote.created_at - A_LITTLE) is quote


def test_a_code_lives_no_longer_and_locks_nobody_out() -> None:
    """R29, R36: neither is it right a day earlier, nor do its spent tries count until the clock has caught up."""
    code = a_challenge(at=NOON)
    assert code.attempt(code.sealed, at=NOON)[1] is GuessVerdict.RIGHT

    assert code.attempt(code.sealed, at=YESTERDAY)[1] is GuessVerdict.EXPIRED
    assert not code.counts_until(YESTERDAY) and code.counts_until(NOON - A_LITTLE)


def test_a_limit_that_was_used_up_opens_anew_and_not_a_day_later() -> None:
    """R29, R36."""
    allowance = Allowance(most=1, within=timedelta(hours=1))
    full = Slot.opened("key", allowance, at=NOON).state
    assert full.take(allowance, at=NOON - A_LITTLE) is None

    fresh = full.take(allowance, at=YESTERDAY)

    assert fresh is not None and fresh.state.ends_at == YESTERDAY + allowance.within
    assert fresh.state.take(allowance, at=YESTERDAY) is None


def test_a_window_and_a_wait_end_by_the_clock_of_now() -> None:
    """R29, GEN-R6."""
    assert [lies_in(NOON, NOON + DAY, at) for at in (YESTERDAY, NOON - SKEW, NOON, NOON + DAY)] == [False, True, True, False]
    minute = timedelta(minutes=1)
    assert [is_too_soon(NOON, minute, at) for at in (YESTERDAY, NOON, NOON + minute)] == [False, True, False]
    assert not is_too_soon(None, minute, NOON)


# ---- the next one ---------------------------------------------------------------------------------------------------------

GOES_BACK: Final = {
    "kernel/clock.py lies_in": "what begins in the future is over",
    "kernel/clock.py is_too_soon": "looks at the distance, whichever way",
    "kernel/clock.py has_passed": "a deadline; what it means is said where it is asked",
    "accounts/model/challenge.py __attrs_post_init__": "two instants of its own",
    "accounts/model/challenge.py counts_until": "a window",
    "accounts/model/challenge.py judged": "a window",
    "accounts/model/session.py __attrs_post_init__": "two instants of its own",
    "accounts/model/keys.py made": "an end that somebody wishes for, looked at once",
    "accounts/model/keys.py is_seen": "looks at the distance, whichever way",
    "accounts/model/keys.py opened_by": "a key lasts as much longer: better than shutting every program out",
    "accounts/use_cases/sessions.py authenticate": "a session of many days lasts as much longer: better than ending all",
    "accounts/use_cases/limits.py claimed": "at home as much longer: that passes a brake, the strict counters hold",
    "accounts/use_cases/limits.py is_home": "the same",
    "webhooks/model.py answered": "by a clock behind it is tried some more hours; nothing is given up early",
    "webhooks/model.py secrets": "by a clock behind the secret before signs longer, beside the new one",
    "jobs/model.py taken_up": "a job waits a little longer, by the same clock that set it; who has it is told by its tries",
    "jobs/model.py let_go": "a trial's file stays as much longer",
    "pictures/model.py is_due": "a try waits for its moment, by the same clock that set it",
    "pictures/use_cases/taking_in.py add_picture": "half of what a worker waits: a clock may be off by the other half",
    "pictures/reading.py _of_jpeg": "two places in a file; the clock is not asked",
    "approvals/model.py shown_at": "shown as waiting a while longer; whoever decides asks once more",
    "approvals/model.py _decided": "a request may be decided as much longer: by two people all the same",
    "kernel/calendar.py next_at": "two instants of the calendar; the clock is not asked",
    "messages/model.py _again": "by a clock behind it is tried some more hours; nothing is given up early",
    "messages/model.py is_open": "a bundle takes in as much longer",
    "messages/model.py over_at": "quiet hours are said by the clock on the wall, and last as much longer",
    "messages/use_cases/sending.py _held_back": "by a clock behind it is tried some more hours",
    "messages/use_cases/sending.py take_up_sending": "a try waits for its moment, by the same clock that set it",
    "messages/use_cases/telling.py tell_pay_soon": "told a while longer, and once an order all the same",
    "processes/worker/messages.py __call__": "both ways",
    "processes/worker/messages.py _late": "staff are told as much later",
    "settings/model.py _was_in_force": "two instants of its own",
    "settings/model.py changed": "what begins at once begins, whatever the clock says",
    "settings/model.py has_begun": "what was planned begins by the clock that reads it; what was not holds wherever it is read",
    "settings/model.py is_planned": "two instants of its own",
    "webhooks/model.py came_off": "by a clock behind it is stopped later; nothing is lost by that",
    "catalog/model/prices.py lowest_asked": "instants that were stored; by a clock behind a price counts for the day before",
    "catalog/model/product.py _arrival": "who has arrived stays so; by a clock behind it is announced once more",
    "settings/home.py is_shown": "a block of a page is shown by the clock that reads it, a little sooner or later",
    "coupons/model/coupon.py __attrs_post_init__": "two instants of its own",
    "coupons/model/coupon.py given": "two instants reckoned from one: a coupon that ends at once tells nobody before",
    "coupons/model/coupon.py obstacle": "a coupon can be used as much longer, or as much later: better than taking it early",
    "coupons/model/coupon.py wait_over": "whoever is told and when it expires waits as much longer",
    "coupons/model/coupon.py give_back": "by a clock behind it comes back to be used: better than losing it",
    "coupons/model/template.py __attrs_post_init__": "two instants that staff have set",
    "coupons/model/template.py check_open": "given by the clock that reads it, a little sooner or later",
    "coupons/model/template.py issue": "by a clock behind one is given that is over: it has expired when it comes",
    "points/lot.py has_expired": "points last as much longer: better than taking them before their day",
    "points/ledger.py lock": "compares points; the clock is not asked",
    "points/ledger.py deduct": "compares points; the clock is not asked",
    "points/ledger.py give_back": "two instants that are stored or reckoned from one: which is later",
    "reviews/settings.py days_left_over": "a shop's grace; by a clock behind it lasts a little longer",
    "catalog/use_cases/describe_sku.py _require_true": "days; a basis of today waits as long as the clock is behind",
    "catalog/model/product.py is_open": "when goods are sold is said by the calendar",
    "insight/model.py is_timely": "both ways",
    "pricing/model/freight.py at": "what is coming charges late rather than early",
    "pricing/use_cases.py store_freight_template": "what a clerk plans lies ahead, by more than a clock goes back",
    "pricing/model/offer.py is_on": "an offer begins late rather than early",
    "pricing/model/offer.py is_over": "an offer lasts as long as the clock is behind; the book says which one it is",
    "pricing/model/offer.py meets": "windows are compared with each other, not with a clock",
    "tiers/model.py holds": "a grant lasts as long as the clock is behind, and ends by the day it names",
    "tiers/model.py granted": "a grant ends by the day it names",
    "tiers/model.py evaluated": "late rather than early: a tier is kept as long as the clock is behind",
    "tiers/model.py _warned": "late rather than early, and before the tier ends in any case",
    "tiers/model.py _due": "late rather than early",
    "kernel/calendar.py day_of": "a day is what the clock says",
    "kernel/calendar.py _has_come": "the same",
    "kernel/counting.py take": "a window",
    "kernel/counting.py is_used_up": "a window",
    "kernel/reading.py instant": "two bounds of the calendar; the clock is not asked",
    "ordering/model/order.py check_payable": "an order that was not closed may be paid; money and stock are still there",
    "ordering/model/order.py begin_closing": "late rather than early: it holds its stock until then",
    "ordering/model/order.py _must_be_due": "late rather than early",
    "payments/model/payment.py is_written_off": "late rather than early: a provider is asked once more",
    "payments/model/payment.py started": "an attempt never outlives its order",
    "payments/model/payment.py asked": "a wait",
    "pricing/model/quote.py __attrs_post_init__": "two instants of its own",
    "pricing/model/quote.py accept": "a window",
    "processes/leaving/erasing.py keep_trade_apart": "a record is kept some hours that the sweep takes away",
    "processes/leaving/erasing.py erase_step": "late rather than early",
    "processes/leaving/erasing.py _is_due": "late rather than early",
    "processes/money/closing.py _held_up": "late rather than early",
    "processes/money/closing.py _is_time_to_look": "late rather than early",
    "processes/money/day_book.py _told": "an entry that a closing came before is late, and counted where nothing is closed",
    "processes/money/day_book.py _open_days": "days that follow one another; the clock is not asked",
    "processes/worker/due.py __call__": "looks at the distance, whichever way",
    "processes/worker/sweeping.py __call__": "looks at the distance, whichever way",
}
"""Every place that compares an instant with another one, and what becomes of it when the clock is put back."""


def comparisons() -> Iterator[str]:
    for file in sorted(DOMAIN.rglob("*.py")):
        if "testing" in file.parts:
            continue
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_compares, ast.walk(function))):
                yield f"{file.relative_to(DOMAIN)} {function.name}"


def _compares(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="has_passed" | "lies_in" | "is_too_soon")):
            return True
        case ast.Compare(left=left, ops=ops, comparators=others):
            is_ordered = any(isinstance(one, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for one in ops)
            names = {_name(part) for side in (left, *others) for part in ast.walk(side)}
            return is_ordered and any(name in ("at", "now", "deadline") or name.endswith("_at") for name in names)
    return False


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def test_every_comparison_of_instants_says_what_a_clock_that_goes_back_does_to_it() -> None:
    """R29: whoever compares the time once more has thought of it."""
    assert set(comparisons()) == set(GOES_BACK)
