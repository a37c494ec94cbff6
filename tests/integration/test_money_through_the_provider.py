"""Money through the real adapter and a provider that is another process: late, twice, wrong, unheard of, or in silence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, CloseReason, OrderStatus, RefundOrder, Units
from retail_domain.payments import (
    ConfirmCounterPayment,
    CorrectRefund,
    Flow,
    MoneyState,
    OutcomeUnknown,
    PaymentState,
    RefundAside,
    RefundState,
    TakeNotice,
    Verdict,
)
from tests.support.market import CLERK
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop, open_shop, told
from tests.support.stores import Place, place_of

PAGE = PageRequest(50)


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
    """A whole shop; each test ends with a clean audit (R43)."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop
        await shop.is_clean()


def given_back(shop: Shop, ref: str) -> list[int]:
    """What the provider paid back of a payment."""
    return [one["amount"]["minor"] for one in shop.sandbox.refunds(ref)]


async def test_two_successful_attempts_leave_one_payment_and_one_refund(shop: Shop) -> None:
    """PAY-R4, PAY-F10, R10: the buyer paid by two roads; the second sum goes back by itself, all of it, once."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    first = await shop.start(buyer, placed, Flow.DESKTOP_QR)
    second = await shop.start(buyer, placed, Flow.DESKTOP_PAGE)  # the first is closed for it, yet it is paid all the same
    late = shop.buyer_pays(first)
    await shop.hears(shop.buyer_pays(second))
    await shop.hears(late)
    await shop.works(3)

    seen = {one.payment_id: one for one in await shop.retail.payments.show.of_order(placed.order_id)}
    assert (seen[second.payment_id].money, seen[second.payment_id].refunded.minor) == (MoneyState.APPLIED, 0)
    assert (seen[first.payment_id].money, seen[first.payment_id].refunded) == (MoneyState.EXTRA, placed.payable)
    assert given_back(shop, first.payment_id.hex) == [placed.payable.minor]
    assert given_back(shop, second.payment_id.hex) == []
    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP
    assert (await shop.books())["gateway:sandbox"] == placed.payable.minor


async def test_money_that_comes_after_closing_goes_back_and_is_seen(shop: Shop) -> None:
    """PAY-R5, R10, T13: the order stays closed; the worker pays back; staff see the payment and its refund."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    await shop.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
    await shop.works()
    assert (await shop.see(placed)).status is OrderStatus.CLOSED

    await shop.hears(shop.buyer_pays(view))
    (owed,) = await shop.retail.payments.show.refunds_of_order(placed.order_id)
    await shop.works()

    (refund,) = await shop.retail.payments.show.refunds_of_order(placed.order_id)
    assert owed.state is RefundState.REQUESTED  # visible before it is on its way
    assert (refund.state, refund.amount) == (RefundState.SUCCEEDED, placed.payable)
    assert (await shop.see(placed)).status is OrderStatus.CLOSED
    assert given_back(shop, view.payment_id.hex) == [placed.payable.minor]
    assert await shop.books() == {}
    assert (await shop.shelf(tea)).reserved == 0


