"""A process that does not know who is to be asked about money says so, marks it and lists it; it never just does nothing."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from retail_adapters.payments import counter_gateway
from retail_domain.application import Retail
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderStatus
from retail_domain.payments import (
    AttemptOpen,
    CorrectRefund,
    Flow,
    GatewayNotOffered,
    GatewayUnknownHere,
    MoneyState,
    PayFromAccount,
    PaymentState,
    RefreshPayment,
    RefundStage,
    Rejected,
    RetryRefund,
    StartPayment,
    TakeNotice,
    TenderNotOffered,
)
from retail_domain.processes.worker.due import Round
from tests.support.market import CLERK
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, Place, place_of
from tests.support.till import Till, open_till

SOURCE: Final = Path(__file__).parents[2] / "src"
PAGE: Final = PageRequest(100)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """A till on an empty store."""
    async with open_till(place) as opened:
        yield opened


def stranger(till: Till) -> Retail:
    """The worker of a process that was told of no gateway and no account."""
    return till.beside(till.mood, gateways={}, readers={}, tenders=())


async def rounds(shop: Retail) -> Mapping[str, Round]:
    """Every timer once."""
    return {name: await timer() for name, timer in shop.background.timers.items()}


async def waiting(till: Till) -> list[tuple[str, str, int]]:
    """What staff are shown: the gateway, what waits there, how much."""
    shown = (await till.retail.payments.show.waiting(PAGE)).items
    assert [one.since for one in shown] == sorted(one.since for one in shown)
    return sorted((one.gateway, "refund" if one.refund_id else "payment", one.amount.minor) for one in shown)


async def open_attempt(till: Till) -> OrderId:
    order_id = (await till.place(3)).order_id
    await till.start(order_id)
    return order_id


async def refund_to_send(till: Till) -> OrderId:
    order_id = (await till.place(3)).order_id
    await till.pays(await till.start(order_id))
    await till.refund(order_id)
    return order_id


async def money_that_came_late(till: Till) -> OrderId:
    order_id = (await till.place(3)).order_id
    view = await till.start(order_id)
    await till.cancel(order_id)
    await till.works(timedelta(hours=3))
    assert (await till.order(order_id)).status is OrderStatus.CLOSED
    till.provider.charges[view.payment_id.hex] = till.provider.pay(view.payment_id.hex)
    body = notice(till.provider.charges[view.payment_id.hex], "evt-late")
    await till.retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
    return order_id


async def held_and_unwanted(till: Till) -> OrderId:
    order_id = (await till.place(3)).order_id
    await till.hold(order_id, 1_500)
    await till.cancel(order_id)
    return order_id


async def refund_into_an_account(till: Till) -> OrderId:
    order_id = (await till.place(2)).order_id
    await till.hold(order_id)
    await till.refund(order_id)
    return order_id


CASES: Final = {
    open_attempt: [("sandbox", "payment", 3_800)],
    refund_to_send: [("sandbox", "refund", 1_000)],
    money_that_came_late: [("sandbox", "refund", 3_800)],
    held_and_unwanted: [("purse", "payment", 1_500)],
    refund_into_an_account: [("purse", "refund", 1_000)],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_a_worker_that_cannot_ask_fails_loudly_marks_it_and_lists_it_until_one_comes_that_can(
    till: Till, case: Any
) -> None:
    """PAY-R18, R10: whatever waits, for a provider or an account; and nothing of it counts as asked or sent."""
    order_id = await case(till)
    till.market.clock.pass_(timedelta(minutes=10))

    told = await rounds(stranger(till))

    assert await waiting(till) == CASES[case]
    failed = [failure for came in told.values() for failure in came.failed]
    assert len(failed) == 1 and failed[0].endswith("GatewayUnknownHere payment.gateway_unknown_here")
    assert all(one.tries == 0 for one in await till.refunds(order_id))

    till.market.clock.pass_(timedelta(minutes=10))
    await till.works()
    assert await waiting(till) == []
    await till.settles()


async def test_what_waits_for_an_unknown_gateway_is_shown_as_stuck_and_not_as_under_way(till: Till) -> None:
    """PAY-R18, RET-R11: in the order, in lists, and among refunds."""
    order_id = await refund_to_send(till)
    await rounds(stranger(till))

    show = till.retail.ordering.show
    (listed,) = (await show.all(PAGE)).items
    for back in ((await show.show(order_id)).given_back, listed.given_back):
        assert (back.under_way.minor, back.stuck.minor, back.done.minor) == (0, 1_000, 0)
    refunds = till.retail.payments.show.refunds
    by_stage = {stage: len((await refunds(PAGE, stage)).items) for stage in RefundStage}
    assert by_stage == {stage: int(stage is RefundStage.STUCK) for stage in RefundStage}

    await till.works(timedelta(minutes=1))
    assert (await show.show(order_id)).given_back.done.minor == 1_000


async def test_an_order_whose_gateway_is_unknown_is_closed_at_last_and_its_attempt_is_listed(till: Till) -> None:
    """PAY-R6, PAY-R18: nothing is held for ever; money that comes after all is late and goes back."""
    order_id = await open_attempt(till)
    other = stranger(till)
    for _ in range(8):
        till.market.clock.pass_(timedelta(hours=1))
        await rounds(other)

    assert (await till.order(order_id)).status is OrderStatus.CLOSED
    assert await waiting(till) == [("sandbox", "payment", 3_800)]
    await till.settles()
    assert await waiting(till) == []


async def test_money_kept_aside_keeps_its_own_reason(till: Till) -> None:
    """PAY-R18, PAY-R2: whose provider cannot be asked here is suspect all the same, and listed once, as such."""
    view = await till.start((await till.place(3)).order_id)
    body = notice(till.provider.pay(view.payment_id.hex, Money(9_000, "CNY")), "evt-more")
    await till.retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
    till.market.clock.pass_(timedelta(minutes=10))

    told = await rounds(stranger(till))

    assert len(told["poll_payments"].failed) == 1 and await waiting(till) == []
    (suspect,) = (await till.retail.payments.show.suspects(PAGE)).items
    assert suspect.reason == "amount"


async def test_money_that_is_here_already_needs_no_gateway(till: Till) -> None:
    """PAY-R8: what was recorded is applied by whoever comes."""
    order_id = (await till.place(3)).order_id
    view = await till.start(order_id)
    blind = till.beside()  # it does not know what the order took, so the money is recorded alone
    body = notice(till.provider.pay(view.payment_id.hex), "evt-1")
    await blind.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
    (payment,) = await till.payments(order_id)
    assert payment.money is MoneyState.UNAPPLIED
    till.market.clock.pass_(timedelta(minutes=10))

    await rounds(stranger(till))

    (payment,) = await till.payments(order_id)
    assert payment.money is MoneyState.APPLIED and await waiting(till) == []


async def test_whoever_asks_through_a_process_that_cannot_is_told_so(till: Till) -> None:
    """PAY-R18: refreshing, paying, retrying, correcting: a refusal of its own, never an answer as if all were well."""
    other, order_id = stranger(till), await open_attempt(till)
    (payment,) = await till.payments(order_id)
    stuck_of = await refund_to_send(till)
    till.provider.before["refund"] = [Rejected(gateway="sandbox", reason="blocked")]
    await till.works()
    (stuck,) = await till.refunds(stuck_of)

    start = StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR)
    calls = [
        other.payments.refresh(RefreshPayment(member_id=till.buyer.id, payment_id=payment.id)),
        other.payments.retry_refund(RetryRefund(refund_id=stuck.id, actor=CLERK)),
        other.payments.correct_refund(CorrectRefund(refund_id=stuck.id, amount=Money(900, "CNY"), reason="x", actor=CLERK)),
    ]
    for call in calls:
        with pytest.raises(GatewayUnknownHere):
            await call
    with pytest.raises(TenderNotOffered):
        await other.payments.pay_from_account(PayFromAccount(member_id=till.buyer.id, order_id=order_id, tender="purse"))
    with pytest.raises(GatewayNotOffered):
        await other.payments.start(start)


async def test_who_would_pay_another_way_while_the_first_gateway_is_unknown_finds_it_listed(till: Till) -> None:
    """PAY-R18, PAY-R6: the other attempt cannot be closed here, and staff see why."""
    order_id = await open_attempt(till)
    counter_only = till.beside(till.mood, gateways={"counter": counter_gateway("a secret that only tests know")})
    way = StartPayment(member_id=till.buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)

    with pytest.raises(AttemptOpen):
        await counter_only.payments.start(way)

    assert await waiting(till) == [("sandbox", "payment", 3_800)]
    (standing,) = await till.payments(order_id)
    assert standing.state is PaymentState.PENDING


# ---- the next one ----------------------------------------------------------------------------------------------------------

NAMED: Final = frozenset({"gateways", "readers", "tenders", "by_name", "reactions"})
"""Mappings whose keys come out of what is stored, or from outside."""
LOOKS: Final = {
    "offered": "refuses with GatewayNotOffered",
    "gateway_of": "refuses with GatewayUnknownHere",
    "knows": "answers whether",
    "take_notice": "refuses with GatewayNotFound",
    "of": "refuses with TenderNotOffered",
    "read": "refuses with InvalidInput, which names the setting",
    "deliver": "refuses with UnknownReaction, which is noted and at last parked",
}


def looks() -> Iterator[str]:
    """Each function of the domain that looks a name up in such a mapping."""
    for file in sorted((SOURCE / "retail_domain").rglob("*.py")):
        if "testing" in file.parts:
            continue
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_looks_up, ast.walk(function))):
                yield function.name


def _looks_up(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=where, attr="get")) | ast.Subscript(value=where, ctx=ast.Load()):
            return _name(where) in NAMED
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[where]):
            return _name(where) in NAMED
    return False


def _name(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def test_a_name_is_looked_up_only_where_an_unknown_one_is_said() -> None:
    """PAY-R18, R27: whoever adds a place that looks a stored name up says here what an unknown one comes to."""
    assert set(looks()) == set(LOOKS)
