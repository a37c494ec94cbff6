"""Orders and money together, on every store: paying, closing, shipping, paying back, and how it goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor, ActorKind
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    CloseReason,
    ConfirmReceipt,
    OrderIsClosing,
    OrderNotFound,
    OrderStatus,
    OrderTooManyUnits,
    OrderWrongState,
    PaymentAxis,
    RefundOrder,
    RefundTooMuch,
    ShipOrder,
    is_path,
)
from retail_domain.payments import (
    AskedTooOften,
    AttemptOpen,
    ConfirmCounterPayment,
    CounterAmountDiffers,
    Flow,
    GatewayNotFound,
    GatewayNotOffered,
    MoneyState,
    NotSent,
    OutcomeUnknown,
    PaymentNotFound,
    PaymentNotSuspect,
    PaymentState,
    PaymentStatus,
    PaymentTooLate,
    RefreshPayment,
    RefundAside,
    RefundSnapshot,
    RefundState,
    RefundStatus,
    Rejected,
    RetryRefund,
    StartPayment,
    TakeNotice,
)
from retail_domain.testing.orders import ALICE, BOB, CLERK, a_line, units
from tests.support.counting_house import House, open_house
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, Place, place_of

S = OrderStatus


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def house(place: Place) -> AsyncIterator[House]:
    """A house on an empty store."""
    async with open_house(place) as opened:
        yield opened


def cancel(order: Any, once: Once | None = None) -> CancelOrder:
    """Its buyer does not want it."""
    return CancelOrder(member_id=order.member_id, order_id=order.id, once=once)


def ship(order: Any, once: Once | None = None, **quantities: int) -> ShipOrder:
    """Staff send it."""
    return ShipOrder(
        order_id=order.id, carrier="SF", tracking_number="SF1000001", actor=CLERK, units=units(**quantities), once=once
    )


def refund(order: Any, freight_minor: int = 0, **quantities: int) -> RefundOrder:
    """Staff pay it back."""
    return RefundOrder(order_id=order.id, reason="broken", actor=CLERK, units=units(**quantities), freight_minor=freight_minor)


async def all_at_once(*things: Awaitable[Any]) -> list[Any]:
    """Rivals; what each got, or the refusal it met."""
    results = await asyncio.gather(*things, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, DomainError):
            raise result
    return results


async def assert_books_agree(house: House) -> None:
    """R6: the ledger balances, and what it says we hold is what the provider holds."""
    books = await house.books()
    assert sum(books.values()) == 0
    assert books.get("gateway:sandbox", 0) == house.provider.moved()


# ---- paying ----------------------------------------------------------------------------------------------------------------


async def test_a_paid_notice_pays_the_order_and_makes_its_promise_firm(house: House) -> None:
    """T2, R8, R16: order, reservation, attempt, inbox and books in one transaction."""
    order = await house.order()
    view = await house.start(order)
    assert view.status is PaymentState.PENDING and view.action == {"kind": "show_qr", "content": f"qr:{view.payment_id.hex}"}

    reply = await house.pays(view)

    paid = await house.see(order)
    assert reply.status == 200
    assert paid.status is S.TO_SHIP and paid.payment is PaymentAxis.PAID
    assert (await house.shelf()).reserved == 2
    assert await house.books() == {"gateway:sandbox": 2_799, "sales": -1_999, "freight": -800}


async def test_the_amount_comes_from_the_order_and_the_reference_is_stored_before_the_call(house: House) -> None:
    """R7, R12, PAY-R1: the provider is told what we owe nobody's word for, and expires before the order does."""
    order = await house.order()
    view = await house.start(order)

    request = house.provider.requests[view.payment_id.hex]
    assert request.amount == order.payable
    assert request.expires_at == order.pay_by - timedelta(seconds=60)


async def test_the_same_notice_many_times_at_once_has_one_effect(house: House) -> None:
    """R8, R26, PAY-R3, PAY-I3."""
    order = await house.order()
    view = await house.start(order)
    body = notice(house.provider.pay(view.payment_id.hex))

    replies = await all_at_once(*(house.tell(body) for _ in range(20)))

    assert {reply.status for reply in replies} == {200}
    history = await house.orders.show.history(order.id)
    assert [step.event for step in history] == ["order.placed", "order.paid"]
    await assert_books_agree(house)


async def test_polling_and_notice_may_both_bring_the_news(house: House) -> None:
    """PAY-R7, R8: whichever comes first, there is one payment."""
    order = await house.order()
    view = await house.start(order)
    body = notice(house.provider.pay(view.payment_id.hex))
    refresh = RefreshPayment(member_id=ALICE, payment_id=view.payment_id)

    await all_at_once(house.tell(body), house.money.refresh(refresh), house.timers["poll_payments"](), house.tell(body))

    assert (await house.see(order)).status is S.TO_SHIP
    await assert_books_agree(house)


async def test_without_any_notice_a_paid_order_becomes_paid_within_two_polls(house: House) -> None:
    """R11: lost callbacks heal."""
    order = await house.order()
    view = await house.start(order)
    house.provider.pay(view.payment_id.hex)

    await house.work_off(minutes=1)

    assert (await house.see(order)).status is S.TO_SHIP


