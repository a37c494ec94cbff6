"""A provider told one sum and took another: what finance may still do (PAY-R2, R5, R10)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from attrs import evolve

from retail_adapters.sql.audit import audit
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import RefundOrder
from retail_domain.payments import (
    CorrectRefund,
    NotSent,
    PaymentNotSuspect,
    PaymentView,
    RefundAside,
    RefundExceedsPayment,
    RefundNotConfirmed,
    RefundNotFound,
    RefundNotRetriable,
    RefundSnapshot,
    RefundState,
    RefundStatus,
    Rejected,
    RetryRefund,
)
from retail_domain.testing.orders import CLERK, units
from tests.support.counting_house import House, open_house
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, Place, place_of

TAKEN, TOLD = Money(2_500, "CNY"), Money(2_600, "CNY")  # 2,799 were due


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def house(place: Place) -> AsyncIterator[House]:
    """A house on an empty store."""
    async with open_house(place) as opened:
        yield opened


async def a_stuck_refund(house: House, told: Money = TOLD) -> tuple[PaymentView, RefundId]:
    """The provider took 25.00 and told another sum; finance sent that back, and the provider refused."""
    order = await house.order()
    view = await house.start(order)
    truth = house.provider.pay(view.payment_id.hex, amount=TAKEN)
    await house.tell(notice(evolve(truth, amount=told)))
    asked = await house.money.refund_aside(RefundAside(payment_id=view.payment_id, reason="wrong sum", actor=CLERK))
    house.provider.before["refund"] = [Rejected(gateway="sandbox", reason="more than was paid")]
    await house.work_off(seconds=1)
    assert "refund:rejected: more than was paid" in await house.suspects()
    return view, asked.refund_id


def correct(refund_id: RefundId, minor: int, currency: str = "CNY", once: Once | None = None) -> CorrectRefund:
    """Finance name another sum."""
    return CorrectRefund(
        refund_id=refund_id, amount=Money(minor, currency), reason="the notice was wrong", actor=CLERK, once=once
    )


@pytest.mark.parametrize("told", [TOLD, Money(2_500, "USD")])
async def test_the_sum_that_was_really_taken_goes_back_and_the_books_agree(house: House, told: Money) -> None:
    """PAY-R2, R5, R6, R10: what was told is forgotten, what was taken is counted, and nothing is left over."""
    view, stuck = await a_stuck_refund(house, told)

    answer = await house.money.correct_refund(correct(stuck, 2_500))
    await house.work_off(seconds=1)

    assert (answer.state, answer.amount) == ("requested", TAKEN)
    old, new = await house.money.show.refunds_of_order(view.order_id)
    assert (old.state, new.state, new.amount) == (RefundState.CLOSED, RefundState.SUCCEEDED, TAKEN)
    assert await house.suspects() == [] and await house.books() == {} and house.provider.moved() == 0


async def test_a_part_goes_back_and_the_rest_stays_visible(house: House) -> None:
    """R5, R10: pending and succeeded refunds never pass what was taken; the rest can follow."""
    view, stuck = await a_stuck_refund(house)

    await house.money.correct_refund(correct(stuck, 2_000))
    await house.work_off(seconds=1)
    assert len(await house.suspects()) == 1 and await house.books() == {"gateway:sandbox": 500, "suspense": -500}
    rest = await house.money.refund_aside(RefundAside(payment_id=view.payment_id, reason="the rest", actor=CLERK))
    await house.work_off(seconds=1)

    assert rest.amount == Money(500, "CNY")
    assert await house.suspects() == [] and house.provider.moved() == 0


@pytest.mark.parametrize(
    ("minor", "currency", "refusal"),
    [
        (2_501, "CNY", RefundExceedsPayment), (2_600, "CNY", RefundExceedsPayment), (0, "CNY", RefundExceedsPayment),
        (-1, "CNY", RefundExceedsPayment), (2_500, "USD", InvalidInput),
    ],
)  # fmt: skip
async def test_no_more_than_the_provider_took_and_nothing_changes(
    house: House, minor: int, currency: str, refusal: type[DomainError]
) -> None:
    """R5: the provider's word counts, not what is typed."""
    view, stuck = await a_stuck_refund(house)
    before = (await house.books(), await house.money.show.refunds_of_order(view.order_id))

    with pytest.raises(refusal):
        await house.money.correct_refund(correct(stuck, minor, currency))

    assert (await house.books(), await house.money.show.refunds_of_order(view.order_id)) == before


async def test_what_perhaps_went_back_is_not_sent_again(house: House) -> None:
    """R5, R12: a refund that the provider knows after all is its own answer."""
    view, stuck = await a_stuck_refund(house)
    ref = house.provider.calls and stuck.hex
    house.provider.refunds[ref] = RefundSnapshot(
        refund_ref=ref, payment_ref=view.payment_id.hex, status=RefundStatus.PENDING, amount=TOLD
    )

    with pytest.raises(RefundNotConfirmed) as refused:
        await house.money.correct_refund(correct(stuck, 2_500))

    assert refused.value.reason == "perhaps_refunded"


