"""An unpaid order costs something else, on every store: nothing under way at the old price pays it (改价, ORD-R4)."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator

import pytest

from retail_domain.kernel.frames import deciding
from retail_domain.kernel.ids import OrderId, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import (
    OrderAmountDiffers,
    OrderIsClosing,
    OrderMoneyIsHere,
    OrderNotFound,
    OrderNotToBeHad,
    OrderStatus,
    OrderWrongState,
    RepriceOrder,
)
from retail_domain.payments import (
    AttemptOpen,
    ConfirmCounterPayment,
    Flow,
    MoneyState,
    OutcomeUnknown,
    PaymentNotOpen,
    PaymentState,
    PaymentView,
    StartPayment,
)
from retail_domain.processes.money.repricing import reprice_order, reprice_unpaid
from retail_domain.processes.money.settlement import save_payment
from retail_domain.processes.takings import Paid, our_takings
from retail_domain.testing.means import means_of
from retail_domain.testing.orders import order_id as some_order_id, says
from tests.support.market import CLERK
from tests.support.stores import STORES, Place, place_of
from tests.support.till import FREIGHT, LONG, Till, open_till


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Which store, and where."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """An open till, which must be in order whatever was done at it."""
    async with open_till(place) as till:
        yield till
        await till.check()
        await till.settles()


async def test_an_order_is_paid_at_the_price_that_was_agreed_last_and_says_who_agreed(till: Till) -> None:
    """ORD-R4, ORD-R7: who, why, before and after stand in its history; the sums hold."""
    placed = await till.place(3)
    said = [await till.reprice(placed.order_id, minor) for minor in (2_801, 9_000)]
    due = await till.start(placed.order_id)
    await till.pays(due)

    assert [(one.before.minor, one.payable.minor) for one in said] == [(3_800, 2_801), (2_801, 9_000)]
    assert due.amount == Money(9_000, "CNY")
    view = await till.retail.ordering.show.show(placed.order_id)
    assert (view.status, view.paid, view.freight.minor) == (OrderStatus.TO_SHIP, Money(9_000, "CNY"), FREIGHT)
    steps = [step for step in await till.retail.ordering.show.history(placed.order_id) if step.payable_after]
    assert [(step.payable_before, step.payable_after) for step in steps] == [
        (Money(3_800, "CNY"), Money(2_801, "CNY")), (Money(2_801, "CNY"), Money(9_000, "CNY")),
    ]  # fmt: skip
    assert {(step.event, step.actor, step.reason) for step in steps} == {("order.repriced", CLERK, "an old customer")}


async def test_what_is_open_at_the_old_price_is_closed_at_its_provider_first(till: Till) -> None:
    """ORD-R4, PAY-R6: the buyer's old form cannot be paid any more; cash at the counter neither."""
    online, counter = await till.place(3), await till.place(3)
    attempt, cash = await till.start(online.order_id), await till.start(counter.order_id, "counter")

    await till.reprice(online.order_id, 3_000)
    await till.reprice(counter.order_id, 3_000)

    assert till.provider.charges[attempt.payment_id.hex].status.value == "closed"
    for one in (attempt, cash):
        (now,) = [each for each in await till.payments(one.order_id) if each.id == one.payment_id]
        assert now.state is PaymentState.CLOSED
    with pytest.raises(PaymentNotOpen):
        await till.retail.payments.confirm_counter(_in_cash(cash))
    assert (await till.start(online.order_id)).amount == Money(3_000, "CNY")


def _in_cash(view: PaymentView) -> ConfirmCounterPayment:
    return ConfirmCounterPayment(payment_id=view.payment_id, amount=view.amount, actor=CLERK)


async def test_while_nobody_knows_whether_it_is_closed_the_price_stays(till: Till) -> None:
    """ORD-R4, PAY-R6: the provider does not answer, so its buyer may be paying at this very moment."""
    placed = await till.place(3)
    await till.start(placed.order_id)
    till.provider.before["close"] = [OutcomeUnknown(gateway="sandbox")]

    with pytest.raises(AttemptOpen):
        await till.reprice(placed.order_id, 3_000)
    assert (await till.order(placed.order_id)).payable_minor == 3_800

    await till.reprice(placed.order_id, 3_000)


