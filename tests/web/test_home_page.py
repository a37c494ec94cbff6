"""The first page: blocks with a window and an audience, arranged at the console for now or for later (SET-R8, DOR-R11)."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from retail_domain.kernel.errors import InvalidInput, PreviewDecidesNothing
from retail_domain.settings import HOME, USUAL_HOME, Block, BlockKind, ChangeSettings
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.worker import work_once
from tests.e2e.whole_shop import SYSTEM, SetClock, WholeShop, open_whole_shop
from tests.support.drawn_pictures import sent
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import at_the_desk, trail_of
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import check, crawl

TOMORROW = "2026-02-01T20:30"


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


async def arrange(shop: WholeShop, *blocks: dict[str, object]) -> None:
    values = {HOME.name: json.dumps(blocks)}
    await shop.retail.settings.change(ChangeSettings(actor=SYSTEM, values=values, reason="because"))


async def seen(shop: WholeShop, login: str = "") -> Sheet:
    async with browsing(shop) as somebody:
        if login:
            await somebody.submit(await somebody.open("/enter"), "/enter/password", login=login, password=PASSWORD)
        return await somebody.open("/")


def heads(sheet: Sheet) -> list[str]:
    """What its blocks are called; goods have names of their own."""
    return [one.text for one in sheet.root.all("h2") if not any(a.get("href").startswith("/p/") for a in one.all("a"))]


# ---- what buyers see -----------------------------------------------------------------------------------------------------


async def test_a_block_is_seen_in_its_window_by_those_it_is_for(shop: WholeShop) -> None:
    """SET-R8: from its beginning on and at its end no more; guests see nothing that is for members, and the reverse."""
    now = shop.clock.now()
    hour = timedelta(hours=1)
    window = {"begins": (now + hour).isoformat(), "ends": (now + 2 * hour).isoformat()}
    await arrange(
        shop, {"kind": "campaign", "title": "会员日", "audience": "members"},
        {"kind": "campaign", "title": "欢迎", "audience": "guests"},
        {"kind": "picks", "title": "限时", **window}, {"kind": "notice", "text": "第一行\n第二行"},
    )  # fmt: skip

    guest, member = await seen(shop), await seen(shop, MEMBER_LOGIN)
    check(guest)
    assert (heads(guest), heads(member)) == (["欢迎"], ["会员日"])
    assert "第一行 第二行" in guest.text
    shop.clock.forward(hours=1)
    assert heads(await seen(shop)) == ["欢迎", "限时"]
    shop.clock.forward(hours=1)
    assert heads(await seen(shop)) == ["欢迎"]


async def test_chosen_goods_stand_in_their_order_and_what_is_off_sale_is_left_out(shop: WholeShop) -> None:
    """SET-R8: an empty block is not shown at all; marks may name the shelves that they lead to."""
    codes = ("POT", "TEA", "CUP")
    ids = [str(await shop.retail.catalog.show.product_coded(one)) for one in codes]
    shelf = (await shop.retail.catalog.show.categories())[1]
    missing = "01890000-0000-7000-8000-00000000dead"
    await arrange(
        shop, {"kind": "picks", "title": "精选", "goods": [*ids, missing]},
        {"kind": "picks", "title": "空", "goods": [missing]},
        {"kind": "marks", "categories": [str(shelf.id)]}, {"kind": "arrivals", "many": 1},
    )  # fmt: skip

    page = await seen(shop)
    cards = [one.get("href").removeprefix("/p/") for one in page.root.all("a") if one.get("href").startswith("/p/")]
    assert cards[:3] == ids and len(cards) == 4 and "空" not in heads(page)
    assert [href for href in page.links() if href.startswith("/c/")] == [f"/c/{shelf.id}"]


async def test_a_page_that_nobody_arranged_and_one_that_was_emptied(shop: WholeShop) -> None:
    """SET-R8: the usual page, and an empty one that still leads somewhere."""
    assert [one.kind for one in (await shop.retail.settings.home()).blocks] == [one.kind for one in USUAL_HOME]
    assert heads(await seen(shop)) == ["大家在买", "新到"]
    await arrange(shop)
    empty = await seen(shop)
    check(empty)
    assert not heads(empty) and "店里还没有上架的商品" in empty.text


@pytest.mark.parametrize(
    ("told", "field", "rule"),
    [
        (7, "", "type"), ("{", "", "json"), ("{}", "", "type"), (json.dumps([{"kind": "notice"}] * 21), "", "too_many"),
        ("[" * 20_000, "", "json"), (json.dumps([{"kind": "notice", "text": "x" * 20_000}]), "", "too_long"),
        ([7], "[0]", "type"), ([{}], "[0].kind", "required"), ([{"kind": "game"}], "[0].kind", "one_of"),
        ([{"kind": ["banner"]}], "[0].kind", "one_of"), ([{"kind": "notice", "html": "<b>"}], "[0].html", "unknown"),
        ([{"kind": "banner"}, {"kind": "banner", "title": "x" * 61}], "[1].title", "too_long"),
        ([{"kind": "banner", "text": 1}], "[0].text", "type"),
        ([{"kind": "banner", "link": "//evil.example"}], "[0].link", "path"),
        ([{"kind": "banner", "link": "javascript:alert(1)"}], "[0].link", "path"),
        ([{"kind": "banner", "link": "/\\evil"}], "[0].link", "path"),
        ([{"kind": "picks", "goods": "TEA"}], "[0].goods", "type"), ([{"kind": "picks", "goods": [7]}], "[0].goods", "id"),
        ([{"kind": "picks", "many": 0}], "[0].many", "range"), ([{"kind": "picks", "many": True}], "[0].many", "type"),
        ([{"kind": "notice", "begins": "tomorrow"}], "[0].begins", "format"),
        ([{"kind": "notice", "picture": "a.png"}], "[0].picture", "id"),
        ([{"kind": "notice", "begins": "2026-01-02T00:00:00Z", "ends": "2026-01-02T00:00:00Z"}], "[0].ends", "order"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_is_named_by_block_and_field(told: Any, field: str, rule: str) -> None:
    """SET-R8"""
    with pytest.raises(InvalidInput) as refused:
        HOME.read(told if isinstance(told, str | int) else json.dumps(told), "home")
    assert [(one.field, one.rule) for one in refused.value.problems] == [(f"home{field}", rule)]


def test_a_page_is_kept_in_one_spelling() -> None:
    """SET-R8: what is read and written again is the same to the letter, so that it is no change."""
    at = "2026-01-02T08:00:00+08:00"
    told = json.dumps([{"kind": "picks", "title": " 精选 ", "goods": [], "begins": at, "audience": "everybody", "text": ""}])
    once = HOME.written(HOME.read(told, "home"))
    assert once == '[{"kind":"picks","title":"精选","begins":"2026-01-02T00:00:00+00:00"}]'
    assert HOME.written(HOME.read(once, "home")) == once


# ---- arranging it --------------------------------------------------------------------------------------------------------


async def test_staff_arrange_the_page_for_tomorrow_preview_it_and_step_back(shop: WholeShop) -> None:
    """SET-R8, DOR-R11: today's buyers see nothing of it; the preview does; taken back it never comes."""
    async with at_the_desk(shop) as admin:
        form = await admin.submit(await admin.open("/desk/home/edit"), "/desk/home/more", more="campaign", reason="新茶")
        number = len(USUAL_HOME)
        saved = await admin.submit(
            form, "/desk/home", (), "", **{f"b{number}_title": "新茶上市", f"b{number}_place": "1"}, since=TOMORROW
        )
        assert (saved.path, saved.saying) == ("/desk/home", "首页已布置"), saved.text
        check(saved)
        assert "新茶上市" not in (await seen(shop)).text
        begin = await admin.open(next(href for href in saved.links() if href.startswith("/desk/preview?at=")))
        shown = await admin.submit(begin, "/desk/preview")
        assert heads(shown)[0] == "新茶上市" and "预览" in shown.text
        await admin.submit(shown, "/desk/preview/end")
        assert "新茶上市" not in (await admin.open("/")).text
        back = await admin.submit(await admin.open("/desk/home"), "/back", reason="还没到货")
        assert "已撤回" in (await admin.open("/desk/home")).text, back.text
    shop.clock.forward(days=2)
    assert "新茶上市" not in (await seen(shop)).text