async def test_a_provider_that_does_not_know_of_the_money_or_does_not_answer_confirms_nothing(house: House) -> None:
    """R5, R10: it stays where it is, for a person to see."""
    view, stuck = await a_stuck_refund(house)
    charge = house.provider.charges.pop(view.payment_id.hex)

    with pytest.raises(RefundNotConfirmed):
        await house.money.correct_refund(correct(stuck, 2_500))
    house.provider.charges[view.payment_id.hex] = charge
    house.provider.before["query"] = [NotSent(gateway="sandbox")]
    with pytest.raises(NotSent):
        await house.money.correct_refund(correct(stuck, 2_500))

    assert "refund:rejected: more than was paid" in await house.suspects()


async def test_only_stuck_refunds_of_money_kept_aside_are_corrected(house: House) -> None:
    """R5: what an order gives back is the order's business."""
    with pytest.raises(RefundNotFound):
        await house.money.correct_refund(correct(RefundId(house.ids.new()), 1))
    order = await house.paid_order()
    await house.orders.refund(RefundOrder(order_id=order.id, reason="x", actor=CLERK, units=units(s1=1)))
    (asked,) = await house.money.show.refunds_of_order(order.id)
    with pytest.raises(RefundNotRetriable):
        await house.money.correct_refund(correct(asked.refund_id, 1))
    house.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
    await house.timers["push_refunds"]()
    with pytest.raises(PaymentNotSuspect):
        await house.money.correct_refund(correct(asked.refund_id, 1))


async def test_many_people_of_finance_at_once_send_it_back_once(house: House) -> None:
    """R5, R15: under one key all hear the same; under none, one of them is first."""
    _, stuck = await a_stuck_refund(house)
    wishes = [house.money.correct_refund(correct(stuck, 2_500)) for _ in range(6)]

    answers = await asyncio.gather(*wishes, return_exceptions=True)
    await house.work_off(seconds=1)

    assert sorted(type(one).__name__ for one in answers) == ["RefundAnswer"] + ["RefundNotRetriable"] * 5
    assert await house.suspects() == [] and await house.books() == {} and house.provider.moved() == 0


async def test_the_same_key_hears_the_same_answer(house: House) -> None:
    """R15, R17: also when the first answer was lost."""
    _, stuck = await a_stuck_refund(house)
    once = Once(principal="staff", operation="correct_refund", key="k", fingerprint="f")

    first = await house.money.correct_refund(correct(stuck, 2_500, once=once))
    house.clock.pass_(timedelta(minutes=1))
    second = await house.money.correct_refund(correct(stuck, 2_500, once=once))

    assert first == second


async def paid_after_its_correction(house: House, told: Money, other: int) -> tuple[PaymentView, RefundId]:
    """The provider refused a refund for good, finance sent another sum, and then the first one was paid after all."""
    view, stuck = await a_stuck_refund(house, told)
    fresh = await house.money.correct_refund(correct(stuck, other))
    paid = RefundSnapshot(
        refund_ref=stuck.hex, payment_ref=view.payment_id.hex, status=RefundStatus.SUCCEEDED, amount=told, provider_ref="R-1"
    )
    house.provider.refunds[stuck.hex] = paid
    await house.tell(notice(paid, "evt-late"))
    await house.work_off(days=1)
    assert house.provider.calls.count("refund") == 1 and "refund:refunded_before" in await house.suspects()
    return view, fresh.refund_id


@pytest.mark.parametrize(
    ("told", "other"), [(TOLD, 2_500), (TOLD, 100), (Money(2_500, "USD"), 2_500), (Money(900, "CNY"), 2_500)]
)
async def test_a_correction_whose_forerunner_was_paid_after_all_is_ended_by_a_retry(
    house: House, told: Money, other: int
) -> None:
    """R5, R6, R10, R12: what went back counts, the other sum is not sent, and who gave back more took at least as much."""
    view, fresh = await paid_after_its_correction(house, told, other)
    with pytest.raises(RefundNotConfirmed):
        await house.money.correct_refund(correct(fresh, 100))

    answer = await house.money.retry_refund(RetryRefund(refund_id=fresh, actor=CLERK))
    await house.work_off(days=1)

    assert (answer.state, answer.amount) == ("succeeded", told)
    old, new = await house.money.show.refunds_of_order(view.order_id)
    assert (old.state, new.state, old.trouble) == (RefundState.SUCCEEDED, RefundState.CLOSED, None)
    left = max(2_500 - told.minor, 0) if told.currency == "CNY" else 0
    assert await house.books() == ({"gateway:sandbox": left, "suspense": -left} if left else {})
    (shown,) = await house.money.show.of_order(view.order_id)
    assert shown.refunded == told and house.provider.calls.count("refund") == 1
    if hasattr(house.store, "database"):
        assert [one for one in await audit(house.store.database, at=house.clock.now()) if one.law != "R4"] == []


async def test_what_is_left_after_that_can_still_go_back(house: House) -> None:
    """R5: and no more than that."""
    view, fresh = await paid_after_its_correction(house, Money(900, "CNY"), 2_500)
    await house.money.retry_refund(RetryRefund(refund_id=fresh, actor=CLERK))

    rest = await house.money.refund_aside(RefundAside(payment_id=view.payment_id, reason="the rest", actor=CLERK))
    await house.work_off(seconds=1)

    assert rest.amount == Money(1_600, "CNY")
    assert house.provider.moved() == 0 and await house.books() == {}
