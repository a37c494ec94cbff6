"""The shop window shows goods, stock and price book as they are committed, on every store alike (CRT-R4)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from attrs import evolve

from retail_adapters.assemble import Outside, on_database
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.ids import SkuId
from retail_domain.pricing import Quote
from tests.support.market import CLERK, Buyer, Market, open_market
from tests.support.stores import STORES, Place, open_database, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    async with open_market(place) as market:
        yield market


async def receive(market: Market, sku_id: SkuId, location: str, quantity: int) -> None:
    note = ReceiveStock(sku_id=sku_id, location=location, quantity=quantity, reference="note", actor=CLERK)
    await market.retail.inventory.receive(note)


async def units_left(market: Market, buyer: Buyer, sku_id: SkuId) -> int:
    """What the window says of goods of which nobody can have so many."""
    tea = await market.goods(f"BESIDE-{len(market.products)}")
    quote = await market.quote(buyer, (tea, 1), (sku_id, 99))
    (missing,) = quote.unavailable
    return missing.sellable


async def test_one_order_can_have_what_the_best_online_location_has_and_no_more(market: Market) -> None:
    """STK-R5: units of two warehouses are not added, and those of a place that does not sell online do not count."""
    cup, buyer = await market.goods("CUP", stock=3), await market.buyer()
    await market.retail.inventory.open_location(OpenLocation(code="other", name="Another", actor=CLERK))
    await market.retail.inventory.open_location(OpenLocation(code="shop", name="Offline", sells_online=False, actor=CLERK))
    await receive(market, cup, "other", 4)
    await receive(market, cup, "shop", 50)

    assert await units_left(market, buyer, cup) == 4


async def test_goods_that_never_had_stock_are_there_and_cannot_be_had(market: Market) -> None:
    cup, buyer = await market.goods("CUP", stock=0), await market.buyer()

    assert await units_left(market, buyer, cup) == 0


async def quoted(market: Market, buyer: Buyer, sku_id: SkuId) -> Quote:
    return await market.quote(buyer, (sku_id, 1))


async def test_a_new_edition_of_the_price_book_counts_with_the_next_quote(market: Market) -> None:
    """R7, CRT-R4: a book that was kept is not shown any more once there is another one."""
    cup, buyer = await market.goods("CUP"), await market.buyer()
    unpriced = await quoted(market, buyer, cup)
    await market.freight(800)
    first, again = await quoted(market, buyer, cup), await quoted(market, buyer, cup)
    await market.freight(950)

    second = await quoted(market, buyer, cup)

    assert [quote.freight.minor for quote in (unpriced, first, again, second)] == [0, 800, 800, 950]
    assert unpriced.offers_version < first.offers_version == again.offers_version < second.offers_version


@pytest.fixture(params=("sqlite", "postgres"))
def shared_place(request: pytest.FixtureRequest) -> Place:
    """Where several processes can meet."""
    return place_of(request)


async def test_an_edition_that_another_process_wrote_counts_as_well(shared_place: Place) -> None:
    """R7: each process keeps a book of its own, and asks which edition is in force with every look."""
    async with open_market(shared_place) as market:
        cup, buyer = await market.goods("CUP"), await market.buyer()
        await market.freight(800)
        before = await quoted(market, buyer, cup)
        same = evolve(shared_place, kind="same sqlite") if shared_place.kind == "sqlite" else shared_place
        async with open_database(same) as database:
            other = Market(on_database(database, Outside(clock=market.clock, gateways={})), market.clock)
            await other.freight(1_100)

        after = await quoted(market, buyer, cup)

        assert (before.freight.minor, after.freight.minor) == (800, 1_100)
