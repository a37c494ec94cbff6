"""What staff decide at the console besides: roles of the shop's own, settings for later, other addresses, stuck refunds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio
from attrs import evolve

from retail_domain.accounts import AddStaff, MakeRole, Permission
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.payments import RefundStage
from retail_entrypoints.cli.demo_data import PASSWORD
from retail_entrypoints.worker import work_once
from tests.e2e.whole_shop import SYSTEM, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway, notice
from tests.support.stores import Place
from tests.web.at_the_desk import an_order, at_the_desk, trail_of
from tests.web.paper import Sheet, with_pages
from tests.web.test_every_page import check

PROVIDER = PretendGateway()


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PROVIDER) as opened:
        yield with_pages(opened)


def _wrong(sheet: Sheet) -> set[str]:
    return {one.get("name") for one in sheet.root.all("input", "textarea", "select") if one.get("aria-invalid") == "true"}


async def test_a_role_of_the_shops_own_is_made_changed_and_removed(shop: WholeShop) -> None:
    """ACC-R12: with places and permissions that are ticked; what is bound to a place holds nothing that has none."""
    place = (await shop.retail.inventory.show.locations())[0].id
    async with at_the_desk(shop) as admin:
        page = await admin.open("/desk/staff/roles")
        ticked = {"may_orders.see": "on", "may_settings.see": "on", f"at_{place}": "on"}
        refused = await admin.submit(page, "/desk/staff/roles", (), "", **{"name": "店员", "code": "near"} | ticked)
        assert refused.answer.status_code == 422 and await shop.retail.accounts.show.custom_roles() == []
        check(refused)
        assert (await admin.submit(page, "/desk/staff/roles", name="店员", code="near")).answer.status_code == 422
        made = await admin.submit(page, "/desk/staff/roles", (), "", **{"name": "店员", "code": "near", "may_orders.see": "on"})
        (role,) = await shop.retail.accounts.show.custom_roles()
        assert (made.saying[:4], role.permissions, role.places) == ("角色已保", (Permission.ORDERS_SEE,), ())
        changed = await admin.submit(made, "/roles/near", (), "", **{"may_orders.ship": "on", f"at_{place}": "on"})
        check(changed)
        (role,) = await shop.retail.accounts.show.custom_roles()
        assert (role.name, role.permissions) == ("店员", (Permission.ORDERS_SEE, Permission.ORDERS_SHIP))
        assert role.places == (place,)
        gone = await admin.submit(changed, "/roles/near/remove")
        assert gone.saying == "角色已删除" and await shop.retail.accounts.show.custom_roles() == []
        assert (await admin.post("/desk/staff/roles/near", {"name": "x"}, Referer="http://shop.test/desk")).status_code == 404


async def test_a_setting_is_planned_and_taken_back_before_it_holds(shop: WholeShop) -> None:
    """SET-R2, SET-R5: what was typed wrongly is said at its field; what is planned stands there until it is taken back."""
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/settings/of/shop.name")
        for since in ("soon", "2020-01-01T00:00", "2099-01-01T00:00"):
            refused = await admin.submit(form, "/shop.name", value="春茶行", reason="换名", since=since)
            assert (refused.answer.status_code, _wrong(refused)) == (422, {"since"}), since
        planned = await admin.submit(form, "/shop.name", value="春茶行", reason="换名", since="2026-02-01T08:00")
        assert planned.saying == "已计划" and (await shop.retail.settings.shop_front()).name == ""
        one = await admin.open("/desk/settings/of/shop.name")
        check(one)
        assert "2月1日 08:00" in one.text
        back = await admin.submit(one, "/back", reason="不换了")
        assert back.path == "/desk/settings/history"
    shop.clock.forward(days=2)
    assert (await shop.retail.settings.shop_front()).name == ""


async def test_an_order_goes_elsewhere_before_its_first_parcel(shop: WholeShop) -> None:
    """ORD-R5: what is wrong with the address is said at its field; afterwards it is no longer offered."""
    order = await an_order(shop)
    to = {"recipient": "李雷", "phone": "13900139000", "region_code": "310000", "detail": "淮海路2号", "reason": "写错了"}
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.open(f"/desk/orders/{order['order_id']}")
        for field in ("recipient", "phone", "detail", "reason"):
            refused = await clerk.submit(page, "/address", (), "", **to | {field: " "})
            assert (refused.answer.status_code, _wrong(refused)) == (422, {field}), field
            check(refused)
        moved = await clerk.submit(page, "/address", (), "", **to)
        assert moved.saying == "收货地址已改", moved.text
        clear = await clerk.submit(moved, "/contact")
        assert "淮海路2号" in clear.text and await trail_of(shop, "redirect_at_desk") == [order["order_id"]] * 5
        sent = await clerk.submit(moved, "/ship", carrier="SF", tracking_number="1")
        assert not [form for form in sent.root.all("form") if form.get("action").endswith("/address")]


async def test_a_stuck_refund_is_given_back_as_another_sum(shop: WholeShop) -> None:
    """PAY-R2, PAY-R9: the provider took another sum than it told; finance give back that one, and it goes its way."""
    order = await an_order(shop, paid=False)
    async with shop.knocking("alice") as client:
        way = {"gateway": "sandbox", "flow": "desktop_qr"}
        payment = (await client.post(f"/v1/orders/{order['order_id']}/payments", json=way)).json()
        ref = UUID(payment["payment_id"]).hex
        truth = PROVIDER.pay(ref, amount=Money(2_500, "CNY"))
        told = notice(evolve(truth, amount=Money(2_600, "CNY")))
        heard = await client.post("/v1/gateways/sandbox/notices", content=told)
        assert heard.status_code < 300, heard.text
    async with at_the_desk(shop) as admin:
        aside = await admin.open("/desk/money/aside")
        await admin.submit(aside, "/refund", reason="金额不对")
        for _ in range(3):
            await work_once(shop.retail.background)
            shop.clock.forward(minutes=10)
        stuck = await admin.open("/desk/money?stage=stuck")
        assert (await admin.submit(stuck, "/correct", amount="much", reason="x")).answer.status_code == 422
        done = await admin.submit(stuck, "/correct", amount="25.00", reason="按渠道实收")
        check(done)
        assert (done.path == "/desk/money" and "25.00" in done.text) or "¥25" in done.text, done.text
    refunds = (await shop.retail.payments.show.refunds(PageRequest(9), None)).items
    assert {one.amount.minor for one in refunds if one.stage is not RefundStage.STUCK} >= {2_500}
    assert OrderId(UUID(order["order_id"])) in {one.order_id for one in refunds}


async def test_whoever_lacks_a_right_neither_sees_nor_gives_it(shop: WholeShop) -> None:
    """ACC-R12: a manager of staff is offered the permissions they have; a role that may more keeps what they cannot see."""
    may = (Permission.STAFF_SEE, Permission.STAFF_MANAGE, Permission.ORDERS_SEE)
    role = await shop.retail.accounts.make_role(MakeRole(code="manager", name="Manager", permissions=may, actor=SYSTEM))
    wish = AddStaff(login="boss", password=PASSWORD, name="boss", custom_roles=(role.code,), actor=SYSTEM)
    await shop.retail.accounts.add_staff(wish)
    async with at_the_desk(shop, "boss") as boss:
        page = await boss.open("/desk/staff/roles")
        offered = {one.get("name") for one in page.root.all("input") if one.get("name").startswith("may_")}
        assert offered == {"may_staff.see", "may_staff.manage", "may_orders.see"}
        answer = await boss.post(
            "/desk/staff/roles", {"name": "x", "code": "x", "may_refunds.make": "on"}, Referer="http://shop.test/desk"
        )  # fmt: skip
        assert answer.status_code == 403
    assert [one.code for one in await shop.retail.accounts.show.custom_roles()] == ["manager"]
