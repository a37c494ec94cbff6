"""Rivals in four processes, each with the whole shop open on one database: every promise about "at the same time"."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.ids import StaffId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    ConfirmReceipt,
    OrderStatus,
    PaymentAxis,
    RefundOrder,
    ShipOrder,
    Units,
)
from retail_domain.payments import ConfirmCounterPayment, Flow, MoneyState, StartPayment
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from tests.support.market import CLERK, Buyer
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Call, Crew, Shop, Told, a_crew, codes, open_shop
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow
PAGE = PageRequest(100)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Four processes."""
    with a_crew() as crew:
        yield crew


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place, provider: Sandbox) -> AsyncIterator[Shop]:
    """A whole shop."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop


def no_bugs(answers: list[Told]) -> None:
    """Every rival got an answer or a clean refusal, never a crash (R31)."""
    assert [one.code for one in answers if one.code.startswith(("broken", "never"))] == []


async def all_settled(shop: Shop) -> None:
    """Whatever was left to workers is done, and then every law of the shop holds (R43)."""
    await shop.works(3)
    await shop.is_clean()


# ---- buying ------------------------------------------------------------------------------------------------------------


async def test_a_hundred_buyers_of_ten_units_make_exactly_ten_orders(shop: Shop, crew: Crew) -> None:
    """R1, STK-R4, R3, R16: the others are told that it is sold out, and nothing of theirs is left behind."""
    tea = await shop.goods("tea", stock=10)
    buyers = [await shop.buyer(number) for number in range(100)]
    calls: list[Call] = [("checkout.place", await shop.ask(buyer, (tea, 1))) for buyer in buyers]

    answers = await crew.carry_out(shop.here, calls)

    assert codes(answers) == {"": 10, "stock.sold_out": 90}
    shelf = await shop.shelf(tea)
    assert (shelf.on_hand, shelf.reserved, shelf.sellable) == (10, 10, 0)
    assert len((await shop.retail.ordering.show.all(PAGE)).items) == 10
    await all_settled(shop)


async def test_an_order_of_several_lines_gets_all_of_them_or_none(shop: Shop, crew: Crew) -> None:
    """R2, R1: whoever loses one line keeps none of the others, though all want them in different orders."""
    tea, cup, pot = [await shop.goods(code, stock=units) for code, units in (("tea", 7), ("cup", 9), ("pot", 8))]
    buyers = [await shop.buyer(number) for number in range(40)]
    baskets = (((tea, 1), (cup, 1)), ((cup, 1), (pot, 1)), ((pot, 1), (tea, 1)))
    calls: list[Call] = [("checkout.place", await shop.ask(buyer, *baskets[number % 3])) for number, buyer in enumerate(buyers)]

    answers = await crew.carry_out(shop.here, calls)

    assert set(codes(answers)) == {"", "stock.sold_out"}
    sold = dict.fromkeys((tea, cup, pot), 0)
    for number, one in enumerate(answers):
        if one.is_done:
            for sku_id, units in baskets[number % 3]:
                sold[sku_id] += units
    assert sold == {sku_id: (await shop.shelf(sku_id)).reserved for sku_id in sold}
    left = [(await shop.shelf(sku_id)).sellable for sku_id in sold]
    assert sum(1 for units in left if units) <= 1  # no pair of lines could still be sold: nobody was refused in vain
    await all_settled(shop)


async def test_a_member_who_orders_twenty_times_at_once_stays_within_the_purchase_limit(shop: Shop, crew: Crew) -> None:
    """GEN-R9, ORD-I5: three a member, however many processes ask; another member has a count of their own."""
    tea = await shop.limited_goods("tea", limit=3, stock=100)
    greedy, other = await shop.buyer(1), await shop.buyer(2)
    calls: list[Call] = [("checkout.place", await shop.ask(greedy, (tea, 1))) for _ in range(20)]
    calls.append(("checkout.place", await shop.ask(other, (tea, 3))))

    answers = await crew.carry_out(shop.here, calls)

    assert codes(answers[:20]) == {"": 3, "catalog.purchase_limit": 17}
    assert answers[20].is_done
    first = next(one.answer for one in answers if one.is_done)
    cancels: list[Call] = [("ordering.cancel", CancelOrder(member_id=greedy.id, order_id=first.order_id))] * 8
    no_bugs(await crew.carry_out(shop.here, cancels))
    again: list[Call] = [("checkout.place", await shop.ask(greedy, (tea, 1))) for _ in range(8)]
    assert codes(await crew.carry_out(shop.here, again)) == {"": 1, "catalog.purchase_limit": 7}  # given back once
    await all_settled(shop)


async def test_one_key_pressed_twenty_times_at_once_is_one_order(shop: Shop, crew: Crew) -> None:
    """R17, GEN-R7: the same answer for each, also for the last unit.

    Another request under the key is refused; one quote is one order (R18).
    """
    tea, buyer = await shop.goods("tea", stock=1), await shop.buyer()
    once = Once(principal=f"member:{buyer.id}", operation="place", key="k1", fingerprint="a")
    ask = await shop.ask(buyer, (tea, 1), once=once)
    other = await shop.ask(buyer, (tea, 1), once=Once(principal=once.principal, operation="place", key="k1", fingerprint="b"))
    keyless = PlaceOrder(member_id=buyer.id, quote_id=ask.quote_id, hash=ask.hash)

    answers = await crew.carry_out(shop.here, [("checkout.place", ask)] * 16 + [("checkout.place", keyless)] * 4)
    refused = await crew.carry_out(shop.here, [("checkout.place", other)] * 4)

    assert codes(answers) == {"": 20} and len({one.answer for one in answers}) == 1
    assert codes(refused) == {"idempotency.key_reused": 4}
    assert (await shop.shelf(tea)).reserved == 1
    await all_settled(shop)


# ---- paying ------------------------------------------------------------------------------------------------------------


async def test_the_same_notice_twenty_times_at_once_together_with_polling_has_one_effect(shop: Shop, crew: Crew) -> None:
    """R8, PAY-I3, PAY-R3, R26, PAY-R7: one paid transition, one commit of the reservations, one posting."""
    tea, buyer = await shop.goods("tea", price_minor=1_999), await shop.buyer()
    placed = await shop.order(buyer, (tea, 2))
    view = await shop.start(buyer, placed)
    notice = shop.buyer_pays(view)
    shop.clock.pass_(timedelta(minutes=3))  # so that polling is due as well

    calls: list[Call] = [("payments.take_notice", notice)] * 20 + [("timer:poll_payments", None)] * 8
    answers = await crew.carry_out(shop.here, calls)

    no_bugs(answers)
    assert {one.answer.status for one in answers[:20]} == {200}
    history = await shop.retail.ordering.show.history(placed.order_id)
    assert [step.to_status for step in history] == [OrderStatus.PENDING_PAYMENT, OrderStatus.TO_SHIP]
    assert (await shop.see(placed)).payment is PaymentAxis.PAID
    assert (await shop.books())["gateway:sandbox"] == placed.payable.minor
    assert (await shop.shelf(tea)).reserved == 2
    await shop.works()
    assert (await shop.see(placed)).paid == placed.payable  # PAY-I3: later rounds change nothing either
    await all_settled(shop)


async def test_fifty_cancels_against_fifty_paid_notices_have_one_outcome_each(shop: Shop, crew: Crew) -> None:
    """R14, R10, PAY-R5, T13: paid and to be shipped, or closed and the money on its way back; never both, never neither."""
    tea, buyers = await shop.goods("tea", stock=60), [await shop.buyer(number) for number in range(50)]
    orders = [await shop.order(buyer, (tea, 1)) for buyer in buyers]
    views = [await shop.start(buyer, placed) for buyer, placed in zip(buyers, orders, strict=True)]
    calls: list[Call] = []
    for buyer, placed, view in zip(buyers, orders, views, strict=True):
        calls.append(("payments.take_notice", shop.buyer_pays(view)))
        calls.append(("ordering.cancel", CancelOrder(member_id=buyer.id, order_id=placed.order_id)))

    answers = await crew.carry_out(shop.here, calls[::2] + calls[1::2][::-1])

    no_bugs(answers)
    assert {one.answer.status for one in answers[:50]} == {200}
    await shop.works(3)
    await all_settled(shop)
    kept = 0
    for placed, view in zip(orders, views, strict=True):
        order = await shop.see(placed)
        (payment,) = await shop.retail.payments.show.of_order(placed.order_id)
        outcome = (order.status, payment.money, payment.refunded.minor)
        assert outcome in (
            (OrderStatus.TO_SHIP, MoneyState.APPLIED, 0),
            (OrderStatus.CLOSED, MoneyState.LATE, placed.payable.minor),
        )
        kept += order.status is OrderStatus.TO_SHIP
        assert len(shop.sandbox.refunds(view.payment_id.hex)) == (order.status is OrderStatus.CLOSED)
    shelf = await shop.shelf(tea)
    assert (shelf.on_hand, shelf.reserved) == (60, kept)
    assert (await shop.books()).get("gateway:sandbox", 0) == sum(one.payable.minor for one in orders[:kept])


async def test_time_and_money_on_the_last_second_leave_one_winner(shop: Shop, crew: Crew) -> None:
    """R14, R28, PAY-R6, R10: the closing timer of four workers against the notices of the same orders."""
    tea, buyer = await shop.goods("tea", stock=20), await shop.buyer()
    orders = [await shop.order(buyer, (tea, 1)) for _ in range(12)]
    views = [await shop.start(buyer, placed) for placed in orders]
    paid = views[::2]
    notices = [shop.buyer_pays(view) for view in paid]
    shop.clock.pass_(timedelta(hours=1))

    calls: list[Call] = [("timer:close_unpaid", None)] * 8 + [("payments.take_notice", notice) for notice in notices]
    no_bugs(await crew.carry_out(shop.here, calls))
    shop.clock.pass_(timedelta(hours=1))  # a provider that was too busy to answer in time is asked once more
    await shop.works(3)

    for number, placed in enumerate(orders):
        order = await shop.see(placed)
        if number % 2:
            assert order.status is OrderStatus.CLOSED
        else:  # PAY-R6: the provider is asked before time closes an order, so money that is there is never late
            assert order.status is OrderStatus.TO_SHIP
        steps = await shop.retail.ordering.show.history(placed.order_id)
        assert sum(1 for step in steps if step.to_status is OrderStatus.CLOSED) == number % 2
    assert (await shop.shelf(tea)).reserved == 6
    await all_settled(shop)


async def test_attempts_started_at_once_in_several_processes_are_one(shop: Shop, crew: Crew) -> None:
    """PAY-R1, R12, R17: one open attempt an order; each caller is shown the same one."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)

    answers = await crew.carry_out(shop.here, [("payments.start", start)] * 12)

    assert codes(answers) == {"": 12}
    assert len({one.answer.payment_id for one in answers}) == 1
    assert len(await shop.retail.payments.show.of_order(placed.order_id)) == 1
    await all_settled(shop)


