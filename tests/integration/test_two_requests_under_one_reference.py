"""A provider refuses another request under a reference that it knows; what it knows may be paid all the same (R10, R12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_domain.kernel.once import KeyReused, Once
from retail_domain.ordering import CancelOrder, OrderIsClosing, OrderWrongState, PaymentAxis
from retail_domain.payments import (
    Flow,
    MoneyState,
    NotSent,
    OutcomeUnknown,
    PaymentState,
    ReferenceConflict,
    StartPayment,
    TakeNotice,
)
from tests.support.pretend_gateway import notice
from tests.support.stores import STORES, place_of
from tests.support.till import Till, open_till


@pytest.fixture(params=STORES)
async def till(request: pytest.FixtureRequest) -> AsyncIterator[Till]:
    async with open_till(place_of(request)) as opened:
        yield opened


def wish(till: Till, order_id: Any, network: str) -> StartPayment:
    once = Once(principal="buyer", operation="pay", key="K", fingerprint="body")
    return StartPayment(
        member_id=till.buyer.id, order_id=order_id, gateway="sandbox", flow=Flow.DESKTOP_QR, client_ip=network, once=once
    )


async def paid_without_a_notice(till: Till, order_id: Any) -> None:
    """The buyer pays what is begun at the provider, whose notice is lost; the worker has its rounds."""
    (payment,) = await till.payments(order_id)
    till.provider.pay(payment.ref)
    for _ in range(60):
        till.market.clock.pass_(timedelta(minutes=30))
        await till.works()


async def test_money_of_a_twin_that_the_provider_knows_is_heard_of(till: Till) -> None:
    """R10, PAY-R8: two requests with one key from two networks; the second is refused while the first is being recorded."""
    order_id = (await till.place(3)).order_id
    refused: list[type[Exception]] = []

    async def twin() -> None:
        try:
            await till.retail.payments.start(wish(till, order_id, "192.0.2.2"))
        except ReferenceConflict as conflict:
            refused.append(type(conflict))

    till.provider.on_begin = twin
    with suppress(NotSent):  # its attempt was given up meanwhile: it may try again
        await till.retail.payments.start(wish(till, order_id, "192.0.2.1"))
    await paid_without_a_notice(till, order_id)

    assert refused == [ReferenceConflict]
    assert MoneyState.NONE not in {payment.money for payment in await till.payments(order_id)}


async def test_money_of_a_call_whose_end_nobody_knew_is_heard_of(till: Till) -> None:
    """R10, R12: the call timed out and had arrived; the next one comes from another network and is refused."""
    order_id = (await till.place(3)).order_id
    till.provider.after["begin"] = [OutcomeUnknown(gateway="sandbox", reason="timeout")]
    for network in ("192.0.2.1", "192.0.2.2"):
        with pytest.raises((OutcomeUnknown, ReferenceConflict)):
            await till.retail.payments.start(wish(till, order_id, network))
    await paid_without_a_notice(till, order_id)

    assert MoneyState.NONE not in {payment.money for payment in await till.payments(order_id)}


@pytest.mark.parametrize(
    "odd", [{"occurred_at": datetime(1970, 1, 1, tzinfo=UTC)}, {"provider_ref": "P" * 201}], ids=["when", "what it is called"]
)
async def test_an_odd_side_fact_does_not_keep_the_money_from_being_heard(till: Till, odd: dict[str, Any]) -> None:
    """PAY-R8, GEN-R23: when it came, or what the provider calls it, is beside the point."""
    order_id = (await till.place(3)).order_id
    payment = await till.start(order_id)
    ref = payment.payment_id.hex
    till.provider.charges[ref] = evolve(till.provider.pay(ref), **odd)
    for _ in range(6):
        till.market.clock.pass_(timedelta(minutes=20))
        await till.works()

    assert (await till.retail.ordering.show.show(order_id)).payment is PaymentAxis.PAID


async def lost(till: Till, asked: StartPayment) -> None:
    """The attempt is begun at its provider, and nobody hears the answer."""
    till.provider.after["begin"] = [OutcomeUnknown(gateway="sandbox", reason="timeout")]
    with pytest.raises(OutcomeUnknown):
        await till.retail.payments.start(asked)


async def comes_by_notice(till: Till, order_id: Any) -> Any:
    """The buyer pays what was begun, and the provider tells; answers the attempt."""
    (payment,) = await till.payments(order_id)
    till.provider.pay(payment.ref)
    body = notice(till.provider.charges[payment.id.hex], "paid")
    await till.retail.payments.take_notice(TakeNotice(gateway="sandbox", headers={}, body=body))
    return payment.id


async def test_a_repeat_whose_lost_call_has_paid_the_order_is_told_of_its_attempt(till: Till) -> None:
    """R17: and is told the same ever after; whoever did not make the attempt is refused as before."""
    order_id = (await till.place(3)).order_id
    asked = wish(till, order_id, "192.0.2.1")
    assert asked.once is not None
    await lost(till, asked)
    await lost(till, evolve(asked, once=evolve(asked.once, key="another")))  # it finds the attempt that stands, and is lost too
    paid = await comes_by_notice(till, order_id)

    told = [await till.retail.payments.start(asked) for _ in range(2)]
    other = await till.retail.payments.start(evolve(asked, once=evolve(asked.once, key="another")))
    for stranger in (None, evolve(asked.once, key="new"), evolve(asked.once, principal="somebody")):
        with pytest.raises(OrderWrongState):
            await till.retail.payments.start(evolve(asked, once=stranger))
    with pytest.raises(KeyReused):
        await till.retail.payments.start(evolve(asked, once=evolve(asked.once, fingerprint="another body")))

    assert [(one.payment_id, one.status) for one in (*told, other)] == [(paid, PaymentState.SUCCEEDED)] * 3


async def test_a_repeat_whose_lost_call_paid_nothing_hears_how_the_order_stands(till: Till) -> None:
    """R17: there is no answer to give again, and nothing to begin."""
    order_id = (await till.place(3)).order_id
    asked = wish(till, order_id, "192.0.2.1")
    await lost(till, asked)
    await till.retail.ordering.cancel(CancelOrder(member_id=till.buyer.id, order_id=order_id))

    with pytest.raises(OrderIsClosing):
        await till.retail.payments.start(asked)
