"""What an unpaid order costs is agreed anew: the goods bear the difference to the cent, the freight stays (改价)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.ordering import (
    REPRICED,
    CloseReason,
    LineShare,
    Order,
    OrderAmountDiffers,
    OrderCostsItsFreight,
    OrderIsClosing,
    OrderLine,
    OrderPaymentOverdue,
    OrderRepriced,
    OrderWrongState,
    RepriceOrder,
    Repricing,
)
from retail_domain.testing.orders import CLERK, HOUR, NOON, a_line, order_id, pay, placed

FREIGHT: Final = 800


def repriced(order: Order, payable_minor: int, was_minor: int | None = None) -> Order:
    """A clerk and its buyer agree."""
    wish = Repricing(payable_minor=payable_minor, was_minor=was_minor, reason="an old customer")
    return order.reprice(wish, actor=CLERK, at=NOON).state


def costs(order: Order) -> list[int]:
    return [line.payable_minor for line in order.lines]


_LINES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(0, 50_000), st.booleans()), min_size=1, max_size=7
)


@given(wanted=_LINES, goods_minor=st.integers(0, 400_000), again_minor=st.integers(0, 400_000), mirrored=st.booleans())
def test_the_lines_bear_the_difference_exactly_whichever_order_they_stand_in(
    wanted: list[tuple[int, int, int, bool]], goods_minor: int, again_minor: int, mirrored: bool
) -> None:
    """ORD-R4, ORD-I2, GEN-R3: what the goods shall cost is what their lines cost; each keeps its proportion to within a cent.

    Agreed twice, it is the last that counts, and the shares of each line still add up.
    """
    lines = [a_line(number, units, minor, gift=gift) for number, units, minor, gift in wanted]
    order = placed(*lines, freight_minor=FREIGHT).state
    once = repriced(order, goods_minor + FREIGHT)
    twice = repriced(once, again_minor + FREIGHT)

    assert once.payable_minor == goods_minor + FREIGHT and twice.payable_minor == again_minor + FREIGHT
    assert min(costs(once)) >= 0 and min(costs(twice)) >= 0
    before = sum(costs(order))
    if before:
        off = [now * before - was * goods_minor for was, now in zip(costs(order), costs(once), strict=True)]
        assert all(abs(each) < 2 * before for each in off)
        assert all(now == 0 for was, now in zip(costs(order), costs(once), strict=True) if was == 0)
    for was, now in zip(order.lines, twice.lines, strict=True):
        assert now.quoted_minor == was.payable_minor
        assert sum(share.step == REPRICED for share in now.shares) <= 1
        assert evolve(now, payable_minor=was.payable_minor, shares=was.shares) == was
    assert (once.freight_minor, once.pay_by, once.version) == (order.freight_minor, order.pay_by, order.version)


def test_what_the_shop_gives_away_stays_free_while_anything_else_costs_something() -> None:
    """ORD-R4: a gift bears nothing of a higher price."""
    order = placed(a_line(1, 2, 2_000), a_line(2, 1, 0, gift=True), freight_minor=0).state

    assert costs(repriced(order, 9_999)) == [9_999, 0]


def test_goods_that_all_cost_nothing_bear_a_price_by_what_they_would_have_cost_and_gifts_do_not() -> None:
    """ORD-R4: an order whose goods were taken off entirely can still be given a price, far above what it cost."""
    free = [a_line(1, 3, 0, unit_price_minor=100), a_line(2, 1, 0, unit_price_minor=100), a_line(3, 1, 0, gift=True)]

    assert costs(repriced(placed(*free, freight_minor=500).state, 900)) == [300, 100, 0]
    assert costs(repriced(placed(a_line(1, 1, 0, gift=True, unit_price_minor=0), freight_minor=500).state, 700)) == [200]


def test_a_line_says_what_was_agreed_and_a_price_given_back_leaves_no_trace_in_it() -> None:
    """PRC-R4, ORD-R4: one share more, whatever came before it; an order that came from no quote gets its first."""
    shares = (LineShare("base", "sale_price", "", 2_000), LineShare("coupon", "coupon", "c-1", -500))
    order = placed(a_line(1, 2, 1_500, shares=shares), a_line(2, 1, 500), freight_minor=0).state

    cheaper = repriced(order, 1_000)

    assert cheaper.line(1).shares == (*shares, LineShare(REPRICED, "staff", "", -750))
    assert cheaper.line(2).shares == (LineShare("base", "agreed", "", 500), LineShare(REPRICED, "staff", "", -250))
    assert repriced(cheaper, 2_000).line(1) == order.line(1)


@pytest.mark.parametrize(("tax", "price", "becomes"), [(230, 1_000, 115), (230, 4_000, 460), (1, 999, 0), (0, 1, 0)])
def test_the_tax_in_a_line_stays_at_its_rate(tax: int, price: int, becomes: int) -> None:
    """ORD-R4: everything that depends on a price is computed with it."""
    order = placed(a_line(1, 2, 2_000, included_tax_minor=tax), freight_minor=0).state

    assert repriced(order, price).line(1).included_tax_minor == becomes


def test_it_is_told_with_who_why_before_and_after() -> None:
    """ORD-R4, ORD-R7, ORD-I8."""
    order = placed(freight_minor=FREIGHT).state
    change = order.reprice(Repricing(payable_minor=1_800, reason="an old customer"), actor=CLERK, at=NOON)

    (told,) = change.events
    assert isinstance(told, OrderRepriced)
    assert (told.was, told.payable) == (Money(2_799, "CNY"), Money(1_800, "CNY"))
    assert (told.actor, told.reason, told.from_status, told.to_status) == (CLERK, "an old customer", order.status, order.status)


def test_the_same_price_again_is_no_event() -> None:
    """ORD-R4: typed twice, it was said once."""
    order = placed().state

    assert order.reprice(Repricing(payable_minor=order.payable_minor, reason="x"), actor=CLERK, at=NOON).state is order


def _closing(order: Order) -> Order:
    return order.begin_closing(CloseReason.MEMBER, actor=CLERK, at=NOON).state


@pytest.mark.parametrize(
    ("prepare", "wish", "refusal"),
    [
        (lambda order: pay(order).state, {}, OrderWrongState),
        (lambda order: _closing(order).close_unpaid(at=NOON).state, {}, OrderWrongState),
        (_closing, {}, OrderIsClosing),
        (lambda order: order, {"was_minor": 2_798}, OrderAmountDiffers),
        (lambda order: order, {"payable_minor": FREIGHT - 1}, OrderCostsItsFreight),
    ],
)
def test_a_price_that_cannot_be_agreed_any_more_is_refused(
    prepare: Callable[[Order], Order], wish: dict[str, Any], refusal: type[DomainError]
) -> None:
    """ORD-R4, ORD-I1: only while it waits for money, only from the price that was seen, never below its freight."""
    order = prepare(placed(freight_minor=FREIGHT).state)

    with pytest.raises(refusal):
        order.reprice(Repricing(**{"payable_minor": 1_000, "reason": "x", **wish}), actor=CLERK, at=NOON)


def test_once_the_time_to_pay_is_over_nothing_is_agreed_any_more() -> None:
    """ORD-R4, GEN-R6: and the time to pay is not longer for it."""
    order = placed().state
    assert repriced(order, 1_000).pay_by == NOON + 2 * HOUR

    with pytest.raises(OrderPaymentOverdue):
        order.reprice(Repricing(payable_minor=1_000, reason="x"), actor=CLERK, at=NOON + 2 * HOUR)
    assert order.reprice(Repricing(payable_minor=1_000, reason="x"), actor=CLERK, at=NOON + 2 * HOUR - timedelta(seconds=1))


@pytest.mark.parametrize("payable_minor", [-1, MINOR_MAX + 1, True, 10.0])
def test_a_price_that_is_none_names_its_field(payable_minor: Any) -> None:
    """ORD-R4, GEN-R22: never below zero."""
    with pytest.raises(InvalidInput) as refused:
        RepriceOrder(order_id=order_id(), payable_minor=payable_minor, reason="x", actor=CLERK)

    assert [problem.field for problem in refused.value.problems] == ["payable_minor"]


def test_a_line_knows_what_it_cost_when_it_was_ordered() -> None:
    """ORD-R4, ORD-R5: what the way elsewhere costs is asked at the prices of the quote."""
    line: OrderLine = repriced(placed(a_line(1, 1, 1_000), freight_minor=0).state, 5_000).line(1)

    assert (line.payable_minor, line.quoted_minor) == (5_000, 1_000)