@pytest.mark.parametrize("wrong", [Money(2_798, "CNY"), Money(2_800, "CNY"), Money(2_799, "USD"), Money(1, "CNY")])
async def test_a_wrong_amount_or_currency_changes_no_order_and_waits_for_a_person(house: House, wrong: Money) -> None:
    """PAY-R2, PAY-I5, R9, R10: kept aside, shown, and given back when finance say so."""
    order = await house.order()
    view = await house.start(order)

    reply = await house.pays(view, amount=wrong)

    assert reply.status == 200
    assert (await house.see(order)).status is S.PENDING_PAYMENT
    assert await house.suspects() == ["suspect:currency" if wrong.currency == "USD" else "suspect:amount"]
    back = RefundAside(payment_id=view.payment_id, reason="not ours", actor=CLERK)
    answer = await house.money.refund_aside(back)
    assert answer.amount == wrong
    await house.work_off(seconds=1)
    assert await house.suspects() == [] and await house.books() == {}
    with pytest.raises(PaymentNotSuspect):
        await house.money.refund_aside(back)


async def test_a_lying_notice_is_healed_by_the_authority(house: House) -> None:
    """PAY-R1: any state becomes SUCCEEDED on verified, equal money; PAY-I3: the books end up the same."""
    order = await house.order()
    view = await house.start(order)
    truth = house.provider.pay(view.payment_id.hex)
    await house.tell(notice(evolve(truth, amount=Money(5, "CNY")), "evt-wrong"))

    await house.work_off(minutes=1)

    assert (await house.see(order)).status is S.TO_SHIP
    assert await house.suspects() == []
    await assert_books_agree(house)


async def test_a_forged_notice_changes_nothing_and_leaves_no_trace(house: House) -> None:
    """R9: verified before anything is looked up."""
    order = await house.order()
    view = await house.start(order)
    body = notice(house.provider.pay(view.payment_id.hex)).replace(b"secret", b"sacred")

    reply = await house.tell(body)

    assert reply.status == 401
    assert (await house.see(order)).status is S.PENDING_PAYMENT
    assert await house.suspects() == []


async def test_a_notice_for_a_provider_nobody_configured_is_not_found(house: House) -> None:
    """PAY-R16: the route of an unconfigured provider answers 404."""
    with pytest.raises(GatewayNotFound):
        await house.money.take_notice(TakeNotice(gateway="wechat", headers={}, body=b"{}"))


async def test_money_for_an_unknown_reference_is_acknowledged_and_shown(house: House) -> None:
    """R10: in a visible queue, not in limbo."""
    order = await house.order()
    snapshot = house.provider.pay((await house.start(order)).payment_id.hex)

    reply = await house.tell(notice(evolve(snapshot, ref="0" * 32)))

    assert reply.status == 200
    assert await house.suspects() == ["unknown_ref"]


async def test_an_event_told_again_with_another_content_is_heard_and_noticed(house: House) -> None:
    """PAY-R2, PAY-R16: what contradicts certain knowledge changes nothing and is shown."""
    order = await house.order()
    truth = house.provider.pay((await house.start(order)).payment_id.hex)
    await house.tell(notice(truth))

    await house.tell(notice(evolve(truth, amount=Money(5, "CNY"))))

    assert await house.suspects() == ["contradicted"]
    assert (await house.see(order)).status is S.TO_SHIP
    await assert_books_agree(house)


async def test_one_deal_of_the_provider_never_pays_two_orders(house: House) -> None:
    """PAY-R3: unique by the provider's own reference."""
    first, second = await house.order(), await house.order()
    one, other = await house.start(first), await house.start(second)
    await house.pays(one)
    stolen = evolve(house.provider.pay(other.payment_id.hex), provider_ref=f"P-{one.payment_id.hex}")

    await house.tell(notice(stolen, "evt-2"))

    assert (await house.see(second)).status is S.PENDING_PAYMENT
    assert await house.suspects() == ["contradicted"]


async def test_two_successful_attempts_leave_one_payment_and_one_refund(house: House) -> None:
    """PAY-R4, R10: the second payment goes back by itself."""
    order = await house.order()
    first = await house.start(order, Flow.DESKTOP_QR)
    second = await house.start(order, Flow.DESKTOP_PAGE)  # closes the first at the provider, and yet its buyer pays it
    bodies = [notice(house.provider.pay(view.payment_id.hex), f"evt-{at}") for at, view in enumerate((first, second))]

    await all_at_once(*(house.tell(body) for body in bodies))
    await house.work_off(minutes=1)

    attempts = await house.money.show.of_order(order.id)
    (back,) = await house.money.show.refunds_of_order(order.id)
    assert sorted(view.money.value for view in attempts) == ["applied", "extra"]
    assert back.state is RefundState.SUCCEEDED and back.amount == order.payable
    assert (await house.see(order)).status is S.TO_SHIP
    assert house.provider.moved() == order.payable_minor
    await assert_books_agree(house)


async def test_two_attempts_paid_on_an_order_are_told_apart_by_who_came_first_on_any_road(house: House) -> None:
    """R8: further copies of either notice change nothing."""
    order = await house.order()
    views = [await house.start(order, flow) for flow in (Flow.DESKTOP_QR, Flow.DESKTOP_PAGE)]
    bodies = [notice(house.provider.pay(view.payment_id.hex), f"evt-{at}") for at, view in enumerate(views)]

    for body in (bodies[1], bodies[0], bodies[1], bodies[0]):
        await house.tell(body)

    assert len(await house.money.show.refunds_of_order(order.id)) == 1


# ---- starting --------------------------------------------------------------------------------------------------------------


async def test_starting_again_the_same_way_finds_the_open_attempt(house: House) -> None:
    """R12: one open attempt an order, and the provider is asked once."""
    order = await house.order()

    views = [await house.start(order) for _ in range(3)]

    assert len({view.payment_id for view in views}) == 1
    assert house.provider.calls == ["begin"]


