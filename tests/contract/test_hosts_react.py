"""What follows in the application around the shop: a delivery of its own, written with the event, made by any worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import frozen
from sqlalchemy import Column, MetaData, Table

from retail_adapters.assemble import Outside, on_database, on_memory, on_postgres
from retail_adapters.memory import hosting as memory
from retail_adapters.sql import hosting as sql
from retail_adapters.sql.postgres import open_pool
from retail_domain.catalog import ProductCreated, SkuRepriced
from retail_domain.hosting import Change, Follows, Hosted, HostedRows, HostingWork, Means, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_domain.processes.worker.relay import ATTEMPTS_MAX, ReplayParked
from tests.support.market import Market, open_market
from tests.support.stores import STORES, HandClock, Place, open_database, place_of


@frozen(kw_only=True)
class Label:
    """A price label to be printed for new goods."""

    product_id: ProductId
    copies: int = 0
    version: int = 0


LABELS: Final[Hosted[HostedRows[ProductId, Label]]] = Hosted("labels")
_METADATA: Final = MetaData(schema="labelling")
_LABELS: Final = Table(
    "labels", _METADATA, Column("product_id", sql.Id, primary_key=True),
    Column("copies", sql.Whole, nullable=False), Column("version", sql.Whole, nullable=False),
)  # fmt: skip
IN_MEMORY: Final[Mapping[Hosted[Any], Any]] = {LABELS: memory.hosted_rows("labels", "product_id")}
IN_SQL: Final[Mapping[Hosted[Any], Any]] = {LABELS: sql.hosted_rows(_LABELS, Label)}


async def print_label(work: HostingWork, event: ProductCreated, means: Means) -> None:
    """One more copy: a reaction that was made twice would show."""
    found = (await work.hosted(LABELS).of([event.product_id])).get(event.product_id)
    copies = found.copies if found else 0
    work.hosted(LABELS).save(Change(found, Label(product_id=event.product_id, copies=copies + 1, version=copies)))


PRINTS: Final = Follows("labelling.print", (ProductCreated,), print_label)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@asynccontextmanager
async def a_market(place: Place, *reactions: Follows) -> AsyncIterator[Market]:
    """A shop with such reactions around it."""
    hosted = IN_MEMORY if place.kind == "memory" else IN_SQL
    async with open_market(place, hosted=hosted, reactions=reactions) as market:
        if place.kind != "memory":
            await asyncio.to_thread(_make_tables, place)
        yield market


@asynccontextmanager
async def again(place: Place, clock: HandClock, *reactions: Follows) -> AsyncIterator[Market]:
    """The same shop in another process."""
    async with open_database(Place("same sqlite" if place.kind == "sqlite" else place.kind, place.address)) as database:
        yield Market(on_database(database, Outside(clock=clock, hosted=IN_SQL, reactions=reactions)), clock)


def _make_tables(place: Place) -> None:
    sql.make_tables(f"sqlite:///{place.address}" if place.kind != "postgres" else place.address, _METADATA)


async def labels(market: Market) -> list[int]:
    async with market.retail.begin() as work:
        found = await work.hosted(LABELS).of(market.products.values())
    return [found[id].copies for id in market.products.values() if id in found]


async def drive(market: Market) -> None:
    while await market.retail.background.deliver_next():
        continue


async def waiting(market: Market, *, parked_only: bool = False) -> list[tuple[str, str | None]]:
    page = await market.retail.background.outbox.open(PageRequest(), parked_only=parked_only)
    return [(one.reaction, one.error) for one in page.items if one.reaction.startswith("labelling.")]


async def test_a_reaction_of_the_host_is_made_once_by_whoever_drives_the_shop(place: Place) -> None:
    """R25, R26: it lies in the outbox before anybody works, and workers side by side make it once."""
    async with a_market(place, PRINTS) as market:
        for code in "ABC":
            await market.goods(code)
        assert (await waiting(market), await labels(market)) == ([("labelling.print", None)] * 3, [])

        await asyncio.gather(drive(market), drive(market))

        assert (await waiting(market), await labels(market)) == ([], [1, 1, 1])


async def test_a_reaction_that_breaks_is_tried_again_parked_and_played_again(place: Place) -> None:
    """R27: its effect is taken back with it, what the shop does itself goes on, and the log says what is amiss."""
    works = False

    async def breaks(work: HostingWork, event: ProductCreated, means: Means) -> None:
        await print_label(work, event, means)
        if not works:
            raise ConnectionError("no printer")

    async with a_market(place, Follows("labelling.print", (ProductCreated,), breaks)) as market:
        await market.goods("A")
        for _ in range(ATTEMPTS_MAX):
            await drive(market)
            market.clock.pass_(timedelta(hours=1))
        assert (await waiting(market, parked_only=True), await labels(market)) == ([("labelling.print", "ConnectionError")], [])

        works = True
        assert await market.retail.background.replay_parked(ReplayParked()) == 1
        await drive(market)

        assert (await waiting(market), await labels(market)) == ([], [1])


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_worker_that_lacks_the_reaction_says_so_and_loses_nothing(
    kind: str, sqlite_path: str, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R27: an unknown name is told by log and list, and whoever knows it carries it out later."""
    place = Place(kind, str(sqlite_path) if kind == "sqlite" else postgres_url)
    async with a_market(place, PRINTS) as market:
        await market.goods("A")
        with caplog.at_level(logging.WARNING, "retail.outbox"):
            async with again(place, market.clock) as other:
                await drive(other)
        assert await waiting(market) == [("labelling.print", "UnknownReaction: outbox.unknown_reaction")]
        assert [(one.message, vars(one)["reaction"]) for one in caplog.records] == [("delivery.failed", "labelling.print")]

        market.clock.pass_(timedelta(hours=1))
        async with again(place, market.clock, PRINTS) as third:
            await drive(third)
        assert (await waiting(market), await labels(market)) == ([], [1])


