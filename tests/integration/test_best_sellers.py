"""CAT-R6: orders of one best seller wait neither for each other nor for staff; what they say was sold equals the orders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from retail_adapters.sql.audit import audit
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.catalog import product_sales, products
from retail_domain.catalog import ProductSearch, Sort
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import RefundOrder, Units
from retail_domain.processes.purchase.checkout import Placed
from tests.support.market import CLERK
from tests.support.sandbox import Sandbox, running_sandbox
from tests.support.shop import Shop, a_crew, open_shop
from tests.support.stores import Place, place_of

LOCK_GOODS = Statement("test.lock_goods", select(products.c.id).with_for_update())
NOTES = Statement("test.notes", select(func.count().label("notes")).select_from(product_sales))


@pytest.fixture(scope="module")
def provider() -> Iterator[Sandbox]:
    """The provider, a process of its own."""
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place, provider: Sandbox) -> AsyncIterator[Shop]:
    """A whole shop."""
    provider.reset()
    async with open_shop(place, provider) as shop:
        yield shop


async def paid(shop: Shop, number: int, *wanted: tuple[SkuId, int]) -> Placed:
    """An order that is paid, and nothing has followed from it yet."""
    placed, _ = await shop.paid_order(await shop.buyer(number), *wanted)
    return placed


async def told(shop: Shop) -> int:
    """What was paid or given back is noted; how many deliveries that took."""
    made = 0
    while await shop.retail.background.deliver_next():
        made += 1
    return made


async def added_up(shop: Shop) -> None:
    while (await shop.retail.background.timers["add_up_sales"]()).done:
        continue


async def sold(shop: Shop, *goods: SkuId) -> list[int]:
    return [(await shop.retail.catalog.show.product(shop.products[one])).card.sold for one in goods]


async def broken(shop: Shop) -> list[str]:
    return [one.law for one in await audit(shop.database, at=shop.clock.now() + timedelta(seconds=1))]


async def test_what_is_paid_is_counted_while_somebody_holds_the_goods(postgres_url: str, provider: Sandbox) -> None:
    """CAT-R6: no order waits for the row of its goods, which all orders of a best seller share."""
    provider.reset()
    async with open_shop(Place("postgres", postgres_url), provider) as shop:
        tea = await shop.goods("tea")
        await paid(shop, 1, (tea, 3))
        async with shop.database.begin() as staff, asyncio.timeout(30):
            await staff.rows(LOCK_GOODS)
            assert await told(shop) == 2  # what joining brings, and the sale

        assert await sold(shop, tea) == [0]
        await added_up(shop)
        assert await sold(shop, tea) == [3]


async def test_what_goods_say_they_sold_is_what_orders_keep_and_the_list_is_sorted_by_it(shop: Shop) -> None:
    """CAT-R6: after payments and refunds, whenever the audit looks."""
    tea, cup, pot = [await shop.goods(code, stock=50) for code in ("tea", "cup", "pot")]
    order = await paid(shop, 1, (tea, 4), (cup, 3))
    assert await broken(shop) == []  # it is being counted
    await told(shop)
    assert await broken(shop) == []  # noted, and not added up
    await added_up(shop)
    assert await sold(shop, tea, cup, pot) == [4, 3, 0]

    await shop.retail.ordering.refund(RefundOrder(order_id=order.order_id, reason="x", actor=CLERK, units=(Units(tea, 2),)))
    await told(shop)
    await added_up(shop)

    assert await sold(shop, tea, cup, pot) == [2, 3, 0]
    assert await broken(shop) == []
    found = await shop.retail.catalog.show.search(ProductSearch(sort=Sort.SALES), PageRequest(10))
    assert [card.sold for card in found.items] == [3, 2, 0]


@pytest.mark.slow
async def test_many_workers_count_one_best_seller_and_nothing_is_lost_or_counted_twice(shop: Shop) -> None:
    """CAT-R6, R26: four processes note and add up at once."""
    tea = await shop.goods("tea", stock=500)
    for number in range(1, 25):
        await paid(shop, number, (tea, number))
    with a_crew() as crew:
        calls = [("deliver", None) if number % 3 else ("timer:add_up_sales", None) for number in range(48)]
        answers = await crew.carry_out(shop.here, calls)
    assert [one.code for one in answers if not one.is_done] == []
    await told(shop)
    await added_up(shop)

    assert await sold(shop, tea) == [sum(range(1, 25))]
    assert [row["notes"] for row in await shop.database.rows(NOTES)] == [0]
    assert await broken(shop) == []
