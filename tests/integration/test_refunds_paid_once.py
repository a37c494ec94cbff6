"""No refund goes back twice, and whatever a provider says against what is known is shown (R5, R9, R10, R12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_adapters.sql.audit import audit
from retail_domain.kernel.change import Change
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import Order, RefundOrder
from retail_domain.payments import (
    CorrectRefund,
    GatewayError,
    NotSent,
    OutcomeUnknown,
    PaymentSnapshot,
    PaymentStatus,
    RefundAside,
    RefundNotConfirmed,
    RefundNotFound,
    RefundNotRetriable,
    RefundSnapshot,
    RefundState,
    RefundStatus,
    RefundView,
    Rejected,
    RetryRefund,
)
from retail_domain.payments.gateway import MerchantRef
from retail_domain.processes.money.refunds_heard import RefundTold, record_refund_answer
from retail_domain.processes.money.settlement import PaymentTold, record_answer
from retail_domain.processes.takings import our_takings
from retail_domain.testing.means import means_of
from retail_domain.testing.orders import CLERK, units
from tests.support.counting_house import House, open_house
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, Place, place_of

S = RefundStatus
PAGE = PageRequest(50)
MORE = Money(1_000, "CNY")  # 999 are due


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def house(place: Place) -> AsyncIterator[House]:
    """A house on an empty store."""
    async with open_house(place) as opened:
        yield opened


async def alarms(house: House) -> list[str]:
    """The laws that a live audit finds broken; memory has no audit of its own.

    Orders placed by hand do not split their freight over lines (R4).
    """
    database = getattr(house.store, "database", None)
    found = [] if database is None else await audit(database, at=house.clock.now())
    return [one.law for one in found if one.law != "R4"]


async def refunds_of(house: House, order: Order) -> list[RefundView]:
    """All refunds of an order, oldest first."""
    return list(await house.money.show.refunds_of_order(order.id))


async def a_sent_refund(house: House, becomes: RefundStatus = S.PENDING) -> tuple[Order, RefundView]:
    """One unit of a paid order is on its way back."""
    order = await house.paid_order()
    await house.orders.refund(RefundOrder(order_id=order.id, reason="x", actor=CLERK, units=units(s1=1)))
    house.provider.refund_becomes = becomes
    await house.timers["push_refunds"]()
    house.provider.refund_becomes = S.SUCCEEDED
    return order, (await refunds_of(house, order))[-1]


async def a_stuck_refund(house: House) -> tuple[Order, RefundView]:
    """The provider said that it needs attention."""
    order, sent = await a_sent_refund(house, S.NEEDS_ATTENTION)
    assert await house.suspects() == ["refund:needs_attention"]
    return order, sent


def retry(refund: RefundView, once: Once | None = None) -> RetryRefund:
    """Finance want it sent once more."""
    return RetryRefund(refund_id=refund.refund_id, actor=CLERK, once=once)


def says(house: House, refund: RefundView, **more: Any) -> RefundSnapshot:
    """What the provider says of it from now on, and its genuine word."""
    ref = refund.refund_id.hex
    house.provider.refunds[ref] = evolve(house.provider.refunds[ref], **more)
    return house.provider.refunds[ref]


async def odd(house: House) -> list[tuple[str, str, str]]:
    """The notices that staff are shown: what they are about, what they say, what became of them."""
    shown = (await house.money.show.odd_notices(PAGE)).items
    return [(one.ref, one.status, one.verdict.value) for one in shown]


# ---- sending once more -------------------------------------------------------------------------------------------------------


async def test_a_retry_of_what_went_back_after_all_records_it_and_sends_nothing(house: House) -> None:
    """R5, R12: the provider had told a wrong sum; asked, it says that it paid what was due."""
    order, sent = await a_sent_refund(house)
    await house.tell(notice(evolve(says(house, sent, status=S.SUCCEEDED), amount=MORE), "evt-r"))
    assert await house.suspects() == ["contradicted", "refund:amount"]

    answer = await house.money.retry_refund(retry(sent))
    await house.work_off(days=1)

    assert (answer.refund_id, answer.state) == (sent.refund_id, "succeeded")
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.SUCCEEDED]
    assert house.provider.calls.count("refund") == 1 and house.provider.moved() == 2_799 - 999
    assert (await house.books())["gateway:sandbox"] == 2_799 - 999
    assert await alarms(house) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": S.PENDING},
        {"status": S.NEEDS_ATTENTION},
        {"status": S.SUCCEEDED, "amount": MORE},
        {"status": S.NOT_FOUND, "amount": None},
        {"status": S.CLOSED, "payment_ref": "0" * 32},
        {"status": S.CLOSED, "refund_ref": "0" * 32},
        {"status": S.SUCCEEDED, "payment_ref": "0" * 32},
    ],
    ids=str,
)
async def test_what_was_perhaps_paid_is_not_sent_once_more(house: House, answer: dict[str, Any]) -> None:
    """R5, R12: neither as it is nor as another sum; it stays where staff see it."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, **answer)

    with pytest.raises(RefundNotConfirmed) as refused:
        await house.money.retry_refund(retry(stuck))
    await house.work_off(days=1)

    assert refused.value.reason == "perhaps_refunded"
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.NEEDS_ATTENTION]
    assert house.provider.calls.count("refund") == 1 and "refund:needs_attention" in await house.suspects()


