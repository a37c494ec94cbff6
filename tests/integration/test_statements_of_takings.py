"""What campaigns cost in statements: goods without one cost none, and a batch of orders has one claim for all (R46)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable

import pytest
from attrs import frozen

from retail_domain.ordering import CancelOrder, Units
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from tests.support.accounts import Recording
from tests.support.histories import Campaign, Ground, ground_on
from tests.support.stores import Place, place_of


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the database lies."""
    return place_of(request)


@frozen
class Watched:
    """A shop whose statements are noted."""

    ground: Ground
    recording: Recording

    async def asked(self, work: Awaitable[object]) -> Counter[str]:
        """The statements that this made."""
        self.recording.names.clear()
        await work
        return Counter(self.recording.names)


@pytest.fixture
async def watched(place: Place) -> AsyncIterator[Watched]:
    """A shop with one warehouse."""
    async with ground_on(place, through=Recording) as ground:
        yield Watched(ground, ground.database)


async def a_life(campaign: Campaign) -> None:
    """Quote, order, pay, ship a part, pay a part back, call the rest of another off."""
    order_id = await campaign.place(await campaign.quote(2))
    await campaign.pay(order_id)
    await campaign.ship(order_id, Units(campaign.goods[0], 1, 1))
    await campaign.refund(order_id, Units(campaign.goods[0], 1, 1))
    other = await campaign.place(await campaign.quote(1))
    await campaign.market.retail.ordering.cancel(CancelOrder(member_id=campaign.buyer.id, order_id=other))


async def test_goods_without_a_campaign_cost_no_statement(watched: Watched) -> None:
    """R46: not one that names quotas, from quote to refund, though others have a campaign."""
    others, plain = await watched.ground.campaign(1), await watched.ground.campaign(2)
    await others.set_quota(5)

    asked = await watched.asked(a_life(plain))

    assert [name for name in asked if "quota" in name] == []
    assert "reservations.of_order" in asked and "stock_items.claim_of" in asked


async def test_goods_of_a_campaign_cost_one_claim_a_decision(watched: Watched) -> None:
    """R46: placed twice, given back twice; paying locks nothing."""
    campaign = await watched.ground.campaign()
    await campaign.set_quota(5)

    asked = await watched.asked(a_life(campaign))

    assert {name: many for name, many in asked.items() if "quota" in name} == {
        "quotas.claim": 4, "quotas.update": 4, "quota_shares.of_order": 3, "quota_shares.insert": 2, "quota_shares.update": 3,
    }  # fmt: skip


async def test_a_batch_shares_one_claim(watched: Watched) -> None:
    """R46: six orders ask as often as two."""
    counts = []
    for number, orders in ((1, 2), (2, 6)):
        campaign = await watched.ground.campaign(number)
        await campaign.set_quota(6)
        quotes = [await campaign.quote(1) for _ in range(orders)]
        asks = [PlaceOrder(member_id=campaign.buyer.id, quote_id=one.id, hash=one.hash) for one in quotes]
        answers: list[object] = []

        async def placed(asks: list[PlaceOrder] = asks, answers: list[object] = answers) -> None:
            answers += await watched.ground.batch(asks)

        counts.append(await watched.asked(placed()))
        assert [type(one) for one in answers] == [Placed] * orders

    assert counts[0] == counts[1]
    assert counts[0]["quotas.claim"] == 1
