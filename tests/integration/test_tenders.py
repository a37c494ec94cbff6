"""Orders paid by several tenders, on every store: held, captured, released, and given back in parts (PAY-R10, PAY-R11)."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from retail_domain.kernel.frames import answering
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import CloseReason, OrderNotFound, OrderStatus, OrderWrongState
from retail_domain.payments import (
    AccountEmpty,
    AttemptOpen,
    MoneyState,
    OutcomeUnknown,
    PaymentState,
    PaymentView,
    TenderNotOffered,
    Tenders,
)
from retail_domain.processes.money.holding import give_back, release_held
from retail_domain.processes.takings import Paid
from retail_domain.testing.means import means_of
from tests.support.purse import TENDERS
from tests.support.stores import STORES, Place, place_of
from tests.support.till import FILLED, FREIGHT, LONG, Till, open_till

SOON = timedelta(minutes=6)


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


async def test_an_order_paid_by_two_tenders_is_refunded_in_three_parts(till: Till) -> None:
    """PAY-R10, R5: the gateway's money goes back first up to what it took, then the wallet's; the freight by the same rule."""
    placed = await till.place(3)
    held = await till.hold(placed.order_id, 1_500)
    due = await till.start(placed.order_id)
    assert (held.status, due.amount) == (PaymentState.HELD, Money(2_300, "CNY"))
    assert (await till.order(placed.order_id)).status is OrderStatus.PENDING_PAYMENT

    await till.pays(due)
    parts = [await till.refund(placed.order_id, 1) for _ in range(2)]
    await till.call_off(placed.order_id)
    await till.works()

    assert [len(part.refunds) for part in parts] == [1, 1] and parts[0].refund_id == parts[0].refunds[0]
    assert await till.tenders(placed.order_id) == {"gateway": ("applied", 2_300, 2_300), "purse": ("applied", 1_500, 1_500)}
    back = [(one.tender, one.amount.minor, one.freight_minor) for one in await till.refunds(placed.order_id)]
    assert sorted(back) == [("gateway", 300, 300), ("gateway", 1_000, 0), ("gateway", 1_000, 0), ("purse", 1_500, 500)]
    assert await till.purse() == FILLED["purse"]


async def test_a_refund_that_reaches_into_two_tenders_is_one_answer_with_two_parts(till: Till) -> None:
    """PAY-R10, R5."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    await till.cash(placed.order_id)

    said = await till.refund(placed.order_id, 3)

    assert said.amount == Money(3_800, "CNY") and len(said.refunds) == 2
    assert await till.tenders(placed.order_id) == {"gateway": ("applied", 2_300, 2_300), "purse": ("applied", 1_500, 1_500)}


async def test_whose_money_goes_back_first_is_kept_with_the_order(place: Place) -> None:
    """PAY-R10: the rule of the day it was placed, whatever the rule is when it is refunded."""
    async with open_till(place, ("purse", "gateway")) as till:
        placed = await till.place(3)
        await till.hold(placed.order_id, 1_500)
        await till.cash(placed.order_id)
        assert (await till.order(placed.order_id)).refund_order == ("purse", "gateway")

        await till.refund(placed.order_id, 1)
        await till.refund(placed.order_id, 1)
        await till.works()

        assert await till.tenders(placed.order_id) == {"gateway": ("applied", 2_300, 500), "purse": ("applied", 1_500, 1_500)}
        await till.check()
        await till.settles()


async def test_what_a_kind_refuses_goes_back_to_every_tender(till: Till) -> None:
    """R10: late money goes back by itself, the order closes for what was gone, and what was held is released then."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    due = await till.start(placed.order_id)
    till.mood.says = Paid.REFUSED

    await till.pays(due)
    order = await till.order(placed.order_id)
    assert order.closing is not None and order.closing.reason is CloseReason.GONE
    assert await till.tenders(placed.order_id) == {"gateway": ("late", 2_300, 2_300), "purse": ("held", 1_500, 0)}
    await till.check()
    await till.works()
    await till.works()

    order = await till.order(placed.order_id)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, CloseReason.GONE)
    assert await till.purse() == FILLED["purse"] and till.provider.moved() == 0


async def test_a_payment_that_waits_captures_what_is_held(till: Till) -> None:
    """T4: paid, but not to be shipped until what it waits for is there."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    till.mood.says = Paid.WAITS

    await till.cash(placed.order_id)
    assert (await till.order(placed.order_id)).status is OrderStatus.AWAITING_GROUP
    assert await till.tenders(placed.order_id) == {"gateway": ("applied", 2_300, 0), "purse": ("applied", 1_500, 0)}
    assert (await till.go_on(placed.order_id)).status == "to_ship"

    assert (await till.order(placed.order_id)).status is OrderStatus.TO_SHIP


