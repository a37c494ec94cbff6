"""Coupons by reading pages and pressing buttons: taken, redeemed, chosen at the checkout, made and given at the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from retail_domain.coupons import CouponIs, CouponWay, MakeCouponCodes
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.coupon_terms import CouponScope
from retail_domain.kernel.ids import CouponTemplateId, MemberId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.coupons import ANY_OFF, FREIGHT_OFF, evolve, kind_of
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.at_the_desk import at_the_desk
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import check


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def member(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        await somebody.submit(await somebody.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        yield somebody


async def _me(shop: WholeShop) -> MemberId:
    found = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    return found.member_id


async def _stands(shop: WholeShop) -> dict[str, CouponIs]:
    mine = await shop.retail.coupons.show.mine(await _me(shop), PageRequest(100))
    return {one.says.name: one.coupon.stands for one in mine.items}


async def _take(member: PaperBrowser, name: str) -> Sheet:
    """Press the button beside that one."""
    page = await member.open("/me/coupons")
    button = next(one for one in page.root.all("button") if name in (one.get("aria-label") or ""))
    form = next(one for one in page.root.all("form") if button in one.all("button"))
    return await member.submit(page, form.get("action") or "")


async def test_a_coupon_is_taken_seen_and_refused_a_second_time(shop: WholeShop, member: PaperBrowser) -> None:
    """CPN-R1, CPN-R2: what can be taken has a button, what was had has none."""
    check(await member.open("/me/coupons"))
    check(taken := await _take(member, "运费券"))
    poor = await _take(member, "九折券")

    assert taken.saying == "领取成功" and "已领取" in taken.text
    assert await _stands(shop) == {"运费券": CouponIs.UNUSED, "满100减15": CouponIs.UNUSED}
    assert poor.answer.status_code == 409 and "可用积分不足" in poor.text
    assert not [one for one in taken.root.all("button") if "运费券" in (one.get("aria-label") or "")]


async def test_a_code_is_redeemed_and_a_wrong_one_told_at_its_place(shop: WholeShop, member: PaperBrowser) -> None:
    """CPN-R1: told in words, and the page is shown again."""
    kind = await kind_of(shop.retail, ANY_OFF, way=CouponWay.CODE, name="礼券")
    make = MakeCouponCodes(template_id=kind.id, actor=Actor.system("clerk"))
    (code,) = (await shop.retail.coupons.make_codes(make)).codes
    page = await member.open("/me/coupons")
    wrong = await member.submit(page, "/me/coupons/code", code="0000-0000-0000-0000")
    right = await member.submit(wrong, "/me/coupons/code", code=code)

    assert wrong.answer.status_code == 409 and "兑换码无效" in wrong.text
    assert right.saying == "领取成功" and (await _stands(shop))["礼券"] is CouponIs.UNUSED


async def test_coupons_are_chosen_at_the_checkout_with_their_effect(shop: WholeShop, member: PaperBrowser) -> None:
    """PRC-R4, CPN-R3: what fits can be chosen, what does not says why; the order is at the price that was shown."""
    much = evolve(ANY_OFF, value_minor=50_000, threshold_minor=9_000_000)
    for terms, name in ((ANY_OFF, "五元券"), (much, "大额券"), (FREIGHT_OFF, "邮费券")):
        await kind_of(shop.retail, terms, name=name)
    for name in ("五元券", "大额券", "邮费券"):
        await _take(member, name)
    goods = await member.open(next(link for link in (await member.open("/")).links() if link.startswith("/p/")))
    assert "优惠券" in goods.text and "五元券" in goods.text
    cart = await member.submit(goods, "/cart/lines", quantity="1")
    check(checkout := await member.submit(cart, "/checkout"))
    radios = [one for one in checkout.root.all("input") if one.get("type") == "radio" and one.get("value")]
    fits = {one.get("name"): one.get("value") for one in radios if one.get("name") in ("goods", "freight")}
    chosen = await member.submit(checkout, "/coupons", (), "", **fits)
    check(chosen)
    await member.submit(chosen, "/place")

    assert "未达到使用门槛" in checkout.text and "优惠券" in chosen.text
    assert (await _stands(shop))["五元券"] is CouponIs.LOCKED


async def test_goods_show_only_coupons_that_are_for_them(shop: WholeShop, member: PaperBrowser) -> None:
    """CPN-R1: by the scope."""
    path = next(link for link in (await member.open("/")).links() if link.startswith("/p/"))
    here = ProductId(UUID(path.removeprefix("/p/")))
    await kind_of(shop.retail, evolve(ANY_OFF, scope=CouponScope(product_ids=(here,))), name="只此一件")
    await kind_of(shop.retail, evolve(ANY_OFF, scope=CouponScope(not_product_ids=(here,))), name="除此之外")
    goods = await member.open(path)

    assert "只此一件" in goods.text and "除此之外" not in goods.text


async def test_staff_make_coupons_and_codes_and_give_and_take_back(shop: WholeShop) -> None:
    """CPN-R1, CPN-R3, R35: what is typed wrongly is told at its field; codes are shown once."""
    told = {"name": "开业券", "kind": "fixed", "value": "20", "threshold": "100", "days": "7", "total": "50", "way": "code"}
    async with at_the_desk(shop) as admin:
        check(page := await admin.open("/desk/coupons"))
        wrong = await admin.submit(page, "/desk/coupons", (), "", **{**told, "value": "200"})
        assert wrong.answer.status_code == 422
        for field in ("total", "goods", "days"):
            refused = await admin.submit(page, "/desk/coupons", (), "", **{**told, field: "x9"})
            assert refused.answer.status_code == 422, field
        check(made := await admin.submit(page, "/desk/coupons", (), "", **told))
        check(codes := await admin.submit(made, "/codes", count="3"))
        given = await admin.submit(made, "/issue", member=str(await _me(shop)))
        nobody = await admin.submit(made, "/issue", member="nobody")
        fewer = await admin.submit(made, made.path, total="0")
        closed = await admin.submit(made, made.path, total="40", is_open="")
        mine = await shop.retail.coupons.show.mine(await _me(shop), PageRequest(10))
        coupon = next(one.coupon for one in mine.items if one.says.name == "开业券")
        void = await admin.submit(await admin.open("/desk/coupons"), "/void", coupon_id=str(coupon.id), reason="发错了")

    report = await shop.retail.coupons.show.report(CouponTemplateId(coupon.template_id))
    assert codes.answer.status_code == 200 and codes.text.count("-") >= 9
    assert given.saying == "优惠券已发放" and void.saying == "优惠券已作废" and closed.saying == "已保存"
    assert nobody.answer.status_code == fewer.answer.status_code == 422
    assert (report.codes, report.of(CouponIs.VOID), report.template.total) == (3, 1, 40)