@pytest.mark.parametrize("trouble", [NotSent(gateway="sandbox"), OutcomeUnknown(gateway="sandbox", reason="timeout")])
async def test_a_provider_that_does_not_answer_sends_nothing(house: House, trouble: GatewayError) -> None:
    """R12: what is not known is not assumed."""
    order, stuck = await a_stuck_refund(house)
    house.provider.before["query_refund"] = [trouble]

    with pytest.raises(GatewayError):
        await house.money.retry_refund(retry(stuck))

    assert [one.state for one in await refunds_of(house, order)] == [RefundState.NEEDS_ATTENTION]


async def test_what_the_provider_closed_for_good_is_sent_once_more(house: House) -> None:
    """RET-R6: under a new reference, once, also when many ask at once or ask again."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    once = Once(principal="staff", operation="retry_refund", key="k", fingerprint="f")

    tried = [house.money.retry_refund(retry(stuck)) for _ in range(4)]
    answers = await asyncio.gather(house.money.retry_refund(retry(stuck, once)), *tried, return_exceptions=True)
    await house.work_off(seconds=1)

    names = sorted(type(one).__name__ for one in answers)
    assert names == ["RefundAnswer"] + ["RefundNotRetriable"] * 4
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.CLOSED, RefundState.SUCCEEDED]
    assert house.provider.moved() == 2_799 - 999 and await alarms(house) == []


async def test_the_same_key_hears_the_same_answer_without_asking(house: House) -> None:
    """R15, R17."""
    _, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    once = Once(principal="staff", operation="retry_refund", key="k", fingerprint="f")

    first = await house.money.retry_refund(retry(stuck, once))
    asked = house.provider.calls.count("query_refund")
    house.provider.before["query_refund"] = [NotSent(gateway="sandbox")]
    again = await house.money.retry_refund(retry(stuck, once))

    assert first == again and house.provider.calls.count("query_refund") == asked


async def test_what_is_not_stuck_is_not_even_asked_about(house: House) -> None:
    """RET-R6."""
    _, sent = await a_sent_refund(house)
    asked = house.provider.calls.count("query_refund")

    with pytest.raises(RefundNotRetriable):
        await house.money.retry_refund(retry(sent))
    with pytest.raises(RefundNotFound):
        await house.money.retry_refund(evolve(retry(sent), refund_id=house.ids.new()))

    assert house.provider.calls.count("query_refund") == asked


async def test_another_sum_is_not_sent_either_while_the_first_may_be_paid_yet(house: House) -> None:
    """R5, R12: a refund of money kept aside that needs attention at the provider."""
    order = await house.order()
    view = await house.start(order)
    await house.pays(view, amount=Money(2_600, "CNY"))
    asked = await house.money.refund_aside(RefundAside(payment_id=view.payment_id, reason="wrong sum", actor=CLERK))
    house.provider.refund_becomes = S.NEEDS_ATTENTION
    await house.timers["push_refunds"]()

    with pytest.raises(RefundNotConfirmed):
        await house.money.correct_refund(
            CorrectRefund(refund_id=asked.refund_id, amount=Money(2_500, "CNY"), reason="less", actor=CLERK)
        )

    assert len(await refunds_of(house, order)) == 1


# ---- what contradicts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [S.CLOSED, S.NEEDS_ATTENTION, S.SUCCEEDED, S.PENDING])
async def test_a_success_that_is_taken_back_or_told_otherwise_changes_nothing_and_is_shown(
    house: House, status: RefundStatus
) -> None:
    """R8, R10: failure after success, and another sum after success."""
    _, sent = await a_sent_refund(house, S.SUCCEEDED)
    told = evolve(house.provider.refunds[sent.refund_id.hex], status=status)
    if status in (S.SUCCEEDED, S.PENDING):
        told = evolve(told, amount=MORE)
    before = await house.books()

    reply = await house.tell(notice(told, "evt-odd"))
    again = await house.tell(notice(told, "evt-odd"))

    assert (reply.status, again.status) == (200, 200)
    assert await odd(house) == [(sent.refund_id.hex, status.value, "contradicted")]
    assert await house.books() == before


async def test_old_news_of_a_refund_is_no_contradiction(house: House) -> None:
    """R8: what is overtaken or repeated is in no list."""
    _, sent = await a_sent_refund(house)
    pending = house.provider.refunds[sent.refund_id.hex]
    done = says(house, sent, status=S.SUCCEEDED)

    for number, told in enumerate((done, pending, done)):
        await house.tell(notice(told, f"evt-{number}"))

    assert await house.suspects() == []


@pytest.mark.parametrize("state", [S.PENDING, S.NEEDS_ATTENTION, S.SUCCEEDED])
async def test_a_notice_that_names_another_payment_is_not_believed(house: House, state: RefundStatus) -> None:
    """R9, R10: our refund, but somebody else's payment; signed or not, nothing changes, and staff see it."""
    order, sent = await a_sent_refund(house, state)
    other = await house.paid_order()
    (payment,) = await house.money.show.of_order(other.id)
    told = house.provider.refunds[sent.refund_id.hex]
    before, books = await refunds_of(house, order), await house.books()

    for number, status in enumerate((S.SUCCEEDED, S.CLOSED)):
        await house.tell(notice(evolve(told, status=status, payment_ref=payment.payment_id.hex), f"evt-{number}"))

    assert await refunds_of(house, order) == before and await house.books() == books
    assert [verdict for _, _, verdict in await odd(house)] == ["contradicted", "contradicted"]


