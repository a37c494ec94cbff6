"""Goods are narrowed down to what is to be had now, by the API as by the pages (CAT-R11)."""

from __future__ import annotations

from typing import Any

import pytest

from retail_domain.catalog import CreateProduct, Listing, SkuWish
from retail_domain.inventory import ReceiveStock
from retail_entrypoints.cli.demo_data import LOCATION
from tests.e2e.whole_shop import SYSTEM, WholeShop, open_whole_shop
from tests.support.stores import STORES, Place, place_of
from tests.web.paper import browsing, with_pages


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def _goods(shop: WholeShop, code: str, *kinds: tuple[bool, int]) -> None:
    """Some goods; of each kind whether it is on sale, and how many there are."""
    wishes = tuple(
        SkuWish(code=f"{code}-{at}", price_minor=100, options=(("size", str(at)),), on_sale=on_sale)
        for at, (on_sale, _) in enumerate(kinds)
    )
    made = await shop.retail.catalog.create(CreateProduct(code=code, listing=Listing(title=code), skus=wishes, on_sale=True))
    for sku_id, (_, many) in zip(made.sku_ids, kinds, strict=True):
        if many:
            arrived = ReceiveStock(sku_id=sku_id, location=LOCATION, quantity=many, reference=code, actor=SYSTEM)
            await shop.retail.inventory.receive(arrived)


async def test_a_list_is_narrowed_down_to_what_is_to_be_had(place: Place) -> None:
    """CAT-R11: a kind that is off sale does not count, however much of it there is; whoever does not ask for it sees all."""
    async with open_whole_shop(place) as opened:
        shop = with_pages(opened)
        await _goods(shop, "HAVE", (True, 0), (True, 3))
        await _goods(shop, "GONE", (True, 0))
        await _goods(shop, "HIDDEN", (True, 0), (False, 5))

        async def codes(who: str, path: str, **asked: Any) -> set[str]:
            async with shop.knocking(who) as client:
                answer = await client.get(path, params={"limit": 100, **asked})
                assert answer.status_code == 200, answer.text
                return {one.get("product", one)["title"] for one in answer.json()["items"]} & {"HAVE", "GONE", "HIDDEN"}

        for who, path in (("anonymous", "/v1/products"), ("admin", "/v1/staff/products")):
            assert await codes(who, path) == {"HAVE", "GONE", "HIDDEN"}
            assert await codes(who, path, in_stock="false") == {"HAVE", "GONE", "HIDDEN"}
            assert await codes(who, path, in_stock="true") == {"HAVE"}
            assert await codes(who, path, in_stock="true", query="gone") == set()
        async with shop.knocking() as client:
            assert (await client.get("/v1/products", params={"in_stock": "perhaps"})).status_code == 400
        async with browsing(shop) as stranger:
            page = await stranger.open("/c?stock=yes")
        assert "HAVE" in page.text and "GONE" not in page.text and "HIDDEN" not in page.text