async def test_a_buyer_who_paid_already_has_paid_the_old_price(till: Till) -> None:
    """ORD-R4, PAY-R6: closing the attempt finds the money; the order is paid and keeps its price."""
    placed = await till.place(3)
    attempt = await till.start(placed.order_id)
    till.provider.pay(attempt.payment_id.hex)

    with pytest.raises(OrderWrongState):
        await till.reprice(placed.order_id, 3_000)
    order = await till.order(placed.order_id)
    assert (order.status, order.paid_minor) == (OrderStatus.TO_SHIP, 3_800)


async def test_money_that_comes_late_for_the_old_price_goes_back_and_the_order_waits_for_the_new_one(till: Till) -> None:
    """ORD-R4, PAY-R5: the provider took it after all; no person is needed, since it was right when it was asked for."""
    placed = await till.place(3)
    old = await till.start(placed.order_id)
    await till.reprice(placed.order_id, 3_000)

    await till.pays(old)

    order, (payment,) = await till.order(placed.order_id), await till.payments(placed.order_id)
    assert (order.status, order.paid_at, payment.money) == (OrderStatus.PENDING_PAYMENT, None, MoneyState.LATE)
    await till.pays(await till.start(placed.order_id))
    await till.works()
    assert (await till.order(placed.order_id)).paid_minor == 3_000
    assert till.provider.moved() == 3_000


async def test_money_that_comes_late_pays_when_the_order_costs_that_again(till: Till) -> None:
    """PAY-R2, ORD-R4: equal to the cent is all that counts, whatever it cost between."""
    placed = await till.place(3)
    old = await till.start(placed.order_id)
    await till.reprice(placed.order_id, 3_000)
    await till.reprice(placed.order_id, 3_800)

    await till.pays(old)

    assert (await till.order(placed.order_id)).paid_minor == 3_800


async def test_what_an_account_paid_stays_and_the_rest_is_asked_for(till: Till) -> None:
    """ORD-R4, PAY-R10: the new price less what is held, the freight borne exactly."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    await till.reprice(placed.order_id, 2_500)
    due = await till.start(placed.order_id)
    assert due.amount == Money(1_000, "CNY")

    await till.pays(due)

    assert await till.tenders(placed.order_id) == {"gateway": ("applied", 1_000, 0), "purse": ("applied", 1_500, 0)}


async def test_money_at_the_old_price_beside_what_is_held_goes_back_alone(till: Till) -> None:
    """ORD-R4, PAY-R10: what is held still waits for the rest of the new price."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    old = await till.start(placed.order_id)
    await till.reprice(placed.order_id, 2_500)

    await till.pays(old)

    assert await till.tenders(placed.order_id) == {"gateway": ("late", 2_300, 2_300), "purse": ("held", 1_500, 0)}
    await till.pays(await till.start(placed.order_id))
    assert (await till.order(placed.order_id)).paid_minor == 2_500


