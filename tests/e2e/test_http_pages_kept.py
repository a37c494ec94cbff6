"""Pages kept by a server show what another process has changed: at once on SQLite, as soon as it is told on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from retail_domain.catalog import ImportCatalogue, SetOnSale
from retail_domain.inventory import ReceiveStock
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import ProductId, SkuId
from retail_entrypoints.cli.demo_data import LOCATION, stock_the_shelves
from retail_entrypoints.container import open_shop
from retail_entrypoints.databases import upgrade_schema
from retail_entrypoints.http.serving import door_of
from retail_entrypoints.settings import Settings
from tests.e2e.door import knocking
from tests.support.catalogues import Pages, a_mapping, lines

ACTOR = Actor.system("tests")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("sqlite_path")
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("empty_postgres_url")
    made = Settings.from_environ({"RETAIL_DATABASE_URL": url})
    upgrade_schema(made)
    return made


async def test_a_server_hears_of_goods_that_another_process_changes(settings: Settings) -> None:
    """DOR-R6: through the file's own count on SQLite, told with the commit on PostgreSQL."""
    await stock_the_shelves(settings)
    async with open_shop(settings) as serving, open_shop(settings) as other, serving.news() as changes:
        assert changes is not None
        async with knocking(door_of(serving, changes)) as client:
            goods = (await client.get("/v1/products")).json()["items"][0]["product_id"]
            await _quiet(changes)
            heard = changes()

            await other.retail.catalog.set_on_sale(SetOnSale(product_id=ProductId(UUID(goods)), on_sale=False))

            await _news(changes, heard)
            shown = (await client.get("/v1/products")).json()["items"]
            assert goods not in [item["product_id"] for item in shown]


async def test_a_server_hears_of_an_import_that_was_written_portion_by_portion(settings: Settings) -> None:
    """DOR-R6: nothing is left to write when an import commits, and it is told all the same."""
    async with open_shop(settings) as serving, open_shop(settings) as other, serving.news() as changes:
        assert changes is not None
        await _quiet(changes)
        heard = changes()

        pages = Pages(lines(("A", "羊毛被", "19.9")), a_mapping())
        await other.retail.catalog.import_goods(ImportCatalogue(mapping=pages.mapping, source=pages))

        await _news(changes, heard)


async def _news(changes: Callable[[], int], heard: int) -> None:
    async with asyncio.timeout(30):
        while changes() == heard:
            await asyncio.sleep(0.01)


async def _quiet(changes: Callable[[], int]) -> None:
    """Listening has begun once the first news, that there may have been some before, is in."""
    await _news(changes, 0)


async def test_stock_that_this_process_counts_is_shown_at_once(settings: Settings) -> None:
    """R32: who has been answered finds what he has done."""
    await stock_the_shelves(settings)
    async with open_shop(settings) as shop, shop.news() as changes, knocking(door_of(shop, changes)) as client:
        kind = (await client.get("/v1/products")).json()["items"][0]["skus"][0]

        more = ReceiveStock(sku_id=SkuId(UUID(kind["sku_id"])), location=LOCATION, quantity=7, reference="note", actor=ACTOR)
        await shop.retail.inventory.receive(more)
        after = (await client.get("/v1/products")).json()["items"][0]["skus"][0]

        assert after["available"] == kind["available"] + 7


async def test_a_page_that_is_known_is_not_sent_again(settings: Settings) -> None:
    """DOR-R1: conditional requests."""
    await stock_the_shelves(settings)
    async with open_shop(settings) as shop, knocking(door_of(shop)) as client:
        first = await client.get("/v1/products")
        again = await client.get("/v1/products", headers={"If-None-Match": first.headers["etag"]})

        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["cache-control"] == "no-cache"