async def test_starts_at_the_same_time_open_one_attempt(house: House) -> None:
    """R8."""
    order = await house.order()

    views = await all_at_once(*(house.start(order) for _ in range(8)))

    assert len({view.payment_id for view in views}) == 1
    assert len(await house.money.show.of_order(order.id)) == 1


async def test_the_same_key_gives_the_same_attempt_and_another_request_under_it_is_refused(house: House) -> None:
    """R17, GEN-R7."""
    order = await house.order()
    once = Once(principal="m:alice", operation="start", key="k1", fingerprint="f1")
    command = StartPayment(member_id=ALICE, order_id=order.id, gateway="sandbox", flow=Flow.DESKTOP_QR, once=once)

    first, second = await house.money.start(command), await house.money.start(command)

    assert first == second
    with pytest.raises(KeyReused):
        await house.money.start(evolve(command, once=evolve(once, fingerprint="f2")))


async def test_nobody_pays_or_sees_somebody_elses_order(house: House) -> None:
    """GEN-R14, R33."""
    order = await house.order()
    view = await house.start(order)
    before = await house.see(order)

    with pytest.raises(OrderNotFound):
        await house.money.start(StartPayment(member_id=BOB, order_id=order.id, gateway="sandbox", flow=Flow.DESKTOP_QR))
    with pytest.raises(OrderNotFound):
        await house.orders.cancel(CancelOrder(member_id=BOB, order_id=order.id))
    with pytest.raises(OrderNotFound):
        await house.orders.confirm_receipt(ConfirmReceipt(member_id=BOB, order_id=order.id))
    with pytest.raises(OrderNotFound):
        await house.orders.show.show_mine(BOB, order.id)
    with pytest.raises(PaymentNotFound):
        await house.money.refresh(RefreshPayment(member_id=BOB, payment_id=view.payment_id))
    with pytest.raises(PaymentNotFound):
        await house.money.show.show_mine(BOB, view.payment_id)
    assert await house.see(order) == before


async def test_an_unoffered_way_and_too_little_time_are_refused(house: House) -> None:
    """PAY-R1."""
    order = await house.order()

    with pytest.raises(GatewayNotOffered):
        await house.start(order, Flow.WALLET)
    with pytest.raises(GatewayNotOffered):
        await house.start(order, gateway="wechat")
    house.clock.pass_(timedelta(hours=2) - timedelta(seconds=119))
    with pytest.raises(PaymentTooLate):
        await house.start(order)


async def test_a_provider_that_surely_refused_spends_the_reference_and_a_new_try_gets_a_new_one(house: House) -> None:
    """PAY-R15: Rejected and NotSent are certain."""
    order = await house.order()
    house.provider.before["begin"] = [Rejected(gateway="sandbox"), NotSent(gateway="sandbox")]

    for refused in (Rejected, NotSent):
        with pytest.raises(refused):
            await house.start(order)
    view = await house.start(order)

    assert [one.status for one in await house.money.show.of_order(order.id)] == [
        PaymentState.FAILED, PaymentState.FAILED, PaymentState.PENDING,
    ]  # fmt: skip
    assert view.payment_id.hex in house.provider.charges


async def test_a_timeout_after_effect_never_charges_twice(house: House) -> None:
    """R12: the same reference is used again; F5."""
    order = await house.order()
    house.provider.after["begin"] = [OutcomeUnknown(gateway="sandbox")]

    with pytest.raises(OutcomeUnknown):
        await house.start(order)
    await house.start(order)

    assert len(house.provider.charges) == 1


async def test_another_way_of_paying_waits_until_the_first_is_surely_closed(house: House) -> None:
    """One open attempt an order; an unreachable provider leaves it undecided."""
    order = await house.order()
    first = await house.start(order, Flow.DESKTOP_QR)
    house.provider.before["close"] = [NotSent(gateway="sandbox")]

    with pytest.raises(AttemptOpen):
        await house.start(order, Flow.DESKTOP_PAGE)
    second = await house.start(order, Flow.DESKTOP_PAGE)

    assert second.payment_id != first.payment_id
    assert (await house.money.show.show_mine(ALICE, first.payment_id)).status is PaymentState.CLOSED


async def test_a_buyer_may_not_make_us_ask_the_provider_without_end(house: House) -> None:
    """PAY-R13."""
    view = await house.start(await house.order())
    refresh = RefreshPayment(member_id=ALICE, payment_id=view.payment_id)
    await house.money.refresh(refresh)

    with pytest.raises(AskedTooOften):
        await house.money.refresh(refresh)
    house.clock.pass_(timedelta(seconds=3))
    assert (await house.money.refresh(refresh)).status is PaymentState.PENDING


async def test_a_request_whose_answer_got_lost_is_not_turned_away_by_itself(house: House) -> None:
    """PAY-R13, R17: under its key it comes again and is told; nobody has the provider asked without end by that."""
    view = await house.start(await house.order())
    once = Once(principal="member:alice", operation="payments.refresh", key="k-1", fingerprint="f")
    refresh = RefreshPayment(member_id=ALICE, payment_id=view.payment_id, once=once)
    house.provider.before["query"] = [NotSent(gateway="sandbox"), NotSent(gateway="sandbox")]

    with pytest.raises(NotSent):
        await house.money.refresh(refresh)
    with pytest.raises(AskedTooOften):
        await house.money.refresh(evolve(refresh, once=evolve(once, key="k-2")))
    with pytest.raises(NotSent):
        await house.money.refresh(refresh)
    with pytest.raises(AskedTooOften):  # once, and no more
        await house.money.refresh(refresh)
    house.clock.pass_(timedelta(seconds=3))
    told = await house.money.refresh(refresh)

    assert told.status is PaymentState.PENDING
    assert await house.money.refresh(refresh) == told


