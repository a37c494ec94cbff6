"""Every page that can be reached by links, as a stranger and as a member: whole, labelled, within its budget (DOR-R10)."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Final

import pytest_asyncio
from PIL import Image

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.web.static import static_files
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages

PAGE_BYTES_MAX: Final = 24 * 1024
LIST_BYTES_MAX: Final = 6 * 1024
OF_OTHERS: Final = ("/docs", "http")


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


def check(sheet: Sheet) -> None:
    """What holds for a page whatever it shows."""
    where, root = sheet.path, sheet.root
    ids = [one.get("id") for one in root.all() if one.has("id")]
    assert len(ids) == len(set(ids)), f"{where}: {[id for id, times in Counter(ids).items() if times > 1]} stand there twice"
    assert sum(1 for _ in root.all("h1")) == 1, f"{where} has one heading"
    assert next(iter(root.all("html"))).get("lang") in ("zh-CN", "en")
    assert next(iter(root.all("title"))).text
    for one in root.all():
        assert not one.has("style"), f"{where}: {one.tag}"
        assert not [name for name in one.attributes if name.startswith("on")], f"{where}: {one.tag}"
        if one.tag == "img":
            assert one.has("alt") and one.has("width") and one.has("height"), f"{where}: a picture without alt or size"
        if one.get("type") == "application/ld+json":
            assert json.loads("".join(part for part in one.parts if isinstance(part, str))), f"{where}: told to machines"
        elif one.tag == "script":
            assert one.get("src").startswith("/static/") and not one.text
        if one.tag in ("a", "button"):
            assert one.text or any(e.has("aria-label") for e in one.all("svg")) or one.has("aria-label"), f"{where}: {one}"
    labelled = {one.get("for") for one in root.all("label")}
    nested = {id(field) for label in root.all("label") for field in label.all("input", "select", "textarea")}
    for one in root.all("input", "select", "textarea"):
        if one.get("type") != "hidden":
            is_named = one.get("id") in labelled or one.has("aria-label") or id(one) in nested
            assert is_named, f"{where}: {one.get('name')} has no label"
    for form in root.all("form"):
        if form.get("method") == "post" and form.get("action") != "/language":
            assert any(one.get("name") == "once" for one in form.all("input")), (
                f"{where}: {form.get('action')} may be sent twice"
            )


async def crawl(buyer: PaperBrowser, start: str = "/") -> dict[str, Sheet]:
    """Every page that links lead to; from the console only those of the console."""
    waiting, seen = [start], dict[str, Sheet]()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith((*OF_OTHERS, "#")):
            continue
        sheet = seen[path] = await buyer.open(path)
        assert sheet.answer.status_code == 200, f"{path} is a dead link"
        waiting += [link for link in sheet.links() if link.startswith(start if start.startswith("/desk") else "/")]
    return seen


async def _order(buyer: PaperBrowser) -> None:
    goods = await buyer.open(next(link for link in (await buyer.open("/")).links() if link.startswith("/p/")))
    entrance = await buyer.submit(goods, "/checkout")
    await buyer.submit(entrance, "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
    goods = await buyer.open(goods.path)
    await buyer.submit(goods, "/cart/lines")
    await buyer.submit(await buyer.submit(goods, "/checkout"), "/place")


async def test_every_page_a_stranger_reaches_is_whole(shop: WholeShop) -> None:
    """No dead link, one heading, everything labelled; no style and no script within (DOR-R10)."""
    async with browsing(shop) as stranger:
        pages = await crawl(stranger)
    assert len(pages) > 8
    for sheet in pages.values():
        check(sheet)


async def test_every_page_a_member_reaches_is_whole_in_both_languages(shop: WholeShop) -> None:
    """With an order and a full cart (DOR-R10)."""
    async with browsing(shop) as member:
        await _order(member)
        for lang in ("zh-CN", "en"):
            member.cookies["lang"] = lang
            pages = await crawl(member)
            assert any(path.endswith("/pay") for path in pages)
            assert any(path.endswith("/cancel") for path in pages)
            for sheet in pages.values():
                check(sheet)


async def test_pages_are_light(shop: WholeShop) -> None:
    """HTML, style, script and marks of a page together, packed (DOR-R10)."""
    async with browsing(shop) as member:
        await _order(member)
        pages = await crawl(member)
    shared = sum(
        len(file.packed) for name, file in static_files().files.items() if not name.startswith(("desk", "console", "icon-"))
    )
    for path, sheet in pages.items():
        html = len(gzip.compress(sheet.answer.content, 5))
        assert html + shared <= PAGE_BYTES_MAX, f"{path}: {html} + {shared}"
        assert html <= LIST_BYTES_MAX or not path.startswith(("/c", "/find")), f"{path}: {html}"


async def test_every_answer_is_guarded_by_its_headers(shop: WholeShop) -> None:
    """No page loads from elsewhere, is framed, or is kept by whoever stands between (R36)."""
    async with browsing(shop) as stranger:
        for path in ("/", "/c", "/cart", "/enter", "/nowhere"):
            headers = (await stranger.open(path)).answer.headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert re.search(r"no-store|private|no-cache", headers["cache-control"])


async def test_what_an_address_brings_from_elsewhere_does_no_harm(shop: WholeShop) -> None:
    """Marks of campaigns are not read, broken filters show the whole list, and nobody is sent to another site (R37)."""
    async with browsing(shop) as stranger:
        for path in ("/?from=timeline&isappinstalled=0", "/c?sort=nonsense", "/c?cursor=%00", "/find?query=" + "x" * 190):
            assert (await stranger.open(path)).answer.status_code in (200, 400), path
        for then in ("//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"):
            sheet = await stranger.open(f"/enter?then={then}")
            fields = [one for form in sheet.root.all("form") if "/enter" in form.get("action") for one in form.all("input")]
            assert {one.get("value") for one in fields if one.get("name") == "then"} == {"/"}


async def test_goods_can_be_narrowed_down_by_what_they_cost(shop: WholeShop) -> None:
    """By category and price, in either order, with the words that were typed; what is no price is not read (R37)."""
    async with browsing(shop) as stranger:
        everything = await stranger.open("/c")
        prices = sorted(_prices(everything))
        assert len(set(prices)) > 2
        for path in (f"/c?least={prices[0]}&most={prices[1]}", f"/c?least={prices[1]}&most={prices[0]}"):
            narrowed = await stranger.open(path)
            check(narrowed)
            assert narrowed.answer.status_code == 200
            assert set(_prices(narrowed)) == {one for one in prices if prices[0] <= one <= prices[1]}
        form = await stranger.open("/find?query=tea")
        assert [one.get("value") for one in form.root.all("input") if one.get("name") == "query"][-1] == "tea"
        (narrow,) = [one for one in form.root.all("form") if any(e.get("name") == "least" for e in one.all("input"))]
        assert narrow.get("action") == "/find"
        found = await stranger.open("/find?query=tea&least=1&most=100000&category=")
        assert _prices(found) == _prices(form)
        assert "/find?query=tea" in found.links()
        category = next(one.get("value") for one in form.root.all("option") if one.get("value"))
        inside = await stranger.open(f"/find?query=&category={category}")
        assert set(_prices(inside)) < set(prices)
        assert _prices(await stranger.open("/c?least=-1&most=1e9")) == _prices(everything)
        assert (await stranger.open(f"/find?category={'0' * 8}-0000-0000-0000-{'0' * 12}")).answer.status_code == 404


def _prices(sheet: Sheet) -> list[int]:
    cards = [one for one in sheet.root.all("article") if one.get("class").startswith("card")]
    return [int(re.sub(r"\D", "", price.text)) for card in cards for price in card.all("span") if price.get("class") == "price"]


async def test_a_phone_can_keep_the_shop_among_its_programs(shop: WholeShop) -> None:
    """The manifest names what is there: icons of the sizes it says, and a page to begin with (DOR-R10)."""
    async with browsing(shop) as stranger:
        home = await stranger.open("/")
        (address,) = [one.get("href") for one in home.root.all("link") if one.get("rel") == "manifest"]
        manifest = (await stranger.client.get(address)).json()
        assert manifest["display"] == "standalone" and (await stranger.open(manifest["start_url"])).answer.status_code == 200
        assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}
        for icon in manifest["icons"]:
            answer = await stranger.client.get(icon["src"])
            assert answer.headers["content-type"] == "image/png"
            assert "x".join(map(str, Image.open(BytesIO(answer.content)).size)) == icon["sizes"]
        for shortcut in manifest["shortcuts"]:
            assert (await stranger.open(shortcut["url"])).answer.status_code == 200


async def test_search_engines_are_told_of_pages_that_are_there(shop: WholeShop) -> None:
    """Robots name the site map, which names goods and nothing of anybody's own; goods tell of themselves (DOR-R10)."""
    async with browsing(shop) as stranger:
        robots = (await stranger.client.get("/robots.txt")).text
        (told,) = re.findall(r"^Sitemap: (.*)$", robots, re.MULTILINE)
        found = re.findall(r"<loc>(.*?)</loc>", (await stranger.client.get(told)).text)
        paths = [one.removeprefix(told.removesuffix("/sitemap.xml")) for one in found]
        closed = re.findall(r"^Disallow: (.*)$", robots, re.MULTILINE)
        assert sum(one.startswith("/p/") for one in paths) > 2 and len(set(paths)) == len(paths)
        for path in paths:
            assert (await stranger.open(path)).answer.status_code == 200
            assert not path.startswith(tuple(closed))
        goods = await stranger.open(next(one for one in paths if one.startswith("/p/")))
        meta = {one.get("property"): one.get("content") for one in goods.root.all("meta") if one.has("property")}
        assert meta["og:title"] == goods.heading and meta["og:url"].endswith(goods.path)
        assert (await stranger.client.get(meta["og:image"])).headers["content-type"].startswith("image/")


