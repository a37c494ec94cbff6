"""What docs/how-to/add-a-limited-thing.md adds passes the examination on every store, with rows in a schema of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from retail_adapters.assemble import on_database, on_memory, on_postgres, on_sqlite
from retail_adapters.sql.audit import audit
from retail_adapters.sql.postgres import open_pool
from retail_adapters.system.clock import SystemClock
from retail_domain.inventory import OpenLocation, ReceiveStock
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import QuoteId
from retail_domain.pricing import WantedLine, Wish
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from tests.support.market import CLERK, Market
from tests.support.stores import STORES, HandClock, Place, open_database, place_of

PAGE = Path(__file__).parents[2] / "docs/how-to/add-a-limited-thing.md"


def page() -> dict[str, Any]:
    """The names its Python blocks define, executed in order as a module that somebody imports."""
    names: dict[str, Any] = {"__name__": "a_host"}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), names)
    return names


HOST = page()
DAYS, SLOTS, COLLEAGUES = HOST["DAYS"], HOST["SLOTS"], HOST["COLLEAGUES"]


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


@asynccontextmanager
async def opened(place: Place, **more: Any) -> AsyncIterator[Any]:
    """The shop of the page."""
    if place.kind == "memory":
        yield on_memory(HOST["outside"](HOST["IN_MEMORY"], **more))
        return
    async with open_database(place) as database:
        await asyncio.to_thread(make_tables, place)
        yield on_database(database, HOST["outside"](HOST["IN_SQL"], **more))
        if "clock" in more:
            assert await audit(database, at=more["clock"].now()) == []


def make_tables(place: Place) -> None:
    HOST["sql"].make_tables(f"sqlite:///{place.address}" if place.kind == "sqlite" else place.address, HOST["gifts"])


class TestTheLimitedThingOfThePage(HOST["WrappingExamined"]):  # type: ignore[misc]
    """As our own."""

    @pytest.fixture
    async def begin(self, place: Place) -> AsyncIterator[Any]:
        """Units of work on every store."""
        async with opened(place) as shop:
            yield shop.begin


class TestTheExaminationOfThePage(HOST["TestWrapping"]):  # type: ignore[misc]
    """With the fixture that the page writes for memory."""


class TestTheExaminationOfThePageInAFile(HOST["TestWrappingInAFile"]):  # type: ignore[misc]
    """With the one it writes for a file."""


class TestTheExaminationOfThePageOnPostgres(HOST["TestWrappingOnPostgres"]):  # type: ignore[misc]
    """With the one it writes for PostgreSQL."""


@pytest.mark.parametrize(
    ("opened_on", "hosted", "said"),
    [
        (on_memory, "IN_SQL", "'wrapping_days' is made for a database, and this shop is kept in memory"),
        (lambda outside: on_sqlite("never.db", outside, migrate=False), "IN_MEMORY",
         "'wrapping_days' is made for memory, and this shop is kept in a database"),
    ],
)  # fmt: skip
async def test_a_collection_of_another_store_is_refused_when_the_shop_opens(opened_on: Any, hosted: str, said: str) -> None:
    """R41."""
    with pytest.raises(TypeError, match=said):
        opened_on(HOST["outside"](HOST[hosted]))


async def test_what_the_page_sells_is_sold_on_every_store(place: Place) -> None:
    """R32."""
    async with opened(place, clock=SystemClock()) as shop:
        await HOST["sell"](shop)


@pytest.mark.parametrize("percent", [0, 5])
async def test_who_is_no_colleague_any_more_is_asked_again(percent: int, place: Place) -> None:
    """R7: what a quote rests on, and does not take, is looked at when it is ordered."""
    async with opened(place, clock=HandClock()) as shop:
        ask = await at_home(shop)
        await set_percent(shop, ask.member_id, 50)
        quote = await shop.quoting.quote(ask)
        await set_percent(shop, ask.member_id, percent)

        with pytest.raises(DomainError) as refused:
            await shop.checkout.place(accepted(quote))

    assert refused.value.code == "quote.price_changed"


async def test_of_rivals_for_the_slot_of_a_day_one_gets_it(place: Place) -> None:
    """R1: also when nobody ever asked for that day before."""
    async with opened(place, clock=HandClock()) as shop:
        ask = await at_home(shop, Wish("wrapping", "2026-07-01"))
        quotes = [await shop.quoting.quote(ask) for _ in range(5)]
        said = await asyncio.gather(*(shop.checkout.place(accepted(quote)) for quote in quotes), return_exceptions=True)
        async with shop.begin() as work:
            day = (await work.hosted(DAYS).of([date(2026, 7, 1)]))[date(2026, 7, 1)]

    refused = [one for one in said if isinstance(one, BaseException)]
    assert {getattr(one, "code", one) for one in refused} == {"wrapping.day_is_full"}
    assert (len(refused), day.taken) == (4, 1)


async def test_rows_of_the_host_are_part_of_the_transaction_that_he_has_open(postgres_url: str) -> None:
    """R16: joined, what was taken is rolled back and committed with what the host does himself."""
    await asyncio.to_thread(make_tables, Place("postgres", postgres_url))
    pool = await open_pool(postgres_url, connections_max=2)
    engine = create_async_engine(postgres_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        shop = on_postgres(pool, HOST["outside"](HOST["IN_SQL"], clock=HandClock()))
        ask = await at_home(shop, Wish("wrapping", "2026-07-01"))
        quote = await shop.quoting.quote(ask)
        taken = text("SELECT coalesce(sum(taken), 0) FROM gifts.days")

        async with engine.connect() as connection:
            await shop.joined(connection).checkout.place(accepted(quote))
            assert (await connection.execute(taken)).scalar_one() == 1
            await connection.rollback()
            assert (await connection.execute(taken)).scalar_one() == 0
        async with engine.begin() as connection:
            await shop.joined(connection).checkout.place(accepted(quote))
        async with engine.connect() as connection:
            assert (await connection.execute(taken)).scalar_one() == 1
    finally:
        await engine.dispose()
        await pool.close()


async def at_home(shop: Any, *wishes: Wish) -> QuoteBasket:
    """Something to buy, and somebody who asks what it costs."""
    market = Market(shop, HandClock())
    await shop.inventory.open_location(OpenLocation(code="main", name="W", actor=CLERK))
    sku_id, buyer = await market.goods("G", stock=0), await market.buyer()
    await shop.inventory.receive(ReceiveStock(sku_id=sku_id, location="main", quantity=9, reference="note", actor=CLERK))
    lines = (WantedLine(sku_id, 1),)
    return QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines, wishes=wishes)


def accepted(quote: Any) -> PlaceOrder:
    return PlaceOrder(member_id=quote.member_id, quote_id=QuoteId(quote.id), hash=quote.hash)


async def set_percent(shop: Any, member_id: Any, percent: int) -> None:
    async with shop.begin() as work:
        known = (await work.hosted(COLLEAGUES).claim([member_id])).get(member_id)
        now = HOST["Colleague"](member_id=member_id, percent=percent, version=known.version if known else 0)
        work.hosted(COLLEAGUES).save(Change(known, now))
        await work.commit()