async def test_what_names_another_payment_is_no_alarm_when_the_refund_fails_later(house: House) -> None:
    """R9, R12: neither a notice nor an answer of that kind says that this refund was paid; staff see both."""
    order, sent = await a_sent_refund(house)
    other = await house.paid_order()
    (payment,) = await house.money.show.of_order(other.id)
    wrong = evolve(says(house, sent), status=S.SUCCEEDED, payment_ref=MerchantRef(payment.payment_id.hex))
    await house.tell(notice(wrong, "evt-wrong"))
    record = deciding(house.store.begin, record_refund_answer, means_of(house.clock, house.ids))
    await record(RefundTold(refund_id=sent.refund_id, snapshot=wrong))
    await house.tell(notice(says(house, sent, status=S.CLOSED), "evt-closed"))
    await house.work_off(days=1)

    assert [one.state for one in await refunds_of(house, order)] == [RefundState.CLOSED, RefundState.SUCCEEDED]
    assert await odd(house) == [(sent.refund_id.hex, "succeeded_of_another", "contradicted")] * 2
    assert house.provider.moved() == 2 * 2_799 - 999 and await alarms(house) == []


async def test_a_refund_that_was_replaced_and_paid_all_the_same_is_booked_shown_and_found(house: House) -> None:
    """R5, R6, R10, R12: the provider broke its word; what left twice is missing in suspense, in the list, in the audit."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))
    await house.timers["push_refunds"]()
    assert await alarms(house) == []

    await house.tell(notice(says(house, stuck, status=S.SUCCEEDED), "evt-late"))
    await house.tell(notice(says(house, stuck, status=S.SUCCEEDED), "evt-late-again"))

    old, new = await refunds_of(house, order)
    assert (old.state, old.trouble, new.state) == (RefundState.CLOSED, "paid_after_all", RefundState.SUCCEEDED)
    assert await odd(house) == [(old.refund_id.hex, "succeeded", "contradicted")]
    books = await house.books()
    assert house.provider.moved() == 2_799 - 2 * 999 == books["gateway:sandbox"]
    assert books["suspense"] == 999 and sum(books.values()) == 0
    assert (await alarms(house) == ["R12"]) == hasattr(house.store, "database")


async def test_another_sum_of_a_refund_that_was_replaced_is_not_booked_but_found(house: House) -> None:
    """R10, R12: nobody knows how much left, only that something did."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))
    await house.timers["push_refunds"]()
    before = await house.books()

    await house.tell(notice(evolve(says(house, stuck), status=S.SUCCEEDED, amount=MORE), "evt-late"))

    assert await house.books() == before and await odd(house) == [(stuck.refund_id.hex, "succeeded", "contradicted")]
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.CLOSED, RefundState.SUCCEEDED]
    assert (await alarms(house) == ["R12"]) == hasattr(house.store, "database")


