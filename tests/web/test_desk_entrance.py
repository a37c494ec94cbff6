"""Who is let in at the console, and what each is shown of it (R33, R35, R36)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import pytest
import pytest_asyncio
from litestar.routes import HTTPRoute

from retail_domain.accounts import NEEDS
from retail_domain.application import Retail
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.http.routing import needed_by
from retail_entrypoints.http.shop import ServedShop
from retail_entrypoints.settings import Settings
from retail_entrypoints.web.app import create_pages
from tests.e2e.test_effects_and_doors import effects_behind
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import a_clerk_of, an_order, another_store, at_the_desk, enter
from tests.web.paper import PaperBrowser, browsing, with_pages

ROOMS = (
    "orders", "approvals", "money", "goods", "stock", "members", "reviews", "staff", "settings", "trail", "deliveries",
    "jobs", "withdrawals",
)  # fmt: skip


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


async def test_who_is_not_logged_in_is_led_to_the_entrance_and_back(shop: WholeShop) -> None:
    """R35: and to no page outside of the console."""
    async with browsing(shop) as staff:
        entrance = await staff.open("/desk/orders?state=to_ship")
        assert entrance.path == "/desk/enter"
        inside = await staff.submit(entrance, "/desk/enter", login="admin", password=PASSWORD)
        assert (inside.path, inside.answer.url.query) == ("/desk/orders", b"state=to_ship")
        assert "no-store" in inside.answer.headers["cache-control"]
        for then in ("/me", "//evil.test", "/desks", "https://evil.test/desk"):
            sheet = await staff.open(f"/desk/enter?then={then}")
            assert [one.get("value") for one in sheet.form("/desk/enter").all("input") if one.get("name") == "then"] == [
                "/desk"
            ]


async def test_a_wrong_password_is_said_on_the_form_and_a_members_own_opens_nothing(shop: WholeShop) -> None:
    """R36: whoever is no staff reads the very same words."""
    async with browsing(shop) as somebody:
        wrong = await enter(somebody, "admin", "not this one")
        assert (wrong.answer.status_code, wrong.saying) == (422, "用户名或密码不正确")
        member = await enter(somebody, MEMBER_LOGIN)
        assert (member.answer.status_code, member.saying) == (422, "用户名或密码不正确")
        assert "desk" not in somebody.cookies


async def test_no_session_of_another_door_opens_the_console(shop: WholeShop) -> None:
    """R36: not a member's cookie, not a token of the API, and the console's own opens neither the shop nor the API."""
    async with browsing(shop) as member:
        await member.submit(await member.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        for value in (member.cookies["session"], shop.tokens["admin"], shop.tokens["alice"]):
            assert (await PaperBrowser(member.client, {"desk": value}).open("/desk")).path == "/desk/enter"
    async with at_the_desk(shop) as staff:
        cookie = staff.cookies["desk"]
        assert (await PaperBrowser(staff.client, {"session": cookie}).open("/orders")).path == "/enter"

        assert (await staff.client.get("/v1/staff/orders", headers={"Authorization": f"Bearer {cookie}"})).status_code == 401


async def test_a_member_who_is_logged_in_is_no_staff_even_with_a_cookie_sealed_for_the_console(shop: WholeShop) -> None:
    """R35: what opens the rooms is who somebody is, not which cookie they come with."""
    async with at_the_desk(shop) as staff:
        told = await staff.open("/desk/me")
        assert "管理员" in told.text
    async with browsing(shop) as member:
        await member.submit(await member.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        answer = await member.client.get("/desk", headers={"Cookie": f"session={member.cookies['session']}"})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/desk/enter")


async def test_the_consoles_cookie_is_sent_by_no_other_site_and_read_by_no_script(shop: WholeShop) -> None:
    """R36: strict, HttpOnly, and it ends with the browser."""
    async with browsing(shop) as staff:
        answer = await staff.press(await staff.open("/desk/enter"), "/desk/enter", login="admin", password=PASSWORD)
        lines = [line for line in answer.headers.get_list("set-cookie") if line.startswith("desk=")]
        (morsel,) = SimpleCookie(lines[0]).values()
        assert (morsel["samesite"].lower(), bool(morsel["httponly"]), morsel["max-age"]) == ("strict", True, "")


async def test_a_form_of_another_site_decides_nothing_at_the_desk(shop: WholeShop) -> None:
    """R36: whatever cookies the browser of somebody of staff sends along."""
    order = await an_order(shop)
    path = f"/desk/orders/{order['order_id']}/close"
    async with at_the_desk(shop) as staff:
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.test"}, {}):
            answer = await staff.post(path, {"reason": "because"}, **headers)
            assert answer.status_code == 403, headers
        assert "待发货" in (await staff.open(path.removesuffix("/close"))).text


async def test_whoever_leaves_is_out(shop: WholeShop) -> None:
    """R36: the session ends, not only the cookie."""
    async with at_the_desk(shop) as staff:
        kept = dict(staff.cookies)
        left = await staff.submit(await staff.open("/desk"), "/desk/leave")
        assert (left.path, left.saying) == ("/desk/enter", "已退出登录")
        assert (await PaperBrowser(staff.client, kept).open("/desk")).path == "/desk/enter"


async def test_a_password_is_changed_by_who_knows_the_one_before(shop: WholeShop) -> None:
    """R36: typed twice alike; what is wrong is said at its field, and whoever changed it stays inside."""
    async with at_the_desk(shop, "the-clerk") as staff:
        page = await staff.open("/desk/me")
        other = await staff.submit(page, "/me/password", current=PASSWORD, password="another-one-2026", again="not alike")
        assert other.answer.status_code == 422
        assert any(one.get("id") == "f-again" and one.get("aria-invalid") == "true" for one in other.root.all("input"))
        wrong = await staff.submit(page, "/me/password", current="no", password="another-one-2026", again="another-one-2026")
        assert wrong.saying == "用户名或密码不正确"
        done = await staff.submit(page, "/me/password", current=PASSWORD, password="another-one-2026", again="another-one-2026")
        assert (done.path, done.saying) == ("/desk/me", "密码已更换")
    async with browsing(shop) as again:
        assert (await enter(again, "the-clerk", "another-one-2026")).path == "/desk"


@pytest.mark.parametrize(
    ("login", "rooms"),
    [
        (
            "admin",
            {
                "offers",
                "orders",
                "approvals",
                "money",
                "goods",
                "stock",
                "members",
                "reviews",
                "coupons",
                "staff",
                "home",
                "settings",
                "trail",
                "deliveries",
                "jobs",
                "withdrawals",
            },
        ),
        ("the-clerk", {"offers", "orders", "approvals", "money", "goods", "stock", "members", "reviews", "jobs"}),
        (
            "the-finance",
            {"offers", "orders", "approvals", "money", "goods", "stock", "members", "trail", "jobs", "withdrawals"},
        ),
        ("far", {"orders", "approvals", "money", "stock", "jobs"}),
    ],
)
async def test_the_menu_holds_the_rooms_that_somebody_may_enter_and_no_others(
    shop: WholeShop, login: str, rooms: set[str]
) -> None:
    """R35: derived from what each page declares; a room that is not shown is not entered by its address either."""
    await a_clerk_of(shop, "far", await another_store(shop))
    async with at_the_desk(shop, login) as staff:
        home = await staff.open("/desk")
        menu = next(one for one in home.root.all("nav"))
        assert {one.get("href").removeprefix("/desk/") for one in menu.all("a")} - {"/desk"} == rooms
        for room in ROOMS:
            assert (await staff.open(f"/desk/{room}")).answer.status_code == (200 if room in rooms else 403)


async def test_a_page_that_is_not_there_is_a_page_of_the_console(shop: WholeShop) -> None:
    """R40: it leads back, and repeats nothing of the address; where only the thing is missing, the menu is there too."""
    async with at_the_desk(shop) as staff:
        lost = await staff.open("/desk/nowhere-13900139000")
        assert lost.answer.status_code == 404 and "13900139000" not in lost.answer.text and "/desk" in lost.links()
        gone = await staff.open(f"/desk/orders/{NOBODY}")
        assert gone.answer.status_code == 404 and "没有这张订单" in gone.text and "/desk/orders" in gone.links()


async def test_each_button_of_the_console_needs_what_its_use_case_brings_about(shop: WholeShop) -> None:
    """R35: by this door as by the others; a form that decides and names no use case fails here until it is placed."""
    served = ServedShop[Retail](
        retail=shop.retail, settings=Settings.from_environ({}), clock=shop.clock, authenticate=shop.retail.accounts.authenticate
    )
    deciding = {
        handler.fn.__name__: handler
        for route in create_pages(served).app.routes if isinstance(route, HTTPRoute) and route.path.startswith("/desk")
        for method, (handler, _) in route.route_handler_map.items() if method not in ("GET", "OPTIONS")
    }  # fmt: skip
    placed = set[str]()
    for name, handler in deciding.items():
        needed = needed_by(handler.opt)
        for effects in effects_behind(handler.fn, {}):
            assert {NEEDS[effect] for effect in effects.sure} <= set(needed), name
        guarding = {one for one in needed if one in NEEDS.values()}
        placed |= {name} if guarding else set()
    assert len(placed) > 25
    assert set(deciding) - placed == {
        "enter_desk", "leave_desk", "change_password_at_desk",  # their own
        "begin_preview", "end_preview",  # which decide nothing (DOR-R11)
        "cancel_job_at_desk",  # which asks for whatever the job needs (JOB-R3)
        "find_member_at_desk",  # a search, sent so that a number stands in no address
    }  # fmt: skip
