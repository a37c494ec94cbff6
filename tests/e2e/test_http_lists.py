"""Every list is `{"items", "next_cursor"}` and takes `?limit=1..100&cursor=` (DOR-R1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.test_http_whole_shop import address, caller_for
from tests.e2e.whole_shop import WholeShop, a_whole_shop, described, operations, things_of_alice


@pytest_asyncio.fixture
async def shop() -> WholeShop:
    return await a_whole_shop()


def answers_a_list(operation: Mapping[str, Any], components: Mapping[str, Any]) -> bool:
    media = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return {"items", "next_cursor"} <= components.get(name, {}).get("properties", {}).keys()


async def lists(shop: WholeShop) -> dict[str, Mapping[str, Any]]:
    told = await described(shop)
    components = told["components"]["schemas"]
    return {path: each for method, path, each in operations(told) if method == "GET" and answers_a_list(each, components)}


async def test_every_list_takes_a_limit_and_a_cursor(shop: WholeShop) -> None:
    found = await lists(shop)

    assert len(found) >= 25
    for path, operation in found.items():
        named = {each["name"]: each["schema"] for each in operation["parameters"] if each["in"] == "query"}
        assert (named["limit"]["minimum"], named["limit"]["maximum"]) == (1, 100) and "cursor" in named, path


async def test_every_list_read_item_by_item_is_the_list(shop: WholeShop) -> None:
    """No item is left out or told twice, whatever the size of a page; the trail alone grows while it is read."""
    things = await things_of_alice(shop)
    longest = 0
    for path, operation in (await lists(shop)).items():
        if path == "/v1/staff/trail":
            continue
        async with shop.knocking(caller_for(operation["x-permission"])) as client:
            answer = await client.get(address(path, things), params={"limit": 100})
            if answer.status_code == 404:  # a list of something that this shop has none of
                continue
            whole = answer.json()["items"]
            read, cursor = [], ""
            while cursor is not None:
                asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
                page = (await client.get(address(path, things), params=asked)).json()
                read, cursor = [*read, *page["items"]], page["next_cursor"]
        assert read == whole, path
        longest = max(longest, len(whole))
    assert longest > 20


@pytest.mark.parametrize("cursor", ["after-", "after--1", "after-1.5", "1", "after-99999999999", "next"])
async def test_a_cursor_that_no_list_gave_out_is_refused(shop: WholeShop, cursor: str) -> None:
    async with shop.knocking() as client:
        answer = await client.get("/v1/categories", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")
    assert answer.json()["errors"][0]["field"] == "cursor"