# ---- shipping and paying back ------------------------------------------------------------------------------------------


async def test_units_that_are_shipped_and_refunded_at_once_go_one_way(shop: Shop, crew: Crew) -> None:
    """R14, ORD-I3, ORD-I7, R5: a unit leaves the shelf or comes back to it; no more is paid back than was paid."""
    tea, buyer = await shop.goods("tea", stock=40), await shop.buyer()
    orders = [(await shop.paid_order(buyer, (tea, 4)))[0] for _ in range(6)]
    calls: list[Call] = []
    for placed in orders:
        for _ in range(2):
            one = (Units(tea, 3),)
            shipped = ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=one)
            calls.append(("ordering.ship", shipped))
            calls.append(("ordering.refund", RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=one)))
        calls.append(("ordering.close", CloseOrder(order_id=placed.order_id, reason="no more", actor=CLERK)))

    no_bugs(await crew.carry_out(shop.here, calls))
    await all_settled(shop)

    gone = 0
    for placed in orders:
        order = await shop.see(placed)
        (line,) = order.lines
        assert line.shipped + line.unshipped <= line.quantity
        assert order.given_back.decided.minor <= order.paid.minor
        gone += line.shipped
        sent_back = [one.amount.minor for one in await shop.retail.payments.show.refunds_of_order(placed.order_id)]
        assert sum(sent_back) == order.given_back.decided.minor
    assert (await shop.shelf(tea)).on_hand == 40 - gone


