"""The pages as somebody has them before their eyes: a real browser, one server process, one SQLite file (DOR-R10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.web.lit_shop import CLERK, LitShop, lit_shop
from tests.web.screen import DESKTOP, ROTATED, Screen, Visitors, a_browser
from tests.web.tour import families, look_at, stops

pytestmark = pytest.mark.slow
TAPS_MAX = 13
FIELDS_MAX = 3


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
    assert not routes.keys() - seen, "nobody is led there"


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
        screen.tap(page.get_by_role("button", name="去结算"))
        screen.fill("姓名、电话和地址", "李雷 13700137000 广东省深圳市南山区科技园路1号")
        screen.tap(page.get_by_role("button", name="读入"))
        screen.tap(page.get_by_role("button", name="保存"))
        screen.tap(page.get_by_role("button", name="去结算"))
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
