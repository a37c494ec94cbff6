"""Orders that come at the same time share a transaction, as in a server: every promise about orders holds all the same.

Four processes with a queue each, on both databases; and one process in which things go wrong in the middle of a batch.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from attrs import evolve

from retail_adapters.system.coalescer import Queueing
from retail_domain.cart import CartLine
from retail_domain.kernel.errors import CommitUnknown
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.pricing import Quote
from retail_domain.processes.purchase.carting import AddToCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from tests.support.market import Buyer
from tests.support.proxy import wire_to
from tests.support.sandbox import Sandbox
from tests.support.shop import Call, Crew, Shop, a_crew, codes, open_shop, told
from tests.support.stores import Place, place_of

pytestmark = pytest.mark.slow
NO_PROVIDER = Sandbox("http://127.0.0.1:9", 0)
PAGE = PageRequest(100)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    """Four processes."""
    with a_crew() as crew:
        yield crew


@pytest.fixture(params=("sqlite", "postgres"))
def place(request: pytest.FixtureRequest) -> Place:
    """Where the shop's database lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[Shop]:
    """A shop as a server opens it: batches of 16 at most, two under way."""
    async with open_shop(place, NO_PROVIDER, Queueing(batch_max=16, flushers=2)) as shop:
        yield shop


def under_key(buyer: Buyer, key: str, fingerprint: str = "f") -> Once:
    return Once(principal=f"member:{buyer.id}", operation="place", key=key, fingerprint=fingerprint)


async def placed_in(shop: Shop) -> int:
    return len((await shop.retail.ordering.show.all(PAGE)).items)


# ---- rival batches of several processes --------------------------------------------------------------------------------


async def test_batches_of_rival_processes_sell_exactly_what_is_there(shop: Shop, crew: Crew) -> None:
    """R1, R16, R3: ten units, sixty buyers in four processes: ten orders, and fifty are told that it is sold out."""
    tea, buyer = await shop.goods("tea", stock=10), await shop.buyer()
    calls: list[Call] = [("checkout.place", await shop.ask(buyer, (tea, 1))) for _ in range(60)]

    answers = await crew.carry_out(shop.here, calls)

    assert codes(answers) == {"": 10, "stock.sold_out": 50}
    assert ((await shop.shelf(tea)).reserved, await placed_in(shop)) == (10, 10)
    await shop.is_clean()


async def test_batches_that_want_the_same_goods_in_opposite_orders_do_not_wait_for_each_other_for_ever(
    shop: Shop, crew: Crew
) -> None:
    """R31, GEN-R16: one order of locks for all batches; with limits and keys, whose rows are locks too."""
    tea, cup = await shop.goods("tea", stock=200), await shop.goods("cup", stock=200)
    pot = await shop.limited_goods("pot", limit=99, stock=200)
    buyers = [await shop.buyer(number) for number in range(4)]
    baskets = (((tea, 1), (cup, 1), (pot, 1)), ((pot, 1), (tea, 1)), ((cup, 1), (tea, 1)))
    asks = [
        await shop.ask(buyers[number % 4], *baskets[number % 3], once=under_key(buyers[number % 4], f"k{99 - number}"))
        for number in range(60)
    ]

    answers = await crew.carry_out(shop.here, [("checkout.place", ask) for ask in asks])

    assert codes(answers) == {"": 60}
    assert await placed_in(shop) == 60
    await shop.is_clean()


async def test_one_key_in_several_batches_and_processes_is_one_order(shop: Shop, crew: Crew) -> None:
    """R17, R18: with the key or without it, everyone who accepted this quote gets the one order."""
    tea, buyer = await shop.goods("tea", stock=1), await shop.buyer()
    ask = await shop.ask(buyer, (tea, 1), once=under_key(buyer, "k1"))
    keyless = PlaceOrder(member_id=buyer.id, quote_id=ask.quote_id, hash=ask.hash)

    answers = await crew.carry_out(shop.here, [("checkout.place", one) for one in (ask, keyless) * 12])

    assert codes(answers) == {"": 24} and len({one.answer for one in answers}) == 1
    assert (await shop.shelf(tea)).reserved == 1
    await shop.is_clean()


async def test_one_key_for_two_quotes_places_one_of_them(shop: Shop, crew: Crew) -> None:
    """R17: whichever comes first; the others are told that the key was used for something else."""
    tea, cup, buyer = await shop.goods("tea"), await shop.goods("cup"), await shop.buyer()
    asks = [
        await shop.ask(buyer, (sku_id, 1), once=under_key(buyer, "k1", fingerprint))
        for sku_id, fingerprint in ((tea, "a"), (cup, "b"))
    ]

    answers = await crew.carry_out(shop.here, [("checkout.place", one) for one in asks * 10])

    assert codes(answers) == {"": 10, "idempotency.key_reused": 10}
    assert len({one.answer for one in answers if one.is_done}) == await placed_in(shop) == 1
    await shop.is_clean()


