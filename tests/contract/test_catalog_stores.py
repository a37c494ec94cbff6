"""Every store passes the same examination of goods, shelves, limits, search and behaviour (R32)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.memory.reads import MemoryReads
from retail_adapters.sql.reads import SqlReads
from retail_domain import catalog, inventory
from retail_domain.catalog import CatalogReader
from retail_domain.inventory import Location, StockItem, StockKey
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import LocationId
from retail_domain.testing.contracts.catalog import (
    ProductsContract,
    ShelvesContract,
)
from retail_domain.testing.contracts.insight import BehaviourContract
from retail_domain.testing.contracts.purchase_counters import PurchaseCountersContract
from retail_domain.testing.contracts.search import SearchContract
from retail_domain.testing.goods import NOON, a_kind, a_product, product_id, sku_id
from tests.support.stores import STORES, Place, Surroundings, open_store, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings((*catalog.EVENTS, *inventory.EVENTS))) as opened:
        yield opened


@pytest.fixture
def begin(store: Any) -> Any:
    """Units of work on the store."""
    return store.begin


@pytest.fixture
def reader(place: Place, store: Any) -> CatalogReader:
    """Reads the same store."""
    return (MemoryReads(store.memory) if place.kind == "memory" else SqlReads(store.database)).catalog


class TestProducts(ProductsContract):
    """Goods."""


class TestShelves(ShelvesContract):
    """Categories and brands."""


class TestPurchaseCounters(PurchaseCountersContract):
    """Purchase limits."""


class TestSearch(SearchContract):
    """Search."""


class TestBehaviour(BehaviourContract):
    """Behaviour."""


@pytest.mark.asyncio
async def test_goods_show_what_one_order_could_have_now(begin: Any, reader: CatalogReader) -> None:
    """STK-R1, STK-R5: the most that one online location can promise; shops that sell only over the counter do not count."""
    places = [
        Location(id=LocationId(sku_id(900 + number)), code=f"L{number}", name="仓", sells_online=number != 3)
        for number in (1, 2, 3)
    ]
    async with begin() as work:
        work.products.save(a_product(1, a_kind(1, color="红"), a_kind(2, color="蓝")))
        for location, units in zip(places, (5, 8, 99), strict=True):
            work.locations.save(Change(None, location))
            opened = StockItem.opened(StockKey(sku_id(1), location.id)).then(lambda item: item.keep_safe(1, at=NOON))
            filled = opened.state.receive(units, reference="r", at=NOON)
            work.stock.save(opened.then(lambda _, filled=filled: filled))  # type: ignore[misc]
        await work.commit()

    page = await reader.product(product_id(1))

    assert [sku.available for sku in page.card.skus] == [7, 0]
