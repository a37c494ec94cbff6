"""The other rooms of the console: stock, goods, members, reviews, staff, settings, trail, money (R34, R35, R40)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from attrs import evolve, fields

from retail_domain.accounts import Permission, Role
from retail_domain.approvals import ApprovalState
from retail_domain.catalog import EditProduct, Listing, ProductSearch
from retail_domain.inventory import LocationKind, MoveKind
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderEvent
from retail_domain.payments import MoneyState, PaymentState, RefundStage
from retail_domain.reviews import ReviewAction, ReviewCases, ReviewReason, ReviewStatus
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.web.amounts import change_typed, count_typed, minor_typed
from retail_entrypoints.web.words import LANGUAGES, words_of
from tests.e2e.whole_shop import NOBODY, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import an_order, at_the_desk, enter, trail_of
from tests.web.paper import Sheet, browsing, with_pages


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


def _wrong(sheet: Sheet) -> set[str]:
    return {one.get("id") for one in sheet.root.all("input", "textarea", "select") if one.get("aria-invalid") == "true"}


async def test_stock_is_received_corrected_and_watched(shop: WholeShop) -> None:
    """STK-R3: found by its code; what is wrong is said at its field, and each change stands among the movements."""
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.submit(await clerk.open("/desk/stock"), "/desk/stock", code="TEA-100")
        before = int(next(one.text for one in page.root.all("td") if one.get("data-l") == "在库"))
        wrong = await clerk.submit(page, "/receive", quantity="a few", reference="D-1")
        assert (wrong.answer.status_code, _wrong(wrong)) == (422, {"f-receivequantity"})
        more = await clerk.submit(page, "/receive", quantity="7", reference="D-1")
        assert more.saying == "库存已更新" and "D-1" in more.text
        less = await clerk.submit(more, "/adjust", change="-3", reason="碎了")
        assert int(next(one.text for one in less.root.all("td") if one.get("data-l") == "在库")) == before + 4
        watched = await clerk.submit(less, "/watch", alert_threshold=str(before + 50))
        assert watched.saying == "库存已更新"
        while await shop.retail.background.deliver_next():
            pass
        assert watched.path in (await clerk.open("/desk/stock/alerts")).links()
        assert "1 库存预警" in (await clerk.open("/desk")).text


async def test_goods_are_described_priced_and_taken_off_sale(shop: WholeShop) -> None:
    """CAT-R1: a clerk is offered no price, finance no description; what was not on the form stays as it was."""
    async with at_the_desk(shop) as admin:
        listed = await admin.open("/desk/goods")
        path = next(link for link in listed.links() if len(link) == len(f"/desk/goods/{NOBODY}"))
        page = await admin.open(path)
        sku = next(one.get("action") for one in page.root.all("form") if one.get("action").endswith("/price"))
        wrong = await admin.submit(page, sku, price="much")
        assert wrong.answer.status_code == 422 and len(_wrong(wrong)) == 1
        assert (await admin.submit(page, sku, price="123.45")).text.count("¥123.45") == 1
        page = await admin.open(path)
        empty = await admin.submit(page, "/listing", title="")
        assert (empty.answer.status_code, _wrong(empty)) == (422, {"f-listingtitle"})
        named = await admin.submit(page, "/listing", title="新名字", purchase_limit="3")
        assert (named.heading, named.saying) == ("新名字", "商品已更新")
        again = await admin.submit(page, "/listing", title="别的名字")
        assert again.answer.status_code == 409 and "新名字" in (await admin.open(path)).heading
        off = await admin.submit(named, f"{path}/sale")
        assert "已下架" in off.text
    async with at_the_desk(shop, "the-clerk") as clerk:
        doors = {one.get("action").rpartition("/")[2] for one in (await clerk.open(path)).root.all("form")}
        assert {"listing", "sale"} <= doors and "price" not in doors
    async with at_the_desk(shop, "the-finance") as finance:
        doors = {one.get("action").rpartition("/")[2] for one in (await finance.open(path)).root.all("form")}
        assert "price" in doors and not {"listing", "sale"} & doors


async def test_what_the_form_of_goods_does_not_show_stays_as_it_was(shop: WholeShop) -> None:
    """CAT-R1: every field of a description that has no field on the form, whatever is added to descriptions."""
    retail, moment = shop.retail, datetime(2026, 1, 1, tzinfo=UTC)
    known = (await retail.catalog.show.search(ProductSearch(), PageRequest(1))).items[0]
    rich = evolve(
        (await retail.catalog.show.product(known.id)).listing, parameters=(("材质", "竹"), ("产地", "安吉")), subtitle="春茶",
        sale_from=moment, purchase_limit=7, images=("https://example.org/a.jpg",),
    )  # fmt: skip
    await retail.catalog.edit(EditProduct(product_id=known.id, listing=rich))
    unset = [one.name for one in fields(Listing) if getattr(rich, one.name) == one.default and one.name not in _MAY_BE_UNSET]
    assert unset == []
    async with at_the_desk(shop) as admin:
        page = await admin.open(f"/desk/goods/{known.id}")
        assert (await admin.submit(page, "/listing", title="新名字")).saying == "商品已更新"

    assert (await retail.catalog.show.product(known.id)).listing == evolve(rich, title="新名字")


_MAY_BE_UNSET = {"brand_id", "freight_template_id", "sale_until", "unit", "description", "category_id"}
"""Some of the demo's goods have none, or the usual one; each of them is carried over as the others are."""


