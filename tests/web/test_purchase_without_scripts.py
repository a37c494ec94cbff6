"""From the bare address to a paid order, by reading pages and pressing their buttons (R7, R17, R36)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from retail_domain.inventory import AdjustStock
from retail_entrypoints.cli.demo_data import LOCATION, MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import SYSTEM, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def buyer(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        yield somebody


async def _enter(buyer: PaperBrowser, sheet: Sheet) -> Sheet:
    return await buyer.submit(sheet, "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)


async def _to_checkout(buyer: PaperBrowser) -> Sheet:
    home = await buyer.open("/")
    goods = await buyer.open(next(link for link in home.links() if link.startswith("/p/")))
    cart = await buyer.submit(goods, "/cart/lines", quantity="2")
    entrance = await buyer.submit(cart, "/checkout")
    assert entrance.path == "/enter"
    checkout = await _enter(buyer, entrance)
    assert checkout.path.startswith("/checkout/")
    return checkout


async def test_from_the_bare_address_to_an_order_that_waits_for_its_money(buyer: PaperBrowser) -> None:
    """A guest's cart comes along at the entrance, the checkout shows what is agreed to, and the order is that (CRT-R6, R7)."""
    checkout = await _to_checkout(buyer)
    total = next(iter(e for e in checkout.root.all("dd") if "¥" in e.text and e.all("span"))).text
    paying = await buyer.submit(checkout, "/place")
    assert paying.path.endswith("/pay")
    assert total.replace(" ", "") in paying.text.replace(" ", "")
    shown = await buyer.submit(paying, "/pay", gateway="counter")
    order = await buyer.open(paying.path.removesuffix("/pay"))
    assert "到店" in shown.text or "柜台" in shown.text
    assert order.heading == "待付款"


async def test_what_a_stranger_wants_to_buy_outlives_the_entrance_and_a_first_address(
    shop: WholeShop, buyer: PaperBrowser
) -> None:
    """The kind and quantity that were chosen, through a login by code and the form of an address; with a remark (CRT-R6)."""
    goods = await buyer.open(next(link for link in (await buyer.open("/")).links() if link.startswith("/p/")))
    kind = [one for one in goods.root.all("input") if one.get("name") == "sku"][-1].get("value")
    entrance = await buyer.submit(goods, "/checkout", sku=kind, quantity="3")
    code = await buyer.submit(entrance, "/enter/code", phone="13900139001")
    address = await buyer.submit(code, "/enter/verify", code=shop.sms.codes[-1])
    assert address.path == "/me/addresses/new"
    told = {"recipient": "李雷", "phone": "13900139001", "province": "310000", "detail": "一号"}
    checkout = await buyer.submit(address, "/me/addresses", **told)
    assert checkout.path.startswith("/checkout/") and "× 3" in checkout.text
    again = await buyer.open(next(link for link in checkout.links() if "then=" in link))
    assert f"sku={kind}" in "".join(one.get("value") for one in again.root.all("input") if one.get("name") == "then")
    long = await buyer.submit(checkout, "/place", remark="长" * 201)
    assert long.answer.status_code == 422 and any(one.get("aria-invalid") for one in long.root.all("textarea"))
    paying = await buyer.submit(checkout, "/place", remark="周末送")
    order = await buyer.open(paying.path.removesuffix("/pay"))
    assert "周末送" in order.text and "× 3" in order.text


async def test_a_list_is_narrowed_to_what_is_there(shop: WholeShop, buyer: PaperBrowser) -> None:
    """What somebody has just bought up is shown as gone, and not at all where only what is there was asked for (GEN-R6)."""
    cup = await shop.retail.catalog.show.sku_coded("CUP-1")
    assert cup is not None
    left = (await shop.retail.inventory.show.sellable([cup]))[cup]
    wish = AdjustStock(sku_id=cup, location=LOCATION, change=-left, reason="sold out", actor=SYSTEM)
    await shop.retail.inventory.adjust(wish)
    everything, there = await buyer.open("/c"), await buyer.open("/c?stock=yes")
    gone = [one for one in everything.links() if one.startswith("/p/") and one not in there.links()]
    assert len(set(gone)) == 1 and "青瓷茶杯" in (await buyer.open(gone[0])).heading
    assert any(one.get("name") == "stock" and one.has("checked") for one in there.root.all("input"))
    assert all("stock=yes" in link for link in there.links() if "sort=" in link)