async def test_in_a_hosts_transaction_the_reaction_is_owed_if_the_host_commits(postgres_url: str) -> None:
    """R16, R25."""
    from sqlalchemy.ext.asyncio import create_async_engine

    from retail_domain.catalog import CreateProduct, Listing, SkuWish

    await asyncio.to_thread(_make_tables, Place("postgres", postgres_url))
    engine = create_async_engine(postgres_url.replace("postgresql://", "postgresql+asyncpg://", 1))
    pool = await open_pool(postgres_url, connections_max=2)
    try:
        retail = on_postgres(pool, Outside(reactions=(PRINTS,), hosted=IN_SQL))
        for code, commits in (("A", False), ("B", True)):
            wish = CreateProduct(code=code, listing=Listing(title=code), skus=(SkuWish(code=code, price_minor=1),))
            async with engine.connect() as connection:
                await retail.joined(connection).catalog.create(wish)
                await (connection.commit() if commits else connection.rollback())
        owed = (await retail.background.outbox.open(PageRequest())).items
        assert [one.reaction for one in owed] == ["labelling.print"]
        assert await retail.background.deliver_next() and not await retail.background.deliver_next()
    finally:
        await pool.close()
        await engine.dispose()


async def too_little(work: Any, event: Any) -> None:
    """Takes no means."""


def no_coroutine(work: Any, event: Any, means: Any) -> None:
    """Cannot be waited for."""


@pytest.mark.parametrize(
    ("reactions", "why"),
    [
        ((PRINTS, Follows("labelling.print", (SkuRepriced,), print_label)), "two reactions are called labelling.print"),
        ((Follows("inventory.watch_stock", (ProductCreated,), print_label),), "shop's own"),
        ((Follows("catalog.print", (ProductCreated,), print_label),), "shop's own"),
        ((Follows("print", (ProductCreated,), print_label),), "no name of a reaction"),
        ((Follows("labelling.print", (), print_label),), "follows from no events"),
        ((Follows("labelling.print", (Label,), print_label),), "follows from no events"),  # type: ignore[arg-type]
        ((Follows("labelling.print", (ProductCreated,), too_little),), "takes a unit of work"),  # type: ignore[arg-type]
        ((Follows("labelling.print", (ProductCreated,), no_coroutine),), "async function"),  # type: ignore[arg-type]
        (("labelling.print",), "no reaction"),
    ],
)
def test_a_reaction_that_could_never_be_carried_out_is_refused_when_the_shop_is_made(reactions: Any, why: str) -> None:
    """R25: what would be lost, or done instead of the shop's own."""
    with pytest.raises((TypeError, ValueError), match=why):
        on_memory(Outside(reactions=reactions))