async def test_a_member_is_found_without_their_number_in_an_address_and_masked(shop: WholeShop) -> None:
    """R40: looking is a button that the trail knows of; to block ends every session."""
    async with at_the_desk(shop) as admin:
        listed = await admin.open("/desk/members")
        page = await admin.submit(listed, "/desk/members/find", who="13900139000")
        assert page.path.startswith("/desk/members/") and "13900139000" not in str(page.answer.url)
        assert "139001390" not in page.answer.text
        looked = await admin.submit(page, "/contact")
        assert "+8613900139000" in looked.text
        assert await trail_of(shop, "look_at_member_at_desk") == [page.path.rpartition("/")[2]]
        banned = await admin.submit(page, "/ban")
        assert banned.saying.startswith("会员已停用")
        async with shop.knocking("bob") as bob:
            assert (await bob.get("/v1/me")).status_code == 401
        assert (await admin.submit(banned, "/readmit")).saying == "会员已恢复"
        nobody = await admin.submit(listed, "/desk/members/find", who="13700137000")
        assert "没有这个手机号" in nobody.text
        assert (await admin.submit(listed, "/desk/members/find", who=MEMBER_LOGIN)).path.startswith("/desk/members/")


async def test_a_review_is_judged_by_its_words_and_answered(shop: WholeShop) -> None:
    """REV-R5: not without a reason where one is needed; stars and author are not on the page."""
    case = (await shop.retail.reviews.show.cases(PageRequest(1), ReviewCases.asked(ReviewStatus.PUBLISHED, ""))).items[0]
    path, words = f"/desk/reviews/{case.review_id}", case.text[:12]
    async with at_the_desk(shop, "the-clerk") as clerk:
        page = await clerk.open("/desk/reviews?state=published")
        assert words in page.text and "★" not in page.text
        answered = await clerk.submit(page, f"{path}/reply", text="谢谢惠顾")
        assert answered.saying == "回复已发布" and "谢谢惠顾" in answered.text
        refused = await clerk.submit(answered, f"{path}/decide", verdict="hide")
        assert refused.answer.status_code in (409, 422) and refused.saying
        done = await clerk.submit(answered, f"{path}/decide", verdict="hide", reason="advertising")
        assert done.saying == "已处理这条评价"
        assert words in (await clerk.open("/desk/reviews?state=hidden")).text
        assert words in (await clerk.open(f"/desk/reviews?words={case.text[:2]}")).text


