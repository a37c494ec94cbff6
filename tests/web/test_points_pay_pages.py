"""Points as money by reading the checkout and pressing its button (PRC-I7, PTS-R7)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.points import AdjustPoints
from retail_domain.settings import ChangeSettings
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.web.paper import PaperBrowser, browsing, with_pages
from tests.web.test_every_page import check

CLERK = Actor.system("clerk")


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[WholeShop]:
    async with open_whole_shop(Place("memory"), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def member(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        await somebody.submit(await somebody.open("/enter"), "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        yield somebody


async def _rich(shop: WholeShop) -> MemberId:
    """The member, with 10,000 points that are worth 1.00 a hundred."""
    found = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    worth = {"points.unit_worth": 100, "points.spend_unit": 100, "points.spend_bps": 5_000}
    await shop.retail.settings.change(ChangeSettings(actor=CLERK, values=worth, reason="points pay"))
    had = (await shop.retail.points.balance(found.member_id)).available
    more = AdjustPoints(member_id=found.member_id, points=10_000 - had, reason="hello", actor=CLERK)
    await shop.retail.points.adjust(more)
    return found.member_id


async def test_points_are_used_and_left_at_the_checkout(shop: WholeShop, member: PaperBrowser) -> None:
    """PRC-R4: the price says what they took off; the order holds them."""
    me = await _rich(shop)
    goods = await member.open(next(link for link in (await member.open("/")).links() if link.startswith("/p/")))
    checkout = await member.submit(await member.submit(goods, "/cart/lines", quantity="1"), "/checkout")
    check(used := await member.submit(checkout, "/points"))
    check(left := await member.submit(used, "/points"))
    await member.submit(await member.submit(left, "/points"), "/place")

    assert "可用积分 10000" in checkout.text and "积分抵扣" not in checkout.text
    assert "积分抵扣" in used.text and "不使用积分" in used.text
    assert "积分抵扣" not in left.text
    now = await shop.retail.points.balance(me)
    assert now.locked > 0 and now.available == 10_000 - now.locked


async def test_where_points_pay_for_nothing_nobody_is_asked(shop: WholeShop, member: PaperBrowser) -> None:
    """The checkout shows what can be used."""
    await _rich(shop)
    none = ChangeSettings(actor=CLERK, values={"points.unit_worth": 0}, reason="no more")
    await shop.retail.settings.change(none)
    goods = await member.open(next(link for link in (await member.open("/")).links() if link.startswith("/p/")))
    checkout = await member.submit(await member.submit(goods, "/cart/lines", quantity="1"), "/checkout")

    assert "积分抵现" not in checkout.text
