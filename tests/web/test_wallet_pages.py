"""A wallet by reading its pages and pressing their buttons (MSC-R6, PAY-R10)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import PageRequest
from retail_domain.wallet import AdjustWallet, WithdrawalState
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import Place
from tests.support.wallets import put_into_wallet
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
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


async def _who(shop: WholeShop) -> MemberId:
    found = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    return found.member_id


async def _has(shop: WholeShop) -> int:
    balances = await shop.retail.wallet.show.balances(await _who(shop))
    return sum(one.available.minor for one in balances)


async def _give(shop: WholeShop, minor: int) -> None:
    give = AdjustWallet(member_id=await _who(shop), amount=Money(minor, "CNY"), reason="late parcel", actor=CLERK)
    await shop.retail.wallet.adjust(give)


async def _emptied(shop: WholeShop) -> None:
    if minor := await _has(shop):
        await _give(shop, -minor)


async def _to_pay(member: PaperBrowser) -> Sheet:
    goods = await member.open(next(link for link in (await member.open("/")).links() if link.startswith("/p/")))
    checkout = await member.submit(await member.submit(goods, "/cart/lines", quantity="1"), "/checkout")
    return await member.submit(checkout, "/place")


async def test_a_wallet_pays_a_part_is_taken_back_and_the_page_says_what_remains(shop: WholeShop, member: PaperBrowser) -> None:
    """PAY-R10: held from the button on; the page says what the wallet pays."""
    await _emptied(shop)
    assert "可用余额" not in (await _to_pay(member)).text
    await _give(shop, 100)
    before = await _to_pay(member)
    check(used := await member.submit(before, "/wallet"))
    after = await _has(shop)
    check(back := await member.submit(used, "/wallet"))

    assert "可用余额 ¥1 " in before.text and "余额已支付 ¥1" in used.text and after == 0
    assert "余额已支付" not in back.text and await _has(shop) == 100


async def test_a_wallet_alone_pays_the_order(shop: WholeShop, member: PaperBrowser) -> None:
    """PAY-I1."""
    await _give(shop, 900_000)

    paid = await member.submit(await _to_pay(member), "/wallet")

    assert not paid.path.endswith("/pay") and await _has(shop) < 900_000


async def test_a_member_reads_the_wallet_and_asks_to_be_paid_out(shop: WholeShop, member: PaperBrowser) -> None:
    """MSC-R6: what was given is not offered; what is wrong is said where it was typed, and changes nothing."""
    await _emptied(shop)
    check(await member.open("/me/wallet"))
    await _give(shop, 300)
    given = await member.open("/me/wallet")
    assert "商家赠送" in given.text and "late parcel" in given.text and "申请提现" not in given.text
    await put_into_wallet(shop.retail.begin, await _who(shop), 2_000)

    page = await member.open("/me/wallet")
    check(wrong := await member.submit(page, "/me/wallet/withdrawals", amount="30", pay_to="card 1"))
    check(asked := await member.submit(page, "/me/wallet/withdrawals", amount="15.50", pay_to="card 1"))
    (waits, *_) = (await shop.retail.wallet.show.withdrawals_of(await _who(shop), PageRequest(5))).items
    check(cancelled := await member.submit(asked, "/cancel"))

    assert "余额不足" in wrong.text and "待审核" in asked.text
    assert (waits.amount.minor, waits.pay_to, waits.state) == (1_550, "card 1", WithdrawalState.REQUESTED)
    assert "已撤回" in cancelled.text and await _has(shop) == 2_300


async def test_a_member_gives_up_the_wallet(shop: WholeShop, member: PaperBrowser) -> None:
    """MSC-R6: for good."""
    await _emptied(shop)
    await _give(shop, 300)

    check(empty := await member.submit(await member.open("/me/wallet"), "/me/wallet/forfeit"))

    assert "已放弃" in empty.text and await _has(shop) == 0