async def test_an_order_goes_on_once_and_the_kinds_are_told(till: Till) -> None:
    """T4, R17: said again, also of an order that was sent meanwhile or never waited, nothing changes."""
    waiting, firm = await till.waiting(), await till.place(1)
    await till.cash(firm.order_id)

    said = await gather(till.go_on(waiting), till.go_on(waiting))
    assert {one.status for one in said} == {"to_ship"} and till.mood.went_on[-1] == waiting
    await till.ship(waiting)
    told = list(till.mood.went_on)

    assert (await till.go_on(waiting)).status == "shipped" and (await till.go_on(firm.order_id)).status == "to_ship"
    assert till.mood.went_on == told
    history = [step.event for step in await till.retail.ordering.show.history(waiting)]
    assert history == ["order.placed", "order.paid", "order.ready", "order.shipped"]


async def test_an_order_that_is_not_paid_or_is_closed_does_not_go_on(till: Till) -> None:
    """ORD-I1."""
    placed, closed = await till.place(1), await till.place(1)
    await till.cancel(closed.order_id)

    for order_id in (placed.order_id, closed.order_id):
        with pytest.raises(OrderWrongState):
            await till.go_on(order_id)
    with pytest.raises(OrderNotFound):
        await till.go_on(OrderId(UUID(int=7)))


async def test_going_on_twice_under_one_key_is_answered_alike(till: Till) -> None:
    """R17: also when the order is further by then."""
    waiting = await till.waiting()
    once = Once(principal="host", operation="go_on", key="k", fingerprint=str(waiting))
    first = await till.go_on(waiting, once)
    await till.ship(waiting)

    assert await till.go_on(waiting, once) == first


async def test_staff_call_off_an_order_that_waits(till: Till) -> None:
    """T11: all of it is paid back, to each tender its own, and the goods lie on the shelf again."""
    before = await till.left()
    waiting = await till.waiting()
    assert await till.left() == before - 3

    await till.call_off(waiting)
    await till.works()

    order = await till.order(waiting)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, CloseReason.STAFF)
    assert order.refunded_minor == order.payable_minor and await till.left() == before
    assert await till.tenders(waiting) == {"gateway": ("applied", 2_300, 2_300), "purse": ("applied", 1_500, 1_500)}
    with pytest.raises(OrderWrongState):
        await till.go_on(waiting)


async def test_going_on_and_calling_off_at_once_end_in_one_refund(till: Till) -> None:
    """R10, R16: whichever comes first."""
    waiting = await till.waiting()

    await gather(till.call_off(waiting), till.go_on(waiting), return_exceptions=True)
    await till.works()

    order = await till.order(waiting)
    assert (order.status, order.refunded_minor) == (OrderStatus.CLOSED, order.payable_minor)
    assert len(await till.refunds(waiting)) == 2


@pytest.mark.parametrize(("says", "status"), [(Paid.FIRM, OrderStatus.TO_SHIP), (Paid.WAITS, OrderStatus.AWAITING_GROUP)])
async def test_accounts_that_cover_all_of_it_pay_at_once(till: Till, says: Paid, status: OrderStatus) -> None:
    """PAY-I1, T2: through the same fold as money from outside."""
    placed = await till.place(3)
    await till.hold(placed.order_id, None, "gift_card")
    till.mood.says = says

    last = await till.hold(placed.order_id)

    order = await till.order(placed.order_id)
    assert (last.amount, last.money, order.status) == (Money(1_300, "CNY"), MoneyState.APPLIED, status)
    assert order.paid_minor == order.payable_minor
    assert sum(one.freight_minor for one in await till.payments(placed.order_id)) == FREIGHT


async def test_accounts_that_cover_what_is_gone_get_everything_back(till: Till) -> None:
    """R10: nothing is paid; the order closes, and everything is released then."""
    placed = await till.place(3)
    await till.hold(placed.order_id, None, "gift_card")
    till.mood.says = Paid.REFUSED

    last = await till.hold(placed.order_id)
    assert last.status is PaymentState.HELD and (await till.order(placed.order_id)).closing is not None
    await till.works()
    await till.works()

    assert (await till.order(placed.order_id)).close_reason is CloseReason.GONE
    assert {tender: await till.purse(tender) for tender in FILLED} == FILLED


