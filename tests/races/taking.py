"""Races for what orders take beside a single shelf: campaigns, and units that lie in several places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from retail_domain.inventory import CloseQuota, ReceiveStock, SetQuota
from retail_domain.ordering import CancelOrder
from tests.races.race import Heat, Race, Scene
from tests.support.market import CLERK
from tests.support.shop import Shop, Told

ANNEX: Final = "annex"
"""The second warehouse of the shop in which the races are run."""


async def _units_of_a_campaign(scene: Scene) -> Heat:
    tea = await scene.goods(stock=100)
    await scene.shop.retail.inventory.set_quota(SetQuota(sku_id=tea, size=10, actor=CLERK))
    asks = [await scene.shop.ask(buyer, (tea, 1)) for buyer in await scene.crowd()]
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=10, refusals=("stock.sold_out",))


async def _units_a_campaign_gets_back(scene: Scene) -> Heat:
    """Half of the crowd has all there is, and gives it back while the other half wants it: no unit is had twice."""
    tea, half = await scene.goods(stock=100), scene.rivals // 2
    await scene.shop.retail.inventory.set_quota(SetQuota(sku_id=tea, size=half, actor=CLERK))
    crowd = await scene.crowd()
    have = [(buyer, await scene.shop.order(buyer, (tea, 1))) for buyer in crowd[:half]]
    await scene.shop.retail.inventory.set_quota(SetQuota(sku_id=tea, size=2 * half, actor=CLERK))
    wants = [("checkout.place", await scene.shop.ask(buyer, (tea, 1))) for buyer in crowd[half : 2 * half]]
    gives = [("ordering.cancel", CancelOrder(member_id=buyer.id, order_id=order.order_id)) for buyer, order in have]

    async def taken(shop: Shop, answers: Sequence[Told]) -> int:
        assert all(one.is_done for one in answers)
        stands = await shop.retail.inventory.set_quota(SetQuota(sku_id=tea, size=2 * half, actor=CLERK))
        assert (await shop.shelf(tea)).reserved == stands.taken
        return stands.taken

    calls = [call for pair in zip(wants, gives, strict=True) for call in pair]
    return Heat(calls=calls, allowed=half, won=taken)


async def _resizings_of_a_campaign(scene: Scene) -> Heat:
    tea = await scene.goods(stock=100)
    wish = SetQuota(sku_id=tea, size=0, actor=CLERK)
    calls = [("inventory.set_quota", evolve(wish, size=1 + number)) for number in range(scene.rivals)]

    async def all_were_heard(shop: Shop, answers: Sequence[Told]) -> int:
        over = await shop.retail.inventory.close_quota(CloseQuota(sku_id=tea, actor=CLERK))
        assert 1 <= over.size <= len(answers)
        return sum(1 for one in answers if one.is_done)

    return Heat(calls=calls, allowed=scene.rivals, won=all_were_heard)


async def _units_in_two_places(scene: Scene) -> Heat:
    """Three units a rival, and 21 in two places: one order comes from both, and no three are left over."""
    tea = await scene.goods(stock=10)
    more = ReceiveStock(sku_id=tea, location=ANNEX, quantity=11, reference="note", actor=CLERK)
    await scene.shop.retail.inventory.receive(more)
    asks = [await scene.shop.ask(buyer, (tea, 3)) for buyer in await scene.crowd()]
    return Heat(calls=[("checkout.place", ask) for ask in asks], allowed=7, refusals=("stock.sold_out",))


RACES = (
    Race(limit="units of a campaign", rules="STK-R7 R1 R31", prepare=_units_of_a_campaign),
    Race(limit="units a campaign gets back (none lost)", rules="STK-R7 R3 R30", prepare=_units_a_campaign_gets_back),
    Race(limit="resizings of a campaign (none lost)", rules="STK-R7 GEN-R10 R30", prepare=_resizings_of_a_campaign),
    Race(limit="units that lie in two places", rules="STK-R5 STK-R4 R1", prepare=_units_in_two_places),
)
"""Everything beside a single shelf that a buyer can be too late for."""