async def test_refunds_pressed_at_once_never_pay_back_more_than_was_paid(shop: Shop, crew: Crew) -> None:
    """R5, ORD-I4, PAY-I4, R12: unit by unit from four processes, each sent once by rival workers, freight at the end."""
    await shop.freight(803)
    tea, buyer = await shop.goods("tea", price_minor=333), await shop.buyer()
    placed, view = await shop.paid_order(buyer, (tea, 5))
    wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))

    answers = await crew.carry_out(shop.here, [("ordering.refund", wish)] * 12)
    no_bugs(await crew.carry_out(shop.here, [("work", None)] * 8))
    await shop.works()

    assert codes(answers)[""] == 5 and set(codes(answers)) <= {"", "order.too_many_units", "order.wrong_state"}
    order = await shop.see(placed)
    assert (order.status, order.refunded) == (OrderStatus.CLOSED, placed.payable)
    assert sum(one["amount"]["minor"] for one in shop.sandbox.refunds(view.payment_id.hex)) == placed.payable.minor
    await all_settled(shop)
    assert await shop.books() == {}


@pytest.mark.parametrize("verb", ["ship", "refund", "close", "cancel", "start", "confirm"])
async def test_each_command_under_one_key_answers_alike_from_every_process(shop: Shop, crew: Crew, verb: str) -> None:
    """R17, GEN-R7: same key and request, same answer and one effect, though each could be carried out but once.

    Another request under the key is refused.
    """
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    is_paid = verb in ("ship", "refund", "close")
    placed = (await shop.paid_order(buyer, (tea, 2)))[0] if is_paid else await shop.order(buyer, (tea, 2))
    path, command = await _under_a_key(verb, shop, buyer, placed)
    other = evolve(command, once=evolve(command.once, fingerprint="another"))

    here = evolve(shop.here, patience_seconds=30.0)  # a provider on a slow machine does answer
    answers = await crew.carry_out(here, [(path, command)] * 12)
    refused = await crew.carry_out(here, [(path, other)] * 4)

    assert codes(answers) == {"": 12} and len({repr(one.answer) for one in answers}) == 1
    assert codes(refused) == {"idempotency.key_reused": 4}
    await all_settled(shop)