async def test_rivals_under_one_key_are_all_told(house: House) -> None:
    """PAY-R13, R17: the second of them is the first one, come again."""
    view = await house.start(await house.order())
    once = Once(principal="member:alice", operation="payments.refresh", key="k-1", fingerprint="f")
    refresh = RefreshPayment(member_id=ALICE, payment_id=view.payment_id, once=once)

    first, second = await all_at_once(house.money.refresh(refresh), house.money.refresh(refresh))

    assert first == second and first.status is PaymentState.PENDING


async def test_a_clerk_confirms_the_typed_amount_at_the_counter(house: House) -> None:
    """PAY-R2, PAY-R3: only the amount due, and only by staff."""
    order = await house.order()
    view = await house.start(order, Flow.COUNTER, "counter")
    command = ConfirmCounterPayment(payment_id=view.payment_id, amount=Money(2_798, "CNY"), actor=CLERK)

    with pytest.raises(CounterAmountDiffers):
        await house.money.confirm_counter(command)
    done = await house.money.confirm_counter(evolve(command, amount=order.payable))

    assert done.money is MoneyState.APPLIED
    assert (await house.see(order)).status is S.TO_SHIP
    assert (await house.books())["counter"] == 2_799
    assert (await house.orders.show.history(order.id))[-1].actor.kind is ActorKind.STAFF


# ---- when applying fails -----------------------------------------------------------------------------------------------------


async def test_money_that_cannot_be_applied_is_recorded_shown_and_applied_later(house: House) -> None:
    """PAY-R8, ORD-I6: the notice is acknowledged, the payment stays, the effect is tried again."""
    order = await house.order()
    view = await house.start(order)
    house.trouble.is_on = True

    reply = await house.pays(view)

    assert reply.status == 200
    assert await house.suspects() == ["unapplied:None"]
    assert await house.books() == {"gateway:sandbox": 2_799, "suspense": -2_799}
    house.trouble.is_on = False
    await house.work_off(minutes=1)
    assert (await house.see(order)).status is S.TO_SHIP
    assert await house.suspects() == []
    await assert_books_agree(house)


async def test_what_a_poll_brings_is_recorded_too_when_it_cannot_be_applied(house: House) -> None:
    """PAY-R7, PAY-R8: polling, closing and notices go the same road."""
    order = await house.order()
    house.provider.pay((await house.start(order)).payment_id.hex)
    house.trouble.is_on = True
    house.clock.pass_(timedelta(minutes=1))

    await house.timers["poll_payments"]()
    assert await house.suspects() == ["unapplied:None"]
    house.trouble.is_on = False
    await house.work_off(minutes=2)

    assert (await house.see(order)).status is S.TO_SHIP
    await assert_books_agree(house)


async def test_an_order_whose_money_waits_to_be_applied_is_not_closed_by_time(house: House) -> None:
    """ORD-I6, R14."""
    order = await house.order()
    view = await house.start(order)
    house.trouble.is_on = True
    await house.pays(view)
    house.trouble.is_on = False
    house.clock.pass_(timedelta(hours=3))

    await house.timers["close_unpaid"]()
    assert (await house.see(order)).status is S.PENDING_PAYMENT
    await house.timers["poll_payments"]()
    assert (await house.see(order)).status is S.TO_SHIP


# ---- closing ---------------------------------------------------------------------------------------------------------------


async def test_an_order_nobody_tried_to_pay_is_closed_at_once_and_gives_everything_back(house: House) -> None:
    """T10, ORD-I5, R3: exactly once; a second cancel is refused."""
    order = await house.order()

    outcome = await house.orders.cancel(cancel(order))

    assert (outcome.status, outcome.is_closing) == ("closed", False)
    assert (await house.shelf()).reserved == 0
    with pytest.raises(OrderWrongState):
        await house.orders.cancel(cancel(order))
    assert (await house.shelf()).available == 100


async def test_an_order_with_an_open_attempt_is_closing_until_the_provider_has_closed_it(house: House) -> None:
    """ORD-R9, PAY-R6: no new attempt meanwhile, and stock is only freed once it is final."""
    order = await house.order()
    await house.start(order)

    outcome = await house.orders.cancel(cancel(order))

    assert (outcome.status, outcome.is_closing) == ("pending_payment", True)
    assert (await house.shelf()).reserved == 2
    with pytest.raises(OrderIsClosing):
        await house.start(order)
    await house.timers["close_unpaid"]()
    closed = await house.see(order)
    assert closed.status is S.CLOSED and closed.close_reason is CloseReason.MEMBER
    assert (await house.shelf()).reserved == 0


async def test_a_buyer_who_pays_while_the_order_is_closing_wins(house: House) -> None:
    """R14, ORD-R9: the provider's close answers that the buyer was faster."""
    order = await house.order()
    view = await house.start(order)
    await house.orders.cancel(cancel(order))
    house.provider.pay(view.payment_id.hex)

    await house.timers["close_unpaid"]()

    assert (await house.see(order)).status is S.TO_SHIP
    assert (await house.shelf()).reserved == 2


