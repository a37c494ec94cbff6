"""Every page of the console, for each sort of staff: whole, and nothing on it that would be refused (DOR-R10, R35)."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from retail_entrypoints.web.static import static_files
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import a_clerk_of, an_order, another_store, at_the_desk, the_warehouse
from tests.web.paper import Element, PaperBrowser, with_pages
from tests.web.test_every_page import check, crawl

PAGE_BYTES_MAX: Final = 40 * 1024
ENDS_IT: Final = ("/desk/leave", "/language", "/desk/me/password")
"""What is pressed last, or elsewhere: after it whoever presses is somebody else."""


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    """With orders in several states, a place of its own for a clerk, and one for another."""
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        shop = with_pages(opened)
        await an_order(shop, remark="请放在门口")
        await an_order(shop, paid=False)
        await a_clerk_of(shop, "near", await the_warehouse(shop))
        await a_clerk_of(shop, "far", await another_store(shop))
        yield shop


@pytest.mark.parametrize("login", ["admin", "the-clerk", "the-finance", "near", "far"])
async def test_every_page_that_somebody_is_led_to_is_whole_light_and_theirs(shop: WholeShop, login: str) -> None:
    """DOR-R10: no link leads to a page that is missing, refused or broken; each is within its budget."""
    style, marks = (static_files().files[static_files().names[name]] for name in ("desk.css", "desk-icons.svg"))
    async with at_the_desk(shop, login) as staff:
        pages = await crawl(staff, "/desk")
    assert len(pages) > 10
    for path, sheet in pages.items():
        check(sheet)
        weight = len(gzip.compress(sheet.answer.content, 5)) + len(style.packed) + len(marks.packed)
        assert weight <= PAGE_BYTES_MAX, f"{path}: {weight}"
        assert sheet.answer.headers["cache-control"] == "no-store", path


async def test_every_page_is_whole_in_english_too(shop: WholeShop) -> None:
    """DOR-R10: and no word of it is Chinese but what the shop itself was told so."""
    async with at_the_desk(shop) as staff:
        staff.cookies["lang"] = "en"
        for path, sheet in (await crawl(staff, "/desk")).items():
            check(sheet)
            ours = [one for tag in ("h2", "button", "summary", "th", "dt") for one in sheet.root.all(tag)]
            foreign = [one.text for one in ours if _is_chinese(one.text) and one.text != "中文"]
            assert not foreign, f"{path}: {foreign}"


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("login", ["admin", "the-clerk", "the-finance", "near"])
async def test_no_button_is_offered_that_would_be_refused(shop: WholeShop, login: str) -> None:
    """R35: whoever presses all that stands on the pages they are led to is never told that they may not, and breaks nothing."""
    async with at_the_desk(shop, login) as staff:
        pressed = set[str]()
        for path, sheet in (await crawl(staff, "/desk")).items():
            for form in sheet.root.all("form"):
                action = form.get("action")
                if form.get("method") != "post" or action in pressed or action in ENDS_IT:
                    continue
                pressed.add(action)
                answer = await _pressed(staff, form, path)
                assert answer not in (401, 403, 404, 405) and answer < 500, f"{action} of {path}: {answer}"
    assert len(pressed) > 3


async def _pressed(staff: PaperBrowser, form: Element, path: str) -> int:
    """As it stands, with something in every field that asks for it."""
    fields = {
        one.get("name"): one.get("value") or "1"
        for one in form.all("input", "textarea") if one.get("name") and one.get("type") not in ("checkbox", "file")
    }  # fmt: skip
    chosen = {one.get("name"): next((o.get("value") for o in one.all("option")), "") for one in form.all("select")}
    verdict = {one.get("name"): one.get("value") for one in form.all("button") if one.get("name")}
    answer = await staff.post(form.get("action"), fields | chosen | verdict, Referer=f"http://shop.test{path}")
    return answer.status_code