async def _under_a_key(verb: str, shop: Shop, buyer: Buyer, placed: Placed) -> tuple[str, Any]:
    once = Once(principal="me", operation=verb, key="k", fingerprint="one")
    order_id, units = placed.order_id, tuple(Units(line.sku_id, 2) for line in (await shop.see(placed)).lines)
    match verb:
        case "ship":
            sent = ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK, units=units, once=once)
            return "ordering.ship", sent
        case "refund":
            return "ordering.refund", RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=units, once=once)
        case "close":
            return "ordering.close", CloseOrder(order_id=order_id, reason="x", actor=CLERK, once=once)
        case "cancel":
            return "ordering.cancel", CancelOrder(member_id=buyer.id, order_id=order_id, once=once)
        case "confirm":
            view = await shop.start(buyer, placed, Flow.COUNTER, "counter")
            return "payments.confirm_counter", ConfirmCounterPayment(
                payment_id=view.payment_id, amount=placed.payable, actor=CLERK, once=once
            )
        case _:
            return "payments.start", StartPayment(
                member_id=buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR, once=once
            )


# ---- time --------------------------------------------------------------------------------------------------------------


async def test_four_workers_do_what_one_would_and_late_rounds_catch_up(shop: Shop, crew: Crew) -> None:
    """R28, ORD-I8, T8, T9, T10: unpaid orders close, shipped ones are signed for, signed ones complete: each once."""
    tea, buyer = await shop.goods("tea", stock=30), await shop.buyer()
    unpaid = [await shop.order(buyer, (tea, 1)) for _ in range(4)]
    sent = [(await shop.paid_order(buyer, (tea, 1)))[0] for _ in range(4)]
    for placed in sent:
        await shop.retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK))

    shop.clock.pass_(timedelta(days=40))  # every worker was away for more than a month
    for _ in range(3):
        no_bugs(await crew.carry_out(shop.here, [("work", None)] * 8))
    shop.clock.pass_(timedelta(days=40))
    for _ in range(2):
        no_bugs(await crew.carry_out(shop.here, [("work", None)] * 8))

    for placed in unpaid:
        assert await _path(shop, placed) == ["pending_payment", "closed"]
    for placed in sent:
        assert await _path(shop, placed) == ["pending_payment", "to_ship", "shipped", "signed", "completed"]
    await all_settled(shop)