async def test_one_version_of_a_cart_is_checked_out_once(shop: Shop, crew: Crew) -> None:
    """R18: twelve quotes of it, in four processes."""
    tea, buyer = await shop.goods("tea", stock=50), await shop.buyer()
    await shop.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1)))
    quotes = [await cart_quote(shop, buyer) for _ in range(12)]

    answers = await crew.carry_out(shop.here, [("checkout.place", acceptance(quote)) for quote in quotes])

    assert codes(answers) == {"": 1, "order.cart_already_ordered": 11}
    assert ((await shop.shelf(tea)).reserved, await placed_in(shop)) == (1, 1)
    await shop.is_clean()


async def cart_quote(shop: Shop, buyer: Buyer) -> Quote:
    return await shop.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))


def acceptance(quote: Quote) -> PlaceOrder:
    return PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=quote.hash)


# ---- one batch in which something goes wrong ---------------------------------------------------------------------------


async def test_a_poisoned_order_fails_alone(shop: Shop, place: Place) -> None:
    """R47, R16: the law it would break is told to its buyer; the fifteen others of its batch have their orders."""
    tea = await shop.goods("tea", stock=100)
    buyers = [await shop.buyer(number) for number in range(16)]
    asks = [await shop.ask(buyer, (tea, 1)) for buyer in buyers]
    await forbid_orders_of(place, buyers[5].id)

    answers = await asyncio.gather(*(told(shop.retail.checkout.place(ask)) for ask in asks))

    assert [number for number, one in enumerate(answers) if not one.is_done] == [5]
    assert answers[5].code == "store.broken"
    assert (await shop.shelf(tea)).reserved == 15
    await shop.is_clean()


async def forbid_orders_of(place: Place, member_id: MemberId) -> None:
    """A law of the database that this member's orders break."""
    if place.kind == "postgres":
        connection = await asyncpg.connect(place.address)
        await connection.execute(
            f"ALTER TABLE retail.orders ADD CONSTRAINT ck_orders_planted CHECK (member_id <> '{member_id}')"
        )
        await connection.close()
        return
    file = sqlite3.connect(place.address)
    file.execute(
        f"""CREATE TRIGGER planted BEFORE INSERT ON retail_orders WHEN NEW.member_id = X'{member_id.hex}'
        BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: ck_orders_planted'); END"""
    )
    file.commit()
    file.close()


async def test_the_same_key_and_the_same_quote_twice_in_one_batch_are_one_order(shop: Shop) -> None:
    """R17, R18: both callers get the answer, also for the last unit."""
    tea, buyer = await shop.goods("tea", stock=1), await shop.buyer()
    ask = await shop.ask(buyer, (tea, 1), once=under_key(buyer, "k1"))
    other_key = evolve(ask, once=under_key(buyer, "k2"))

    answers = await asyncio.gather(*map(shop.retail.checkout.place, [ask, ask, other_key, evolve(ask, once=None)]))

    assert len(set(answers)) == 1 == await placed_in(shop)
    assert await shop.retail.checkout.place(other_key) == answers[0]
    await shop.is_clean()


async def test_a_refused_order_does_not_use_up_its_key_for_the_next_one_in_the_batch(shop: Shop) -> None:
    """R17: refusals are not remembered, in a batch as little as one by one."""
    tea, cup, buyer = await shop.goods("tea", stock=1), await shop.goods("cup"), await shop.buyer()
    too_many = await quote_beyond(shop, buyer, tea)
    first = evolve(acceptance(too_many), once=under_key(buyer, "k1", "a"))
    second = await shop.ask(buyer, (cup, 1), once=under_key(buyer, "k1", "b"))

    answers = await asyncio.gather(*(told(shop.retail.checkout.place(ask)) for ask in (first, second)))

    assert [one.code for one in answers] == ["stock.sold_out", ""]
    await shop.is_clean()


async def quote_beyond(shop: Shop, buyer: Buyer, sku_id: SkuId) -> Quote:
    """A quote for the last unit, which somebody else has bought meanwhile."""
    quote = await shop.quote(buyer, (sku_id, 1))
    await shop.order(buyer, (sku_id, 1))
    return quote