async def test_blocks_are_moved_dropped_and_brought_back_from_an_earlier_version(shop: WholeShop) -> None:
    """SET-R8: each save is a version; any of them is where the next one may start."""
    async with at_the_desk(shop) as admin:
        first = await admin.submit(
            await admin.open("/desk/home/edit"),
            "/desk/home",
            b0_drop="on",
            b4_place="1",
            b4_title="刚到",
            b4_many="2",
            reason="一",
        )
        assert first.saying == "首页已布置"
        kinds = [one.kind.value for one in (await shop.retail.settings.home()).blocks]
        assert kinds == ["arrivals", "banner", "marks", "picks"]
        await admin.submit(await admin.open("/desk/home/edit"), "/desk/home", b1_title="换季", reason="二")
        number = (await shop.retail.settings.show_all()).version
        assert (
            await admin.submit(await admin.open(f"/desk/home/edit?of={number - 1}"), "/desk/home", reason="三")
        ).saying == "首页已布置"
        assert (await shop.retail.settings.home()).blocks[1] == Block(kind=BlockKind.BANNER)
        same = await admin.submit(await admin.open("/desk/home/edit"), "/desk/home", reason="四")
        assert same.saying == "与现在相同，没有改动"
        assert (await admin.open(f"/desk/home/edit?of={number + 9}")).answer.status_code == 404


