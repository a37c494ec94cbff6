"""Money in the moments nobody plans for: rival workers, a broken handler, a provider that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from retail_domain.ordering import OrderStatus
from retail_domain.payments import NotSent
from tests.support.counting_house import House, open_house
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def house(place: Place) -> AsyncIterator[House]:
    """A house on an empty store."""
    async with open_house(place) as opened:
        yield opened


async def test_rival_workers_wait_for_an_unreachable_provider_as_long_as_one_would(house: House) -> None:
    """PAY-R6, R28: the second worker's failure is not the provider's second silence; only time makes it so."""
    order = await house.order()
    await house.start(order)
    house.clock.pass_(timedelta(hours=2))
    house.provider.before["close"] = [NotSent(gateway="sandbox") for _ in range(20)]

    await asyncio.gather(*(house.timers["close_unpaid"]() for _ in range(4)))
    waiting = (await house.see(order)).status
    await house.work_off(hours=1)

    assert waiting is OrderStatus.PENDING_PAYMENT
    assert (await house.see(order)).status is OrderStatus.CLOSED