async def test_time_closes_an_unpaid_order_after_asking_the_provider(house: House) -> None:
    """T10, PAY-R6, R11: the provider is asked before the order is cancelled."""
    order = await house.order()
    await house.start(order)
    house.clock.pass_(timedelta(hours=2))

    await house.timers["close_unpaid"]()

    closed = await house.see(order)
    assert closed.status is S.CLOSED and closed.close_reason is CloseReason.TIMEOUT
    assert "close" in house.provider.calls
    assert (await house.orders.show.history(order.id))[-1].actor == Actor.system("pay_by")


async def test_an_unreachable_provider_is_waited_for_once_more_then_late_money_goes_back(house: House) -> None:
    """PAY-R6, PAY-R5, T13, R10: closed, and what comes afterwards is refunded by itself and visible."""
    order = await house.order()
    view = await house.start(order)
    house.clock.pass_(timedelta(hours=2))
    house.provider.before["close"] = [NotSent(gateway="sandbox"), OutcomeUnknown(gateway="sandbox")]

    await house.timers["close_unpaid"]()
    assert (await house.see(order)).status is S.PENDING_PAYMENT
    await house.timers["close_unpaid"]()
    assert house.provider.calls.count("close") == 1  # not due again yet
    house.clock.pass_(timedelta(minutes=2))
    await house.timers["close_unpaid"]()
    assert (await house.see(order)).status is S.CLOSED

    await house.pays(view)
    await house.timers["push_refunds"]()

    (back,) = await house.money.show.refunds_of_order(order.id)
    (late,) = await house.money.show.of_order(order.id)
    assert (await house.see(order)).status is S.CLOSED
    assert late.money is MoneyState.LATE and back.state is RefundState.SUCCEEDED
    assert house.provider.moved() == 0 and await house.books() == {}


async def test_a_second_worker_with_the_same_list_does_not_shorten_the_wait_for_a_silent_provider(house: House) -> None:
    """R28, PAY-R6: the wait that one worker began counts for all of them."""
    order = await house.order()
    await house.start(order)
    house.clock.pass_(timedelta(hours=2))
    house.provider.before["close"] = [NotSent(gateway="sandbox") for _ in range(9)]
    timer: Any = house.timers["close_unpaid"]

    for _ in range(3):
        await timer.deal_with(order.id)

    assert (await house.see(order)).status is S.PENDING_PAYMENT


async def test_fifty_cancels_against_fifty_paid_notices_have_one_outcome(house: House) -> None:
    """R14, R8, ORD-I5, ORD-I8: paid, or closed with the money going back; never both."""
    order = await house.order()
    view = await house.start(order)
    await house.orders.cancel(cancel(order))
    body = notice(house.provider.pay(view.payment_id.hex))

    await all_at_once(
        *(house.orders.cancel(cancel(order)) for _ in range(50)),
        *(house.tell(body) for _ in range(50)),
        house.timers["close_unpaid"](),
    )
    await house.work_off(minutes=1)

    seen, shelf = await house.see(order), await house.shelf()
    history = await house.orders.show.history(order.id)
    assert is_path(tuple((step.from_status, step.to_status) for step in history))
    assert history[-1].to_status is seen.status
    assert (seen.status, shelf.reserved, house.provider.moved()) in {(S.TO_SHIP, 2, 2_799), (S.CLOSED, 0, 0)}
    await assert_books_agree(house)


async def test_several_workers_close_an_overdue_order_once(house: House) -> None:
    """R28, ORD-I5."""
    for _ in range(3):
        await house.order()
    house.clock.pass_(timedelta(hours=2))

    await all_at_once(*(house.timers["close_unpaid"]() for _ in range(6)))

    assert (await house.shelf()).reserved == 0 and (await house.shelf()).available == 100


async def test_moving_the_clock_back_revives_nothing(house: House) -> None:
    """R29."""
    order = await house.order()
    house.clock.pass_(timedelta(hours=2))
    await house.timers["close_unpaid"]()
    house.clock.pass_(-timedelta(hours=24))

    with pytest.raises(OrderWrongState):
        await house.start(order)
    assert (await house.see(order)).status is S.CLOSED


async def test_staff_close_an_unpaid_order_with_a_reason(house: House) -> None:
    """T10, ORD-R7."""
    order = await house.order()

    await house.orders.close(CloseOrder(order_id=order.id, reason="double order", actor=CLERK))

    closed = await house.see(order)
    assert closed.close_reason is CloseReason.STAFF
    assert (await house.orders.show.history(order.id))[-1].reason == "double order"


async def test_a_refund_and_a_payment_go_on_after_the_clock_was_put_back(house: House) -> None:
    """R29, R28: what would not be looked at for a day is looked at now."""
    refunded, begun = await house.paid_order(), await house.order()
    house.clock.pass_(timedelta(days=1))
    view = await house.start(await house.order())
    await house.orders.refund(RefundOrder(order_id=refunded.id, reason="x", actor=CLERK, units=units(s1=1)))
    house.provider.before["refund"] = [NotSent(gateway="sandbox")]
    await house.timers["push_refunds"]()
    house.provider.pay(view.payment_id.hex)
    house.clock.pass_(-timedelta(days=1))

    await house.timers["push_refunds"]()
    await house.timers["poll_payments"]()

    assert [one.state for one in await house.money.show.refunds_of_order(refunded.id)] == [RefundState.SUCCEEDED]
    (paid,) = await house.money.show.of_order(view.order_id)
    assert paid.money is MoneyState.APPLIED and (await house.see(begun)).status is S.PENDING_PAYMENT


