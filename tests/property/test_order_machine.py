"""An order under any sequence of commands, beside a naive model that only counts (GEN-R8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.money import Money
from retail_domain.ordering import (
    CloseReason,
    Order,
    OrderEvent,
    OrderStatus,
    OrderWrongState,
    PaymentAxis,
    Redirection,
    Repricing,
    is_path,
)
from retail_domain.processes.takings import units_freed
from retail_domain.testing.orders import ALICE, CLERK, NOON, a_line, a_placement, call_off, parcel, pay, refund, sku, wish

LINES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 2_000)), min_size=1, max_size=3)
SHIPPABLE = (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
OVER = (OrderStatus.COMPLETED, OrderStatus.CLOSED)
DEEP = settings(max_examples=4 * settings().max_examples)


class OrderMachine(RuleBasedStateMachine):
    """ORD-I1 to I4, I7, I8, ORD-R3, ORD-R7, GEN-I4: whatever is asked, in whatever order, the laws hold."""

    order: Order
    at: datetime
    history: list[OrderEvent]
    # The naive model: where every unit is, and how much money moved.
    ordered: dict[SkuId, int]
    left: dict[SkuId, int]
    sent: dict[SkuId, int]
    back: dict[SkuId, int]
    freed: dict[SkuId, int]
    paid: int
    returned: int
    parcels: int

    @initialize(lines=LINES, freight=st.integers(0, 1_500), at_once=st.sampled_from([True, True, True, False]))
    def place(self, lines: list[tuple[int, int]], freight: int, at_once: bool) -> None:
        placement = a_placement(
            *(a_line(number, quantity, payable) for number, (quantity, payable) in enumerate(lines, 1)),
            freight_minor=freight,
        )
        self.at, self.history, self.parcels = NOON, [], 0
        self.ordered = {sku(number): quantity for number, (quantity, _) in enumerate(lines, 1)}
        self.left, self.sent = dict(self.ordered), dict.fromkeys(self.ordered, 0)
        self.back, self.freed = dict.fromkeys(self.ordered, 0), dict.fromkeys(self.ordered, 0)
        self.paid = self.returned = 0
        change = Order.placed(placement, actor=Actor.member(ALICE), at=self.at)
        self._take(change)
        if at_once and change.state.paid_at is None:
            self._take(pay(self.order))
        if self.order.paid_at is not None:
            self.paid = self.order.payable_minor

    # ---- what may be asked -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.paid == 0)
    @rule(extra=st.sampled_from([0, 0, 0, 1, -1]), currency=st.sampled_from(["CNY", "CNY", "USD"]))
    def money_arrives(self, extra: int, currency: str) -> None:
        amount = Money(self.order.payable_minor + extra, currency)
        if self._ask(lambda order: order.pay(amount, actor=Actor.gateway("sandbox"), at=self.at)):
            assert (extra, currency) == (0, "CNY")  # PAY-I5
            self.paid = self.order.paid_minor

    @precondition(lambda self: self.paid == 0)
    @rule(reason=st.sampled_from([CloseReason.MEMBER, CloseReason.TIMEOUT, CloseReason.STAFF]))
    def closing_begins(self, reason: CloseReason) -> None:
        self._ask(lambda order: order.begin_closing(reason, actor=Actor.member(ALICE), at=self.at))

    @precondition(lambda self: self.paid == 0)
    @rule()
    def closing_ends(self) -> None:
        if self._ask(lambda order: order.close_unpaid(at=self.at)):
            for sku_id, units in self.left.items():
                assert self.freed[sku_id] == units
                self.left[sku_id] = 0

    @rule(which=st.integers(1, 3), units=st.integers(1, 5))
    def staff_ship(self, which: int, units: int) -> None:
        which = 1 + which % len(self.ordered)
        self.parcels += 1
        before = self.order.status
        if self._ask(lambda order: order.ship(parcel(self.parcels, **{f"s{which}": units}), actor=CLERK, at=self.at)):
            assert before in SHIPPABLE  # ORD-I7
            assert units <= self.left[sku(which)]
            self.left[sku(which)] -= units
            self.sent[sku(which)] += units
        else:
            assert before not in SHIPPABLE or units > self.left.get(sku(which), 0)  # ORD-R3: nothing else blocks shipping

    @rule(
        which=st.integers(1, 3),
        units=st.integers(1, 5),
        freight=st.sampled_from([0, 0, 0, 100]),
        kept=st.sampled_from([0, 0, 1, 700, 99_999]),
    )
    def staff_refund(self, which: int, units: int, freight: int, kept: int) -> None:
        """`kept` is kept back of all that was ever returned: of what was kept before, some may be paid back now (R5)."""
        which = 1 + which % len(self.ordered)
        already = self.order.refunded_minor
        if self._ask(lambda order: refund(order, wish(freight, **{f"s{which}": units}), self.at, kept)):
            unshipped = min(units, self.left[sku(which)])
            self.left[sku(which)] -= unshipped
            self.back[sku(which)] += units
            self._paid_back(already, kept)

    @precondition(lambda self: any(self.left.values()))
    @rule()
    def staff_ship_all_that_is_left(self) -> None:
        self.parcels += 1
        everything = {f"s{number}": self.left[sku(number)] for number in range(1, 4) if self.left.get(sku(number))}
        if self._ask(lambda order: order.ship(parcel(self.parcels, **everything), actor=CLERK, at=self.at)):
            for sku_id, units in self.left.items():
                self.sent[sku_id] += units
            self.left = dict.fromkeys(self.ordered, 0)
        else:
            assert self.order.status not in SHIPPABLE

    @precondition(lambda self: self.parcels == 0)
    @rule(really=st.sampled_from([True, False, False, False]), kept=st.sampled_from([0, 0, 700, 99_999]))
    def staff_call_off(self, really: bool, kept: int) -> None:
        if not really:
            return
        nothing_sent, already = not any(self.sent.values()), self.order.refunded_minor
        if self._ask(lambda order: call_off(order, self.at, kept_back_minor=kept)):
            assert nothing_sent  # T11
            self.left = dict.fromkeys(self.ordered, 0)
            self.back = dict(self.ordered)
            self._paid_back(already, kept)

    @rule(freight=st.sampled_from([None, 0, 500, 1_500]), waived=st.booleans())
    def it_goes_elsewhere(self, freight: int | None, waived: bool) -> None:
        there = Redirection(region_code="440305", freight_minor=freight, waive_freight=waived)
        before = self.order
        if self._ask(lambda order: order.redirect(there, actor=CLERK, at=self.at)):
            assert not any(self.sent.values()) and before.closing is None  # ORD-R5
            assert waived or (freight is not None and freight <= before.freight_minor)
            assert self.order.payable_minor == before.payable_minor

    @rule(minor=st.sampled_from([0, 1, 799, 800, 801, 2_345, 99_999]), seen=st.booleans())
    def it_costs_something_else(self, minor: int, seen: bool) -> None:
        before = self.order
        wish = Repricing(payable_minor=minor, was_minor=before.payable_minor if seen else 1, reason="agreed")
        if self._ask(lambda order: order.reprice(wish, actor=CLERK, at=self.at)):
            assert before.paid_at is None and before.closing is None  # ORD-R4
            assert self.order.payable_minor == minor >= before.freight_minor == self.order.freight_minor

    @rule()
    def its_buyer_hides_it(self) -> None:
        if self.order.status in OVER:  # ORD-R6: the one thing that is done to an order after its end
            self._take(self.order.hide())
        else:
            assert not self._ask(lambda order: order.hide())

    @rule()
    def buyer_signs(self) -> None:
        self._ask(lambda order: order.sign(actor=Actor.member(ALICE), at=self.at))

    @rule()
    def timers_go_off(self) -> None:
        self._ask(lambda order: order.sign_by_timer(at=self.at))
        self._ask(lambda order: order.complete(at=self.at))

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    # ---- what always holds -------------------------------------------------------------------------------------------------

    @invariant()
    def transitions_form_a_path_that_ends_here(self) -> None:
        assert is_path(tuple((event.from_status, event.to_status) for event in self.history))
        assert self.history[-1].to_status is self.order.status
        assert all(event.reason or event.name for event in self.history)

    @invariant()
    def every_unit_is_in_one_place(self) -> None:
        for line in self.order.lines:
            assert line.shipped == self.sent[line.sku_id]
            assert line.refunded == self.back[line.sku_id]
            assert 0 <= line.shipped + line.refunded_unshipped <= line.quantity
            if self.order.paid_at is not None:
                assert line.unshipped == self.left[line.sku_id]
            assert self.freed[line.sku_id] + self.sent[line.sku_id] <= line.quantity  # ORD-I5

    @invariant()
    def money_is_conserved(self) -> None:
        order = self.order
        assert order.payable_minor == sum(line.payable_minor for line in order.lines) + order.freight_minor
        assert order.paid_minor == self.paid and order.refunded_minor == self.returned
        assert 0 <= order.refunded_minor <= order.paid_minor
        assert order.refunded_minor + order.kept_back_minor == order.returned_minor and order.kept_back_minor >= 0  # R5
        everything = order.is_refunded and order.freight_refunded_minor == order.freight_minor
        if order.paid_at is not None and everything:
            assert order.refunded_minor + order.kept_back_minor == order.paid_minor
            assert order.payment is PaymentAxis.REFUNDED
        for line in order.lines:
            assert line.refunded_minor == line.payable_minor * line.refunded // line.quantity

    @invariant()
    def a_shipped_order_has_nothing_left_to_ship(self) -> None:
        if self.order.status in (OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED):
            assert not any(self.left.values())
        if self.order.status in SHIPPABLE:
            assert any(self.left.values())

    @precondition(lambda self: self.order.status in OVER)
    @invariant()
    def what_is_over_holds_no_stock(self) -> None:
        for sku_id, ordered in self.ordered.items():
            assert self.freed[sku_id] + self.sent[sku_id] == ordered  # R3, ORD-I5: each unit freed or consumed, once

    # ---- helpers -----------------------------------------------------------------------------------------------------------

    def _paid_back(self, already: int, kept: int) -> None:
        """Nobody is ever asked to give money back: once more is to be kept than what was returned leaves, nothing is paid."""
        worth = sum(line.payable_minor * line.refunded // line.quantity for line in self.order.lines)
        worth += self.order.freight_refunded_minor
        self.returned = max(already, worth - min(kept, worth))

    def _ask(self, decide: Callable[[Order], Change[Order]]) -> bool:
        before = self.order
        try:
            change = decide(before)
        except OrderWrongState:
            assert self.order is before
            return False
        except DomainError:
            return False
        assert before.status not in (OrderStatus.CLOSED,), "nothing leaves the end"
        self._take(change)
        return True

    def _take(self, change: Change[Any]) -> None:
        if change.before is not None:
            for number, units in units_freed(change).items():
                self.freed[change.state.line(number).sku_id] += units
        self.order = change.state
        self.history += [event for event in change.events if isinstance(event, OrderEvent)]


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = DEEP