@pytest.mark.parametrize("too_little", [1_500, 1_501, 2_299])
async def test_an_order_cannot_cost_less_than_an_account_has_paid_and_the_freight_that_is_left(
    till: Till, too_little: int
) -> None:
    """ORD-R4, PAY-R10: the wallet bears none of the 8.00 of freight, so that much at least must be left to ask for."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)

    with pytest.raises(OrderMoneyIsHere) as refused:
        await till.reprice(placed.order_id, too_little)
    assert refused.value.least_minor == 2_300

    assert (await till.reprice(placed.order_id, 2_300)).payable == Money(2_300, "CNY")


async def test_what_costs_nothing_any_more_is_paid_at_once(till: Till) -> None:
    """T3, ORD-R4: no gateway, the same effects; the units are firm and go out."""
    await till.market.freight(0)
    placed = await till.place(2)

    said = await till.reprice(placed.order_id, 0)

    assert (said.status, said.payable.minor) == ("to_ship", 0)
    await till.ship(placed.order_id)
    steps = await till.retail.ordering.show.history(placed.order_id)
    assert [step.event for step in steps] == ["order.placed", "order.repriced", "order.paid", "order.shipped"]
    assert await till.left() == 500 - 2


async def test_what_is_gone_is_not_given_away(till: Till) -> None:
    """T3, ORD-R4: a kind refuses that it is paid: then nothing has changed."""
    await till.market.freight(0)
    placed = await till.place(2)
    till.mood.says = Paid.REFUSED

    with pytest.raises(OrderNotToBeHad):
        await till.reprice(placed.order_id, 0)
    assert (await till.order(placed.order_id)).payable_minor == 2_000


async def test_a_price_is_agreed_by_who_saw_the_one_before(till: Till) -> None:
    """ORD-R4: of two clerks who saw the same price, one has agreed another."""
    placed = await till.place(3)
    wishes = [till.reprice(placed.order_id, minor, was_minor=3_800) for minor in (3_000, 2_000)]

    told = await gather(*wishes, return_exceptions=True)

    assert sorted(type(one).__name__ for one in told) == ["OrderAmountDiffers", "OrderCosts"]
    (refused,) = [one for one in told if isinstance(one, OrderAmountDiffers)]
    assert refused.payable_minor == (await till.order(placed.order_id)).payable_minor


async def test_under_a_key_it_is_agreed_once(till: Till) -> None:
    """R17, ORD-R4: the answer is the first one's, whatever it costs by now."""
    placed = await till.place(3)
    key = Once(principal="staff:clerk", operation="reprice", key="k", fingerprint="f")
    first = await till.reprice(placed.order_id, 3_000, once=key)
    await till.reprice(placed.order_id, 2_900)

    assert await till.reprice(placed.order_id, 3_000, once=key) == first
    assert (await till.order(placed.order_id)).payable_minor == 2_900


async def test_an_order_that_is_closing_or_over_or_nobodys_keeps_its_price(till: Till) -> None:
    """ORD-R4, ORD-I1."""
    closing, closed = await till.place(1), await till.place(1)
    await till.start(closing.order_id)
    await till.cancel(closing.order_id)
    await till.cancel(closed.order_id)

    for order_id, refusal in (
        (closing.order_id, OrderIsClosing), (closed.order_id, OrderWrongState), (some_order_id(9), OrderNotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await till.reprice(order_id, 1_000)


async def test_money_that_waits_to_be_applied_keeps_its_order_at_its_price(till: Till) -> None:
    """PAY-R8, ORD-R4: it is right and here, and would be wrong by then."""
    placed = await till.place(1)
    due = await till.start(placed.order_id)
    async with till.begin() as work:
        (payment,) = await work.payments.claim_of_order(placed.order_id)
        save_payment(work, payment.shelve(says(payment), at=till.market.clock.now()), till.market.clock.now())
        await work.commit()
    till.provider.pay(due.payment_id.hex)

    with pytest.raises(OrderMoneyIsHere):
        await till.reprice(placed.order_id, 900)
    await till.works(LONG / 30)
    assert (await till.order(placed.order_id)).paid_minor == 1_800


async def test_a_buyer_who_begins_anew_while_the_old_attempt_is_closed_keeps_the_price(till: Till) -> None:
    """ORD-R4, R13: the second look finds the second attempt; whoever asks may ask again."""
    placed = await till.place(3)
    first = await till.start(placed.order_id)
    takings = our_takings(till.mood)
    unpaid = deciding(till.begin, reprice_unpaid, means_of(clock=till.market.clock), takings)

    async def closed_and_begun_anew(payment_id: PaymentId) -> bool:
        await till.market.retail.payments.start(_otherwise(till, placed.order_id))  # closes the first at its provider
        return True

    wish = RepriceOrder(order_id=placed.order_id, payable_minor=3_000, reason="x", actor=CLERK)
    with pytest.raises(AttemptOpen) as refused:
        await reprice_order(wish, unpaid, closed_and_begun_anew)

    assert refused.value.payment_id != first.payment_id
    assert (await till.order(placed.order_id)).payable_minor == 3_800


def _otherwise(till: Till, order_id: OrderId) -> StartPayment:
    return StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)


async def test_what_is_refunded_is_what_was_agreed(till: Till) -> None:
    """R5, ORD-R4: units that go back are worth what they cost in the end."""
    placed = await till.place(3)
    await till.reprice(placed.order_id, FREIGHT + 100)
    await till.pays(await till.start(placed.order_id))

    back = [(await till.refund(placed.order_id, 1)).amount.minor for _ in range(2)]

    assert back == [33, 33]
    assert (await till.order(placed.order_id)).returned_minor == 66
