"""The pages as somebody has them before their eyes: a real browser, one server process, one SQLite file (DOR-R10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from retail_entrypoints.cli.demo_data import ADMIN_LOGIN, MEMBER_LOGIN, PASSWORD
from tests.web.first_load import first_load
from tests.web.lit_shop import CLERK, LitShop, lit_shop
from tests.web.screen import DESKTOP, ROTATED, Visitors, a_browser
from tests.web.tour import families, look_at, stops, walkers

pytestmark = pytest.mark.slow
TAPS_MAX = 10
FIELDS_MAX = 3
PICTURE_BYTES_MAX = 200 * 1024


@pytest.fixture(scope="module")
def lit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LitShop]:
    with lit_shop(tmp_path_factory.mktemp("lit")) as shop:
        yield shop


@pytest.fixture(scope="module")
def visitors(lit: LitShop) -> Iterator[Visitors]:
    with a_browser(lit.url) as browser:
        yield browser


def test_nothing_is_wrong_with_any_page(lit: LitShop, visitors: Visitors) -> None:
    """DOR-R10: one page of each family; over the families every pair of language, width and colour scheme occurs."""
    routes = families()
    found, seen = list[str](), set[str]()
    with visitors.visit(examined=True) as screen:
        for place, (stop, walker) in enumerate(stops(lit.url, routes)):
            look = ROTATED[place % len(ROTATED)]
            seen.add(stop.family)
            found += [f"{stop.family} ({look.name}): {one}" for one in look_at(screen, stop, walker, look)]
    assert not found, "\n".join(found)
    assert sorted(routes.keys() - seen) == [], "nobody is led there"


def test_a_newcomer_with_a_phone_buys_and_comes_back(
    lit: LitShop, visitors: Visitors, capsys: pytest.CaptureFixture[str]
) -> None:
    """DOR-R10: from the bare address to paid; and whoever returns to the order reads where it stands."""
    with visitors.visit(has_touch=True, is_mobile=True) as screen:
        page = screen.page
        screen.open("/")
        screen.tap(page.locator(".card a").first)
        title = screen.heading
        screen.tap(page.get_by_role("button", name="立即购买"))
        screen.fill("手机号", "13700137000")
        screen.tap(page.get_by_role("button", name="获取验证码"))
        page.wait_for_url("**/enter/code*")
        screen.fill("验证码", lit.code())
        screen.tap(page.get_by_role("button", name="登录"))
        screen.fill("姓名、电话和地址", "李雷 13700137000 广东省深圳市南山区科技园路1号")
        screen.tap(page.get_by_role("button", name="读入"))
        screen.tap(page.get_by_role("button", name="保存"))
        screen.tap(page.get_by_role("button", name="提交订单"))
        screen.tap(page.get_by_role("button", name="去支付"))
        with page.expect_popup() as opened:
            screen.tap(page.get_by_role("link", name="打开"))
        screen.taps += 1
        opened.value.get_by_role("button").click()
        page.wait_for_url(re.compile(r"/orders/[0-9a-f-]+$"), timeout=30_000)
        assert screen.heading == "待发货"
        with capsys.disabled():
            print(f"\nfrom the bare address to paid: {screen.taps} taps, {screen.fields} fields")
        assert screen.taps <= TAPS_MAX and screen.fields <= FIELDS_MAX

        screen.open("/")
        screen.tap(page.locator(".tabs").get_by_role("link", name="订单"))
        screen.tap(page.locator(".order").filter(has_text=title).first.get_by_role("link").first)
        assert screen.heading == "待发货"
        assert page.locator(".way .done").count() == 2
        assert not screen.trouble


def test_goods_are_bought_with_the_keyboard_alone(lit: LitShop, visitors: Visitors) -> None:
    """DOR-R10: everything is reached by the tab key, and one always sees where one is."""
    with visitors.visit(viewport=DESKTOP) as screen:
        keys = screen.page.keyboard
        screen.open("/")
        screen.tab_to(".card a")
        keys.press("Enter")
        screen.page.wait_for_url("**/p/*")
        screen.tab_to("button[formaction='/checkout']")
        keys.press("Enter")
        screen.page.wait_for_url("**/enter?*")
        screen.tab_to("summary")
        keys.press("Enter")
        for name, text in (("login", MEMBER_LOGIN), ("password", PASSWORD)):
            screen.tab_to(f"input[name={name}]")
            keys.type(text)
        keys.press("Enter")
        screen.page.wait_for_url("**/checkout/*")
        screen.tab_to("form[action$='/place'] button")
        keys.press("Enter")
        screen.page.wait_for_url("**/pay")
        screen.tab_to("input[name=gateway]")
        keys.press("ArrowDown")
        screen.tab_to("form[action$='/pay'] button")
        keys.press("Enter")
        screen.page.locator(".code").wait_for()
        assert not screen.trouble


def test_whoever_waits_for_a_job_sees_it_go_on_without_loading_the_page(lit: LitShop, visitors: Visitors) -> None:
    """JOB-R4, DOR-R10: tried, done in earnest, and followed all the time."""
    with visitors.visit(viewport=DESKTOP) as screen:
        page = screen.page
        screen.open("/desk")
        screen.fill("用户名", ADMIN_LOGIN)
        screen.fill("密码", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/desk")
        screen.open("/desk/goods/prices")
        page.locator("textarea[name=table]").fill("sku,price\nTEA-100,87.00\n")
        page.locator("form[action$='/look'] button").click()
        page.wait_for_url("**/desk/jobs/*")
        assert page.locator(".bar .st").inner_text() == "等待中" and page.locator("progress").count() == 1
        lit.works()
        page.get_by_role("button", name="确认执行").click(timeout=20_000)
        page.wait_for_url("**/desk/jobs/*")
        lit.works()
        page.get_by_role("link", name="查看结果").wait_for(timeout=20_000)
        assert page.locator("progress").count() == 0 and not screen.trouble


def test_a_clerk_ships_ten_orders_by_a_file_and_one_by_hand(lit: LitShop, visitors: Visitors, tmp_path: Path) -> None:
    """DOR-R10: the file is tried before it is carried out, and every order of it is on its way afterwards."""
    many, one = lit.to_ship[:10], lit.to_ship[10]
    table = tmp_path / "parcels.csv"
    table.write_text("\n".join(f"{number},顺丰,SF20{place:02d}" for place, number in enumerate(many)))
    with visitors.visit(viewport=DESKTOP) as screen:
        page = screen.page
        screen.open("/desk")
        screen.fill("用户名", CLERK)
        screen.fill("密码", PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/desk")
        screen.open("/desk/orders/ship-file")
        page.locator("input[type=file]").set_input_files(table)
        page.locator("form[action$='/look'] button").click()
        assert page.locator("tbody tr").count() == len(many)
        page.locator("form[action$='/ship'] button").click()
        page.wait_for_url("**/ship")
        assert page.get_by_text(f"已发货 {len(many)} 行").is_visible()

        screen.open(f"/desk/orders?number={one}")
        screen.fill("承运商", "顺丰")
        screen.fill("运单号", "SF3000")
        page.locator("form[action$='/ship'] button").click()
        page.get_by_text("SF3000").first.wait_for()
        for number in (*many, one):
            screen.open(f"/desk/orders?number={number}")
            assert page.locator(".bar .st").inner_text() == "待收货", number
        assert not screen.trouble


def test_what_was_seen_is_there_without_a_network(visitors: Visitors) -> None:
    """Goods that were looked at come back whole; whatever else says that there is no network (DOR-R10)."""
    with visitors.visit(service_workers="allow") as screen:
        page = screen.page
        screen.open("/")
        page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        goods = page.locator(".card a").first.get_attribute("href") or ""
        for path in ("/", goods):
            screen.open(path)
        title = screen.heading
        page.context.set_offline(True)
        screen.open(goods)
        assert screen.heading == title
        assert page.evaluate("getComputedStyle(document.querySelector('.buybar')).display") == "flex", "its style is there"
        screen.open("/cart")
        assert screen.heading == "没有网络"
        page.get_by_role("link", name=title).wait_for()


def test_a_first_load_is_few_requests_and_light_pictures(lit: LitShop, visitors: Visitors) -> None:
    """DOR-R10: by a browser that keeps nothing yet; the same of the console."""
    known = walkers(lit.url)
    guest = known["guest"]
    shown = (one for one in guest.look("/c").links() if one.startswith("/p/"))
    goods = next(one for one in shown if "/pictures/" in guest.client.get(one).text)
    for who, path, most in (("guest", "/c", 18), ("guest", goods, 16), ("admin", "/desk", 16), ("admin", "/desk/orders", 16)):
        load = first_load(visitors, known[who].cookies, path, is_desk=who == "admin")
        assert 2 < load.requests <= most, (path, load)
        assert load.html > 0 and load.css > 0, (path, load)
        if path == goods:
            assert 0 < load.pictures <= PICTURE_BYTES_MAX, load


def test_whatever_may_be_wrong_with_a_page_is_found(visitors: Visitors) -> None:
    """A page with one fault of each kind: nothing that this room relies on is blind (DOR-R10)."""
    with visitors.visit(examined=True) as screen:
        screen.turn(ROTATED[0])
        screen.open("/help")
        screen.page.evaluate(
            """() => {
              document.querySelector("main").innerHTML = '<h1>x</h1><p class="pale" style="color:red">pale</p>'
                + '<a href="/c">x</a>' + '<div class="wide">' + 'w'.repeat(99) + '</div><img src="/nowhere.png" alt="">';
              document.querySelector(".wide").style.cssText = "width:1400px;overflow-wrap:normal";
              document.querySelector(".pale").style.cssText = "color:#aaa";
              looking.shifted += 1;
              console.error("told");
              return fetch("http://elsewhere.test/").catch(() => 0);
            }"""
        )
        screen.page.wait_for_load_state("networkidle")
        found = "\n".join(screen.findings(ROTATED[0]))
        for kind in (
            "moves", "policy: style", "policy: connect", "axe: color-contrast", "wider than 1280", "too small to touch: a",
            "console: told", "answered 404",
        ):  # fmt: skip
            assert kind in found, f"{kind} is not among\n{found}"
