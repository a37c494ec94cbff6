"""What a member has looked at, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of


@pytest.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    """The demo shop on both stores."""
    async with open_whole_shop(place_of(request)) as shop:
        yield shop


async def looked(shop: WholeShop, member: httpx2.AsyncClient, products: list[str]) -> None:
    for product_id in products:
        shop.clock.forward(seconds=10)
        assert (await member.get(f"/v1/products/{product_id}")).status_code == 200


async def history(member: httpx2.AsyncClient, limit: int = 100) -> list[str]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = (await member.get(f"/v1/me/history?limit={limit}{cursor}")).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return [one["product_id"] for one in found]
        cursor = f"&cursor={page['next_cursor']}"


async def test_goods_are_found_again_each_once_and_forgotten_one_by_one_or_all(shop: WholeShop) -> None:
    """BEH-R3, BEH-R2: nothing before the consent, nothing after it was taken back; and of nobody else."""
    async with shop.knocking("alice") as alice, shop.knocking("bob") as bob:
        listed = (await alice.get("/v1/products?limit=4")).json()["items"]
        a, b, c, d = [one["product_id"] for one in listed]
        await alice.patch("/v1/me", json={"behaviour_consent": False})
        await looked(shop, alice, [d])
        assert await history(alice) == []
        await alice.patch("/v1/me", json={"behaviour_consent": True})
        await looked(shop, alice, [a, b, a, c])
        await bob.patch("/v1/me", json={"behaviour_consent": True})
        await looked(shop, bob, [b])

        assert await history(alice) == await history(alice, limit=1) == [c, a, b]
        assert (await alice.delete(f"/v1/me/history/{a}")).status_code == 204
        assert (await alice.delete(f"/v1/me/history/{d}")).status_code == 204
        assert await history(alice) == [c, b]
        await alice.patch("/v1/me", json={"behaviour_consent": False})
        await looked(shop, alice, [d])
        assert await history(alice) == [c, b]
        export = (await alice.get("/v1/me/export")).text
        assert c in export
        assert (await alice.delete("/v1/me/history")).status_code == 204
        assert await history(alice) == [] and await history(bob) == [b]


async def test_looks_at_other_things_and_old_ones_are_not_shown(shop: WholeShop) -> None:
    """BEH-R3: devices tell of looks at what they like."""
    async with shop.knocking("alice") as alice:
        await alice.patch("/v1/me", json={"behaviour_consent": True})
        at = shop.clock.now().isoformat()
        events = [
            {"event_id": f"01890000-0000-7000-8000-00000000000{n}", "kind": "view", "object": what, "occurred_at": at}
            for n, what in enumerate(("page:home", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"))
        ]
        assert (await alice.post("/v1/behaviour", json={"events": events})).status_code == 202
        assert await history(alice) == []