async def test_a_client_who_goes_away_loses_nobody_elses_order_and_his_key_tells_what_became_of_his(shop: Shop) -> None:
    """F9, R15: ten callers are there, every third hangs up while the batch is under way."""
    tea, buyer = await shop.goods("tea", stock=100), await shop.buyer()
    asks = [await shop.ask(buyer, (tea, 1), once=under_key(buyer, f"k{number}")) for number in range(10)]
    calls = [asyncio.create_task(told(shop.retail.checkout.place(ask))) for ask in asks]

    for call in calls[::3]:
        await asyncio.sleep(0.002)
        call.cancel()
    await asyncio.wait(calls)

    stayed = [call.result() for number, call in enumerate(calls) if number % 3]
    assert codes(stayed) == {"": 6}
    again = [await shop.retail.checkout.place(ask) for ask in asks]
    assert [one.answer for one in stayed] == [answer for number, answer in enumerate(again) if number % 3]
    assert len({answer.order_id for answer in again}) == 10 == await placed_in(shop)
    await shop.is_clean()


async def test_a_full_queue_sheds_at_once_keeps_what_it_took_and_recovers(place: Place) -> None:
    """R46: 503 and Retry-After at the door; whoever comes again later is served."""
    async with open_shop(place, NO_PROVIDER, Queueing(batch_max=2, waiting_max=4)) as shop:
        tea, buyer = await shop.goods("tea", stock=100), await shop.buyer()
        asks = [await shop.ask(buyer, (tea, 1)) for _ in range(20)]

        answers = await asyncio.gather(*(told(shop.retail.checkout.place(ask)) for ask in asks))

        assert codes(answers) == {"": 4, "store.unavailable": 16}
        assert (await shop.shelf(tea)).reserved == 4
        for ask in asks:
            await shop.retail.checkout.place(ask)
        assert await placed_in(shop) == 20
        await shop.is_clean()


async def test_closing_the_shop_finishes_the_orders_that_were_taken(place: Place) -> None:
    """R15: a server that stops."""
    async with open_shop(place, NO_PROVIDER, Queueing(batch_max=3)) as shop:
        tea, buyer = await shop.goods("tea", stock=100), await shop.buyer()
        asks = [await shop.ask(buyer, (tea, 1)) for _ in range(10)]
        calls = [asyncio.create_task(told(shop.retail.checkout.place(ask))) for ask in asks]
        await asyncio.sleep(0)

        await shop.retail.aclose()

        assert codes(await asyncio.gather(*calls)) == {"": 10}
        late = await told(shop.retail.checkout.place(asks[0]))
        assert late.code == "store.unavailable"


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_batch_whose_commit_got_lost_is_told_by_its_keys_and_placed_once(cut: str, postgres_url: str) -> None:
    """R15, R17, F3: stored, then everyone gets the order; not stored, then everyone is told that nobody knows."""
    async with wire_to(postgres_url) as wire, open_shop(Place("postgres", wire.url), NO_PROVIDER, Queueing()) as shop:
        tea, buyer = await shop.goods("tea", stock=100), await shop.buyer()
        asks = [await shop.ask(buyer, (tea, 1), once=under_key(buyer, f"k{number}")) for number in range(6)]
        asks += [await shop.ask(buyer, (tea, 1)) for _ in range(6)]

        wire.cut = cut
        calls = [asyncio.create_task(told(shop.retail.checkout.place(ask))) for ask in asks]
        while not wire.cuts:
            await asyncio.sleep(0.001)
        wire.cut = None
        answers = await asyncio.gather(*calls)

        assert codes(answers) == ({"": 12} if cut == "after" else {CommitUnknown.code: 12})
        assert await placed_in(shop) == (12 if cut == "after" else 0)
        again = [await shop.retail.checkout.place(ask) for ask in asks]
        assert cut == "before" or again == [one.answer for one in answers]
        assert (await shop.shelf(tea)).reserved == await placed_in(shop) == 12
        await shop.is_clean()


async def test_a_database_that_is_away_is_told_to_the_whole_batch(postgres_url: str) -> None:
    """R31: 503 for everyone, none of it happened, and when the database is back it is as if nothing had been."""
    async with open_shop(Place("postgres", postgres_url), NO_PROVIDER, Queueing()) as shop:
        tea, buyer = await shop.goods("tea", stock=100), await shop.buyer()
        asks = [await shop.ask(buyer, (tea, 1)) for _ in range(6)]
        await allow_connections(postgres_url, "false")

        answers = await asyncio.gather(*(told(shop.retail.checkout.place(ask)) for ask in asks))

        assert codes(answers) == {"store.unavailable": 6}
        await allow_connections(postgres_url, "true")
        assert await placed_in(shop) == 0
        again = await asyncio.gather(*map(shop.retail.checkout.place, asks))
        assert len({one.order_id for one in again}) == 6 == await placed_in(shop)
        await shop.is_clean()


async def allow_connections(url: str, allowed: str) -> None:
    """Close the database to everybody, or open it again."""
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    connection = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
    await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await connection.close()
