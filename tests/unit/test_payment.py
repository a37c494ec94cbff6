"""Payment attempts, refunds and the books: every state and everything a provider can say (PAY-R1, PAY-R14)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve

from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.money import Money
from retail_domain.payments import (
    AskedTooOften,
    Entry,
    MoneyState,
    Payment,
    PaymentNotSuspect,
    PaymentState,
    PaymentStatus,
    PaymentTooLate,
    Posting,
    Refund,
    RefundExceedsPayment,
    RefundNotRetriable,
    RefundSource,
    RefundState,
    RefundStatus,
    Standing,
    Verdict,
    account_of,
    action_document,
    payment_posting,
    payment_view,
    refund_posting,
    verdict,
)
from retail_domain.payments.gateway import CallClientSdk, MerchantRef, NothingToDo, OpenUrl, PayAtCounter, PostForm, ShowQr
from retail_domain.payments.model.waits import LAST_LOOK_AFTER
from retail_domain.testing.orders import NOON, a_payment, a_refund, an_attempt, order_id, placed, refund_says, says

P, M, T, S = PaymentState, MoneyState, PaymentStatus, RefundStatus
MINUTE = timedelta(minutes=1)


def in_state(state: PaymentState) -> Payment:
    """An attempt in that state."""
    created = a_payment()
    return {
        P.CREATED: created,
        P.PENDING: created.begun({"kind": "nothing_to_do"}, None).state,
        P.HELD: a_payment(gateway="wallet", tender="wallet").held().state,
        P.SUCCEEDED: created.hear(says(created), Standing.AWAITS_PAYMENT, at=NOON).state,
        P.FAILED: created.not_begun(at=NOON).state,
        P.CLOSED: created.hear(says(created, T.CLOSED), Standing.AWAITS_PAYMENT, at=NOON).state,
    }[state]


# One row a state: what it becomes on hearing each status; equal money always succeeds, and that never leaves (PAY-R1).
TABLE: dict[PaymentState, dict[PaymentStatus, PaymentState]] = {
    P.CREATED: {T.NOT_FOUND: P.CREATED, T.PENDING: P.PENDING, T.AUTHORIZED: P.PENDING, T.FAILED: P.FAILED, T.CLOSED: P.CLOSED},
    P.PENDING: {T.NOT_FOUND: P.PENDING, T.PENDING: P.PENDING, T.AUTHORIZED: P.PENDING, T.FAILED: P.FAILED, T.CLOSED: P.CLOSED},
    P.HELD: dict.fromkeys(T, P.HELD),
    P.SUCCEEDED: dict.fromkeys(T, P.SUCCEEDED),
    P.FAILED: dict.fromkeys(T, P.FAILED),
    P.CLOSED: dict.fromkeys(T, P.CLOSED),
}


@pytest.mark.parametrize("state", PaymentState, ids=lambda state: state.value)
@pytest.mark.parametrize("status", PaymentStatus, ids=lambda status: status.value)
def test_whatever_a_provider_says_in_any_state_leads_where_the_table_says(state: PaymentState, status: PaymentStatus) -> None:
    """PAY-R7: late payments are facts; SUCCEEDED never leaves; nobody outside has a say about what is held (PAY-R10)."""
    payment = in_state(state)

    after = payment.hear(says(payment, status), Standing.AWAITS_PAYMENT, at=NOON).state

    expected = P.SUCCEEDED if status is T.SUCCEEDED and state is not P.HELD else TABLE[state][status]
    assert after.state is expected


@pytest.mark.parametrize(
    ("standing", "money"),
    [(Standing.AWAITS_PAYMENT, M.APPLIED), (Standing.PAID, M.EXTRA), (Standing.CLOSED, M.LATE)],
)
def test_where_money_lies_depends_on_how_its_order_stands(standing: Standing, money: MoneyState) -> None:
    """PAY-R4, PAY-R5, R10."""
    payment = in_state(P.PENDING)

    change = payment.hear(says(payment), standing, at=NOON)

    assert change.state.money is money and verdict(change) is Verdict(money.value)
    assert change.state.refunds_itself == (money is not M.APPLIED)


def test_not_found_is_final_only_after_expiry_and_grace() -> None:
    """Never decide "not paid" from NOT_FOUND while the attempt can still be paid."""
    payment = in_state(P.PENDING)
    end = payment.expires_at + timedelta(minutes=10)

    before = payment.hear(says(payment, T.NOT_FOUND), Standing.AWAITS_PAYMENT, at=end - timedelta(microseconds=1))
    after = payment.hear(says(payment, T.NOT_FOUND), Standing.AWAITS_PAYMENT, at=end)

    assert (before.state.state, after.state.state) == (P.PENDING, P.CLOSED)


def test_who_never_heard_of_an_attempt_is_asked_once_more_a_day_later() -> None:
    """R10, R29: our clock may have been ahead, and the call that began the attempt still on its way; found by simulation."""
    payment = in_state(P.PENDING)
    end = payment.expires_at + timedelta(minutes=10)
    closed = payment.hear(says(payment, T.NOT_FOUND), Standing.AWAITS_PAYMENT, at=end).state
    a_day_later = end + LAST_LOOK_AFTER

    unheard = closed.hear(says(payment, T.NOT_FOUND), Standing.CLOSED, at=a_day_later)
    paid = closed.hear(says(payment), Standing.CLOSED, at=a_day_later)

    assert closed.next_poll_at == a_day_later and unheard.state.next_poll_at is None
    assert (paid.state.state, paid.state.money) == (P.SUCCEEDED, M.LATE)


def test_a_charge_that_arrived_after_it_was_written_off_is_closed_at_its_provider() -> None:
    """R10, PAY-R6: only asking would leave it payable there, and would be answered "pending" for ever (T4)."""
    payment = in_state(P.PENDING)
    end = payment.expires_at + timedelta(minutes=10)

    closed = payment.hear(says(payment, T.NOT_FOUND), Standing.AWAITS_PAYMENT, at=end).state
    arrived = closed.hear(says(payment, T.PENDING), Standing.CLOSED, at=end + LAST_LOOK_AFTER).state
    done = arrived.hear(says(payment, T.CLOSED), Standing.CLOSED, at=end + LAST_LOOK_AFTER).state

    assert closed.is_to_be_closed and arrived.is_to_be_closed
    assert not done.is_to_be_closed and done.next_poll_at is None


def test_an_attempt_expires_before_its_order_and_is_not_started_at_the_last_moment() -> None:
    """PAY-R1."""
    order = placed().state
    payment = a_payment(order)

    assert payment.expires_at == order.pay_by - MINUTE
    Payment.started(an_attempt(order), at=order.pay_by - 2 * MINUTE)
    with pytest.raises(PaymentTooLate):
        Payment.started(an_attempt(order), at=order.pay_by - 2 * MINUTE + timedelta(microseconds=1))


def test_the_provider_is_asked_ever_less_often() -> None:
    """PAY-R7, R11: after 1, 2, 5, 10, 30 and 30 minutes."""
    payment, at, waits = in_state(P.PENDING), NOON, []
    for _ in range(6):
        assert payment.next_poll_at is not None
        waits.append((payment.next_poll_at - at) // MINUTE)
        at = payment.next_poll_at
        payment = payment.polled(at=at).state

    assert waits == [1, 2, 5, 10, 30, 30]


def test_a_suspect_attempt_is_asked_about_a_few_times_more_and_then_left_to_staff() -> None:
    """PAY-R2: the authority may heal a lying notice."""
    payment = in_state(P.PENDING)
    payment = payment.hear(says(payment, amount=Money(1, "CNY")), Standing.AWAITS_PAYMENT, at=NOON).state
    rounds = 0
    while payment.next_poll_at is not None:
        payment, rounds = payment.polled(at=NOON).state, rounds + 1

    assert rounds == 5 and payment.state is P.FAILED and payment.money is M.SUSPECT


def test_a_decided_attempt_is_not_asked_about_any_more() -> None:
    """R11."""
    for state in (P.SUCCEEDED, P.FAILED, P.CLOSED):
        payment = in_state(state)
        assert payment.next_poll_at is None
        assert payment.polled(at=NOON).state is payment


@pytest.mark.parametrize(
    ("said", "reason"),
    [(Money(2_798, "CNY"), "amount"), (Money(2_799, "USD"), "currency"), (None, "amount_missing")],
)
def test_money_that_is_not_what_was_due_is_kept_aside_with_its_reason(said: Money | None, reason: str) -> None:
    """PAY-R2, R9, PAY-I5."""
    payment = in_state(P.PENDING)

    change = payment.hear(says(payment, amount=said), Standing.AWAITS_PAYMENT, at=NOON)

    suspect = change.state
    assert (suspect.money, suspect.captured, suspect.suspicion) == (M.SUSPECT, said, reason)
    assert not suspect.is_open and verdict(change) is Verdict.SUSPECT


def test_money_that_goes_back_already_is_not_applied_any_more() -> None:
    """PAY-I2: each unit of money is in one place; what contradicts is shown instead."""
    payment = in_state(P.PENDING)
    suspect = payment.hear(says(payment, amount=Money(9_999, "CNY")), Standing.AWAITS_PAYMENT, at=NOON).state
    going_back = suspect.reserve_refund(9_999).state

    assert going_back.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON).state is going_back
    assert going_back.shelve(says(payment), at=NOON).state is going_back


def test_recorded_money_is_applied_by_how_the_order_stands_later() -> None:
    """PAY-R8."""
    shelved = a_payment().shelve(says(a_payment()), at=NOON).state
    assert shelved.holds_up_closing and shelved.next_poll_at == NOON + MINUTE

    assert shelved.settle(Standing.AWAITS_PAYMENT, at=NOON).state.money is M.APPLIED
    assert shelved.settle(Standing.CLOSED, at=NOON).state.money is M.LATE
    with pytest.raises(PaymentNotSuspect):
        in_state(P.SUCCEEDED).settle(Standing.AWAITS_PAYMENT, at=NOON)


def test_another_deal_or_another_amount_on_a_settled_attempt_is_a_contradiction() -> None:
    """PAY-R3, R10."""
    payment = in_state(P.SUCCEEDED)

    assert not payment.contradicted_by(says(payment))
    assert not payment.contradicted_by(says(payment, provider_ref=None))
    assert not payment.contradicted_by(says(payment, T.CLOSED))
    assert payment.contradicted_by(says(payment, provider_ref="P-other"))
    assert payment.contradicted_by(says(payment, amount=Money(1, "CNY")))
    assert not in_state(P.PENDING).contradicted_by(says(payment, amount=Money(1, "CNY")))


def test_no_more_is_reserved_for_refunds_than_was_captured() -> None:
    """PAY-R9, PAY-I4, R5."""
    payment = in_state(P.SUCCEEDED).reserve_refund(2_000).state

    for amount in (800, 0, -1):
        with pytest.raises(RefundExceedsPayment):
            payment.reserve_refund(amount)
    assert payment.reserve_refund(799).state.refundable_minor == 0


def test_a_member_asks_at_most_every_three_seconds() -> None:
    """PAY-R13."""
    asked = in_state(P.PENDING).asked(at=NOON).state

    with pytest.raises(AskedTooOften):
        asked.asked(at=NOON + timedelta(seconds=2.9))
    asked.asked(at=NOON + timedelta(seconds=3))


@pytest.mark.parametrize(
    "broken",
    [
        {"state": P.SUCCEEDED},
        {"money": M.APPLIED},
        {"captured": Money(1, "CNY")},
        {"refunding_minor": 1},
        {"refunded_minor": 1},
        {"amount": Money(0, "CNY")},
        {"freight_minor": 2_800},
    ],
)
def test_an_attempt_that_breaks_a_law_cannot_exist(broken: dict[str, object]) -> None:
    """R47: the constructor fails closed."""
    with pytest.raises(ValueError, match=r"attempt|money|given back"):
        evolve(a_payment(), **broken)


# ---- inside accounts -----------------------------------------------------------------------------------------------------

DECISIONS: dict[str, Callable[[Payment], Change[Payment]]] = {
    "captured": lambda one: one.capture(at=NOON),
    "let go": lambda one: one.let_go(at=NOON),
    "released": lambda one: one.release(at=NOON),
    "shelved": lambda one: one.shelve(says(one), at=NOON),
}


@pytest.mark.parametrize("state", PaymentState, ids=lambda state: state.value)
def test_only_what_is_held_is_captured_let_go_or_released_and_it_is_never_shelved(state: PaymentState) -> None:
    """PAY-R10, GEN-R11: each of them once; anything else stays as it is."""
    payment = in_state(state)

    became = {name: decide(payment).state.state for name, decide in DECISIONS.items() if name != "shelved"}
    held = {"captured": P.SUCCEEDED, "let go": P.HELD, "released": P.CLOSED}

    assert became == (held if state is P.HELD else dict.fromkeys(held, state))
    if payment.is_inside:
        assert DECISIONS["shelved"](payment).state is payment
        for name in ("captured", "released"):
            over = DECISIONS[name](payment).state
            assert all(decide(over).state is over for decide in DECISIONS.values())


def test_what_is_held_pays_nothing_and_is_looked_at_until_it_is_decided() -> None:
    """PAY-R10, R10: its money is nowhere yet, it holds up no closing, and the worker never forgets it."""
    held = in_state(P.HELD)

    captured, released = held.capture(at=NOON), held.release(at=NOON)

    assert held.is_inside and held.money is M.NONE and not held.holds_up_closing and not held.is_open
    assert held.next_poll_at == NOON + MINUTE and held.let_go(at=NOON).state.next_poll_at == NOON
    waits = []
    looked_at = held
    for _ in range(5):
        looked_at = looked_at.polled(at=NOON).state
        assert looked_at.next_poll_at is not None
        waits.append((looked_at.next_poll_at - NOON) // MINUTE)
    assert waits == [2, 5, 5, 5, 5]
    assert (captured.state.money, captured.state.captured, captured.state.next_poll_at) == (M.APPLIED, held.amount, None)
    assert (released.state.money, released.state.next_poll_at) == (M.NONE, None)
    assert [event.name for event in captured.events] == ["payment.received"]
    assert [event.name for event in released.events] == ["payment.ended"]


def test_the_books_know_what_an_account_was_charged_before_it_pays() -> None:
    """R6, PAY-R11: wallet to held, held to sales and freight; or back again."""
    started = Payment.started(an_attempt(gateway="wallet", tender="wallet"), at=NOON)
    held = started.then(lambda one: one.held())

    holding = booked(payment_posting(held, NOON))
    captured = booked(payment_posting(held.state.capture(at=NOON), NOON))
    released = booked(payment_posting(held.state.release(at=NOON), NOON))

    assert holding == {"wallet": 2_799, "held": -2_799}
    assert captured == {"held": 2_799, "sales": -1_999, "freight": -800}
    assert released == {"held": 2_799, "wallet": -2_799}


def test_a_refund_into_an_account_leaves_it_by_the_account_of_its_tender() -> None:
    """R6, PAY-R11."""
    payment = in_state(P.HELD).capture(at=NOON).state
    refund = a_refund(payment.reserve_refund(100).state, 100).state

    assert refund.is_inside and refund.is_under_way
    done = refund.hear(refund_says(refund), at=NOON)
    assert booked(refund_posting(done, NOON)) == {"refunds_due": 100, "wallet": -100}


# ---- refunds -----------------------------------------------------------------------------------------------------------------


def a_sent_refund() -> Refund:
    """A refund that was perhaps sent."""
    payment = in_state(P.SUCCEEDED).reserve_refund(999).state
    return a_refund(payment, 999).then(lambda one: one.sending(at=NOON)).state


REFUND_TABLE = {
    RefundStatus.NOT_FOUND: RefundState.PENDING,
    RefundStatus.PENDING: RefundState.PENDING,
    RefundStatus.SUCCEEDED: RefundState.SUCCEEDED,
    RefundStatus.CLOSED: RefundState.CLOSED,
    RefundStatus.NEEDS_ATTENTION: RefundState.NEEDS_ATTENTION,
}


@pytest.mark.parametrize("status", RefundStatus, ids=lambda status: status.value)
def test_what_a_provider_says_of_a_refund_leads_where_the_table_says(status: RefundStatus) -> None:
    """PAY-R9: all but CLOSED count against what was captured."""
    refund = a_sent_refund().hear(refund_says(a_sent_refund(), status), at=NOON).state

    assert refund.state is REFUND_TABLE[status]
    assert refund.counts == (status is not RefundStatus.CLOSED)


@pytest.mark.parametrize("end", [RefundStatus.SUCCEEDED, RefundStatus.CLOSED])
@pytest.mark.parametrize("status", RefundStatus, ids=lambda status: status.value)
def test_a_decided_refund_stays_decided(end: RefundStatus, status: RefundStatus) -> None:
    """R8, R13."""
    decided = a_sent_refund().hear(refund_says(a_sent_refund(), end), at=NOON).state

    assert decided.hear(refund_says(decided, status), at=NOON).state.state is decided.state


CERTAIN = {(S.SUCCEEDED, S.CLOSED), (S.SUCCEEDED, S.NEEDS_ATTENTION), (S.CLOSED, S.SUCCEEDED), (S.CLOSED, S.NEEDS_ATTENTION)}


@pytest.mark.parametrize("known", [S.PENDING, S.NEEDS_ATTENTION, S.SUCCEEDED, S.CLOSED], ids=lambda known: known.value)
@pytest.mark.parametrize("told", RefundStatus, ids=lambda told: told.value)
def test_only_what_is_decided_can_be_contradicted_and_another_sum_always_contradicts(
    known: RefundStatus, told: RefundStatus
) -> None:
    """R8, R10: what is overtaken, repeated or still under way is no contradiction."""
    refund = a_sent_refund().hear(refund_says(a_sent_refund(), known), at=NOON).state

    assert refund.contradicted_by(refund_says(refund, told)) == ((known, told) in CERTAIN)
    assert refund.contradicted_by(refund_says(refund, told, Money(998, "CNY")))


def test_another_deal_under_the_name_of_a_refund_that_succeeded_is_a_contradiction() -> None:
    """R12: the same reference, paid twice."""
    done = a_sent_refund().hear(refund_says(a_sent_refund()), at=NOON).state

    assert done.contradicted_by(evolve(refund_says(done), provider_ref="R-other"))
    assert not done.contradicted_by(evolve(refund_says(done), provider_ref=None))


@pytest.mark.parametrize(
    ("trouble", "sure"),
    [("needs_attention", {S.CLOSED}), ("amount", {S.CLOSED}), ("rejected: blocked", {S.CLOSED, S.NOT_FOUND})],
)
def test_which_answers_make_it_certain_that_a_refund_was_not_paid(trouble: str, sure: set[RefundStatus]) -> None:
    """R12: a provider that forgot what it told about is not believed; nor is what it says of somebody else."""
    stuck = a_sent_refund().stuck(trouble, at=NOON).state
    payment_ref = refund_says(stuck).payment_ref

    assert {one for one in S if stuck.surely_unpaid(refund_says(stuck, one), payment_ref)} == sure
    assert not any(stuck.surely_unpaid(refund_says(stuck, one), MerchantRef("0" * 32)) for one in S)
    told_about = stuck.hear(refund_says(stuck, S.NEEDS_ATTENTION), at=NOON).state
    assert not told_about.surely_unpaid(refund_says(stuck, S.NOT_FOUND), payment_ref)


def test_a_refund_of_another_amount_needs_a_person() -> None:
    """R9: the amount is compared here too."""
    refund = a_sent_refund()

    assert refund.hear(refund_says(refund, amount=Money(998, "CNY")), at=NOON).state.trouble == "amount"
    assert refund.hear(refund_says(refund, amount=Money(999, "CNY")), at=NOON).state.state is RefundState.SUCCEEDED


def test_each_try_is_noted_before_it_is_made_and_waits_longer() -> None:
    """R12, R28: 30 seconds, 1, 5, 15 minutes, then hourly."""
    refund, waits = a_refund(in_state(P.SUCCEEDED).reserve_refund(1).state, 1).state, []
    for _ in range(6):
        refund = refund.sending(at=NOON).state
        assert refund.next_try_at is not None
        waits.append((refund.next_try_at - NOON).seconds)

    assert waits == [30, 60, 300, 900, 3_600, 3_600] and refund.tries == 6


def test_a_refund_that_surely_failed_is_replaced_a_few_times_and_then_waits_for_a_person() -> None:
    """PAY-R9, RET-R6: a new reference each time, and no endless loop."""
    refund = a_sent_refund()
    refs = {refund.ref}
    for number in range(10, 15):
        closed = refund.hear(refund_says(refund, RefundStatus.CLOSED), at=NOON).state
        refund = closed.replaced(RefundId(order_id(number)), at=NOON).state
        assert refund.ref not in refs and refund.replaces == closed.id
        refs.add(refund.ref)

    assert refund.trouble == "many_references"
    with pytest.raises(RefundNotRetriable):
        a_sent_refund().give_up(at=NOON)
    assert refund.give_up(at=NOON).state.replaced(RefundId(order_id(20)), at=NOON).state.state is RefundState.REQUESTED


def test_what_the_provider_is_asked_names_both_references_and_the_whole_payment() -> None:
    """R12, PAY-R15."""
    payment = in_state(P.SUCCEEDED)
    request = a_refund(payment.reserve_refund(999).state, 999).state.request_to(payment)

    assert (request.payment_ref, request.amount, request.payment_total) == (
        payment.ref, Money(999, "CNY"), Money(2_799, "CNY"),
    )  # fmt: skip


# ---- the books ---------------------------------------------------------------------------------------------------------------


def booked(posting: Posting | None) -> dict[str, int]:
    """What a posting moves, by account."""
    return {entry.account: entry.amount.minor for entry in posting.entries} if posting else {}


def test_a_payment_is_booked_as_sales_and_freight() -> None:
    """R6, PAY-R14."""
    payment = a_payment()

    change = payment.hear(says(payment), Standing.AWAITS_PAYMENT, at=NOON)

    assert booked(payment_posting(change, NOON)) == {"gateway:sandbox": 2_799, "sales": -1_999, "freight": -800}


def test_money_that_pays_nothing_lies_in_suspense_until_it_is_settled() -> None:
    """R6, R10, PAY-R14."""
    payment = a_payment()
    shelved = payment.shelve(says(payment), at=NOON)
    settled = shelved.state.settle(Standing.AWAITS_PAYMENT, at=NOON)

    assert booked(payment_posting(shelved, NOON)) == {"gateway:sandbox": 2_799, "suspense": -2_799}
    assert booked(payment_posting(settled, NOON)) == {"suspense": 2_799, "sales": -1_999, "freight": -800}


def test_a_refund_is_due_until_it_has_left_us() -> None:
    """R6, PAY-R14: and a replaced one undoes itself, so that the new one is booked anew."""
    payment = in_state(P.SUCCEEDED).reserve_refund(1_099).state
    asked = a_refund(payment, 1_099, freight_minor=100)
    sent = asked.state.sending(at=NOON)
    done = sent.state.hear(refund_says(sent.state), at=NOON)
    closed = sent.state.hear(refund_says(sent.state, RefundStatus.CLOSED), at=NOON)

    assert booked(refund_posting(asked, NOON)) == {"sales": 999, "freight": 100, "refunds_due": -1_099}
    assert refund_posting(sent, NOON) is None
    assert booked(refund_posting(done, NOON)) == {"refunds_due": 1_099, "gateway:sandbox": -1_099}
    assert booked(refund_posting(closed, NOON)) == {"sales": -999, "freight": -100, "refunds_due": 1_099}


def test_a_refund_of_money_kept_aside_comes_out_of_suspense() -> None:
    """R6, PAY-R2."""
    payment = a_payment().hear(says(a_payment()), Standing.CLOSED, at=NOON).state.reserve_refund(2_799).state

    assert booked(refund_posting(a_refund(payment, 2_799, source=RefundSource.ASIDE), NOON)) == {
        "suspense": 2_799, "refunds_due": -2_799,
    }  # fmt: skip


def test_a_posting_that_does_not_balance_in_every_currency_cannot_exist() -> None:
    """R6, R47."""
    uneven = (Entry("sales", Money(1, "CNY")), Entry("freight", Money(-1, "USD")))
    with pytest.raises(ValueError, match="balances"):
        Posting(reference="x", order_id=order_id(1), entries=uneven, at=NOON)


def test_each_gateway_has_an_account_of_its_own() -> None:
    """PAY-R14."""
    assert [account_of(code) for code in ("sandbox", "counter", "wallet")] == ["gateway:sandbox", "counter", "gateway:wallet"]
    assert account_of("wallet", "wallet") == "wallet"


@pytest.mark.parametrize(
    ("action", "document"),
    [
        (OpenUrl("https://x"), {"kind": "open_url", "url": "https://x"}),
        (PostForm("https://x", {"a": "b"}), {"kind": "post_form", "url": "https://x", "fields": {"a": "b"}}),
        (ShowQr("q"), {"kind": "show_qr", "content": "q"}),
        (CallClientSdk("stripe_js", {"a": "b"}), {"kind": "call_client_sdk", "sdk": "stripe_js", "parameters": {"a": "b"}}),
        (PayAtCounter("C"), {"kind": "pay_at_counter", "code": "C"}),
        (NothingToDo(), {"kind": "nothing_to_do"}),
    ],
)
def test_what_the_device_does_next_is_a_plain_document(action: object, document: dict[str, object]) -> None:
    """PAY-R15: a closed union."""
    assert action_document(action) == document  # type: ignore[arg-type]


def test_the_action_is_told_in_one_order_however_the_store_gives_it_back() -> None:
    """R17, R32: PostgreSQL keeps no order of names; the repeated answer had the same words in another order."""
    fresh = {"kind": "post_form", "url": "https://x", "fields": {"sign": "s", "app": "a"}}
    stored = {"url": "https://x", "kind": "post_form", "fields": {"app": "a", "sign": "s"}}

    told = [payment_view(a_payment().begun(action, None).state) for action in (fresh, stored)]

    assert json.dumps(told[0].action) == json.dumps(told[1].action)


def test_an_attempt_that_its_provider_has_begun_is_not_given_up_because_a_rival_call_did_not_arrive() -> None:
    """R12: two calls under one reference; one arrived, the other did not. Found by simulation."""
    begun = a_payment().begun({"qr": "code"}, None).state

    assert begun.not_sent(at=NOON).state is begun


def test_what_the_provider_took_up_goes_on_although_another_request_was_refused() -> None:
    """R10, R12: the buyer may pay what a twin began; nobody would ever ask after it."""
    pending = a_payment().begun({"kind": "show_qr", "content": "qr"}, None).state

    assert pending.not_begun(at=NOON).state == pending
    assert pending.not_sent(at=NOON).state == pending


def test_what_was_decided_is_not_asked_after_by_who_does_not_know_its_gateway() -> None:
    """PAY-R18: it would be asked after for ever."""
    over = a_payment().not_begun(at=NOON).state

    assert over.not_known_here(at=NOON).state == over