@pytest.mark.parametrize("fault", ["wrong_amount", "wrong_currency"])
async def test_a_wrong_sum_pays_nothing_is_shown_and_finance_send_it_back(shop: Shop, fault: str) -> None:
    """PAY-R2, R9, R10: SUSPECT, the order unchanged; `refund_aside` sends it back once."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    shop.sandbox.arm(fault, on="notice")

    reply = await shop.hears(shop.buyer_pays(view))

    (suspect,) = (await shop.retail.payments.show.suspects(PAGE)).items
    assert reply.status == 200
    assert (suspect.payment_id, suspect.money, suspect.due) == (view.payment_id, MoneyState.SUSPECT, placed.payable)
    assert suspect.captured != placed.payable
    assert (await shop.see(placed)).status is OrderStatus.PENDING_PAYMENT
    assert (await shop.see(placed)).paid.minor == 0
    answer = await shop.retail.payments.refund_aside(RefundAside(payment_id=view.payment_id, reason="wrong sum", actor=CLERK))
    assert answer.amount == suspect.captured
    again = RefundAside(payment_id=view.payment_id, reason="twice", actor=CLERK)
    assert (await told(shop.retail.payments.refund_aside(again))).code == "payment.not_suspect"
    await shop.works()
    (stuck,) = (await shop.retail.payments.show.stuck_refunds(PAGE)).items
    assert stuck.amount == suspect.captured  # this provider never took that sum, so it refuses: a person must look
    assert given_back(shop, view.payment_id.hex) == []

    wish = CorrectRefund(refund_id=stuck.refund_id, amount=placed.payable, reason="the notice was wrong", actor=CLERK)
    await shop.retail.payments.correct_refund(wish)
    await shop.works()
    assert given_back(shop, view.payment_id.hex) == [placed.payable.minor]  # R5: what was really taken, once
    assert await shop.books() == {}
    await shop.is_clean()


async def test_a_wrong_sum_that_was_a_slip_of_the_notice_is_put_right_by_asking(shop: Shop) -> None:
    """PAY-R2, PAY-R7, R10: the provider's own answer outweighs its notice; nothing is left in the queue."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    shop.sandbox.arm("wrong_amount", on="notice")
    await shop.hears(shop.buyer_pays(view))

    shop.clock.pass_(timedelta(minutes=5))
    await shop.works()

    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP
    assert (await shop.retail.payments.show.suspects(PAGE)).items == ()
    assert (await shop.books())["gateway:sandbox"] == placed.payable.minor


async def test_money_for_an_unknown_reference_is_recorded_and_shown(shop: Shop, provider: Sandbox) -> None:
    """R10, PAY-R2: a genuine notice about a payment this shop never began: acknowledged, kept, in staff's queue."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    notice = shop.buyer_pays(view)
    async with open_shop(Place("memory"), provider) as another:
        reply = await another.hears(notice)
        (odd,) = (await another.retail.payments.show.odd_notices(PAGE)).items

    assert reply.status == 200
    assert (odd.verdict, odd.ref) == (Verdict.UNKNOWN_REF, view.payment_id.hex)
    await shop.hears(notice)
    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP


async def test_a_notice_with_one_letter_changed_or_from_yesterday_has_no_effect(shop: Shop) -> None:
    """R9, PAY-R2: neither a forged body nor an old delivery is believed; the genuine one is."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    notice = shop.buyer_pays(await shop.start(buyer, placed))
    assert notice.received_at is not None
    forged = TakeNotice(
        gateway="sandbox", headers=notice.headers, received_at=notice.received_at,
        body=notice.body.replace(b'"minor":1000', b'"minor":1001'),
    )  # fmt: skip
    assert forged.body != notice.body
    stale = TakeNotice(
        gateway="sandbox", headers=notice.headers, body=notice.body, received_at=notice.received_at + timedelta(days=1)
    )

    refused = [(await shop.hears(one)).status for one in (forged, stale)]
    before = (await shop.see(placed)).status
    await shop.hears(notice)

    assert refused == [400, 400]
    assert before is OrderStatus.PENDING_PAYMENT
    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP


async def test_without_any_notice_polling_makes_a_paid_order_paid(shop: Shop) -> None:
    """R11, PAY-R7: notices never arrive in this shop; within two polls the order is paid."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    shop.sandbox.send_notices(False)
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    shop.sandbox.pay(view.payment_id.hex)

    for minutes in (1, 2):
        shop.clock.pass_(timedelta(minutes=minutes, seconds=1))
        await shop.works(1)

    order = await shop.see(placed)
    assert (order.status, order.paid) == (OrderStatus.TO_SHIP, placed.payable)


async def test_before_time_closes_an_order_the_provider_is_asked_and_its_money_wins(shop: Shop) -> None:
    """PAY-R6, R11, R14: paid in the last minute, no notice, the worker comes hours later: paid, not closed."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    while await shop.retail.background.deliver_next():
        continue
    placed, unpaid = await shop.order(buyer, (tea, 1)), await shop.order(buyer, (tea, 1))
    view, _ = await shop.start(buyer, placed), await shop.start(buyer, unpaid)
    shop.sandbox.pay(view.payment_id.hex)
    shop.clock.pass_(timedelta(hours=5))

    await shop.retail.background.timers["close_unpaid"]()

    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP
    closed = await shop.see(unpaid)
    assert (closed.status, closed.close_reason) == (OrderStatus.CLOSED, CloseReason.TIMEOUT)
    assert (await shop.shelf(tea)).reserved == 1


