"""The offers of the demo shop are in force, and a start that was interrupted makes no second ones."""

from __future__ import annotations

from retail_domain.promotions import PromotionState
from retail_entrypoints.cli.demo_data.offers import launch_the_offers
from tests.e2e.whole_shop import a_whole_shop


async def test_the_demo_shop_has_offers_and_each_once() -> None:
    """R17, PRC-R8: nothing is refused, and none of them meets more than it may."""
    shop = await a_whole_shop()
    for _ in range(2):
        await launch_the_offers(shop.retail)

    views = await shop.retail.promotions.list()
    assert sorted(one.promotion.name for one in views) == ["围巾九折", "满500减40", "满800赠茶"]
    assert {(one.promotion.state, one.is_on) for one in views} == {(PromotionState.LIVE, True)}
