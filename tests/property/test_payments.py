"""Money received: any notices, in any order, any number of times."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.money import Money
from retail_domain.ordering import CancelOrder, CloseOrder, Order, OrderStatus, RefundOrder
from retail_domain.payments import (
    Flow,
    MoneyState,
    Payment,
    PaymentSnapshot,
    PaymentState,
    PaymentStatus,
    PaymentView,
    RefundAside,
    RefundState,
    Standing,
    payment_posting,
    refund_posting,
)
from retail_domain.payments.model.ledger import payment_position
from retail_domain.testing.orders import CLERK, NOON, a_line, a_payment, a_refund, refund_says, says, units
from retail_domain.testing.run_now import run_now
from tests.support.counting_house import House, open_house
from tests.support.pretend_gateway import notice
from tests.support.stores import Place

PAYMENT = a_payment()
SAID = st.sampled_from(
    [
        says(PAYMENT),
        says(PAYMENT, amount=Money(5, "CNY")),
        says(PAYMENT, amount=Money(9_999, "CNY")),
        says(PAYMENT, amount=Money(2_799, "USD")),
        says(PAYMENT, amount=None),
        says(PAYMENT, PaymentStatus.PENDING),
        says(PAYMENT, PaymentStatus.FAILED),
        says(PAYMENT, PaymentStatus.CLOSED),
        says(PAYMENT, PaymentStatus.NOT_FOUND),
    ]
)


def heard(said: Sequence[PaymentSnapshot]) -> Payment:
    """An attempt that heard all of it, of an order that waits for its money."""
    payment = PAYMENT
    for snapshot in said:
        standing = Standing.PAID if payment.money is MoneyState.APPLIED else Standing.AWAITS_PAYMENT
        payment = payment.hear(snapshot, standing, at=NOON).state
    return payment


@given(said=st.lists(SAID, max_size=6), data=st.data())
def test_any_multiset_of_notices_in_any_order_gives_the_same_books(said: list[PaymentSnapshot], data: Any) -> None:
    """PAY-I3, R8."""
    shuffled = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=4)) if said else []))

    one, other = heard(said), heard(shuffled)

    assert payment_position(one) == payment_position(other)
    assert (one.money, one.captured) == (other.money, other.captured)


@given(said=st.lists(SAID, max_size=6))
def test_only_equal_money_ever_succeeds(said: list[PaymentSnapshot]) -> None:
    """PAY-R2, PAY-I5, R9: and once it has, nothing undoes it (PAY-R1)."""
    payment = heard(said)

    right = any(one.status is PaymentStatus.SUCCEEDED and one.amount == PAYMENT.amount for one in said)
    assert (payment.state is PaymentState.SUCCEEDED) == right == (payment.money is MoneyState.APPLIED)


@given(said=st.lists(SAID, min_size=1, max_size=6), more=SAID)
def test_every_booking_balances_and_each_is_the_difference_it_made(said: list[PaymentSnapshot], more: PaymentSnapshot) -> None:
    """R6: debits equal credits in every currency."""
    before = heard(said)
    change = before.hear(more, Standing.CLOSED, at=NOON)

    posting = payment_posting(change, NOON)

    moved = dict(payment_position(change.state))
    for key, minor in payment_position(before).items():
        moved[key] = moved.get(key, 0) - minor
    booked = {(one.account, one.amount.currency): one.amount.minor for one in posting.entries} if posting else {}
    assert booked == {key: minor for key, minor in moved.items() if minor}


@given(amounts=st.lists(st.integers(1, 3_000), max_size=6))
def test_refunds_never_reserve_more_than_was_captured(amounts: list[int]) -> None:
    """PAY-I4, R5: per payment, at every state."""
    payment = PAYMENT.hear(says(PAYMENT), Standing.AWAITS_PAYMENT, at=NOON).state
    for number, amount in enumerate(amounts, 1):
        with suppress(DomainError):
            payment = payment.reserve_refund(amount).state
            change = a_refund(payment, amount, number)
            posting = refund_posting(change, NOON)
            assert posting is not None and posting.entries
            done = change.state.hear(refund_says(change.state), at=NOON)
            payment = payment.refund_succeeded(done.state.amount.minor).state
        assert 0 <= payment.refunded_minor <= payment.refunding_minor <= payment.captured_minor


class MoneyMachine(RuleBasedStateMachine):
    """PAY-I1 to I5, R8, R10, R14: a shop, its provider, a buyer who changes their mind, and a post that is never on time."""

    notices = Bundle("notices")
    house: House
    order: Order
    views: list[PaymentView]
    events: int

    @initialize(flows=st.sampled_from([(), (Flow.DESKTOP_QR,), (Flow.DESKTOP_QR, Flow.DESKTOP_PAGE)]))
    def open(self, flows: tuple[Flow, ...]) -> None:
        self.opened = open_house(Place("memory"))
        self.house = run_now(self.opened.__aenter__())
        self.order = run_now(self.house.order(a_line(1, 2, 1_999)))
        self.views, self.events = [], 0
        for flow in flows:
            self.buyer_starts_to_pay(flow)

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        for _ in range(8):  # whatever was promised for later happens within its bounds
            run_now(self.house.work_off(hours=1))
        self._nothing_is_in_limbo()

    @rule(flow=st.sampled_from([Flow.DESKTOP_QR, Flow.DESKTOP_PAGE]))
    def buyer_starts_to_pay(self, flow: Flow) -> None:
        with suppress(DomainError):
            view = run_now(self.house.start(self.order, flow))
            if view.payment_id not in {one.payment_id for one in self.views}:
                self.views.append(view)

    @rule(target=notices, which=st.integers(0, 3), amount=st.sampled_from([None, None, None, Money(5, "CNY")]))
    def buyer_pays(self, which: int, amount: Money | None) -> Any:
        if not self.views:
            return multiple()
        ref = self.views[which % len(self.views)].payment_id.hex
        known = self.house.provider.charges.get(ref)
        if known is None or known.status is PaymentStatus.SUCCEEDED:
            return multiple()
        self.events += 1
        return notice(self.house.provider.pay(ref, amount), f"evt-{self.events}")

    @rule(body=notices, copies=st.integers(1, 3))
    def post_comes(self, body: bytes, copies: int) -> None:
        for _ in range(copies):
            assert run_now(self.house.tell(body)).status == 200

    @rule(is_on=st.booleans())
    def a_later_handler_breaks_or_is_mended(self, is_on: bool) -> None:
        self.house.trouble.is_on = is_on

    @rule(name=st.sampled_from(["poll_payments", "push_refunds", "close_unpaid"]), minutes=st.sampled_from([0, 0, 1, 5, 45]))
    def a_timer_goes_off(self, name: str, minutes: int) -> None:
        self.house.clock.pass_(timedelta(minutes=minutes))
        with suppress(DomainError):
            run_now(self.house.timers[name]())

    @rule(really=st.sampled_from([True, False, False]))
    def buyer_cancels(self, really: bool) -> None:
        if not really:
            return
        with suppress(DomainError, LookupError):
            run_now(self.house.orders.cancel(CancelOrder(member_id=self.order.member_id, order_id=self.order.id)))

    @rule(closes=st.booleans())
    def staff_pay_back(self, closes: bool) -> None:
        with suppress(DomainError, LookupError):
            if closes:
                run_now(self.house.orders.close(CloseOrder(order_id=self.order.id, reason="no more", actor=CLERK)))
            else:
                wish = RefundOrder(order_id=self.order.id, reason="broken", actor=CLERK, units=units(s1=1))
                run_now(self.house.orders.refund(wish))

    @rule(which=st.integers(0, 3))
    def finance_give_back_what_was_kept_aside(self, which: int) -> None:
        with suppress(DomainError, ZeroDivisionError):
            command = RefundAside(payment_id=self.views[which % len(self.views)].payment_id, reason="not ours", actor=CLERK)
            run_now(self.house.money.refund_aside(command))

    @invariant()
    def every_unit_of_money_is_in_one_place(self) -> None:
        if not hasattr(self, "house"):
            return
        order, payments = run_now(self.house.see(self.order)), self._payments()
        applied = [one for one in payments if one.money is MoneyState.APPLIED]
        assert (order.paid_at is not None) == (len(applied) == 1)  # PAY-I1
        assert sum(one.captured_minor for one in applied) == order.paid_minor
        for one in payments:
            counted = [refund for refund in self._refunds() if refund.payment_id == one.id and refund.counts]
            assert sum(refund.amount.minor for refund in counted) == one.refunding_minor <= one.captured_minor  # PAY-I4
            done = sum(refund.amount.minor for refund in counted if refund.state is RefundState.SUCCEEDED)
            assert done == one.refunded_minor
            if one.refunds_itself:
                assert one.refunding_minor == one.captured_minor  # PAY-R4, PAY-R5
        assert sum(run_now(self.house.books()).values()) == 0  # R6

    def _nothing_is_in_limbo(self) -> None:
        self.house.trouble.is_on = False
        for _ in range(3):
            run_now(self.house.work_off(hours=1))
        order, books = run_now(self.house.see(self.order)), run_now(self.house.books())
        aside = sum(one.captured_minor - one.refunding_minor for one in self._payments() if one.money is MoneyState.SUSPECT)
        known = {one.ref for one in self._payments() if one.money is not MoneyState.NONE}
        held = self.house.provider.moved() - sum(
            charge.amount.minor for ref, charge in self.house.provider.charges.items()
            if charge.status is PaymentStatus.SUCCEEDED and charge.amount and ref not in known
        )  # fmt: skip
        assert held == order.paid_minor - order.refunded_minor + aside  # R10: applied, given back, or in the queue
        assert books.get("gateway:sandbox", 0) == held
        if order.status is OrderStatus.CLOSED:
            assert run_now(self.house.shelf()).reserved == 0  # R3

    def _payments(self) -> list[Payment]:
        return list(self.house.store.memory.table("payments").values())

    def _refunds(self) -> list[Any]:
        return list(self.house.store.memory.table("refunds").values())


TestMoneyMachine = MoneyMachine.TestCase
TestMoneyMachine.settings = settings(max_examples=2 * settings().max_examples)


def test_the_change_of_an_attempt_that_hears_nothing_new_is_no_change() -> None:
    """R8: a duplicate stores and tells nothing."""
    paid = PAYMENT.hear(says(PAYMENT), Standing.AWAITS_PAYMENT, at=NOON).state

    again: Change[Payment] = paid.hear(says(PAYMENT), Standing.PAID, at=NOON)

    assert again.state is paid and again.events == ()
