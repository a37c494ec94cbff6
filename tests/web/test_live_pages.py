"""Live pages: whoever waits for an order is told that it changed, nothing is missed, and nobody listens to another's (R48)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from retail_domain.kernel.costs import STREAM, Whose
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import ShipOrder
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.http.refusals import TooBusy
from retail_entrypoints.web.live import LookOut
from tests.e2e.whole_shop import NOBODY, SYSTEM, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.at_the_desk import an_order
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request)) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def buyer(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        await somebody.submit(await somebody.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        yield somebody


async def works(shop: WholeShop) -> None:
    """The worker gives events their numbers."""
    while (await shop.retail.background.timers["number_events"]()).due:
        continue


async def ship(shop: WholeShop, order: dict[str, Any]) -> None:
    wish = ShipOrder(order_id=OrderId(UUID(order["order_id"])), carrier="SF", tracking_number="SF42", actor=SYSTEM)
    await shop.retail.ordering.ship(wish)
    await works(shop)


def stream_of(page: Sheet) -> str:
    (mark,) = [one for one in page.root.all("p") if one.has("data-live")]
    return mark.get("data-live")


async def heard(buyer: PaperBrowser, stream: str, last: int | None = None) -> tuple[bool, int]:
    """Whether the stream said that something changed, and how far it has come."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    answer = await buyer.client.get(stream, headers={**headers, "Cookie": buyer.cookie_line})
    assert answer.headers["content-type"].startswith("text/event-stream"), answer.text
    assert answer.headers["cache-control"] == "no-store" and answer.text.startswith("retry: 1000\n\nid: ")
    _, told = answer.text.split("\n\n", 1)
    number = int(told.partition("\n")[0].removeprefix("id: "))
    return "event: changed\ndata: ." in told, number


async def test_whoever_waits_for_an_order_is_told_when_it_changes(shop: WholeShop, buyer: PaperBrowser) -> None:
    order = await an_order(shop)
    await works(shop)
    page = await buyer.open(f"/orders/{order['order_id']}")
    waiting = asyncio.create_task(heard(buyer, stream_of(page)))
    await asyncio.sleep(0.1)
    assert not waiting.done()

    await ship(shop, order)
    async with asyncio.timeout(20):
        is_news, number = await waiting

    assert is_news and number == await shop.retail.events.last_number()


async def test_what_happens_between_two_streams_is_told_by_the_second(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Also by a process that never heard of the first one, and never again to who knows it."""
    order, other = await an_order(shop), await an_order(shop)
    await works(shop)
    known = await shop.retail.events.last_number()
    await ship(shop, order)
    last = await shop.retail.events.last_number()
    stream = f"/orders/{order['order_id']}/live"

    assert await heard(buyer, stream, known) == (True, last)
    assert (await heard(buyer, stream))[0], "who knows nothing looks"
    assert (await heard(buyer, f"{stream}?after={known}"))[0]
    waiting = asyncio.create_task(heard(buyer, stream, last))
    await ship(shop, other)
    await asyncio.sleep(1)
    assert not waiting.done(), "another's order is none of its business"
    waiting.cancel()


async def test_nobody_listens_to_an_order_that_is_not_theirs(shop: WholeShop, buyer: PaperBrowser) -> None:
    """R34, R36"""
    order = await an_order(shop)
    async with browsing(shop) as guest:
        assert (await guest.open(f"/orders/{order['order_id']}/live")).path == "/enter"
    assert (await buyer.client.get(f"/orders/{NOBODY}/live", headers={"Cookie": buyer.cookie_line})).status_code == 404


async def test_a_stream_ends_when_there_is_nothing_to_say_and_a_line_has_its_share(shop: WholeShop) -> None:
    """ACC-R7: who comes on top is sent away, and who waits in vain gives the room back."""
    order = UUID((await an_order(shop))["order_id"])
    await works(shop)
    last = await shop.retail.events.last_number()
    look_out = LookOut(shop.retail.events, lasts_seconds=0.3)
    most = STREAM.at_once(Whose.LINE)
    streams = [look_out.stream(order, last, "192.0.2.1") for _ in range(most)]
    waiting = [asyncio.create_task(_all(stream)) for stream in streams]
    await asyncio.sleep(0.05)
    with pytest.raises(TooBusy):
        look_out.stream(order, last, "192.0.2.1")
    look_out.stream(order, last, "192.0.2.2")

    assert await asyncio.gather(*waiting) == [b"retry: 1000\n\nid: %d\n\n" % last] * most
    look_out.stream(order, last, "192.0.2.1")


async def _all(stream: Any) -> bytes:
    return b"".join([piece async for piece in stream.iterator])