async def test_a_silent_provider_is_waited_for_once_then_late_money_goes_back(shop: Shop) -> None:
    """PAY-R6, PAY-R5, F5, R10: no answer, extended once; no answer again, closed; what arrives later is paid back."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed)
    shop.clock.pass_(timedelta(hours=2))
    close = shop.retail.background.timers["close_unpaid"]

    shop.sandbox.arm("500", on="close", count=50)
    await close()
    await close()
    extended = (await shop.see(placed)).status
    shop.clock.pass_(timedelta(hours=1))
    await close()

    assert extended is OrderStatus.PENDING_PAYMENT
    assert (await shop.see(placed)).status is OrderStatus.CLOSED
    await shop.hears(shop.buyer_pays(view))
    await shop.works()
    assert given_back(shop, view.payment_id.hex) == [placed.payable.minor]


@pytest.mark.parametrize("fault", ["timeout_after_effect", "error_after_effect", "bad_signature"])
async def test_a_payment_begun_in_silence_is_begun_again_under_its_stored_reference(shop: Shop, fault: str) -> None:
    """R12, F5, PAY-R1: the buyer tries again after an unknown outcome; the provider has one payment, paid once."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    shop.sandbox.arm(fault, on="create")
    with pytest.raises(OutcomeUnknown):
        await shop.start(buyer, placed)
    (stored,) = await shop.retail.payments.show.of_order(placed.order_id)

    view = await shop.start(buyer, placed)
    await shop.hears(shop.buyer_pays(view))

    assert (view.payment_id, stored.status) == (stored.payment_id, PaymentState.CREATED)
    mine = [one for one in shop.sandbox.payments() if one["ref"] == view.payment_id.hex]
    assert len(mine) == len(shop.sandbox.payments()) == 1
    assert (await shop.see(placed)).status is OrderStatus.TO_SHIP


@pytest.mark.parametrize("fault", ["timeout_after_effect", "error_after_effect", "drop_after_effect", "bad_signature"])
async def test_a_refund_sent_in_silence_is_never_paid_twice(shop: Shop, fault: str) -> None:
    """R12, PAY-R9, F5: its reference was stored before the call, is asked about and used again; the buyer gets it once."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed, view = await shop.paid_order(buyer, (tea, 2))
    wish = RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))
    started = await shop.retail.ordering.refund(wish)
    (before,) = await shop.retail.payments.show.refunds_of_order(placed.order_id)
    shop.sandbox.arm(fault, on="refund")
    shop.sandbox.arm("500", on="query_refund")

    for _ in range(4):
        await shop.works(1)
        shop.clock.pass_(timedelta(hours=1))

    (refund,) = await shop.retail.payments.show.refunds_of_order(placed.order_id)
    assert (before.refund_id, before.state) == (started.refund_id, RefundState.REQUESTED)
    assert (refund.refund_id, refund.state) == (started.refund_id, RefundState.SUCCEEDED)
    assert given_back(shop, view.payment_id.hex) == [started.amount.minor]


async def test_what_a_clerk_types_must_be_the_sum_to_the_cent(shop: Shop) -> None:
    """PAY-R2, R7: one cent less is refused and nothing moves; the right sum is booked at the counter."""
    tea, buyer = await shop.goods("tea", price_minor=1_999), await shop.buyer()
    placed = await shop.order(buyer, (tea, 1))
    view = await shop.start(buyer, placed, Flow.COUNTER, "counter")
    less = ConfirmCounterPayment(payment_id=view.payment_id, amount=Money(1_998, "CNY"), actor=CLERK)

    refused = await told(shop.retail.payments.confirm_counter(less))
    await shop.retail.payments.confirm_counter(
        ConfirmCounterPayment(payment_id=view.payment_id, amount=placed.payable, actor=CLERK)
    )

    assert refused.code == "payment.amount_differs"
    assert await shop.books() == {"counter": 1_999, "sales": -1_999}
