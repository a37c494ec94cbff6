"""Refunds through the real adapter and a provider that is another process: wrong words, second thoughts, other names."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.ids import RefundId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import RefundOrder, Units
from retail_domain.payments import PaymentView, RefundState, RefundView, RetryRefund, TakeNotice
from retail_entrypoints.simulators.sandbox.settings import DEVELOPMENT_SEED
from retail_entrypoints.simulators.sandbox.wire import Seal
from tests.support.market import CLERK
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop, open_shop, told
from tests.support.stores import STORES, Place, place_of

PAGE = PageRequest(50)
SEAL = Seal(DEVELOPMENT_SEED)


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place, provider: Sandbox) -> AsyncIterator[Shop]:
    """A whole shop; each test ends with books that say what the provider says, and a clean audit (R6, R43)."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop
        taken = [one for one in provider.payments() if one["status"] == "succeeded"]
        held = sum(one["amount"]["minor"] - one["refunded"]["minor"] for one in taken)
        assert (await shop.books()).get("gateway:sandbox", 0) == held
        if place.kind != "memory":
            await shop.is_clean()


async def a_pending_refund(shop: Shop) -> tuple[PaymentView, RefundView]:
    """Three units for 10.00 each were paid; one of them is on its way back."""
    tea, buyer = await shop.goods("tea"), await shop.buyer()
    placed, view = await shop.paid_order(buyer, (tea, 3))
    shop.sandbox.refunds_become("pending")
    await shop.retail.ordering.refund(RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),)))
    await shop.works()
    shop.sandbox.refunds_become("succeeded")
    (refund,) = await shop.retail.payments.show.refunds_of_order(placed.order_id)
    assert refund.state is RefundState.PENDING
    return view, refund


async def hears_last(shop: Shop) -> int:
    """The provider's newest notice arrives; what it was answered."""
    return (await shop.hears(shop.notice(shop.sandbox.notices()[-1]["event_id"]))).status


def resigned(genuine: TakeNotice, change: Callable[[dict[str, Any]], None]) -> TakeNotice:
    """The provider's own signature under other words, as a new event."""
    document = json.loads(genuine.body)
    document["event_id"] = f"evt_{secrets.token_hex(12)}"
    change(document)
    body, headers = json.dumps(document).encode(), dict(genuine.headers)
    signed = SEAL.of_notice(secrets.token_hex(16), int(headers["sandbox-timestamp"]), body)
    return evolve(genuine, body=body, headers={**headers, **signed})


async def retried(shop: Shop, id: RefundId) -> Any:
    """What staff are told who send it once more."""
    return await told(shop.retail.payments.retry_refund(RetryRefund(refund_id=id, actor=CLERK)))


def paid_back(shop: Shop, view: PaymentView) -> list[tuple[str, int]]:
    """The refunds of a payment as the provider sees them."""
    return [(one["status"], one["amount"]["minor"]) for one in shop.sandbox.refunds(view.payment_id.hex)]


async def states(shop: Shop, view: PaymentView) -> list[RefundState]:
    """The refunds of a payment as the shop sees them."""
    return [one.state for one in await shop.retail.payments.show.refunds_of_order(view.order_id)]


async def odd(shop: Shop) -> list[tuple[str, str]]:
    """The notices that staff are shown."""
    shown = (await shop.retail.payments.show.odd_notices(PAGE)).items
    return [(one.verdict.value, one.status) for one in shown]


async def test_a_refund_told_with_a_wrong_sum_goes_back_once_though_staff_send_it_again(shop: Shop) -> None:
    """R5, R12, R10: the notice says one cent more; asked by the retry, the provider says what it paid."""
    view, refund = await a_pending_refund(shop)
    shop.sandbox.arm("wrong amount", on="notice")
    shop.sandbox.settle_refund(refund.refund_id.hex, "succeed")
    assert await hears_last(shop) == 200
    (stuck,) = (await shop.retail.payments.show.stuck_refunds(PAGE)).items
    assert (stuck.trouble, await odd(shop)) == ("amount", [("contradicted", "succeeded")])

    await retried(shop, refund.refund_id)
    await shop.works()

    assert paid_back(shop, view) == [("succeeded", 1_000)]
    assert await states(shop, view) == [RefundState.SUCCEEDED]
    assert (await shop.retail.payments.show.stuck_refunds(PAGE)).items == ()


