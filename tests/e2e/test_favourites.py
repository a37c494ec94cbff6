"""Goods that members want to find again, in memory and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of


@pytest.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    """The demo shop on both stores."""
    async with open_whole_shop(place_of(request)) as shop:
        yield shop


async def test_goods_are_marked_once_found_again_and_unmarked(shop: WholeShop) -> None:
    """MEM-R1: by each for themselves; also when tapped many times at once; they are told on export."""
    async with shop.knocking("alice") as alice, shop.knocking("bob") as bob, shop.knocking("clerk") as clerk:
        a, b = [one["product_id"] for one in (await alice.get("/v1/products?limit=2")).json()["items"]]
        taps = await asyncio.gather(*(alice.put(f"/v1/me/favourites/{a}") for _ in range(6)))
        shop.clock.forward(minutes=1)
        second = await alice.put(f"/v1/me/favourites/{b}")
        await bob.put(f"/v1/me/favourites/{b}")
        listed = (await alice.get("/v1/me/favourites")).json()["items"]

        assert {tap.status_code for tap in taps} == {200} and second.json() == {"count": 2}
        assert [one["product_id"] for one in listed] == [b, a]
        assert (await clerk.get(f"/v1/staff/products/{b}/favourites")).json() == {"count": 2}
        assert a in (await alice.get("/v1/me/export")).text

        for left in (1, 1):
            assert (await alice.delete(f"/v1/me/favourites/{b}")).json() == {"count": left}
        assert [one["product_id"] for one in (await bob.get("/v1/me/favourites")).json()["items"]] == [b]
        assert (await clerk.get(f"/v1/staff/products/{b}/favourites")).json() == {"count": 1}


async def test_what_is_no_goods_is_not_marked_and_what_is_off_sale_stays_marked(shop: WholeShop) -> None:
    """MEM-R1"""
    async with shop.knocking("alice") as alice, shop.knocking("admin") as admin:
        (a,) = [one["product_id"] for one in (await alice.get("/v1/products?limit=1")).json()["items"]]
        await alice.put(f"/v1/me/favourites/{a}")
        await admin.put(f"/v1/staff/products/{a}/sale", json={"on_sale": False})
        unknown = await alice.put(f"/v1/me/favourites/{NOBODY}")

        assert (unknown.status_code, unknown.json()["code"]) == (404, "catalog.product_not_found")
        assert [one["product_id"] for one in (await alice.get("/v1/me/favourites")).json()["items"]] == [a]
