"""Whatever happens to orders, each unit of what they took is open, used or given back, once (STK-R7, R3, ORD-I5)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from retail_adapters.sql.audit import audit
from tests.support.histories import QUOTA, WHAT, Campaign, Stride, a_history, ground_on
from tests.support.stores import Place, place_of

STRIDES = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 9), st.integers(1, 4)), max_size=16)
DRAWN = range(6)
"""So many histories on each database."""


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the database lies."""
    return place_of(request)


async def in_memory(history: list[Stride], *, split: bool) -> Campaign:
    async with ground_on(Place("memory"), split=split) as ground:
        campaign = await ground.campaign()
        await campaign.set_quota(QUOTA)
        await campaign.live(history)
    return campaign


@given(STRIDES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_each_unit_of_quota_stock_and_limit_is_counted_once(history: list[Stride]) -> None:
    """R1, STK-R7, STK-I2, R3, ORD-I5: with a campaign, a gift of what was bought, and one warehouse."""
    asyncio.run(in_memory(history, split=False))


@given(STRIDES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_and_so_it_is_when_lines_come_from_several_places(history: list[Stride]) -> None:
    """STK-R5: the same with lines drawn from two warehouses."""
    asyncio.run(in_memory(history, split=True))


@pytest.mark.parametrize("split", [False, True], ids=["one place", "two places"])
async def test_on_a_database_too_and_the_audit_finds_nothing(place: Place, split: bool) -> None:
    """STK-R7, R3, R43: drawn histories, one after another in one shop; between them everything happens that can."""
    done, refused = set[str](), set[str]()
    async with ground_on(place, split=split) as ground:
        for number in DRAWN:
            campaign = await ground.campaign(number)
            if number % 3:
                await campaign.set_quota(QUOTA)
            await campaign.live(a_history(Random(2_000 * split + number)))
            done |= {what for what, times in campaign.done.items() if times}
            refused |= set(campaign.refused)
        found = await audit(ground.database, at=ground.market.clock.now() + timedelta(seconds=1))
    assert [str(one) for one in found] == []
    assert done | {"rush"} == set(WHAT)
    assert {"stock.sold_out", "quote.price_changed", "order.goods_in_several_lines"} <= refused
    assert ("order.goods_in_several_places" in refused) == split
