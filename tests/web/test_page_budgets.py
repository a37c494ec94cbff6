"""What a page may cost, where no clock is needed: statements, and bytes of styles, scripts and lists (DOR-R10).

Requests and pictures are counted in a browser (`test_in_a_browser.py`); time is measured by `make bench ARGS="web"`.
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import pytest
import pytest_asyncio
from attrs import frozen

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.web.static import static_files
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.accounts import Recording
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import place_of
from tests.web.at_the_desk import an_order, at_the_desk
from tests.web.paper import PaperBrowser, browsing, with_pages

STATEMENTS_MAX: Final = 4
"""Of a list, a page of goods or a cart; `begin` is one of them."""
OVERVIEW_MAX: Final = 10
"""Eight things wait for somebody, each a statement of its own; sales, and what the orders to be sent consist of."""
ORDER_OF_A_MEMBER_MAX: Final = 3
CSS_BYTES_MAX: Final = {"shop.css": 8 * 1024, "desk.css": 12 * 1024}
JS_BYTES_MAX: Final = 8 * 1024
LIST_BYTES_MAX: Final = 24 * 1024
WHO_LOOKS: Final = "sessions.show"


@frozen
class WatchedShop:
    """A shop on a database, and the statements it was asked."""

    shop: WholeShop
    names: list[str]

    async def asked_by(self, somebody: PaperBrowser, path: str) -> Sequence[str]:
        """What the database is asked for a page, but for who looks at it; what the shop says of itself was asked before."""
        await somebody.open(path)
        self.names.clear()
        assert (await somebody.open(path)).answer.status_code == 200
        return [name for name in self.names if name != WHO_LOOKS and not name.startswith("settings.")]


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def watched(request: pytest.FixtureRequest) -> AsyncIterator[WatchedShop]:
    """With one order."""
    found: list[Recording] = []

    def through(database: Any) -> Any:
        found.append(Recording(database))
        return found[0]

    async with open_whole_shop(place_of(request), PretendGateway(), through=through) as opened:
        yield WatchedShop(with_pages(opened), found[0].names)


async def test_pages_of_goods_and_the_cart_ask_little(watched: WatchedShop) -> None:
    """DOR-R10, R46: the same for a stranger and for a member."""
    async with browsing(watched.shop) as buyer:
        goods = next(one for one in (await buyer.open("/")).links() if one.startswith("/p/"))
        category = next(one for one in (await buyer.open("/c")).links() if one.startswith("/c/"))
        paths = ("/c", category, "/find?query=tea", goods, "/cart")
        asked = {path: await watched.asked_by(buyer, path) for path in paths}
        await buyer.submit(await buyer.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        await buyer.submit(await buyer.open(goods), "/cart/lines")
        known = {path: await watched.asked_by(buyer, path) for path in paths}
    for path in paths:
        most = STATEMENTS_MAX + (path == goods)  # which coupons there are to take for them
        assert len(asked[path]) <= most, (path, asked[path])
        assert known[path] == asked[path] or path == "/cart", (path, known[path])
    assert 0 < len(known["/cart"]) <= STATEMENTS_MAX, known["/cart"]


async def test_the_overview_and_the_pages_of_an_order_ask_little(watched: WatchedShop) -> None:
    """DOR-R10: what waits is asked once, and not again for the list beside it."""
    order = await an_order(watched.shop)
    async with browsing(watched.shop) as buyer:
        await buyer.submit(await buyer.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        for path in ("/orders", f"/orders/{order['order_id']}"):
            asked = await watched.asked_by(buyer, path)
            assert 0 < len(asked) <= ORDER_OF_A_MEMBER_MAX, (path, asked)
    async with at_the_desk(watched.shop) as staff:
        asked = await watched.asked_by(staff, "/desk")
    assert len(asked) == len(set(asked)), f"asked twice: {asked}"
    assert 5 < len(asked) <= OVERVIEW_MAX, asked


def test_styles_and_scripts_are_light() -> None:
    """DOR-R10: packed, as they are sent; every script that any page loads, together."""
    known = static_files()
    for name, most in CSS_BYTES_MAX.items():
        assert 0 < len(known.files[known.names[name]].packed) <= most, name
    scripts = [len(known.files[hashed].packed) for name, hashed in known.names.items() if name.endswith(".js")]
    assert scripts and sum(scripts) <= JS_BYTES_MAX


async def test_a_list_is_light_before_it_is_packed(watched: WatchedShop) -> None:
    """DOR-R10: where nothing in front of the shop packs pages, they are sent whole."""
    async with browsing(watched.shop) as stranger:
        for path in ("/c", "/find?query=tea"):
            sheet = await stranger.open(path)
            assert sheet.root.text and len(sheet.answer.content) <= LIST_BYTES_MAX
            assert len(gzip.compress(sheet.answer.content, 5)) < len(sheet.answer.content)