async def test_a_genuine_success_over_nothing_is_listed(house: House) -> None:
    """R10, PAY-R2: staff see what the provider calls paid, without a sum or over 0.00, for as long as nothing else is known."""
    for number, amount in enumerate((Money(0, "CNY"), None)):
        view = await house.start(await house.order())
        told = evolve(house.provider.pay(view.payment_id.hex), amount=amount, provider_ref=f"P-{number}")
        house.provider.charges[view.payment_id.hex] = told
        await house.tell(notice(told, f"evt-{number}"))

    assert await house.suspects() == ["suspect:amount", "suspect:amount_missing"]
    for _ in range(8):
        await house.work_off(hours=1)
    assert await house.suspects() == ["suspect:amount", "suspect:amount_missing"]


async def test_freight_goes_back_after_the_last_unit_has_closed_the_order(house: House) -> None:
    """RET-R3, T12: all that was shipped has come back, and staff decide later that the freight goes back too, once."""
    order = await house.paid_order(a_line(quantity=2, freight_minor=800))
    parcel = ShipOrder(order_id=order.id, carrier="SF", tracking_number="1", actor=CLERK)
    await house.orders.ship(parcel)
    await house.orders.refund(RefundOrder(order_id=order.id, reason="x", actor=CLERK, units=units(s1=2)))
    assert (await house.see(order)).status is S.CLOSED
    freight = RefundOrder(order_id=order.id, reason="late", actor=CLERK, freight_minor=500)

    await house.orders.refund(freight)
    with pytest.raises(RefundTooMuch):
        await house.orders.refund(freight)
    await house.orders.refund(RefundOrder(order_id=order.id, reason="late", actor=CLERK, freight_minor=300))
    await house.work_off(minutes=1)

    after = await house.see(order)
    assert (after.status, after.refunded_minor, house.provider.moved()) == (S.CLOSED, order.payable_minor, 0)
    with pytest.raises(OrderWrongState):
        await house.orders.refund(RefundOrder(order_id=order.id, reason="x", actor=CLERK, units=units(s1=1)))
    await assert_books_agree(house)


async def test_an_order_that_was_never_paid_has_no_freight_to_give_back(house: House) -> None:
    """RET-R3, ORD-R10."""
    order = await house.order()
    await house.orders.close(CloseOrder(order_id=order.id, reason="x", actor=CLERK))

    with pytest.raises(OrderWrongState):
        await house.orders.refund(RefundOrder(order_id=order.id, reason="x", actor=CLERK, freight_minor=1))


# ---- shipping, receipt, completion -------------------------------------------------------------------------------------------


async def test_shipping_takes_goods_off_the_shelf_and_writes_a_parcel(house: House) -> None:
    """T6, STK-R2, R3, R16."""
    order = await house.paid_order(a_line(1, 2), a_line(2, 1))

    first = await house.orders.ship(ship(order, s1=1))
    second = await house.orders.ship(ship(order))

    parcels = await house.reads.fulfilment.of_order(order.id)
    assert (first.status, second.status) == ("partly_shipped", "shipped")
    assert [one.id for one in parcels] == [first.parcel_id, second.parcel_id]
    assert [(one.on_hand, one.reserved) for one in (await house.shelf(1), await house.shelf(2))] == [(98, 0), (99, 0)]
    with pytest.raises(OrderWrongState):
        await house.orders.ship(ship(order))


async def test_the_same_shipment_sent_twice_ships_once(house: House) -> None:
    """R17, GEN-R7."""
    order = await house.paid_order()
    once = Once(principal="s:clerk", operation="ship", key="k", fingerprint="f")

    answers = await all_at_once(*(house.orders.ship(ship(order, once=once, s1=1)) for _ in range(5)))

    assert len({answer.parcel_id for answer in answers}) == 1
    assert (await house.shelf()).on_hand == 99


async def test_rivals_who_ship_the_same_units_ship_them_once(house: House) -> None:
    """R14, STK-I3, ORD-I3."""
    order = await house.paid_order()

    results = await all_at_once(*(house.orders.ship(ship(order, s1=2)) for _ in range(5)))

    assert sum(not isinstance(result, DomainError) for result in results) == 1
    assert (await house.shelf()).on_hand == 98


async def test_the_buyer_signs_and_time_completes(house: House) -> None:
    """T8, T9."""
    order = await house.paid_order()
    await house.orders.ship(ship(order))

    outcome = await house.orders.confirm_receipt(ConfirmReceipt(member_id=ALICE, order_id=order.id))
    assert outcome.status == "signed"
    await house.work_off(days=7)
    assert (await house.see(order)).status is S.COMPLETED


async def test_time_signs_for_a_buyer_who_says_nothing(house: House) -> None:
    """T8, R28: late rather than never, once."""
    order = await house.paid_order()
    await house.orders.ship(ship(order))

    await house.work_off(days=30)
    await house.work_off(days=7)

    assert (await house.see(order)).status is S.COMPLETED
    events = [step.event for step in await house.orders.show.history(order.id)]
    assert events == ["order.placed", "order.paid", "order.shipped", "order.signed", "order.completed"]


# ---- paying back -----------------------------------------------------------------------------------------------------------


async def test_several_partial_refunds_give_back_exactly_what_was_paid(house: House) -> None:
    """R5, GEN-I4, PAY-R9, ORD-I4: the last one returns the remainder, freight included."""
    order = await house.paid_order(a_line(1, 3, 1_000), freight_minor=800)

    amounts = [(await house.orders.refund(refund(order, s1=1))).amount.minor for _ in range(3)]
    await house.work_off(seconds=1)

    assert amounts == [333, 333, 1_134]
    assert (await house.see(order)).status is S.CLOSED
    assert house.provider.moved() == 0 and await house.books() == {}
    assert (await house.shelf()).reserved == 0
    assert {one.state for one in await house.money.show.refunds_of_order(order.id)} == {RefundState.SUCCEEDED}


