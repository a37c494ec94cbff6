"""Jobs at the console: how far one is is told while somebody looks, and only some see it (JOB-R3, JOB-R4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from retail_domain.accounts import AddStaff, Role
from retail_domain.kernel.paging import PageRequest
from retail_entrypoints.cli.demo_data import PASSWORD
from tests.e2e.whole_shop import NOBODY, SYSTEM, WholeShop, open_whole_shop
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.at_the_desk import at_the_desk
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import check
from tests.web.test_live_pages import heard, stream_of, works

PRICES = "sku,price\nTEA-100,99\n"


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request)) as opened:
        yield with_pages(opened)


async def handed_in(desk: PaperBrowser, table: str = PRICES, path: str = "/desk/goods/prices") -> Sheet:
    return await desk.submit(await desk.open(path), "/look", table=table)


async def done(shop: WholeShop) -> None:
    while (await shop.retail.background.timers["do_jobs"]()).due:
        continue
    await works(shop)


async def test_whoever_looks_at_a_job_is_told_that_it_went_on_and_sees_how_far_when_the_page_is_loaded_anew(
    shop: WholeShop,
) -> None:
    """JOB-R4, R48"""
    async with at_the_desk(shop) as admin:
        page = await handed_in(admin)
        await works(shop)
        page = await admin.open(page.path)
        check(page)
        (bar,) = page.root.all("progress")
        assert (bar.get("max"), bar.get("value")) == ("1", "0") and [*page.root.all("noscript")]
        waiting = asyncio.create_task(heard(admin, stream_of(page)))
        await asyncio.sleep(0.1)
        assert not waiting.done()

        job_id = UUID(page.path.rsplit("/", 1)[1])
        steps = shop.retail.background.timers["do_jobs"].deal_with.steps  # type: ignore[attr-defined]
        await steps.take_up(job_id)
        await works(shop)
        async with asyncio.timeout(20):
            is_news, number = await waiting
        assert is_news and number == await shop.retail.events.last_number()
        assert "进行中" in (await admin.open(page.path)).text
        shop.clock.forward(minutes=5)
        await done(shop)
        over = await admin.open(page.path)
        assert "已完成" in over.text and not [*over.root.all("progress")] and (await heard(admin, stream_of(page), number))[0]


async def test_a_job_that_waits_is_cancelled_where_it_is_looked_at(shop: WholeShop) -> None:
    """JOB-R5"""
    async with at_the_desk(shop) as admin:
        page = await handed_in(admin)
        assert page.path in (await admin.open("/desk/jobs?state=open")).links()
        again = await admin.open(page.path)
        cancelled = await admin.submit(page, "/cancel")
        assert "任务已取消" in cancelled.saying and "已取消" in cancelled.text
        late = await admin.submit(again, "/cancel")
        assert late.answer.status_code == 409 and "不能取消" in late.saying
        check(late)
        listed = await admin.open("/desk/jobs")
        check(listed)
        assert page.path in listed.links() and page.path not in (await admin.open("/desk/jobs?state=open")).links()


async def test_a_trial_that_cannot_be_done_says_so_where_it_is_looked_at(shop: WholeShop) -> None:
    """JOB-R1: it was done already, or its file is gone."""
    async with at_the_desk(shop) as admin:
        page = await handed_in(admin)
        await done(shop)
        tried = await admin.open(page.path)
        shop.clock.forward(days=1)
        await done(shop)
    async with at_the_desk(shop) as admin:
        refused = await admin.submit(tried, "/do")
        assert refused.answer.status_code == 409 and "已过期" in refused.saying
        check(refused)
        assert (await admin.open(f"/desk/jobs/{NOBODY}")).answer.status_code == 404
        fields = {"trial": NOBODY, "once": "x" * 20}
        answer = await admin.post("/desk/goods/prices/do", fields, **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 404


async def test_nobody_sees_a_job_whose_like_they_may_not_hand_in(shop: WholeShop) -> None:
    """JOB-R3, R35: neither in the list, nor its page, nor its stream."""
    wish = AddStaff(login="till", password=PASSWORD, name="till", roles=(Role.CLERK,), actor=SYSTEM)
    await shop.retail.accounts.add_staff(wish)
    async with at_the_desk(shop) as admin, at_the_desk(shop, "till") as clerk, browsing(shop) as guest:
        prices = await handed_in(admin)
        counts = await admin.submit(
            await admin.open("/desk/stock/counts"), "/look", table="sku,stock\nTEA-100,300\n", location="SH", reason="盘点"
        )
        links = (await clerk.open("/desk/jobs")).links()
        assert counts.path in links and prices.path not in links
        for path in (prices.path, f"{prices.path}/live"):
            answer = await clerk.client.get(path, headers={"Cookie": clerk.cookie_line})
            assert answer.status_code == 404, path
        assert (await guest.open(f"{prices.path}/live")).path == "/desk/enter"


async def test_members_come_by_file_at_the_console(shop: WholeShop) -> None:
    """ACC-R18, JOB-R1: all of them or none, tried first."""
    before = len((await shop.retail.accounts.show.members(PageRequest(100))).items)
    async with at_the_desk(shop) as admin:
        form = await admin.open("/desk/members/import")
        check(form)
        refused = await admin.submit(form, "/look", table="phone,shoe\n13800138222,38\n")
        assert refused.answer.status_code == 422
        check(refused)
        page = await handed_in(admin, "手机号,姓名\n13800138222,李雷\n13800138223,韩梅梅\n", "/desk/members/import")
        await done(shop)
        tried = await admin.open(page.path)
        assert "新增会员 2" in tried.text
        page = await admin.submit(tried, "/do")
        await done(shop)
        assert "已完成" in (await admin.open(page.path)).text
    assert len((await shop.retail.accounts.show.members(PageRequest(100))).items) == before + 2
