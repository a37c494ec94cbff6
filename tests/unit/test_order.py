"""Orders: the life-cycle table row by row, units, money and deadlines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.ordering import (
    NEXT,
    CloseReason,
    Order,
    OrderAmountDiffers,
    OrderClosed,
    OrderEvent,
    OrderFreightWouldRise,
    OrderGoodsInSeveralLines,
    OrderIsClosing,
    OrderNoSuchGoods,
    OrderNotDue,
    OrderNotFound,
    OrderPaid,
    OrderPaymentOverdue,
    OrderRedirected,
    OrderRefunded,
    OrderStatus,
    OrderTooManyUnits,
    OrderUndeliverable,
    OrderWrongState,
    PaymentAxis,
    Redirection,
    RefundOfNothing,
    RefundTooMuch,
    RefundWish,
    Repricing,
    Shipment,
    ToAddress,
    Units,
    is_path,
)
from retail_domain.processes.takings import units_freed
from retail_domain.testing.orders import (
    ALICE,
    BOB,
    CLERK,
    HOUR,
    NOON,
    a_line,
    call_off,
    paid,
    parcel,
    pay,
    placed,
    refund,
    sku,
    units,
    wish,
)

LATER = NOON + timedelta(days=60)
S = OrderStatus


def there(freight_minor: int | None = 800, **more: Any) -> Redirection:
    """Another region, where delivering costs so much."""
    return Redirection(region_code="440305", freight_minor=freight_minor, **more)


def in_state(status: OrderStatus) -> Order:
    """An order of two units of one SKU in that state."""
    to_ship = paid(a_line(1, 2))
    shipped = to_ship.ship(parcel(s1=2), actor=CLERK, at=NOON).state
    signed = shipped.sign(actor=Actor.member(ALICE), at=NOON).state
    states: dict[OrderStatus, Callable[[], Order]] = {
        S.PENDING_PAYMENT: lambda: placed(a_line(1, 2)).state,
        S.AWAITING_GROUP: lambda: evolve(to_ship, status=S.AWAITING_GROUP),
        S.TO_SHIP: lambda: to_ship,
        S.PARTLY_SHIPPED: lambda: to_ship.ship(parcel(s1=1), actor=CLERK, at=NOON).state,
        S.SHIPPED: lambda: shipped,
        S.READY_FOR_PICKUP: lambda: evolve(to_ship, status=S.READY_FOR_PICKUP),
        S.SIGNED: lambda: signed,
        S.COMPLETED: lambda: signed.complete(at=LATER).state,
        S.CLOSED: lambda: call_off(to_ship).state,
    }
    return states[status]()


ACTIONS: dict[str, Callable[[Order], Change[Order]]] = {
    "pay": lambda order: order.pay(order.payable, actor=Actor.gateway("sandbox"), at=NOON),
    "pay and wait": lambda order: order.pay(order.payable, actor=Actor.gateway("sandbox"), at=NOON, waits=True),
    "go on": lambda order: order.go_on(actor=Actor.system("group"), at=NOON),
    "begin closing": lambda order: order.begin_closing(CloseReason.MEMBER, actor=Actor.member(ALICE), at=NOON),
    "close unpaid": lambda order: order.begin_closing(CloseReason.MEMBER, actor=Actor.member(ALICE), at=NOON).then(
        lambda closing: closing.close_unpaid(at=NOON)
    ),
    "ship one": lambda order: order.ship(parcel(s1=1), actor=CLERK, at=NOON),
    "sign": lambda order: order.sign(actor=Actor.member(ALICE), at=NOON),
    "sign by timer": lambda order: order.sign_by_timer(at=LATER),
    "complete": lambda order: order.complete(at=LATER),
    "refund one": lambda order: refund(order, wish(s1=1)),
    "refund all": lambda order: refund(order, wish(s1=2)),
    "close paid": call_off,
    "redirect": lambda order: order.redirect(there(), actor=CLERK, at=NOON),
    "reprice": lambda order: order.reprice(Repricing(payable_minor=2_000, reason="agreed"), actor=CLERK, at=NOON),
    "hide": lambda order: order.hide(),
}

# One row a state, one entry an action that is allowed there, and where it leads; every other action is refused.
TABLE: dict[OrderStatus, dict[str, OrderStatus]] = {
    S.PENDING_PAYMENT: {
        "pay": S.TO_SHIP, "pay and wait": S.AWAITING_GROUP, "begin closing": S.PENDING_PAYMENT, "close unpaid": S.CLOSED,
        "redirect": S.PENDING_PAYMENT, "reprice": S.PENDING_PAYMENT,
    },
    S.AWAITING_GROUP: {
        "go on": S.TO_SHIP, "refund one": S.AWAITING_GROUP, "refund all": S.CLOSED, "close paid": S.CLOSED,
        "redirect": S.AWAITING_GROUP,
    },
    S.TO_SHIP: {
        "ship one": S.PARTLY_SHIPPED, "refund one": S.TO_SHIP, "refund all": S.CLOSED, "close paid": S.CLOSED,
        "redirect": S.TO_SHIP,
    },
    S.PARTLY_SHIPPED: {"ship one": S.SHIPPED, "refund one": S.SHIPPED, "refund all": S.CLOSED},
    S.SHIPPED: {"sign": S.SIGNED, "sign by timer": S.SIGNED, "refund one": S.SHIPPED, "refund all": S.CLOSED},
    S.READY_FOR_PICKUP: {"refund one": S.READY_FOR_PICKUP, "refund all": S.CLOSED, "close paid": S.CLOSED},
    S.SIGNED: {"complete": S.COMPLETED, "refund one": S.SIGNED, "refund all": S.CLOSED},
    S.COMPLETED: {"refund one": S.COMPLETED, "refund all": S.COMPLETED, "hide": S.COMPLETED},
    S.CLOSED: {"hide": S.CLOSED},
}  # fmt: skip


@pytest.mark.parametrize("status", OrderStatus, ids=lambda status: status.value)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_in_every_state_does_what_the_table_says(status: OrderStatus, action: str) -> None:
    """ORD-I1, R13, T2 to T12: what the table allows leads where it says, everything else is refused by its state."""
    order = in_state(status)
    expected = TABLE[status].get(action)

    if expected is None:
        with pytest.raises(OrderWrongState):
            ACTIONS[action](order)
    else:
        assert ACTIONS[action](order).state.status is expected


@pytest.mark.parametrize("action", [action for action in ACTIONS if action != "hide"])
def test_nothing_happens_any_more_to_an_order_that_was_closed_unpaid(action: str) -> None:
    """R13, PAY-R5, T13: above all, money that comes now does not pay it."""
    unpaid = placed(a_line(1, 2)).state
    closed = ACTIONS["close unpaid"](unpaid).state

    with pytest.raises(OrderWrongState):
        ACTIONS[action](closed)


def test_the_table_of_transitions_has_a_row_for_each_state_and_two_ends() -> None:
    """ORD-I1: completed and closed are terminal (ORD-R10)."""
    assert set(NEXT) == set(OrderStatus)
    assert {status for status, following in NEXT.items() if not following} == {S.COMPLETED, S.CLOSED}


def test_placing_freezes_prices_and_starts_the_payment_timer() -> None:
    """T1, ORD-I2, ORD-R1."""
    order = placed(a_line(1, 2, 1_999), a_line(2, 1, 500), freight_minor=800).state

    assert order.payable == Money(3_299, "CNY")
    assert order.status is S.PENDING_PAYMENT and order.payment is PaymentAxis.UNPAID
    assert order.pay_by == order.due_at == NOON + 2 * HOUR


def test_an_order_that_costs_nothing_is_paid_with_nothing() -> None:
    """T3: without any gateway, with the same effects; who places it pays it at once, if everything it took is firm."""
    change = placed(a_line(1, 1, 0), freight_minor=0).then(pay)

    assert change.state.status is S.TO_SHIP and change.state.payment is PaymentAxis.PAID
    assert isinstance(change.events[-1], OrderPaid)
    assert refund(change.state, wish(s1=1)).state.payment is PaymentAxis.REFUNDED


def test_every_transition_says_who_from_where_to_where_when_and_why() -> None:
    """ORD-R7, ORD-I8: the recorded transitions form a path that ends in the stored state."""
    change = (
        placed(a_line(1, 2))
        .then(pay)
        .then(lambda order: order.ship(parcel(1, s1=1), actor=CLERK, at=NOON))
        .then(lambda order: refund(order, wish(s1=1)))
        .then(lambda order: order.sign(actor=Actor.member(ALICE), at=NOON))
        .then(lambda order: order.complete(at=LATER))
    )
    told = [event for event in change.events if isinstance(event, OrderEvent)]

    assert is_path(tuple((event.from_status, event.to_status) for event in told))
    assert told[-1].to_status is change.state.status is S.COMPLETED
    assert [event.actor.kind for event in told] == [
        ActorKind.MEMBER, ActorKind.GATEWAY, ActorKind.STAFF, ActorKind.STAFF, ActorKind.MEMBER, ActorKind.SYSTEM,
    ]  # fmt: skip
    assert told[3].reason == "broken"


@pytest.mark.parametrize(
    "transitions",
    [
        (),
        ((None, S.TO_SHIP),),
        ((None, S.PENDING_PAYMENT), (S.PENDING_PAYMENT, S.SHIPPED)),
        ((None, S.PENDING_PAYMENT), (S.TO_SHIP, S.SHIPPED)),
    ],
)
def test_a_history_with_a_gap_or_a_jump_is_no_path(transitions: tuple[tuple[OrderStatus | None, OrderStatus], ...]) -> None:
    """ORD-I8: the audit would notice."""
    assert not is_path(transitions)


def test_somebody_elses_order_is_not_found() -> None:
    """GEN-R14, ORD-I9, R33."""
    order = placed().state

    assert order.owned_by(ALICE) is order
    for stranger in (BOB, MemberId(order.id)):
        with pytest.raises(OrderNotFound):
            order.owned_by(stranger)


# ---- paying and closing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [Money(2_798, "CNY"), Money(2_800, "CNY"), Money(2_799, "USD"), Money(0, "CNY")])
def test_another_amount_or_currency_never_pays_an_order(amount: Money) -> None:
    """PAY-I5, R9."""
    with pytest.raises(OrderAmountDiffers):
        placed().state.pay(amount, actor=Actor.gateway("sandbox"), at=NOON)


def test_no_payment_starts_once_time_is_over_or_the_order_is_closing() -> None:
    """ORD-R9; half-open deadlines: GEN-R6."""
    order = placed().state

    order.check_payable(at=order.pay_by - timedelta(microseconds=1))
    with pytest.raises(OrderPaymentOverdue):
        order.check_payable(at=order.pay_by)
    with pytest.raises(OrderIsClosing):
        ACTIONS["begin closing"](order).state.check_payable(at=NOON)
    with pytest.raises(OrderWrongState):
        pay(order).state.check_payable(at=NOON)


def test_a_verified_payment_wins_over_closing() -> None:
    """R14, ORD-R9."""
    closing = ACTIONS["begin closing"](placed().state).state

    won = pay(closing).state

    assert won.status is S.TO_SHIP and won.closing is None


def test_closing_twice_says_nothing_new_and_extends_the_wait_only_once_asked() -> None:
    """R14, PAY-R6: the second closing is no second event."""
    closing = ACTIONS["begin closing"](placed().state).state

    again = ACTIONS["begin closing"](closing)

    assert again.state is closing and again.events == ()
    assert closing.extend_closing(at=NOON).state.due_at == NOON + timedelta(minutes=2)


def test_the_payment_timer_cannot_close_an_order_before_its_time() -> None:
    """R28, R29: a clock that is ahead elsewhere decides nothing; `pay_by` is reached, then it is over."""
    order = placed().state

    with pytest.raises(OrderNotDue):
        order.begin_closing(CloseReason.TIMEOUT, actor=Actor.system("timer"), at=order.pay_by - timedelta(seconds=1))
    over = order.begin_closing(CloseReason.TIMEOUT, actor=Actor.system("timer"), at=order.pay_by)
    closed = over.then(lambda closing: closing.close_unpaid(at=order.pay_by))
    assert closed.state.close_reason is CloseReason.TIMEOUT
    assert isinstance(closed.events[-1], OrderClosed) and not closed.events[-1].was_paid


def test_an_order_that_nobody_wants_closed_cannot_be_closed() -> None:
    """T10: closing has a reason and an actor first."""
    with pytest.raises(OrderWrongState):
        placed().state.close_unpaid(at=NOON)


# ---- shipping, signing, completing -----------------------------------------------------------------------------------------


def test_units_leave_in_several_parcels_until_none_is_left() -> None:
    """T6, ORD-R10."""
    order = paid(a_line(1, 2), a_line(2, 1))

    first = order.ship(parcel(1, s1=1), actor=CLERK, at=NOON).state
    second = first.ship(parcel(2, s1=1, s2=1), actor=CLERK, at=NOON + HOUR).state

    assert (first.status, second.status) == (S.PARTLY_SHIPPED, S.SHIPPED)
    assert first.due_at is None and second.due_at == NOON + HOUR + timedelta(days=14)


def test_a_partial_refund_never_blocks_what_is_left_and_never_ships_what_is_refunded() -> None:
    """ORD-R3, T6."""
    order = refund(paid(a_line(1, 3)), wish(s1=1)).state

    with pytest.raises(OrderTooManyUnits) as refused:
        order.ship(parcel(s1=3), actor=CLERK, at=NOON)
    assert refused.value.left == 2
    assert order.ship(parcel(s1=2), actor=CLERK, at=NOON).state.status is S.SHIPPED


def test_goods_that_were_not_bought_are_neither_shipped_nor_refunded() -> None:
    """ORD-I3."""
    with pytest.raises(OrderNoSuchGoods):
        paid().ship(parcel(s9=1), actor=CLERK, at=NOON)
    with pytest.raises(OrderNoSuchGoods):
        refund(paid(), wish(s9=1))


@pytest.mark.parametrize("quantities", [{"s1": 0}, {"s1": -1}, {}])
def test_a_parcel_holds_at_least_one_unit_of_what_it_holds(quantities: dict[str, int]) -> None:
    """ORD-I3: no count ever runs backwards."""
    with pytest.raises(InvalidInput):
        paid().ship(parcel(1, **quantities), actor=CLERK, at=NOON)


def test_naming_a_sku_twice_is_refused_rather_than_guessed() -> None:
    """R2."""
    twice = evolve(wish(), units=units(s1=1) + units(s1=1))
    with pytest.raises(InvalidInput):
        refund(paid(), twice)


def test_timers_sign_and_complete_when_their_time_has_come_and_not_before() -> None:
    """T8, T9, R28: deadlines are stored with the order and half-open (GEN-R6)."""
    shipped = in_state(S.SHIPPED)
    fortnight = NOON + timedelta(days=14)

    with pytest.raises(OrderNotDue):
        shipped.sign_by_timer(at=fortnight - timedelta(seconds=1))
    signed = shipped.sign_by_timer(at=fortnight).state
    with pytest.raises(OrderNotDue):
        signed.complete(at=fortnight + timedelta(days=7) - timedelta(seconds=1))
    assert signed.complete(at=fortnight + timedelta(days=7)).state.status is S.COMPLETED


# ---- paying back -----------------------------------------------------------------------------------------------------------


def test_refunding_units_one_by_one_pays_the_line_to_the_cent() -> None:
    """GEN-R5, GEN-I4, R5: 1,000 over three units is 333, 333, 334."""
    order = paid(a_line(1, 3, 1_000), a_line(2, 1, 5), freight_minor=0)
    amounts = []
    for _ in range(3):
        change = refund(order, wish(s1=1))
        amounts.append(change.state.refunded_minor - order.refunded_minor)
        order = change.state

    assert amounts == [333, 333, 334]


def test_unshipped_units_are_refunded_first() -> None:
    """ORD-R10: they are still in the house."""
    order = paid(a_line(1, 3)).ship(parcel(s1=1), actor=CLERK, at=NOON).state

    line = refund(order, wish(s1=3)).state.line(1)

    assert (line.refunded_unshipped, line.refunded_shipped) == (2, 1)


def test_when_the_last_unshipped_units_are_refunded_the_order_counts_as_shipped() -> None:
    """T6b, ORD-R10: and its sign timer starts."""
    part = paid(a_line(1, 2), a_line(2, 1)).ship(parcel(s1=2), actor=CLERK, at=NOON).state

    order = refund(part, wish(s2=1), NOON + HOUR).state

    assert order.status is S.SHIPPED and order.auto_sign_at == NOON + HOUR + timedelta(days=14)


def test_freight_goes_back_with_the_last_unit_only_if_nothing_was_shipped() -> None:
    """RET-R3, T12, ORD-I4."""
    unshipped = paid(a_line(1, 2, 1_999), freight_minor=800)
    half = refund(unshipped, wish(s1=1)).state
    shipped = in_state(S.SHIPPED)

    whole = refund(half, wish(s1=1)).state
    returned = refund(shipped, wish(s1=2)).state

    assert half.refunded_minor == 999 and half.payment is PaymentAxis.PARTLY_REFUNDED
    assert whole.refunded_minor == whole.paid_minor == 2_799 and whole.payment is PaymentAxis.REFUNDED
    assert returned.refunded_minor == 1_999 and returned.payment is PaymentAxis.PARTLY_REFUNDED
    assert whole.close_reason is returned.close_reason is CloseReason.REFUNDED


def test_staff_may_add_freight_but_never_more_than_is_left_of_it() -> None:
    """RET-R3, RET-R8, R5."""
    order = refund(in_state(S.SHIPPED), wish(freight_minor=300)).state

    assert order.refunded_minor == 300
    with pytest.raises(RefundTooMuch) as refused:
        refund(order, wish(freight_minor=501))
    assert refused.value.refundable_minor == 500
    with pytest.raises(RefundTooMuch):
        refund(order, wish(freight_minor=-1))
    with pytest.raises(RefundOfNothing):
        refund(order, wish())


def test_no_unit_is_refunded_twice() -> None:
    """ORD-I3, R5."""
    order = refund(in_state(S.SHIPPED), wish(s1=1)).state

    with pytest.raises(OrderTooManyUnits):
        refund(order, wish(s1=2))


def test_calling_a_paid_order_off_gives_back_all_that_was_not_given_back_yet() -> None:
    """T11, ORD-I4."""
    order = refund(paid(a_line(1, 3, 1_000), freight_minor=800), wish(s1=1)).state

    change = call_off(order)

    back = next(event for event in change.events if isinstance(event, OrderRefunded))
    assert back.amount == Money(1_800 - 333, "CNY") and back.units == (Units(sku(1), 2, 1),)
    assert change.state.refunded_minor == change.state.paid_minor == 1_800
    assert change.state.close_reason is CloseReason.STAFF


# ---- what cannot exist -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"lines": ()},
        {"paid_minor": 1},
        {"refunded_minor": 1},
        {"freight_refunded_minor": 801},
        {"status": S.CLOSED},
        {"status": S.TO_SHIP},
        {"number": ""},
        {"paid_minor": 2_799, "paid_at": NOON},
    ],
)
def test_an_order_that_breaks_a_law_cannot_exist(broken: dict[str, object]) -> None:
    """R47, ORD-I2, ORD-I4: the constructor fails closed."""
    with pytest.raises(ValueError, match=r"order|paid|charged|closed"):
        evolve(placed().state, **broken)


@pytest.mark.parametrize(
    "counts", [{"shipped": 3}, {"shipped": 2, "refunded_unshipped": 1}, {"refunded_shipped": 1}, {"quantity": 0}]
)
def test_a_line_whose_units_do_not_add_up_cannot_exist(counts: dict[str, int]) -> None:
    """ORD-I3, R47."""
    with pytest.raises(ValueError, match="unit"):
        a_line(1, **{"quantity": 2, **counts})


def test_a_sku_in_two_lines_is_named_by_its_line() -> None:
    """A gift beside the same goods bought: units of either, by number; the SKU alone is refused as ambiguous."""
    order = paid(a_line(1, 2, 2_000), a_line(1, 1, 0), a_line(2, 1))
    with pytest.raises(OrderGoodsInSeveralLines) as refused:
        order.ship(parcel(s1=1), actor=CLERK, at=NOON)
    assert refused.value.lines == (1, 2)
    gift = Shipment(parcel_id=parcel().parcel_id, units=(Units(sku(1), 1, 2), Units(sku(2), 1)))
    sent = order.ship(gift, actor=CLERK, at=NOON)
    assert [line.shipped for line in sent.state.lines] == [0, 1, 1]
    assert sent.events[-1].units == (Units(sku(1), 1, 2), Units(sku(2), 1, 3))  # type: ignore[attr-defined]
    back = refund(sent.state, RefundWish(units=(Units(sku(1), 2, 1),), reason="x"))
    assert back.state.refunded_minor == 2_000
    assert units_freed(back) == {1: 2}


def test_refusals_of_orders_are_sentences_with_facts() -> None:
    """R47: a shop assistant could read them out."""
    with pytest.raises(DomainError) as refused:
        paid().ship(parcel(s1=5), actor=CLERK, at=NOON)
    assert "left=2" in str(refused.value) and refused.value.code == "order.too_many_units"


# ---- where it goes, and who sees it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("freight_minor", [0, 799, 800])
def test_an_order_goes_elsewhere_at_the_freight_that_was_agreed(freight_minor: int) -> None:
    """ORD-R5: what is cheaper there is not paid back."""
    order = placed(freight_minor=800).state

    change = order.redirect(there(freight_minor, reason="moved"), actor=CLERK, at=NOON)

    assert change.state == evolve(order, goes=ToAddress("440305")) and change.state.region_code == "440305"
    (told,) = change.events
    assert isinstance(told, OrderRedirected) and not told.freight_waived
    assert (told.actor, told.reason, told.from_status, told.to_status) == (CLERK, "moved", S.PENDING_PAYMENT, S.PENDING_PAYMENT)


def test_an_order_does_not_go_where_it_costs_a_cent_more_or_nothing_is_delivered() -> None:
    """ORD-R5: unless that is waived; then the freight stays all the same."""
    order = placed(freight_minor=800).state

    with pytest.raises(OrderFreightWouldRise) as dearer:
        order.redirect(there(801), actor=CLERK, at=NOON)
    with pytest.raises(OrderUndeliverable):
        order.redirect(there(None), actor=CLERK, at=NOON)

    assert (dearer.value.freight_minor, dearer.value.would_be_minor) == (800, 801)
    for freight_minor in (801, None):
        change = order.redirect(there(freight_minor, waive_freight=True, reason="ours"), actor=CLERK, at=NOON)
        assert change.state.payable == order.payable and change.state.region_code == "440305"
        assert [event.freight_waived for event in change.events if isinstance(event, OrderRedirected)] == [True]


def test_an_order_that_is_closing_goes_nowhere() -> None:
    """ORD-R5, ORD-R9."""
    closing = placed().then(lambda order: order.begin_closing(CloseReason.MEMBER, actor=CLERK, at=NOON)).state

    with pytest.raises(OrderIsClosing):
        closing.redirect(there(waive_freight=True), actor=CLERK, at=NOON)


def test_hiding_twice_is_hiding_once() -> None:
    """ORD-R6: it is no transition, so nothing is told of it."""
    hidden = in_state(S.CLOSED).hide()

    assert hidden.state.hidden and hidden.events == ()
    assert hidden.state.hide() == Change(hidden.state, hidden.state)
    with pytest.raises(ValueError, match="over"):
        evolve(in_state(S.SIGNED), hidden=True)
