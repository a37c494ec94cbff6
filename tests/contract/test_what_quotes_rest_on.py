"""A quote rests on what is had, gifts included, and on a campaign as it is once it is locked (CRT-R4, STK-R7, R7)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest
from attrs import field, frozen

from retail_domain.inventory import SetQuota
from retail_domain.kernel.frames import deciding_batch
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.pricing import Quote, QuotePriceChanged, SaleLine
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder, place_orders
from retail_domain.processes.takings import (
    BuyerFact,
    CampaignQuota,
    Demand,
    Known,
    PurchaseLimits,
    Stock,
    Takings,
)
from tests.support.histories import GIFTS, ground_on
from tests.support.market import CLERK, Market, open_market
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@frozen
class Fragile(BuyerFact[Any, None]):
    """Which goods break easily: a fact about goods, told for every quote."""

    kind = "fragile"
    marked: set[SkuId] = field(factory=set, eq=False)
    heard: list[frozenset[SkuId]] = field(factory=list, eq=False)

    async def known(self, work: Any, member_id: MemberId, sku_ids: Iterable[SkuId]) -> Known:
        self.heard.append(frozenset(sku_ids))
        return Known(None, tuple(self._grounds(sku_ids)))

    async def claim(self, work: Any, demands: Sequence[Demand]) -> None:
        return None

    def present(self, shared: None, demand: Demand) -> Iterable[Ground]:
        return self._grounds(demand.units)

    def _grounds(self, sku_ids: Iterable[SkuId]) -> list[Ground]:
        return [Ground(self.kind, str(sku_id)) for sku_id in sorted(set(sku_ids) & self.marked)]


@frozen
class Gifts:
    """What comes along with which goods."""

    of: dict[SkuId, SkuId] = field(factory=dict)
    names: dict[SkuId, SaleLine] = field(factory=dict)

    def __call__(self, lines: Sequence[SaleLine]) -> Sequence[SaleLine]:
        self.names.update({line.goods.sku_id: line for line in lines})
        return [
            SaleLine(self.names[self.of[line.goods.sku_id]].goods, 1, nth=2, gift=True)
            for line in lines if line.goods.sku_id in self.of
        ]  # fmt: skip


@frozen
class Desk:
    """A shop where each book brings a vase, and somebody who buys there."""

    market: Market
    fragile: Fragile
    gifts: Gifts
    book: SkuId
    vase: SkuId

    async def place(self, quote: Quote) -> Placed:
        """Accept it."""
        ask = PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=quote.hash)
        return await self.market.retail.checkout.place(ask)

    async def quota(self, sku_id: SkuId, size: int) -> None:
        """A campaign sells so many."""
        await self.market.retail.inventory.set_quota(SetQuota(sku_id=sku_id, size=size, actor=CLERK))


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    """An open shop with ten books and ten vases."""
    fragile, gifts = Fragile(), Gifts()
    async with open_market(place, beside=gifts, takings=(fragile,), steps=(GIFTS,)) as market:
        await market.freight()
        book, vase = await market.goods("BOOK"), await market.goods("VASE")
        await market.quote(await market.buyer(2), (vase, 1))  # the gifts learn what a vase is
        gifts.of[book] = vase
        yield Desk(market, fragile, gifts, book, vase)


def goods_of(quote: Quote) -> Mapping[SkuId, int]:
    """Units of each SKU, gifts included."""
    units: dict[SkuId, int] = {}
    for line in quote.lines:
        units[line.goods.sku_id] = units.get(line.goods.sku_id, 0) + line.quantity
    return units


async def test_kinds_are_asked_about_gifts_too(desk: Desk) -> None:
    """R7: else the fresh quote would rest on what the refused one rested on, and the order could never be placed."""
    desk.fragile.marked.add(desk.vase)
    quote = await desk.market.quote(await desk.market.buyer(), (desk.book, 1))

    assert goods_of(quote) == {desk.book: 1, desk.vase: 1}
    assert desk.fragile.heard[-1] == {desk.book, desk.vase}
    await desk.place(quote)


async def test_kinds_are_not_asked_about_what_cannot_be_had(desk: Desk) -> None:
    """CRT-R4: a quote does not rest on goods that dropped out of it."""
    bowl = await desk.market.goods("BOWL", stock=0)
    desk.fragile.marked.add(bowl)
    quote = await desk.market.quote(await desk.market.buyer(), (desk.vase, 1), (bowl, 1))

    assert [one.sku_id for one in quote.unavailable] == [bowl]
    await desk.place(quote)


async def test_a_gift_that_a_campaign_sells_is_taken_from_its_quota(desk: Desk) -> None:
    """STK-R7: the last one goes along; the next buyer gets the book alone and is not refused for a gift."""
    await desk.quota(desk.vase, 1)
    first = await desk.market.quote(await desk.market.buyer(), (desk.book, 1))
    await desk.place(first)
    second = await desk.market.quote(await desk.market.buyer(3), (desk.book, 1))
    await desk.place(second)

    assert (desk.vase in goods_of(first), desk.vase in goods_of(second)) == (True, False)


async def test_a_gift_of_what_is_bought_leaves_the_quota_to_what_is_bought(desk: Desk) -> None:
    """STK-R7: nobody is refused for a gift."""
    desk.gifts.of[desk.vase] = desk.vase
    await desk.quota(desk.vase, 2)
    quote = await desk.market.quote(await desk.market.buyer(), (desk.vase, 2))
    await desk.place(quote)

    assert goods_of(quote) == {desk.vase: 2}


async def test_a_gift_that_is_sold_out_or_off_sale_stays_away(desk: Desk) -> None:
    """CRT-R4: of goods that were not asked for, no less is asked."""
    bowl = await desk.market.goods("BOWL", stock=1)
    buyer = await desk.market.buyer()
    await desk.place(await desk.market.quote(buyer, (bowl, 1)))
    desk.gifts.of[desk.book] = bowl
    quote = await desk.market.quote(buyer, (desk.book, 1))
    await desk.place(quote)

    assert goods_of(quote) == {desk.book: 1}


async def test_what_a_campaign_has_sold_cannot_be_quoted(desk: Desk) -> None:
    """CRT-R4: quote and cart say what is left of a quota, not only of the stock."""
    await desk.quota(desk.vase, 2)
    await desk.place(await desk.market.quote(await desk.market.buyer(), (desk.vase, 1)))
    quote = await desk.market.quote(await desk.market.buyer(3), (desk.vase, 2), (desk.book, 1))

    assert [(one.sku_id, one.reason.value) for one in quote.unavailable] == [(desk.vase, "not_enough")]


class Overtaken(CampaignQuota):
    """A campaign that ends after the terms were read and before its quota is locked."""

    def __init__(self, end: Callable[[], Awaitable[None]]) -> None:
        self.end = end

    async def claim(self, work: Any, demands: Sequence[Demand]) -> Any:
        await self.end()
        return await super().claim(work, demands)


@pytest.fixture(params=[store for store in STORES if store != "sqlite"])
def shared_place(request: pytest.FixtureRequest) -> Place:
    """Where others write while an order is placed; on SQLite they wait until it is."""
    return place_of(request)


async def test_no_order_is_taken_from_a_quota_that_is_over(shared_place: Place) -> None:
    """R7: what is locked counts, not what was read before."""
    async with ground_on(shared_place) as ground:
        campaign = await ground.campaign()
        await campaign.set_quota(5)
        quote, means = await campaign.quote(1), ground.means
        takings = Takings((PurchaseLimits(), Overtaken(campaign.end_quota), Stock()))
        place = deciding_batch(ground.begin, place_orders, Placed, means.means, means.policies.checkout, takings)
        (answer,) = await place([PlaceOrder(member_id=campaign.buyer.id, quote_id=quote.id, hash=quote.hash)])

    assert isinstance(answer, QuotePriceChanged)