async def test_closing_releases_what_is_held_and_money_that_comes_after_goes_back(till: Till) -> None:
    """R10, PAY-R5: whoever closed it."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)
    due = await till.start(placed.order_id)
    await till.works(LONG)
    assert (await till.order(placed.order_id)).status is OrderStatus.CLOSED
    await till.works()
    assert await till.purse() == FILLED["purse"]

    await till.pays(due)

    assert await till.tenders(placed.order_id) == {"gateway": ("late", 2_300, 2_300), "purse": ("closed", 1_500, 0)}


async def test_what_is_held_is_not_released_while_its_order_waits(till: Till) -> None:
    """PAY-R10: the worker looks at it, and lets it be."""
    placed = await till.place(3)
    await till.hold(placed.order_id, 1_500)

    for _ in range(4):
        await till.works(SOON)

    assert await till.tenders(placed.order_id) == {"purse": ("held", 1_500, 0)}
    await till.cancel(placed.order_id)
    await till.works()
    assert await till.tenders(placed.order_id) == {"purse": ("closed", 1_500, 0)}


async def test_money_of_an_attempt_from_before_takes_what_it_needs_and_the_rest_is_let_go(till: Till) -> None:
    """PAY-I1, R10: it was given up, and its buyer paid all the same; then all of the order, or of what was left then."""
    everything, some = await till.place(3), await till.place(3)
    whole = await till.start(everything.order_id)
    await till.hold(everything.order_id, 1_500)
    await till.hold(some.order_id, 700)
    part = await till.start(some.order_id)
    await till.hold(some.order_id, None, "gift_card")

    await till.pays(whole)
    await till.pays(part)
    await till.check()
    await till.works(SOON)

    assert await till.tenders(everything.order_id) == {"gateway": ("applied", 3_800, 0), "purse": ("closed", 1_500, 0)}
    assert await till.tenders(some.order_id) == {
        "gateway": ("applied", 3_100, 0), "purse": ("applied", 700, 0), "gift_card": ("closed", 2_500, 0),
    }  # fmt: skip


async def test_money_beside_what_paid_goes_back(till: Till) -> None:
    """PAY-R4: a late attempt for all of it, after a wallet and the counter have paid."""
    placed = await till.place(3)
    whole = await till.start(placed.order_id)
    await till.hold(placed.order_id, 1_500)
    await till.cash(placed.order_id)

    await till.pays(whole)
    await till.works()

    money = [one.money for one in await till.payments(placed.order_id)]
    assert sorted(one.value for one in money) == ["applied", "applied", "extra"] and till.provider.moved() == 0


async def test_a_tender_holds_once_and_only_what_is_there(till: Till) -> None:
    """PAY-R11, R12: the same wish finds what is held; nothing goes below nothing."""
    first, second, third = await till.place(3), await till.place(9), await till.place(1)

    held = await till.hold(first.order_id, 1_500)
    again = await till.hold(first.order_id, 100)
    rest = await till.hold(second.order_id)

    assert again == held and (rest.amount.minor, await till.purse()) == (4_500, 0)
    with pytest.raises(AccountEmpty):
        await till.hold(third.order_id)
    with pytest.raises(TenderNotOffered):
        await till.hold(third.order_id, tender="stamps")


async def test_rivals_for_one_wallet_share_what_is_in_it(till: Till) -> None:
    """PAY-R11, R14: many orders at once; nothing is spent twice, and nothing stays behind that somebody could have had."""
    orders = [(await till.place(3)).order_id for _ in range(8)]

    answers = await gather(*(till.hold(order_id, 1_500) for order_id in orders), return_exceptions=True)

    got = [one.amount.minor for one in answers if isinstance(one, PaymentView)]
    assert (sum(got), await till.purse()) == (FILLED["purse"], 0)
    assert all(isinstance(one, PaymentView | AccountEmpty) for one in answers)
    await gather(*(till.cancel(order_id) for order_id in orders))
    await gather(*(till.works() for _ in range(3)))
    assert await till.purse() == FILLED["purse"]


async def test_releasing_and_giving_back_happen_once_however_often_they_are_pushed(till: Till) -> None:
    """GEN-R11, R28: another worker does the same at the same time."""
    closed, paid = await till.place(3), await till.place(1)
    released = await till.hold(closed.order_id, 1_500)
    await till.hold(paid.order_id)
    await till.cancel(closed.order_id)
    refund_id = (await till.refund(paid.order_id)).refund_id
    means, tenders = means_of(till.market.clock), Tenders(TENDERS)
    release = answering(till.begin, release_held, means, tenders)
    to_account = answering(till.begin, give_back, means, tenders)

    for _ in range(2):
        await release(released.payment_id)
        await to_account(refund_id)
        await till.works()

    assert await till.purse() == FILLED["purse"]
    assert await till.books() | {"purse": 0} == dict.fromkeys(await till.books(), 0)


async def test_an_order_that_no_account_pays_asks_the_database_for_nothing_more(sqlite_path: Path) -> None:
    """A tender that nobody wants costs no statement, whether paying, closing or refunding."""
    async with open_till(Place("sqlite", str(sqlite_path))) as till:
        placed, unpaid = await till.place(2), await till.place(1)
        due = await till.start(placed.order_id)
        till.asked.clear()

        await till.pays(due)
        assert "payments.claim_of_order" not in till.asked and "orders.claim" in till.asked
        await till.refund(placed.order_id)
        await till.cancel(unpaid.order_id)
        await till.works()
        assert (await till.order(unpaid.order_id)).status is OrderStatus.CLOSED
        assert "refunds.claim" in till.asked and not [name for name in till.asked if "purses" in name]


async def test_an_attempt_that_stays_open_is_not_held_beside(till: Till) -> None:
    """PAY-R4, PAY-R6: it asks for all of it, and its provider does not say whether it can be closed."""
    placed = await till.place(3)
    due = await till.start(placed.order_id)
    till.provider.before["close"] = [OutcomeUnknown(gateway="sandbox")]

    with pytest.raises(AttemptOpen):
        await till.hold(placed.order_id, 500)
    assert (due.amount.minor, await till.purse()) == (3_800, FILLED["purse"])
    held = await till.hold(placed.order_id, 500)

    assert held.status is PaymentState.HELD and (await till.start(placed.order_id)).amount.minor == 3_300