async def test_a_button_that_is_pressed_twice_orders_once(buyer: PaperBrowser) -> None:
    """The form carries its key (R17)."""
    checkout = await _to_checkout(buyer)
    first = await buyer.press(checkout, "/place")
    second = await buyer.press(checkout, "/place")
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    orders = await buyer.open("/orders")
    listed = [link for link in orders.links() if link.startswith("/orders/") and link.count("/") == 2]
    assert len(listed) == 2  # this one, and one that the demo member has had before


async def test_an_order_is_cancelled_on_a_page_that_asks_first(buyer: PaperBrowser) -> None:
    """It says what will happen, and afterwards that it has (T2)."""
    paying = await buyer.submit(await _to_checkout(buyer), "/place")
    order = paying.path.removesuffix("/pay")
    asked = await buyer.open(f"{order}/cancel")
    done = await buyer.submit(asked, "/cancel")
    assert done.heading == "已关闭"
    assert done.saying == "订单已取消"


async def test_a_form_of_another_site_decides_nothing(buyer: PaperBrowser) -> None:
    """Whatever cookies a browser sends along: a deciding request proves where it comes from (R36)."""
    await _to_checkout(buyer)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}, {"Origin": "null"}, {}):
        answer = await buyer.post("/leave", {}, **headers)
        assert answer.status_code == 403, headers
    assert (await buyer.open("/orders")).path == "/orders"


async def test_a_session_of_a_page_opens_no_api_and_the_reverse(shop: WholeShop, buyer: PaperBrowser) -> None:
    """A token is made for one door (R36)."""
    await _to_checkout(buyer)
    async with shop.knocking() as client:
        by_cookie = await client.get("/v1/me", headers={"Authorization": f"Bearer {buyer.cookies['session']}"})
        assert by_cookie.status_code == 401
    stranger = PaperBrowser(buyer.client, {"session": shop.tokens["alice"]})
    assert (await stranger.open("/orders")).path == "/enter"


async def test_somebody_elses_order_is_not_there(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Not found, like one that does not exist (R33)."""
    paying = await buyer.submit(await _to_checkout(buyer), "/place")
    order = paying.path.removesuffix("/pay")
    other = PaperBrowser(buyer.client)
    entrance = await other.open("/enter")
    await other.submit(entrance, "/enter/code", phone="13900139000")
    code = shop.sms.codes[-1]
    sheet = await other.submit(await other.open("/enter"), "/enter/code", phone="13900139001")
    inside = await other.submit(sheet, "/enter/verify", code=shop.sms.codes[-1])
    assert code and inside.path == "/"
    for path in (order, f"{order}/pay", f"{order}/cancel"):
        assert (await other.open(path)).answer.status_code == 404


async def test_what_is_wrong_with_an_address_is_said_where_it_stands(buyer: PaperBrowser) -> None:
    """What was filled in stays, the field is named, nothing is stored (R34)."""
    await _to_checkout(buyer)
    form = await buyer.open("/me/addresses/new")
    again = await buyer.submit(form, "/me/addresses", recipient="李雷", phone="12", province="440000", detail="一号")
    assert again.answer.status_code == 422
    assert any(one.get("name") == "recipient" and one.get("value") == "李雷" for one in again.root.all("input"))
    assert any(one.get("id") == "f-phone" and one.get("aria-invalid") == "true" for one in again.root.all("input"))
    kept = await buyer.submit(form, "/me/addresses", recipient="李雷", phone="13900139000", province="440000", detail="一号")
    assert "李雷" in kept.text


async def test_who_cannot_prove_who_they_are_is_told_why_where_they_tried(shop: WholeShop, buyer: PaperBrowser) -> None:
    """A wrong password, and a code that did not come: what is wrong is said on the form itself, and nobody is inside (R36)."""
    entrance = await buyer.open("/enter")
    wrong = await buyer.submit(entrance, "/enter/password", login=MEMBER_LOGIN, password="not that one")
    assert (wrong.answer.status_code, wrong.saying) == (422, "用户名或密码不正确")
    assert any(one.get("name") == "login" and one.get("value") == MEMBER_LOGIN for one in wrong.root.all("input"))
    asked = await buyer.submit(wrong, "/enter/code", phone="13900139002")
    guessed = "000000" if shop.sms.codes[-1] != "000000" else "000001"
    tried = await buyer.submit(asked, "/enter/verify", code=guessed)
    assert (tried.answer.status_code, tried.saying) == (422, "验证码不正确")
    assert "session" not in buyer.cookies
    inside = await buyer.submit(tried, "/enter/verify", code=shop.sms.codes[-1])
    assert inside.path == "/" and "session" in buyer.cookies