async def test_a_refund_that_needs_attention_and_is_paid_later_goes_back_once(shop: Shop) -> None:
    """R5, R12: while the provider may still pay it, nobody sends it again; its success is simply recorded."""
    view, refund = await a_pending_refund(shop)
    shop.sandbox.settle_refund(refund.refund_id.hex, "need-attention")
    await hears_last(shop)

    refused = await retried(shop, refund.refund_id)
    await shop.works()
    meanwhile = await states(shop, view)
    shop.sandbox.settle_refund(refund.refund_id.hex, "succeed")
    await hears_last(shop)

    assert refused.code == "refund.not_confirmed" and meanwhile == [RefundState.NEEDS_ATTENTION]
    assert paid_back(shop, view) == [("succeeded", 1_000)]
    assert await states(shop, view) == [RefundState.SUCCEEDED]
    assert await odd(shop) == []


async def test_a_provider_that_cannot_be_asked_sends_nothing_again(shop: Shop) -> None:
    """R12: no answer is no leave to pay."""
    view, refund = await a_pending_refund(shop)
    shop.sandbox.settle_refund(refund.refund_id.hex, "need-attention")
    await hears_last(shop)
    shop.sandbox.arm("500", on="query_refund", count=9)

    refused = await retried(shop, refund.refund_id)
    await shop.works()

    assert refused.code.startswith("gateway.") and len(paid_back(shop, view)) == 1
    shop.sandbox.control("DELETE", "faults")


async def test_a_refund_notice_that_names_another_payment_is_not_believed(shop: Shop) -> None:
    """R9, R10: correctly signed, our reference, but another order's payment: shown, and nothing else."""
    view, refund = await a_pending_refund(shop)
    cup, buyer = await shop.goods("cup"), await shop.buyer(2)
    _, other = await shop.paid_order(buyer, (cup, 1))
    shop.sandbox.settle_refund(refund.refund_id.hex, "need-attention")
    genuine = shop.notice(shop.sandbox.notices()[-1]["event_id"])

    def of_another(document: dict[str, Any]) -> None:
        document["kind"] = "refund.succeeded"
        document["refund"] |= {"status": "succeeded", "payment_ref": other.payment_id.hex}

    reply = await shop.hears(resigned(genuine, of_another))

    assert reply.status == 200
    assert await states(shop, view) == [RefundState.PENDING]
    assert await odd(shop) == [("contradicted", "succeeded_of_another")]


@pytest.mark.parametrize("subject", ["payment", "refund"])
async def test_a_notice_about_somebody_elses_money_is_refused(shop: Shop, subject: str) -> None:
    """R9, GEN-R23: the envelope is ours, what lies in it is another merchant's; or two things lie in it at once.

    The first is refused; the second is genuine, so it is acknowledged and shown to staff, and nothing is done by it.
    """
    view, refund = await a_pending_refund(shop)
    shop.sandbox.settle_refund(refund.refund_id.hex, "need-attention")
    notices = {one["kind"].partition(".")[0]: one["event_id"] for one in shop.sandbox.notices()}
    genuine, other = shop.notice(notices[subject]), shop.notice(notices["payment" if subject == "refund" else "refund"])

    def of_another_merchant(document: dict[str, Any]) -> None:
        document[subject]["merchant"] = "another-shop"

    def of_two(document: dict[str, Any]) -> None:
        document.update({name: told for name, told in json.loads(other.body).items() if name in ("payment", "refund")})

    replies = [await shop.hears(resigned(genuine, change)) for change in (of_another_merchant, of_two)]

    assert [reply.status for reply in replies] == [400, 200]
    assert await states(shop, view) == [RefundState.PENDING]
    assert await odd(shop) == [("contradicted", "unreadable")]
