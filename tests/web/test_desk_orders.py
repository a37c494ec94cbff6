"""What staff do with orders at the console: see, ship one and by file, give back, agree on a price, note, print (R35, R40)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from retail_adapters.assembly.policies import Policies
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.second_person import SecondPerson
from retail_domain.processes.purchase.checkout import CheckoutRules
from retail_entrypoints.web.desk.orders.shipfile import ROWS_MAX, rows_of
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, Place, place_of
from tests.web.at_the_desk import a_clerk_of, an_order, another_store, at_the_desk, the_warehouse, trail_of
from tests.web.paper import Sheet, with_pages

CAUTIOUS = Policies(
    checkout=CheckoutRules(open_orders_max=100), second_person=SecondPerson(limits={"refund": 100, "write_off": 100})
)
"""Anything above 1.00 takes two people to give back."""


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def any_shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request), PretendGateway()) as opened:
        yield with_pages(opened)


def _state(sheet: Sheet) -> str:
    return next(one.text for one in sheet.root.all("span") if one.get("class").startswith("st "))


async def test_an_order_is_found_by_its_number_shipped_and_given_back(any_shop: WholeShop) -> None:
    """T6, ORD-R10: a page for each step; what was done is said, and stands in the history with who did it."""
    order = await an_order(any_shop, remark="请放在门口")
    async with at_the_desk(any_shop) as staff:
        listed = await staff.open("/desk/orders?state=to_ship")
        assert f"/desk/orders/{order['order_id']}" in listed.links()
        page = await staff.submit(listed, "/desk/orders", number=order["number"])
        assert page.path == f"/desk/orders/{order['order_id']}" and "请放在门口" in page.text
        sent = await staff.submit(page, "/ship", carrier="顺丰", tracking_number="SF1", units_1="1")
        assert (sent.saying, _state(sent)) == ("已发货", "部分发货")
        rest = await staff.submit(sent, "/ship", carrier="顺丰", tracking_number="SF2")
        assert _state(rest) == "待收货" and "SF2" in rest.text
        back = await staff.submit(rest, "/refund", reason="破损", units_1="1")
        assert "已决定退款" in back.saying
        assert "退款：破损" in back.text and "员工 Demo admin" in back.text


async def test_what_cannot_be_done_is_said_where_it_was_asked_for_and_changes_nothing(shop: WholeShop) -> None:
    """R34: what was filled in stays, the form stands open, the field is named."""
    order = await an_order(shop)
    async with at_the_desk(shop) as staff:
        page = await staff.open(f"/desk/orders/{order['order_id']}")
        for typed, field in (
            ({"carrier": "", "tracking_number": "SF1"}, "f-shipcarrier"), ({"units_1": "many"}, "f-shipunits_1"),
        ):  # fmt: skip
            again = await staff.submit(page, "/ship", **{"carrier": "顺丰", "tracking_number": "SF9", **typed})
            assert again.answer.status_code == 422
            assert any(one.get("id") == field and one.get("aria-invalid") for one in again.root.all("input")), field
            assert any(one.get("name") == "tracking_number" and one.get("value") for one in again.root.all("input"))
        much = await staff.submit(page, "/ship", carrier="顺丰", tracking_number="SF9", units_1="5")
        assert much.answer.status_code == 409 and much.saying
        refund = await staff.submit(page, "/refund", reason="x", units_1="1.5")
        assert any(one.get("aria-invalid") for one in refund.root.all("input"))
        assert _state(await staff.open(page.path)) == "待发货"


async def test_a_button_that_is_pressed_twice_ships_once(shop: WholeShop) -> None:
    """R17: the form carries its key."""
    order = await an_order(shop)
    async with at_the_desk(shop) as staff:
        page = await staff.open(f"/desk/orders/{order['order_id']}")
        answers = [await staff.press(page, "/ship", carrier="顺丰", tracking_number="SF1", units_1="1") for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 303]
        assert (await staff.open(page.path)).text.count("SF1") == 1


async def test_an_unpaid_order_is_repriced_confirmed_at_the_counter_and_noted(shop: WholeShop) -> None:
    """ORD-R4, ORD-R13: a price that was agreed; then the money that lies in the till, which must be that."""
    order = await an_order(shop, paid=False)
    async with at_the_desk(shop) as staff:
        page = await staff.open(f"/desk/orders/{order['order_id']}")
        cheaper = await staff.submit(page, "/price", payable="100.50", reason="老顾客")
        assert cheaper.saying == "价格已改" and "¥100.50" in cheaper.text
        noted = await staff.submit(cheaper, "/memos", text="来过电话\n六点后送")
        assert noted.saying == "已记下" and "六点后送" in noted.text
    async with shop.knocking("alice") as client:
        way = {"gateway": "counter", "flow": "counter"}
        assert (await client.post(f"/v1/orders/{order['order_id']}/payments", json=way)).status_code == 201
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.open(f"/desk/orders/{order['order_id']}")
        wrong = await clerk.submit(page, "/counter", amount="100")
        assert wrong.answer.status_code == 409
        done = await clerk.submit(page, "/counter", amount="100.50")
        assert (done.saying, _state(done)) == ("已确认收款", "待发货")


async def test_an_order_is_called_off_by_who_may_give_its_money_back(shop: WholeShop) -> None:
    """R35: a clerk is not offered to close what is paid, and is told so by its address too."""
    order = await an_order(shop)
    path = f"/desk/orders/{order['order_id']}"
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.open(path)
        offered = [one.get("action") for one in page.root.all("form")]
        assert f"{path}/close" not in offered and f"{path}/refund" not in offered and f"{path}/ship" in offered
        answer = await clerk.post(f"{path}/refund", {"reason": "x"}, **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403
    async with at_the_desk(shop) as admin:
        closed = await admin.submit(await admin.open(path), "/close", reason="买家不要了")
        assert (closed.saying, _state(closed)) == ("订单已关闭", "已关闭")


async def test_a_contact_is_masked_until_somebody_looks_which_is_in_the_trail(shop: WholeShop) -> None:
    """R40: looking is a button and never a link; a list, a print of what to pick and a look that is refused tell nothing."""
    order = await an_order(shop)
    path = f"/desk/orders/{order['order_id']}"
    contact = await shop.retail.accounts.show.order_contact(
        (await shop.retail.ordering.show.all(PageRequest(1))).items[0].order_id
    )
    assert contact is not None
    secrets = (contact.recipient, contact.phone.e164, contact.detail)
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.open(path)
        picking = await clerk.open(f"{path}/picking")
        assert not [secret for secret in secrets for sheet in (page, picking) if secret in sheet.answer.text]
        assert await trail_of(shop, "look_at_contact_at_desk") == []
        looked = await clerk.submit(page, "/contact")
        assert all(secret in looked.text for secret in secrets)
        assert await trail_of(shop, "look_at_contact_at_desk") == [order["order_id"]]
        label = await clerk.submit(page, "/label")
        assert all(secret in label.text for secret in secrets)
        assert await trail_of(shop, "print_packing_label") == [order["order_id"]]
        assert not any("contact" in link or "label" in link for link in page.links())
    async with at_the_desk(shop, "the-finance") as finance:
        page = await finance.open(path)
        assert f"{path}/contact" not in [one.get("action") for one in page.root.all("form")]
        answer = await finance.post(f"{path}/contact", {}, **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403 and not [secret for secret in secrets if secret in answer.text]


async def test_whoever_is_bound_to_a_place_finds_the_orders_of_that_place_alone(shop: WholeShop) -> None:
    """R35: in lists, by number, by address, in a file; what belongs to others is not there."""
    order = await an_order(shop)
    path = f"/desk/orders/{order['order_id']}"
    await a_clerk_of(shop, "far", await another_store(shop))
    await a_clerk_of(shop, "near", await the_warehouse(shop))
    async with at_the_desk(shop, "near") as near:
        assert path in (await near.open("/desk/orders")).links()
        assert path in (await near.open("/desk")).links()
        assert _state(await near.open(path)) == "待发货"
    async with at_the_desk(shop, "far") as far:
        home, listed = await far.open("/desk"), await far.open("/desk/orders")
        assert path not in home.links() + listed.links()
        found = await far.submit(listed, "/desk/orders", number=order["number"])
        assert found.path == "/desk/orders" and "没有订单号" in found.text
        for door in ("", "/picking"):
            assert (await far.open(f"{path}{door}")).answer.status_code == 404
        for door in ("/contact", "/label", "/memos", "/ship"):
            fields = {"text": "x", "carrier": "x", "tracking_number": "x"}
            answer = await far.post(f"{path}{door}", fields, **{"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 404, door
        tried = await far.submit(await far.open("/desk/orders/ship-file"), "/look", table=f"{order['number']},SF,1")
        assert "没有这个订单号" in tried.text


async def test_many_orders_are_shipped_by_a_file_that_is_tried_before(shop: WholeShop) -> None:
    """T6: the trial changes nothing and says of each row what would happen; the deed does that, and a second tap nothing."""
    first, second, unpaid = await an_order(shop), await an_order(shop), await an_order(shop, paid=False)
    table = "\n".join(
        ("订单号,承运商,运单号", f"{first['number']},顺丰,SF1", f"{second['number']},顺丰,SF2", f"{unpaid['number']},顺丰,SF3",
         f"{first['number']},顺丰,SF4", "999,顺丰,SF5", f"{second['number']},,SF6")
    )  # fmt: skip
    async with at_the_desk(shop) as staff:
        form = await staff.open("/desk/orders/ship-file")
        tried = await staff.submit(form, "/look", table=table)
        said = [row.text for row in tried.root.all("tr")][1:]
        words = ("将发出 2 件", "将发出 2 件", "目前不能发货", "出现过", "没有这个订单号", "缺少")
        assert [word in row for word, row in zip(words, said, strict=True)] == [True] * 6, said
        assert "其中 2 行将会发货" in tried.text
        assert _state(await staff.open(f"/desk/orders/{first['order_id']}")) == "待发货"

        done = await staff.submit(tried, "/ship")
        again = await staff.submit(tried, "/ship")
        assert "已发货 2 行" in done.text
        for order, number in ((first, "SF1"), (second, "SF2")):
            page = await staff.open(f"/desk/orders/{order['order_id']}")
            assert _state(page) == "待收货" and page.text.count(number) == 1
        assert again.answer.status_code == 200
        assert "已用此运单号发过货" in (await staff.submit(form, "/look", table=table)).text


async def test_a_file_is_read_whatever_a_spreadsheet_made_of_it(shop: WholeShop) -> None:
    """R34: GB 18030, a byte-order mark, tabs; what is no table is said at its field."""
    order = await an_order(shop)
    row = f"{order['number']}\t顺丰\tSF1"
    async with at_the_desk(shop) as staff:
        for content in (row.encode("gb18030"), ("\ufeff" + row).encode(), (row + "\r\n\r\n").encode()):
            answer = await staff.client.post(
                "/desk/orders/ship-file/look", files={"file": ("a.csv", content), "table": (None, b"")},
                headers={"Cookie": f"desk={staff.cookies['desk']}", "Sec-Fetch-Site": "same-origin"},
            )  # fmt: skip
            sheet = Sheet.of(answer)
            assert "其中 1 行将会发货" in sheet.text and "顺丰" in sheet.text
        form = await staff.open("/desk/orders/ship-file")
        for table in ("", '1,"2', "number,carrier,tracking"):
            wrong = await staff.submit(form, "/look", table=table)
            assert wrong.answer.status_code == 422
            assert any(one.get("id") == "f-table" and one.get("aria-invalid") for one in wrong.root.all("textarea")), table


def test_a_table_has_so_many_rows_at_most_and_numbers_them_as_the_file_does() -> None:
    """R34: a heading and empty lines are counted and not read."""
    rows = rows_of("number,carrier,tracking\n\n1,a,b\n'2,a,b,more\n")
    assert [(one.row, one.number, one.tracking_number) for one in rows] == [(3, "1", "b"), (4, "2", "b")]
    assert len(rows_of("1,a,b\n" * ROWS_MAX)) == ROWS_MAX
    with pytest.raises(InvalidInput):
        rows_of("1,a,b\n" * (ROWS_MAX + 1))


async def test_what_is_too_large_for_one_person_leads_to_where_it_waits_and_is_carried_out_once(shop: WholeShop) -> None:
    """ACC-R14: nothing happens meanwhile; whoever asked does not approve it; the second person does."""
    async with open_whole_shop(Place("memory"), PretendGateway(), policies=CAUTIOUS) as opened:
        cautious = with_pages(opened)
        order = await an_order(cautious)
        path = f"/desk/orders/{order['order_id']}"
        async with at_the_desk(cautious, "the-finance") as finance:
            waits = await finance.submit(await finance.open(path), "/refund", reason="破损", units_1="1")
            assert waits.path.startswith("/desk/approvals/") and "等待另一位员工复核" in waits.saying
            assert not [one for one in waits.root.all("form") if one.get("action").endswith("/approve")]
            assert "退款：破损" not in (await finance.open(path)).text
        async with at_the_desk(cautious) as admin:
            home = await admin.open("/desk")
            assert "1 待复核" in home.text
            page = await admin.open(waits.path)
            done = await admin.submit(page, "/approve")
            assert done.saying == "已通过，并已执行"
            assert (await admin.open(path)).text.count("退款：破损") == 1
            assert "/approve" not in done.answer.text


async def test_every_number_of_the_overview_is_what_its_list_holds(shop: WholeShop) -> None:
    """ORD-R15: counted from the rows of the shop itself, and its link leads to as many."""
    shop.clock.forward(hours=5)  # in the shop it is past midnight
    orders = [await an_order(shop, quantity=count) for count in (1, 2, 3)]
    await an_order(shop, paid=False)
    async with at_the_desk(shop) as staff:
        await staff.submit(await staff.open(f"/desk/orders/{orders[0]['order_id']}"), "/refund", reason="x", units_1="1")
        page = await staff.open(f"/desk/orders/{orders[1]['order_id']}")
        await staff.submit(page, "/ship", carrier="a", tracking_number="1")
        home = await staff.open("/desk")
        tiles = {
            one.get("href"): one.text for one in next(n for n in home.root.all("nav") if "todo" in n.get("class")).all("a")
        }
        assert tiles["/desk/orders?state=to_ship"] == "1 待发货"
        for href, told in tiles.items():
            page = await staff.open(href)
            rows = [row for body in page.root.all("tbody") for row in body.all("tr")]
            assert str(len(rows)) == told.split(" ")[0], href

        everything = [
            await shop.retail.ordering.show.show(one.order_id)
            for one in (await shop.retail.ordering.show.all(PageRequest(100))).items
        ]
        paid = [one for one in everything if one.paid_at is not None]
        day = timedelta(hours=8)  # as clocks in Shanghai show it
        recent = [one for one in paid if one.paid_at and (one.paid_at + day).date() == (shop.clock.now() + day).date()]
        sums = [sum(one.paid.minor for one in group) // 100 for group in (recent, paid)]
        back = sum(one.given_back.decided.minor for one in paid) // 100
        big = [one.text for one in home.root.all("p") if one.get("class") == "big"]
        average = sum(one.paid.minor for one in paid) // len(paid)
        assert big[:2] == [f"¥{sums[0]}", f"¥{sums[1]}"] and big[3] == f"¥{back}"
        assert big[2].removeprefix("¥").replace(".", "").ljust(len(str(average)), "0") == str(average)
        assert len(recent) == 3 < len(paid)