async def test_refunds_at_the_same_time_never_give_back_more_than_was_paid(house: House) -> None:
    """PAY-I4, R5, RET-I2, ORD-I3."""
    order = await house.paid_order(a_line(1, 3, 1_000))

    results = await all_at_once(*(house.orders.refund(refund(order, s1=1)) for _ in range(8)))
    await house.work_off(seconds=1)

    assert sum(not isinstance(result, DomainError) for result in results) == 3
    assert house.provider.moved() == 0
    await assert_books_agree(house)


async def test_shipping_against_refunding_the_same_units_has_one_winner(house: House) -> None:
    """R14: ship vs refund; the loser gets a clean refusal."""
    order = await house.paid_order(a_line(1, 1, 1_000))

    results = await all_at_once(*(house.orders.ship(ship(order, s1=1)) for _ in range(3)), house.orders.close(_call_off(order)))

    seen = await house.see(order)
    assert {type(result) for result in results if isinstance(result, DomainError)} <= {OrderWrongState, OrderTooManyUnits}
    assert (seen.status, (await house.shelf()).on_hand) in {(S.SHIPPED, 99), (S.CLOSED, 100)}
    assert (await house.shelf()).reserved == 0


def _call_off(order: Any) -> CloseOrder:
    return CloseOrder(order_id=order.id, reason="cannot be sent", actor=CLERK)


async def test_staff_call_off_a_paid_order_and_everything_goes_back(house: House) -> None:
    """T11, R10, ORD-I5."""
    order = await house.paid_order()

    outcome = await house.orders.close(_call_off(order))
    await house.work_off(seconds=1)

    assert outcome.status == "closed"
    assert house.provider.moved() == 0 and await house.books() == {}
    assert ((await house.shelf()).reserved, (await house.shelf()).on_hand) == (0, 100)


async def test_what_was_shipped_is_refunded_without_touching_the_shelf(house: House) -> None:
    """STK-R8: a refund is no restocking."""
    order = await house.paid_order()
    await house.orders.ship(ship(order))

    await house.orders.refund(refund(order, freight_minor=100, s1=1))

    assert ((await house.shelf()).on_hand, (await house.shelf()).reserved) == (98, 0)
    assert (await house.see(order)).refunded_minor == 999 + 100


async def test_a_free_order_is_refunded_without_any_money(house: House) -> None:
    """RET-R5, T3: the same path, the same effects."""
    order = await house.order(a_line(1, 2, 0), freight_minor=0)

    started = await house.orders.refund(refund(order, s1=2))

    assert started.refund_id is None and started.status == "closed"
    assert (await house.shelf()).reserved == 0


async def test_a_refund_that_timed_out_after_effect_is_asked_about_and_never_sent_under_a_new_name(house: House) -> None:
    """R12, PAY-R9, F5."""
    order = await house.paid_order()
    house.provider.after["refund"] = [OutcomeUnknown(gateway="sandbox")]
    await house.orders.refund(refund(order, s1=1))

    await house.work_off(seconds=1)
    (waiting,) = await house.money.show.refunds_of_order(order.id)
    await house.work_off(minutes=1)

    (back,) = await house.money.show.refunds_of_order(order.id)
    assert waiting.state is RefundState.PENDING and back.state is RefundState.SUCCEEDED
    assert back.refund_id == waiting.refund_id
    assert house.provider.calls.count("refund") == 1 and len(house.provider.refunds) == 1


async def test_a_refund_that_never_left_us_is_sent_again_under_the_same_name(house: House) -> None:
    """R12, PAY-R15: NotSent."""
    order = await house.paid_order()
    house.provider.before["refund"] = [NotSent(gateway="sandbox")]
    await house.orders.refund(refund(order, s1=1))

    await house.work_off(seconds=1)
    await house.work_off(minutes=1)

    assert [one.state for one in await house.money.show.refunds_of_order(order.id)] == [RefundState.SUCCEEDED]
    assert len(house.provider.refunds) == 1


async def test_a_refund_that_surely_failed_is_replaced_under_a_new_reference(house: House) -> None:
    """PAY-R9, RET-R6: the closed one no longer counts, the new one does."""
    order = await house.paid_order()
    await house.orders.refund(refund(order, s1=2))
    house.provider.refund_becomes = RefundStatus.CLOSED
    await house.timers["push_refunds"]()
    house.provider.refund_becomes = RefundStatus.SUCCEEDED
    await house.timers["push_refunds"]()

    old, new = await house.money.show.refunds_of_order(order.id)
    assert (old.state, new.state) == (RefundState.CLOSED, RefundState.SUCCEEDED)
    await assert_books_agree(house)


async def test_a_refund_the_provider_refuses_waits_for_a_person_who_can_try_anew(house: House) -> None:
    """R10, RET-R6: visible, still counted, and not sent again by itself."""
    order = await house.paid_order()
    house.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
    await house.orders.refund(refund(order, s1=1))
    await house.timers["push_refunds"]()
    assert await house.suspects() == ["refund:rejected: blocked"]
    await house.work_off(days=1)
    (stuck,) = await house.money.show.refunds_of_order(order.id)

    await house.money.retry_refund(RetryRefund(refund_id=stuck.refund_id, actor=CLERK))
    await house.work_off(seconds=1)

    assert await house.suspects() == []
    assert house.provider.moved() == 2_799 - 999
    await assert_books_agree(house)