async def test_a_refund_that_was_paid_all_the_same_makes_an_unsent_one_needless(house: House) -> None:
    """R5, R12: known in time, the sum does not go back a second time, and nothing is amiss."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))

    await house.tell(notice(says(house, stuck, status=S.SUCCEEDED), "evt-late"))
    await house.work_off(days=1)

    old, new = await refunds_of(house, order)
    assert (old.state, new.state) == (RefundState.SUCCEEDED, RefundState.CLOSED)
    assert house.provider.moved() == 2_799 - 999 == (await house.books())["gateway:sandbox"]
    assert await odd(house) == [(old.refund_id.hex, "succeeded", "contradicted")]
    (view,) = await house.money.show.of_order(order.id)
    assert view.refunded == Money(999, "CNY") and await alarms(house) == []


async def test_a_stuck_refund_whose_forerunner_was_paid_all_the_same_is_not_sent_a_third_time(house: House) -> None:
    """R5, R12: the second one was refused; when finance ask, the first one counts, and everything is right again."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))
    house.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
    await house.timers["push_refunds"]()
    await house.tell(notice(says(house, stuck, status=S.SUCCEEDED), "evt-late"))
    second = (await refunds_of(house, order))[-1]

    answer = await house.money.retry_refund(retry(second))
    await house.work_off(days=1)

    assert (answer.refund_id, answer.state) == (stuck.refund_id, "succeeded")
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.SUCCEEDED, RefundState.CLOSED]
    assert house.provider.moved() == 2_799 - 999 == (await house.books())["gateway:sandbox"]
    assert await alarms(house) == []


