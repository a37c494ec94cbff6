"""Events by number: a reader that keeps the number it has come to misses none and gets none twice, on every store."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from retail_adapters.assemble import on_postgres
from retail_adapters.sql.audit import audit
from retail_adapters.sql.postgres import open_pool
from retail_domain.application import Retail
from retail_domain.catalog import CreateProduct, Listing, ProductCreated, RepriceSku, SkuRepriced, SkuWish
from retail_domain.kernel.errors import InvalidInput
from retail_domain.processes.worker.numbering import NumberedEvent
from retail_domain.testing.goods import a_product
from tests.support.market import Market, open_market
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop on an empty store."""
    async with open_market(place) as opened:
        yield opened


async def number(shop: Retail) -> int:
    """One round of the worker's timer; how many it did."""
    return (await shop.background.timers["number_events"]()).done


async def whole_log(shop: Retail, portion: int = 100) -> list[NumberedEvent]:
    read: list[NumberedEvent] = []
    while found := await shop.events.after(read[-1].number if read else 0, portion):
        read += found
    return read


async def test_what_slow_transactions_commit_late_is_not_passed_over(market: Market) -> None:
    """R48: thirty transactions of any length, rival workers that number, and a reader that asks all the while."""
    shop, luck, told = market.retail, random.Random(7), 30
    read: list[NumberedEvent] = []
    writing = True

    async def write(turn: int) -> None:
        async with shop.begin() as work:
            unit: Any = work
            unit.products.save(a_product(turn))
            if hasattr(unit, "flush"):
                await unit.flush()  # in the tables, seen by nobody
            await asyncio.sleep(luck.random() / 50)
            await unit.commit()

    async def rival() -> None:
        while writing:
            await number(shop)
            await asyncio.sleep(0.001)

    async def reader() -> None:
        while writing:
            read.extend(await shop.events.after(read[-1].number if read else 0, 7))
            await asyncio.sleep(0.001)

    others = [asyncio.create_task(rival()), asyncio.create_task(rival()), asyncio.create_task(reader())]
    await asyncio.gather(*(write(turn) for turn in range(told)))
    writing = False
    await asyncio.gather(*others)
    while await number(shop):
        continue
    read += [one for one in await whole_log(shop) if one.number > (read[-1].number if read else 0)]

    assert [one.number for one in read] == list(range(1, len(read) + 1)), "no gap, nothing twice, in order"
    assert sorted(codes(read)) == sorted(f"product-{turn}" for turn in range(told))
    assert read == await whole_log(shop, 3)
    assert await shop.events.last_number() == len(read)


async def test_the_facts_of_one_thing_are_numbered_as_they_happened(market: Market) -> None:
    """R29, R48."""
    sku_id = await market.goods("A", price_minor=100)
    await number(market.retail)
    seen = await market.retail.events.last_number()
    for price in (200, 300, 400):
        await market.retail.catalog.reprice(RepriceSku(sku_id=sku_id, price_minor=price))
    while await number(market.retail):
        continue

    told = await market.retail.events.after(seen)

    assert [one.body["price_minor"] for one in told if one.name == SkuRepriced.name] == [200, 300, 400]
    assert all(one.event is not None and one.at == one.event.at and one.version == 1 for one in told)
    assert len({one.event_id for one in told}) == len(told)


@pytest.mark.parametrize(
    ("after", "limit", "field"),
    [
        (-1, 10, "number"), (True, 10, "number"), (2**63, 1, "number"),
        (0, 0, "limit"), (0, 1_001, "limit"), (0, "9", "limit"),
    ],
)  # fmt: skip
async def test_a_number_that_is_none_is_refused(market: Market, after: Any, limit: Any, field: str) -> None:
    """R48: and nothing is read."""
    with pytest.raises(InvalidInput) as refused:
        await market.retail.events.after(after, limit)
    assert refused.value.problems[0].field == field


async def test_what_stands_open_is_left_to_be_numbered_later_and_rivals_take_turns(postgres_url: str) -> None:
    """R48: shown step by step: the slow one wrote first, the fast one is numbered first, and the slow one follows."""
    pool = await open_pool(postgres_url, connections_max=4)
    try:
        shop = on_postgres(pool)
        async with shop.begin() as slow:
            unit: Any = slow
            unit.products.save(a_product(1, on_sale=False))
            await unit.flush()
            await shop.catalog.create(a_wish(2))
            assert await number(shop) == 2
            assert codes(await shop.events.after(0)) == ["P2"]
            await unit.commit()
        assert (await number(shop), await number(shop)) == (2, 0)
        assert codes(await shop.events.after(2)) == ["product-1"]

        async with shop.begin() as other:
            work: Any = other
            await shop.catalog.create(a_wish(3))
            assert await work.numbers.give(10) == 2
            assert await number(shop) == 0, "somebody else is at it"
        assert await number(shop) == 2, "he gave up, and his numbers are given again"
        assert [one.number for one in await whole_log(shop)] == [1, 2, 3, 4, 5, 6]
        assert await audit(database_of(shop), at=(await shop.events.after(2))[0].at) == []
    finally:
        await pool.close()


def codes(found: Any) -> list[str]:
    return [one.event.code for one in found if isinstance(one.event, ProductCreated)]


def a_wish(turn: int) -> CreateProduct:
    return CreateProduct(code=f"P{turn}", listing=Listing(title="Tea"), skus=(SkuWish(code=f"S{turn}", price_minor=1),))


def database_of(shop: Retail) -> Any:
    return shop.background.outbox.database  # type: ignore[attr-defined]
