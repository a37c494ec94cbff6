"""Whoever was told "unavailable, try again" is decided anew when he tries again, also under the same key (R17)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import fields, frozen

from retail_adapters.assemble import on_database
from retail_domain.kernel.errors import DomainError, Kind, NeedsOwnTransaction
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderPaymentOverdue, RepriceOrder
from retail_domain.payments import (
    CorrectRefund,
    Flow,
    GatewayError,
    MoneyState,
    NotSent,
    PayFromAccount,
    PaymentState,
    PaymentStatus,
    PaymentView,
    RefreshPayment,
    RefundAside,
    Rejected,
    RetryRefund,
    StartPayment,
    TakeBackHeld,
)
from retail_domain.processes.money.paying import FoundDecided, keep_found
from retail_domain.testing.means import means_of
from tests.support.market import CLERK
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, Place, place_of
from tests.support.till import Till, open_till

ONCE: Final = Once(principal="buyer", operation="anything", key="K", fingerprint="body")
Call = Callable[[], Awaitable[Any]]


def every(kind: type[GatewayError]) -> set[type[GatewayError]]:
    """This word of a provider and all below it."""
    return {kind}.union(*(every(one) for one in kind.__subclasses__()))


UNAVAILABLE: Final = sorted((one for one in every(GatewayError) if one.kind is Kind.UNAVAILABLE), key=lambda one: one.__name__)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """A till on an empty store."""
    async with open_till(place) as opened:
        yield opened


# ---- the calls that go outside, each ready to be made again ------------------------------------------------------------------


async def start(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    wish = StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR, once=ONCE)
    return lambda: till.retail.payments.start(wish)


async def start_another_way(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    await till.start(order_id)
    wish = StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_PAGE, once=ONCE)
    return lambda: till.retail.payments.start(wish)


async def pay_from_account(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    await till.start(order_id)
    wish = PayFromAccount(member_id=till.buyer.id, order_id=order_id, tender="purse", once=ONCE)
    return lambda: till.retail.payments.pay_from_account(wish)


async def take_back(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    await till.hold(order_id, 1_000)
    await till.start(order_id)
    wish = TakeBackHeld(member_id=till.buyer.id, order_id=order_id, tender="purse", once=ONCE)
    return lambda: till.retail.payments.take_back(wish)


async def refresh(till: Till) -> Call:
    view = await till.start((await till.place(3)).order_id)
    till.provider.pay(view.payment_id.hex)
    wish = RefreshPayment(member_id=till.buyer.id, payment_id=view.payment_id, once=ONCE)

    async def after_a_moment() -> PaymentView:
        till.market.clock.pass_(timedelta(seconds=5))
        return await till.retail.payments.refresh(wish)

    return after_a_moment


async def retry(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    await till.pays(await till.start(order_id))
    await till.refund(order_id)
    till.provider.before["refund"] = [Rejected(gateway="sandbox", reason="account closed")]
    await till.works()
    (stuck,) = await till.refunds(order_id)
    return lambda: till.retail.payments.retry_refund(RetryRefund(refund_id=stuck.id, actor=CLERK, once=ONCE))


async def correct(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    view = await till.start(order_id)
    told = till.provider.pay(view.payment_id.hex, Money(9_000, "CNY"))
    await till.retail.payments.take_notice(till_notice(told))
    till.provider.before["refund"] = [Rejected(gateway="sandbox", reason="more than was paid")]
    await till.retail.payments.refund_aside(RefundAside(payment_id=view.payment_id, reason="x", actor=CLERK))
    await till.works()
    (stuck,) = await till.refunds(order_id)
    wish = CorrectRefund(refund_id=stuck.id, amount=Money(8_000, "CNY"), reason="x", actor=CLERK, once=ONCE)
    return lambda: till.retail.payments.correct_refund(wish)


async def reprice(till: Till) -> Call:
    order_id = (await till.place(3)).order_id
    await till.start(order_id)
    wish = RepriceOrder(order_id=order_id, payable_minor=3_500, reason="x", actor=CLERK, once=ONCE)
    return lambda: till.retail.ordering.reprice(wish)


def till_notice(told: Any) -> Any:
    from retail_domain.payments import TakeNotice

    return TakeNotice(gateway="sandbox", headers={}, body=notice(told, "evt-more"))


def is_begun(answer: PaymentView) -> bool:
    return answer.status is PaymentState.PENDING and answer.action is not None


def is_under_way(answer: Any) -> bool:
    return bool(answer.state == "requested")


@frozen
class Case:
    """A use case that asks a provider: how it is made ready, what it asks, what it answers when all is well."""

    ready: Callable[[Till], Awaitable[Call]]
    verbs: tuple[str, ...]
    is_well: Callable[[Any], bool]


CASES: Final = {
    "start": (
        Case(start, ("begin",), is_begun),
        Case(start_another_way, ("close", "begin"), is_begun),
    ),
    "pay_from_account": (Case(pay_from_account, ("close",), lambda answer: answer.status is PaymentState.HELD
                              or answer.money is MoneyState.APPLIED),),
    "take_back": (Case(take_back, ("close",), lambda answer: answer.status is PaymentState.CLOSED),),
    "refresh": (Case(refresh, ("query",), lambda answer: answer.money is MoneyState.APPLIED),),
    "reprice": (Case(reprice, ("close",), lambda answer: answer.payable == Money(3_500, "CNY")),),
    "retry_refund": (Case(retry, ("query_refund",), is_under_way),),
    "correct_refund": (Case(correct, ("query", "query_refund"), is_under_way),),
}  # fmt: skip

ASKS_NOBODY: Final = {
    "send_code": "answers the same whatever the sender of messages says (ACC-R5)",
    "log_in_with_code": "asks nobody; hashes outside of a host's transaction",
    "log_in_with_password": "the same",
    "register": "the same",
    "reset_password": "the same",
    "change_phone": "the same",
    "change_password": "the same, and has no key",
    "authenticate_key": "asks nobody; counts wrong ones and notes uses in units of their own, and is asked under no key",
    "add": "asks where files lie, not a provider; test_pictures_survive.py tries it",
    "add_goods": "the same",
    "close": "hashes, as logging in does; a member's account",
    "take_notice": "is asked by a provider, and has no key",
}

TRIED: Final = [
    pytest.param(case, verb, trouble, moment, id=f"{case.ready.__name__}-{verb}-{moment}-{trouble.__name__}")
    for cases in CASES.values() for case in cases for verb in case.verbs
    for trouble in UNAVAILABLE for moment in ("before", "after")
]  # fmt: skip


@pytest.mark.parametrize(("case", "verb", "trouble", "moment"), TRIED)
async def test_a_repeat_under_the_same_key_is_decided_anew(
    till: Till, case: Case, verb: str, trouble: type[GatewayError], moment: str
) -> None:
    """R17: nothing that was said while the provider was away is kept as the answer; the first real answer is."""
    call = await case.ready(till)
    failing = till.provider.before if moment == "before" else till.provider.after
    failing[verb] = [trouble(gateway="sandbox"), trouble(gateway="sandbox")]
    for _ in range(2):
        with pytest.raises(DomainError):
            await call()
    assert not failing[verb]

    answer = await call()

    assert case.is_well(answer), answer
    assert await call() == answer


async def test_what_was_refused_is_decided_anew_as_well(till: Till) -> None:
    """R17: a refusal burns no key either, and leaves no failed attempt for an answer."""
    call = await start(till)
    till.provider.before["begin"] = [Rejected(gateway="sandbox", reason="card")]
    with pytest.raises(Rejected):
        await call()

    assert is_begun(await call())


async def test_whose_twin_gave_the_attempt_up_is_told_to_try_again(till: Till) -> None:
    """R17: of two at once the one whose call arrived meets an attempt that the other one has given up."""
    call = await start(till)

    async def twin_fails_meanwhile() -> None:
        till.provider.before["begin"] = [NotSent(gateway="sandbox")]
        with pytest.raises(NotSent):
            await call()

    till.provider.on_begin = twin_fails_meanwhile
    with pytest.raises(NotSent):
        await call()

    assert is_begun(await call())


async def test_whose_twin_was_answered_with_another_attempt_is_answered_with_that_one(till: Till) -> None:
    """R17: the first attempt was closed before its beginning was recorded, and the twin began anew: one key, one answer."""
    call = await start(till)
    told: list[PaymentView] = []

    async def closed_and_begun_anew() -> None:
        (first,) = await till.payments(till.orders[-1])
        await till.retail.payments.take_notice(till_notice(await till.provider.close(first.ref)))
        told.append(await call())

    till.provider.on_begin = closed_and_begun_anew
    answer = await call()

    assert is_begun(told[0]) and answer.payment_id == told[0].payment_id == (await call()).payment_id


async def test_whoever_finds_the_attempt_begun_by_a_twin_keeps_that_under_the_key(till: Till) -> None:
    """R17: the twin began it between two steps of this request; once it is over, a repeat begins no other."""
    call = await start(till)
    order_id = till.orders[-1]
    await till.retail.payments.start(
        StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
    )
    (begun,) = await till.payments(order_id)
    find = deciding(till.begin, keep_found, means_of(till.market.clock))
    found = await find(FoundDecided(payment_id=begun.id, chosen_under=ONCE))
    await till.retail.payments.take_notice(till_notice(await till.provider.close(begun.ref)))

    again = await call()

    assert (found.payment_id, again.payment_id) == (begun.id, begun.id)
    assert [one.id for one in await till.payments(order_id)] == [begun.id]


async def test_an_answer_that_came_with_the_money_is_kept(till: Till) -> None:
    """R17, PAY-R8: paid at once; asked again under the key, the same."""
    call = await start(till)
    till.provider.begins_as = PaymentStatus.SUCCEEDED

    answer = await call()

    assert answer.money is MoneyState.APPLIED and (await call()).payment_id == answer.payment_id


async def test_a_key_whose_order_ran_out_meanwhile_is_refused_and_not_answered_as_failed(till: Till) -> None:
    """R17: anew means by the state of now."""
    call = await start(till)
    till.provider.before["begin"] = [NotSent(gateway="sandbox")]
    with pytest.raises(NotSent):
        await call()
    till.market.clock.pass_(timedelta(days=1))

    with pytest.raises(OrderPaymentOverdue):
        await call()


class NoDatabase:
    """Nobody asks it anything."""

    has_one_writer = False


async def test_every_use_case_that_goes_outside_is_tried_here() -> None:
    """R17: one that is added and says so (it may not run in a host's transaction) fails this until it has a row."""
    joined, found = on_database(NoDatabase(), own_transactions=False), set()  # type: ignore[arg-type]
    for facade in (getattr(joined, one.name) for one in fields(type(joined))):
        for name in getattr(type(facade), "__attrs_attrs__", ()):
            call = getattr(facade, name.name)
            if callable(call) and await _goes_outside(call):
                found.add(name.name)

    assert found == set(CASES) | set(ASKS_NOBODY)


async def _goes_outside(call: Callable[..., Any]) -> bool:
    try:
        await call(None)
    except NeedsOwnTransaction:
        return True
    except Exception:
        return False
    return False