async def test_a_notice_of_a_refund_is_heard_once_and_polling_agrees(house: House) -> None:
    """R8, PAY-R7."""
    order = await house.paid_order()
    house.provider.refund_becomes = RefundStatus.PENDING
    await house.orders.refund(refund(order, s1=1))
    await house.timers["push_refunds"]()
    (pending,) = house.provider.refunds.values()
    done = RefundSnapshot(
        refund_ref=pending.refund_ref, payment_ref=pending.payment_ref, status=RefundStatus.SUCCEEDED, amount=pending.amount
    )
    house.provider.refunds[pending.refund_ref] = done

    house.clock.pass_(timedelta(minutes=1))
    await all_at_once(*(house.tell(notice(done, "evt-r")) for _ in range(5)), house.timers["push_refunds"]())

    (view,) = await house.money.show.of_order(order.id)
    assert view.refunded == Money(999, "CNY")
    await assert_books_agree(house)


async def test_workers_who_push_the_same_refund_at_the_same_time_pay_once(house: House) -> None:
    """R28, R12."""
    order = await house.paid_order()
    await house.orders.refund(refund(order, s1=2))

    await all_at_once(*(house.timers["push_refunds"]() for _ in range(6)))
    await house.work_off(minutes=1)

    assert house.provider.moved() == 0
    assert len(house.provider.refunds) == 1
    await assert_books_agree(house)


# ---- what is shown -----------------------------------------------------------------------------------------------------------


async def test_lists_show_the_newest_first_and_page_without_gaps(house: House) -> None:
    """R32: the same pages from every store."""
    orders = [await house.order() for _ in range(5)]
    other = await house.order(member_id=BOB)

    first = await house.orders.show.mine(ALICE, PageRequest(3))
    rest = await house.orders.show.mine(ALICE, PageRequest(3, first.next_cursor))

    assert [one.order_id for one in first.items + rest.items] == [order.id for order in reversed(orders)]
    assert rest.next_cursor is None
    await house.orders.cancel(cancel(orders[0]))
    closed = await house.orders.show.mine(ALICE, PageRequest(3), S.CLOSED)
    assert [one.order_id for one in closed.items] == [orders[0].id]
    assert len((await house.orders.show.all(PageRequest(100))).items) == 6
    assert (await house.orders.show.by_number(other.number)).member_id == BOB


async def test_a_payment_that_fails_at_the_provider_leaves_the_order_open_for_another(house: House) -> None:
    """PAY-R1: FAILED is the attempt's fate, not the order's."""
    order = await house.order()
    view = await house.start(order)
    failed = evolve(house.provider.charges[view.payment_id.hex], status=PaymentStatus.FAILED)

    await house.tell(notice(failed))
    second = await house.start(order)

    assert second.payment_id != view.payment_id
    await house.pays(second, "evt-2")
    assert (await house.see(order)).status is S.TO_SHIP


async def test_a_notice_that_comes_before_our_own_call_returned_pays_the_order(house: House) -> None:
    """F6, R8, R12: the reference was stored before the provider heard it, so the notice is understood."""
    order = await house.order()
    house.provider.after["begin"] = [OutcomeUnknown(gateway="sandbox")]
    with pytest.raises(OutcomeUnknown):
        await house.start(order)
    (attempt,) = await house.money.show.of_order(order.id)
    assert attempt.status is PaymentState.CREATED

    await house.pays(attempt)

    assert (await house.see(order)).status is S.TO_SHIP


async def test_an_attempt_the_provider_never_heard_of_is_given_up_only_after_its_expiry_and_some_grace(house: House) -> None:
    """PAY-R15: NOT_FOUND means that nothing is known yet."""
    order = await house.order()
    house.provider.before["begin"] = [OutcomeUnknown(gateway="sandbox")]
    with pytest.raises(OutcomeUnknown):
        await house.start(order)

    await house.work_off(minutes=100)
    (waiting,) = await house.money.show.of_order(order.id)
    await house.work_off(minutes=20)
    await house.work_off(minutes=40)

    (given_up,) = await house.money.show.of_order(order.id)
    assert (waiting.status, given_up.status) == (PaymentState.CREATED, PaymentState.CLOSED)
    assert (await house.see(order)).status is S.CLOSED


async def test_an_order_placed_on_the_last_second_of_a_timer_is_paid_or_closed_but_never_both(house: House) -> None:
    """R14: expire vs pay, at the very deadline."""
    order = await house.order()
    view = await house.start(order)
    body = notice(house.provider.pay(view.payment_id.hex))
    house.clock.pass_(timedelta(hours=2))

    await all_at_once(house.timers["close_unpaid"](), house.tell(body), house.timers["poll_payments"]())
    await house.work_off(minutes=3)

    seen = await house.see(order)
    assert (seen.status, house.provider.moved()) in {(S.TO_SHIP, 2_799), (S.CLOSED, 0)}
    await assert_books_agree(house)


async def test_a_paused_worker_that_wakes_up_late_cannot_act_on_what_others_decided(house: House) -> None:
    """R28, F1: every decision is judged again on the state that is stored, under its lock."""
    order = await house.order()
    view = await house.start(order)
    house.clock.pass_(timedelta(hours=2))
    async with house.store.begin() as work:
        due = await work.orders.due(S.PENDING_PAYMENT, house.clock.now(), 9)
    await house.pays(view)

    assert due == (order.id,)
    await house.timers["close_unpaid"]()
    assert (await house.see(order)).status is S.TO_SHIP
