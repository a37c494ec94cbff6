"""A call that did not arrive says nothing of others under the same reference (R10, R11, R12); found by simulation, seed 506."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_domain.ordering import OrderStatus
from retail_domain.payments import NotSent, OutcomeUnknown, PaymentState, PaymentStatus
from tests.support.counting_house import House, open_house
from tests.support.stores import STORES, place_of


@pytest.fixture(params=STORES)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A house on an empty store."""
    async with open_house(place_of(request)) as opened:
        yield opened


async def given_up(house: House) -> tuple[Any, str]:
    """An order whose attempt the provider has begun, and which is given up because a second call did not arrive."""
    order = await house.order()
    house.provider.after["begin"] = [OutcomeUnknown(gateway="sandbox")]
    with pytest.raises(OutcomeUnknown):
        await house.start(order)
    house.provider.before["begin"] = [NotSent(gateway="sandbox")]
    with pytest.raises(NotSent):
        await house.start(order)
    (attempt,) = await house.money.show.of_order(order.id)
    assert attempt.status is PaymentState.FAILED
    return order, attempt.payment_id.hex


async def test_money_of_an_attempt_that_was_given_up_is_found_without_a_notice(house: House) -> None:
    """R10, R11: the provider had begun it, the buyer paid, the notice got lost."""
    order, ref = await given_up(house)
    house.provider.pay(ref)

    await house.work_off(minutes=2)

    assert (await house.see(order)).status is OrderStatus.TO_SHIP
    assert (await house.books())["gateway:sandbox"] == house.provider.moved()


async def test_an_attempt_that_was_given_up_is_closed_at_its_provider(house: House) -> None:
    """R12: nobody can pay it any more, and nobody goes on asking."""
    order, ref = await given_up(house)

    await house.work_off(minutes=2)
    asked = len(house.provider.calls)
    await house.work_off(minutes=30)

    assert house.provider.charges[ref].status is PaymentStatus.CLOSED
    assert len(house.provider.calls) == asked
    assert (await house.see(order)).status is OrderStatus.PENDING_PAYMENT


async def test_an_attempt_that_never_arrived_is_asked_after_until_money_can_come_no_more(house: House) -> None:
    """R11: a call that is on its way may still arrive before the expiry; after the grace nobody asks any more."""
    order = await house.order()
    house.provider.before["begin"] = [NotSent(gateway="sandbox")]
    with pytest.raises(NotSent):
        await house.start(order)

    for _ in range(8):
        await house.work_off(minutes=30)
    asked = len(house.provider.calls)
    await house.work_off(minutes=60)

    assert asked > 2
    assert len(house.provider.calls) == asked
    assert (await house.see(order)).status is OrderStatus.CLOSED