async def test_goods_tell_machines_what_they_are_and_what_they_cost(shop: WholeShop) -> None:
    """In the words of schema.org: the price that the page shows, whether it is there, and the way to it (DOR-R10)."""
    async with browsing(shop) as stranger:
        for link in {one for one in (await stranger.open("/")).links() if one.startswith("/p/")}:
            goods = await stranger.open(link)
            (block,) = [one for one in goods.root.all("script") if one.get("type") == "application/ld+json"]
            product, way = json.loads(block.text)["@graph"]
            offer = product["offers"]
            shown = next(_prices_of(goods))
            assert product["name"] == goods.heading and offer["availability"].endswith("/InStock")
            assert float(offer.get("price") or offer["lowPrice"]) == shown
            steps = way["itemListElement"]
            assert [one["position"] for one in steps] == [1, 2, 3]
            for step in steps:
                assert (await stranger.open(step["item"].removeprefix("http://shop.test"))).answer.status_code == 200


def _prices_of(sheet: Sheet) -> Iterator[float]:
    return (float(one.text.replace(" ", "")[1:]) for one in sheet.root.all("span") if one.get("class") == "price")


async def test_only_what_everybody_sees_alike_is_kept_for_where_there_is_no_network(shop: WholeShop) -> None:
    """R40: a page is marked so for a stranger without a cart, and none is for anybody who is known (DOR-R10)."""
    async with browsing(shop) as somebody:
        worker = await somebody.client.get("/sw.js")
        listed = re.findall(r'"(/[^"]+)"', worker.text.partition("\n")[0])
        assert len(listed) > 4 and "/offline" in listed
        for path in listed:
            assert (await somebody.client.get(path)).status_code == 200, path
        pages = await crawl(somebody)
        kept = {path for path, sheet in pages.items() if sheet.answer.headers.get("retail-offline") == "keep"}
        assert kept and all(re.match(r"/($|c\b|p/[^/]+$)", path) for path in kept), kept
        await _order(somebody)
        assert not [path for path in kept if "retail-offline" in (await somebody.open(path)).answer.headers]