async def test_a_block_that_is_wrong_is_shown_at_its_field_and_nothing_is_changed(shop: WholeShop) -> None:
    """SET-R8, SET-R2: what was typed stays; a page that somebody else changed meanwhile is not written over."""
    wrong = {"b3_goods": "TEA NOTHING", "b1_link": "https://elsewhere.example", "b2_many": "many", "b4_begins": "soon"}
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/home/edit")
        for field, typed in wrong.items():
            refused = await admin.submit(form, "/desk/home", (), "", **{"reason": "试", field: typed})
            marked = [one.get("name") for one in refused.root.all("input", "textarea") if one.get("aria-invalid") == "true"]
            assert (refused.answer.status_code, marked) == (422, [field])
            check(refused)
        assert "reason" in (await admin.submit(form, "/desk/home", reason=" ")).answer.text
        await arrange(shop, {"kind": "notice", "text": "别人"})
        late = await admin.submit(form, "/desk/home", reason="晚了", b1_title="旧")
        assert late.answer.status_code == 409
    assert [one.text for one in (await shop.retail.settings.home()).blocks] == ["别人"]


async def test_a_campaign_has_a_picture_that_staff_send_with_it(shop: WholeShop) -> None:
    """PIC-R5, R35: what is no picture is said at its field; whoever may not change goods sends none."""
    async with at_the_desk(shop) as admin:
        form = await admin.submit(await admin.open("/desk/home/edit"), "/desk/home/more", more="campaign")
        saved = await admin.submit(form, "/desk/home", [sent()], at_field="b5_file", b5_link="/c", reason="图")
        assert saved.saying == "首页已布置", saved.text
        await work_once(shop.retail.background)
        page = await seen(shop)
        check(page)
        (picture,) = [one for one in page.root.all("img") if one.get("width") == "1600"]
        assert picture.get("src").startswith("/pictures/")
        assert (await shop.retail.pictures.serve(picture.get("src").removeprefix("/pictures/"))) is not None
        broken = await admin.submit(form, "/desk/home", [b"GIF89a"], at_field="b5_file", reason="图")
        assert broken.answer.status_code in (409, 422)


# ---- preview -------------------------------------------------------------------------------------------------------------


async def preview(admin: PaperBrowser, at: str = "", member: str = "", reason: str = "看看") -> Sheet:
    page = await admin.open(f"/desk/members/{member}/preview" if member else "/desk/preview")
    more = {"reason": reason} if member else {}
    return await admin.submit(page, "/preview", (), "", **{"at": at or TOMORROW} | more)


async def the_member(shop: WholeShop) -> str:
    found = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    return str(found.member_id)


