"""Beasts of the purse: accounts of the shop's own that pay an order together with a provider (PAY-R10, PAY-R11)."""

from __future__ import annotations

from zoo.beast import DOMAIN, INTEGRATION, UNIT, Beast, Patch

_HOLDING = f"{DOMAIN}/processes/money/holding.py"
_SETTLEMENT = f"{DOMAIN}/processes/money/settlement.py"
_TENDERS = f"{DOMAIN}/payments/model/tenders.py"
_TESTS = f"{INTEGRATION}/test_tenders.py"

BEASTS = (
    Beast(
        name="held-is-not-let-go-at-close",
        says="an order is closed, and what an account paid towards it waits for the next look, if ever",
        origin="R10, PAY-R10",
        patches=(Patch(f"{DOMAIN}/processes/money/closing.py", "for attempt in attempts if attempt.is_held", "for attempt in attempts if attempt.is_open"),),
        catchers=(f"{_TESTS}::test_what_is_held_is_not_released_while_its_order_waits",),
    ),
    Beast(
        name="held-for-ever",
        says="what an account paid towards an order that came to nothing never comes back",
        origin="R10, PAY-R11",
        patches=(Patch(f"{DOMAIN}/processes/money/polling.py", "    if payment.is_held:\n        await release(payment_id)\n    elif", "    if"),),
        catchers=(f"{_TESTS}::test_closing_releases_what_is_held_and_money_that_comes_after_goes_back",),
    ),
    Beast(
        name="released-while-it-is-wanted",
        says="what is held goes back to its account although the order still waits for the rest",
        origin="PAY-R10",
        patches=(Patch(_HOLDING, "if order.awaits_payment or not payment.is_held:", "if not payment.is_held:"),),
        catchers=(f"{_TESTS}::test_what_is_held_is_not_released_while_its_order_waits",),
    ),
    Beast(
        name="released-twice",
        says="two workers give back to an account what was held once",
        origin="GEN-R11, PAY-R11",
        patches=(Patch(_HOLDING, "if order.awaits_payment or not payment.is_held:", "if order.awaits_payment:"),),
        catchers=(f"{_TESTS}::test_releasing_and_giving_back_happen_once_however_often_they_are_pushed",),
    ),
    Beast(
        name="refund-into-an-account-twice",
        says="two workers pay one refund into an account",
        origin="GEN-R11, R12",
        patches=(Patch(_HOLDING, "    if not refund.is_under_way:\n        return Answered.unchanged(None)\n", ""),),
        catchers=(f"{_TESTS}::test_releasing_and_giving_back_happen_once_however_often_they_are_pushed",),
    ),
    Beast(
        name="capture-forgotten",
        says="the provider's money pays the order, and what an account held for it is let go",
        origin="PAY-R10, PAY-I1",
        patches=(Patch(_SETTLEMENT, "one.capture(at=at) if one in ready.together else one.let_go(at=at)", "one.let_go(at=at)"),),
        catchers=(f"{_TESTS}::test_an_order_paid_by_two_tenders_is_refunded_in_three_parts",),
    ),
    Beast(
        name="everything-held-is-captured",
        says="money of an attempt from before captures what was held after it as well: more than the order costs",
        origin="PAY-I1",
        patches=(Patch(_SETTLEMENT, "one.capture(at=at) if one in ready.together else one.let_go(at=at)", "one.capture(at=at)"),),
        catchers=(f"{_TESTS}::test_money_of_an_attempt_from_before_takes_what_it_needs_and_the_rest_is_let_go",),
    ),
    Beast(
        name="refund-split-forgets-what-went-back",
        says="a refund asks each tender for what it paid, not for what it has left",
        origin="R5, PAY-I4",
        patches=(Patch(_TENDERS, "part = min(left, payment.refundable_minor)", "part = min(left, payment.captured_minor)"),),
        catchers=(f"{UNIT}/test_tenders.py", _TESTS),
    ),
    Beast(
        name="refund-by-the-rule-of-today",
        says="whose money goes back first is decided when it goes back, not kept from when the order was placed",
        origin="PAY-R10",
        patches=(Patch(f"{DOMAIN}/processes/money/refunding.py", "split_refund(applied, amount, freight, after.refund_order)", "split_refund(applied, amount, freight)"),),
        catchers=(f"{_TESTS}::test_whose_money_goes_back_first_is_kept_with_the_order",),
    ),
    Beast(
        name="freight-borne-twice",
        says="what an account holds and what is left to ask both bear the freight",
        origin="R6",
        patches=(Patch(_TENDERS, "freight_minor - sum(one.freight_minor for one in attempts if one.is_held)", "freight_minor"),),
        catchers=(f"{UNIT}/test_tenders.py",),
    ),
    Beast(
        name="held-beside-an-open-attempt",
        says="an account pays its part while an attempt asks for all of it",
        origin="PAY-R4, PAY-R10",
        patches=(Patch(_HOLDING, "        _check_none_is_open(attempts)\n", ""),),
        catchers=(f"{_TESTS}::test_an_attempt_that_stays_open_is_not_held_beside",),
    ),
    Beast(
        name="accounts-pay-what-is-gone",
        says="what accounts cover all of is paid without asking whether it can still be had",
        origin="R10, PAY-I2",
        patches=(Patch(_HOLDING, "    if ready.said is Paid.REFUSED:\n        begin_giving_up(work, ready.order, at)\n        return last\n", ""),),
        catchers=(f"{_TESTS}::test_accounts_that_cover_what_is_gone_get_everything_back",),
    ),
)  # fmt: skip
"""Each must be caught."""