async def test_a_clock_that_goes_back_neither_revives_nor_repeats_anything(shop: Shop, crew: Crew) -> None:
    """R28, R29: a closed order stays closed, a completed one completed, and nothing is due twice."""
    tea, buyer = await shop.goods("tea", stock=30), await shop.buyer()
    closed = await shop.order(buyer, (tea, 1))
    done = (await shop.paid_order(buyer, (tea, 1)))[0]
    await shop.retail.ordering.ship(ShipOrder(order_id=done.order_id, carrier="SF", tracking_number="1", actor=CLERK))
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=done.order_id))
    shop.clock.pass_(timedelta(days=40))
    await shop.works()
    before = [await _path(shop, closed), await _path(shop, done)]

    shop.clock.pass_(timedelta(days=-41))
    answers = await crew.carry_out(
        shop.here,
        [("work", None)] * 4
        + [("payments.start", StartPayment(
            member_id=buyer.id, order_id=closed.order_id, gateway="sandbox", flow=Flow.DESKTOP_QR))] * 4,
    )  # fmt: skip

    assert codes(answers[4:]) == {"order.wrong_state": 4}
    assert [await _path(shop, closed), await _path(shop, done)] == before
    assert before == [
        ["pending_payment", "closed"], ["pending_payment", "to_ship", "shipped", "signed", "completed"],
    ]  # fmt: skip
    assert (await shop.shelf(tea)).reserved == 0


async def _path(shop: Shop, placed: Placed) -> list[str]:
    history = await shop.retail.ordering.show.history(placed.order_id)
    steps = [one.to_status.value for one in history]
    return [step for at, step in enumerate(steps) if at == 0 or steps[at - 1] != step]


async def test_each_transition_says_who_did_it_and_why(shop: Shop) -> None:
    """R13, ORD-R7, ORD-I1, ORD-I8: member, provider, clerk and timer are told apart, and the path ends in the state."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed, _ = await shop.paid_order(buyer, (tea, 2))
    clerk = Actor.staff(StaffId(buyer.id))
    await shop.retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=clerk))
    shop.clock.pass_(timedelta(days=40))
    await shop.works()
    wish = RefundOrder(order_id=placed.order_id, reason="it broke", actor=clerk, units=(Units(tea, 1),))
    await shop.retail.ordering.refund(wish)

    history = await shop.retail.ordering.show.history(placed.order_id)

    assert [step.actor.kind for step in history] == [
        ActorKind.MEMBER, ActorKind.GATEWAY, ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.STAFF,
    ]  # fmt: skip
    assert history[-1].reason == "it broke"
    assert all(step.from_status is before.to_status for before, step in pairwise(history))
    assert history[-1].to_status is (await shop.see(placed)).status
    await all_settled(shop)