async def test_every_page_is_previewed_with_a_watermark_and_kept_by_nobody(shop: WholeShop) -> None:
    """DOR-R11: of a guest and of a member: whole pages, marked, with no cookie and nothing for a browser to keep."""
    async with at_the_desk(shop) as admin:
        member = await the_member(shop)
        for whom, at_least in (("", 8), (member, 15)):
            await preview(admin, member=whom)
            pages = await crawl(admin)
            shown = {path: sheet for path, sheet in pages.items() if sheet.answer.status_code == 200}
            assert len(shown) >= at_least, shown.keys()
            for path, sheet in shown.items():
                check(sheet)
                assert any(one.get("class") == "preview" for one in sheet.root.all("aside")), path
                assert sheet.answer.headers["cache-control"] == "no-store", path
                assert "set-cookie" not in sheet.answer.headers, path


async def test_a_preview_decides_nothing_whatever_is_pressed(shop: WholeShop) -> None:
    """DOR-R11: every form of every page is refused, and so is the shop behind it; afterwards all is as it was."""
    async with at_the_desk(shop) as admin:
        await preview(admin, member=await the_member(shop))
        tried = set[str]()
        for path, sheet in (await crawl(admin)).items():
            for form in sheet.root.all("form"):
                action = form.get("action")
                if form.get("method") == "post" and not action.startswith("/desk") and action not in tried:
                    tried.add(action)
                    answer = await admin.post(action, {"once": "a" * 32}, Referer=f"http://shop.test{path}")
                    assert answer.status_code == 403 and "这是预览" in answer.text, action
        assert len(tried) > 5
    looking = shop.retail.previewed(SetClock())
    with pytest.raises(PreviewDecidesNothing):
        await looking.settings.change(ChangeSettings(actor=SYSTEM, values={"shop.name": "x"}, reason="because"))
    assert (await shop.retail.settings.show_all()).version == 0


async def test_as_a_member_it_is_a_look_at_personal_data(shop: WholeShop) -> None:
    """DOR-R11, R40: with a reason, and each page in the trail before it is shown; as a guest nothing is noted."""
    async with at_the_desk(shop) as admin:
        member = await the_member(shop)
        await preview(admin)
        await admin.open("/c")
        assert await trail_of(shop, "preview_as_member") == []
        await admin.post("/desk/preview/end", {}, Referer="http://shop.test/desk")
        assert (await preview(admin, member=member, reason=" ")).answer.status_code == 422
        await preview(admin, member=member, reason="投诉 7")
        assert "上海市" in (await admin.open("/me/addresses")).text
        noted = await trail_of(shop, "preview_as_member")
    assert noted == [f"{member} /me/addresses 投诉 7", f"{member} / 投诉 7"]
    assert await trail_of(shop, "begin_member_preview") == [member, member]


async def test_previews_are_for_staff_who_may_and_end_with_their_session(shop: WholeShop) -> None:
    """DOR-R11, R36: nobody else's browser opens one; what is pressed in one that is over is not done in the real shop."""
    async with at_the_desk(shop, "the-clerk") as clerk:
        assert (await clerk.open("/desk/preview")).answer.status_code == 403
        answer = await clerk.post(
            f"/desk/members/{await the_member(shop)}/preview", {"reason": "x"}, Referer="http://shop.test/desk"
        )
        assert answer.status_code == 403
    async with at_the_desk(shop) as admin, at_the_desk(shop, "the-finance") as finance, browsing(shop) as guest:
        await preview(admin)
        cookie = admin.cookies["preview"]
        for other in (finance, guest):
            other.cookies["preview"] = cookie
            page = await other.post("/language", {"lang": "en"}, Referer="http://shop.test/")
            assert (page.status_code, page.headers["location"]) == (303, "/desk/preview")
            assert "preview" not in other.cookies and "lang" not in other.cookies
        await admin.submit(await admin.open("/desk"), "/desk/leave")
        assert "preview" not in admin.cookies
        admin.cookies["preview"] = cookie
        assert re.search("/desk/enter", (await admin.open("/")).path), "a session that has ended opens none"