async def test_somebody_is_taken_on_given_roles_and_a_password(shop: WholeShop) -> None:
    """ACC-R4: what is wrong is said at its field; the last administrator keeps the role."""
    async with at_the_desk(shop) as admin:
        listed = await admin.open("/desk/staff")
        wrong = await admin.submit(listed, "/desk/staff", name="", login="wuming", password=PASSWORD, role_clerk="on")
        assert wrong.answer.status_code == 422 and "f-name" in _wrong(wrong)
        taken = await admin.submit(listed, "/desk/staff", name="吴", login="wuming", password=PASSWORD, role_clerk="on")
        assert (taken.heading, taken.saying) == ("吴", "员工已添加")
        grown = await admin.submit(taken, "/roles", role_finance="on")
        assert grown.saying.startswith("角色已更新")
        assert {r.value for r in (await shop.retail.accounts.show.staff_named("wuming")).roles} == {"clerk", "finance"}  # type: ignore[union-attr]
        given = await admin.submit(taken, "/password", password="another-one-2026")
        assert given.saying.startswith("密码已重设")
        me = next(link for link in listed.links() if link.startswith("/desk/staff/") and not link.endswith("/roles"))
        form = await admin.open(me)
        answer = await admin.post(f"{me}/roles", {"once": "x" * 32}, **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 409 and form.heading == "Demo admin"
    async with browsing(shop) as again:
        assert (await enter(again, "wuming", "another-one-2026")).path == "/desk"


async def test_a_setting_is_changed_stands_in_the_history_and_is_taken_back(shop: WholeShop) -> None:
    """SET-R7: with a reason; a value out of its bounds is said at the field, and whoever looked at an older one is told."""
    async with at_the_desk(shop) as admin:
        page = await admin.open("/desk/settings/of/orders.open_max")
        for value in ("many", "999999999"):
            wrong = await admin.submit(page, "/orders.open_max", value=value, reason="x")
            assert (wrong.answer.status_code, _wrong(wrong)) == (422, {"f-value"}), value
        set_to = await admin.submit(page, "/orders.open_max", value="7", reason="试一试")
        assert set_to.saying == "设置已生效"
        late = await admin.submit(page, "/orders.open_max", value="8", reason="同时")
        assert late.answer.status_code == 409
        history = await admin.open("/desk/settings/history")
        assert "试一试" in history.text and "orders.open_max" in history.text
        back = await admin.submit(history, "/back", reason="不好")
        assert back.saying == "已撤回这次改动"
        name = await admin.submit(await admin.open("/desk/settings/of/shop.name"), "/shop.name", value="青舍", reason="开张")
        assert "青舍" in name.text
        assert (await admin.open("/desk/settings/of/no.such")).answer.status_code == 404


async def test_the_trail_is_searched_by_who_what_and_when(shop: WholeShop) -> None:
    """R35, ACC-R15: what was done on pages stands there like what was done at other doors."""
    order = await an_order(shop)
    async with at_the_desk(shop) as admin:
        await admin.submit(await admin.open(f"/desk/orders/{order['order_id']}"), "/memos", text="x")
        for asked, count in (
            ({"thing": order["order_id"]}, 1),
            ({"action": "write_memo_at_desk"}, 1),
            ({"until": "2020-01-01"}, 0),
        ):
            found = await admin.open(f"/desk/trail?{urlencode(asked)}")
            assert sum(row.text.count("write_memo_at_desk") for row in found.root.all("td")) == count, asked


async def test_finance_sees_what_goes_back_and_what_the_books_hold(shop: WholeShop) -> None:
    """PAY-I2: a clerk is offered nothing to decide there."""
    order = await an_order(shop)
    async with at_the_desk(shop, "the-finance") as finance:
        page = await finance.open(f"/desk/orders/{order['order_id']}")
        await finance.submit(page, "/refund", reason="碎了", units_1="1")
        money = await finance.open("/desk/money")
        assert "碎了" in money.text and f"/desk/orders/{order['order_id']}" in money.links()
        books = {one.account for one in await shop.retail.payments.show.balances()}
        shown = await finance.open("/desk/money/balances")
        assert books and all(account in shown.text for account in books)
        for empty in ("aside", "notices"):
            assert (await finance.open(f"/desk/money/{empty}")).answer.status_code == 200


def test_amounts_and_numbers_are_read_as_people_type_them() -> None:
    """R34: and what is none is refused, never rounded."""
    for text, minor in (("88", 8_800), ("88.5", 8_850), ("¥88.05", 8_805), (" 0.01 ", 1), ("0", 0)):
        assert minor_typed(text, "amount") == minor
    for text in ("", "1,5", "1.234", "-1", "1e3", "９９９９９９９９９９９９９", "十"):
        with pytest.raises(InvalidInput):
            minor_typed(text, "amount")
    assert [change_typed(text, "change") for text in ("5", "+5", "-3", "－3", " - 3")] == [5, 5, -3, -3, -3]
    for text in ("", "1.5", "--1", "x"):
        with pytest.raises(InvalidInput):
            change_typed(text, "change")
        with pytest.raises(InvalidInput):
            count_typed(text, "count")


def test_whatever_the_console_may_have_to_say_has_its_words() -> None:
    """DOR-R10: for every permission, role, state, event and kind there is."""
    told = {
        "permission": Permission, "role": Role, "actor": ActorKind, "stage": RefundStage, "payment": PaymentState,
        "aside": MoneyState, "approval": ApprovalState, "kind": LocationKind, "move": MoveKind, "review": ReviewStatus,
        "verdict": ReviewAction, "why": ReviewReason,
    }  # fmt: skip
    events = {one.name for one in _kinds_of(OrderEvent) if isinstance(getattr(one, "name", None), str)}
    for lang in LANGUAGES:
        words = words_of(lang)
        missing = [f"desk.{group}.{one.value}" for group, kinds in told.items() for one in kinds]  # type: ignore[attr-defined]
        missing += [f"desk.event.{name}" for name in events]
        assert [id for id in missing if id not in words] == []


def _kinds_of(base: type) -> list[type]:
    return [kind for one in base.__subclasses__() for kind in (one, *_kinds_of(one))]