async def a_replacement_on_its_way(house: House, *, reached: bool) -> tuple[Order, RefundView, RefundView]:
    """A refund that its provider closed, and the one in its place: sent once, with or without having reached the provider."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))
    house.provider.before["refund"] = [] if reached else [NotSent(gateway="sandbox")]
    house.provider.refund_becomes = S.PENDING
    await house.timers["push_refunds"]()
    house.provider.refund_becomes = S.SUCCEEDED
    old, new = await refunds_of(house, order)
    assert (old.state, new.state) == (RefundState.CLOSED, RefundState.PENDING)
    return order, old, new


async def test_a_replacement_that_did_not_get_through_is_not_sent_once_the_first_is_known_as_paid(house: House) -> None:
    """R5, R12: it may have been sent, so it waits for a person; asked, the provider knows nothing, and the first one counts."""
    order, old, new = await a_replacement_on_its_way(house, reached=False)
    sent = house.provider.calls.count("refund")
    await house.tell(notice(says(house, old, status=S.SUCCEEDED), "evt-late"))
    await house.work_off(days=1)

    assert house.provider.calls.count("refund") == sent and house.provider.moved() == 2_799 - 999
    assert await house.suspects() == ["contradicted", "refund:refunded_before"]

    answer = await house.money.retry_refund(retry(new))
    await house.work_off(days=1)

    assert (answer.refund_id, answer.state) == (old.refund_id, "succeeded")
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.SUCCEEDED, RefundState.CLOSED]
    assert house.provider.moved() == 2_799 - 999 == (await house.books())["gateway:sandbox"]
    assert await alarms(house) == []


async def test_a_stopped_replacement_that_may_be_paid_yet_is_not_decided_by_a_retry(house: House) -> None:
    """R5, R12: the provider has it pending; when it is paid, too, that is booked for what it is."""
    order, old, new = await a_replacement_on_its_way(house, reached=True)
    await house.tell(notice(says(house, old, status=S.SUCCEEDED), "evt-late"))

    with pytest.raises(RefundNotConfirmed) as refused:
        await house.money.retry_refund(retry(new))
    assert refused.value.reason == "perhaps_refunded"
    says(house, new, status=S.SUCCEEDED)
    await house.money.retry_refund(retry(new))

    assert [one.state for one in await refunds_of(house, order)] == [RefundState.CLOSED, RefundState.SUCCEEDED]
    books = await house.books()
    assert house.provider.moved() == 2_799 - 2 * 999 == books["gateway:sandbox"] and books["suspense"] == 999


async def test_a_stopped_replacement_that_fails_is_not_replaced_since_the_first_was_paid(house: House) -> None:
    """R5, RET-R6: what surely failed is sent anew, but not if the same money went back before."""
    order, old, new = await a_replacement_on_its_way(house, reached=True)
    await house.tell(notice(says(house, old, status=S.SUCCEEDED), "evt-late"))
    await house.tell(notice(says(house, new, status=S.CLOSED), "evt-closed"))
    await house.work_off(days=1)

    assert [one.state for one in await refunds_of(house, order)] == [RefundState.SUCCEEDED, RefundState.CLOSED]
    assert house.provider.moved() == 2_799 - 999 == (await house.books())["gateway:sandbox"]
    assert await alarms(house) == []


async def test_a_replacement_that_went_on_beside_a_paid_one_is_stopped_before_it_is_sent(house: House) -> None:
    """R5, R12: as shops may have it from a release that did not stop it."""
    order, old, new = await a_replacement_on_its_way(house, reached=False)
    await house.tell(notice(says(house, old, status=S.SUCCEEDED), "evt-late"))
    async with house.store.begin() as work:
        stopped = (await work.refunds.claim([new.refund_id]))[new.refund_id]
        again = evolve(stopped, state=RefundState.PENDING, trouble=None, next_try_at=house.clock.now())
        work.refunds.save(Change(stopped, again))
        await work.commit()
    await house.work_off(days=1)

    assert [one.trouble for one in await refunds_of(house, order)] == ["paid_after_all", "refunded_before"]
    assert house.provider.moved() == 2_799 - 999


async def test_an_answer_that_contradicts_is_kept_where_notices_are_shown(house: House) -> None:
    """R10: not only what providers tell of themselves, also what they say when asked; said again, it is shown once."""
    order, stuck = await a_stuck_refund(house)
    record = deciding(house.store.begin, record_refund_answer, means_of(house.clock, house.ids))
    told = RefundTold(refund_id=stuck.refund_id, snapshot=evolve(says(house, stuck), status=S.PENDING, amount=MORE))
    (payment,) = await house.money.show.of_order(order.id)
    paid = PaymentSnapshot(ref=payment.payment_id.hex, status=PaymentStatus.SUCCEEDED, amount=Money(1, "CNY"))

    for _ in range(2):
        await record(told)
        house.clock.pass_(timedelta(minutes=1))
    await deciding(house.store.begin, record_answer, means_of(house.clock, house.ids), our_takings())(
        PaymentTold(payment_id=payment.payment_id, snapshot=paid, actor=CLERK)
    )

    assert await odd(house) == [
        (stuck.refund_id.hex, "pending", "contradicted"), (payment.payment_id.hex, "succeeded", "contradicted"),
    ]  # fmt: skip


async def test_an_answer_about_another_attempt_pays_nothing(house: House) -> None:
    """R9: whatever an adapter hands in, it must be about the attempt that was asked after."""
    order = await house.order()
    view = await house.start(order)
    record = deciding(house.store.begin, record_answer, means_of(house.clock, house.ids), our_takings())
    other = PaymentSnapshot(ref="0" * 32, status=PaymentStatus.SUCCEEDED, amount=view.amount, provider_ref="P-other")

    await record(PaymentTold(payment_id=view.payment_id, snapshot=other, actor=CLERK))

    assert (await house.see(order)).awaits_payment and await house.suspects() == ["contradicted"]


async def test_two_refunds_that_went_back_as_one_deal_of_the_provider_are_found(house: House) -> None:
    """R12: the provider paid once, and two refunds say that they were it."""
    _, first = await a_sent_refund(house)
    _, second = await a_sent_refund(house)
    for one in (first, second):
        says(house, one, status=S.SUCCEEDED, provider_ref="R-ONE")
    await house.work_off(minutes=5)

    assert [house.provider.refunds[one.refund_id.hex].status for one in (first, second)] == [S.SUCCEEDED] * 2
    assert await alarms(house) == ["R12-deals"] * 2 * hasattr(house.store, "database")


async def test_a_refund_that_counts_again_keeps_the_name_of_its_deal(house: House) -> None:
    """R10, R12: another deal that is told of it is shown, and another refund by the same deal is found."""
    order, stuck = await a_stuck_refund(house)
    says(house, stuck, status=S.CLOSED)
    await house.money.retry_refund(retry(stuck))
    await house.tell(notice(says(house, stuck, status=S.SUCCEEDED, provider_ref="R-ONE"), "evt-late"))
    assert [one.state for one in await refunds_of(house, order)] == [RefundState.SUCCEEDED, RefundState.CLOSED]

    await house.tell(notice(evolve(says(house, stuck), provider_ref="R-TWO"), "evt-later"))
    _, second = await a_sent_refund(house)
    says(house, second, status=S.SUCCEEDED, provider_ref="R-ONE")
    await house.work_off(minutes=5)

    assert await odd(house) == [(stuck.refund_id.hex, "succeeded", "contradicted")] * 2
    assert await alarms(house) == ["R12-deals"] * 2 * hasattr(house.store, "database")
