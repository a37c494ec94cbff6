"""A member's own corner, by reading pages and pressing buttons: messages, check-ins, details, terms, data, leaving."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio
from attrs import evolve

from retail_domain.accounts import ImportRegions, read_regions
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.ids import MemberId
from retail_domain.membership import CheckIn, CheckInMonth
from retail_domain.messages import Recipient
from retail_domain.points import AdjustPoints
from retail_domain.settings import ChangeSettings
from retail_domain.tiers import LADDER, Benefits, GrantTier, Ladder, Metric, Tier
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from retail_entrypoints.web.shop.checkins.models import CheckInModel
from retail_entrypoints.web.unread import told
from retail_entrypoints.worker import work_once
from tests.e2e.whole_shop import SYSTEM, WholeShop, open_whole_shop
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import check

ADMIN = Actor.staff("admin")


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def member(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        await _enter(somebody)
        yield somebody


async def _enter(somebody: PaperBrowser, password: str = PASSWORD) -> str:
    entrance = await somebody.open("/enter")
    return (await somebody.submit(entrance, "/enter/password", login=MEMBER_LOGIN, password=password)).path


async def _member_id(shop: WholeShop) -> MemberId:
    found = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert found is not None
    return found.member_id


async def _told(shop: WholeShop) -> None:
    """Everything that has happened is written down in the inboxes."""
    for timer in ("number_events", "tell_messages"):
        while (await shop.retail.background.timers[timer]()).done:
            continue


async def test_messages_are_read_and_counted_and_guests_are_not_asked_about(shop: WholeShop, member: PaperBrowser) -> None:
    """An unread one is marked and leads where it says; what was read is counted no more (MSG-R1)."""
    await _told(shop)
    inbox = await member.open("/me/messages")
    check(inbox)
    unread = await shop.retail.messages.unread(Recipient.member(await _member_id(shop)))
    assert unread > 1 and told(member.cookies["unread"])[0] == unread
    assert str(unread) in (await member.open("/")).text
    (first, *_) = [one.get("action") for one in inbox.root.all("form") if one.get("action").endswith("/read")]

    opened = await member.submit(inbox, first)

    assert opened.path.startswith("/orders/") or opened.path == "/me/reviews"
    assert told(member.cookies["unread"])[0] == unread - 1
    done = await member.submit(await member.open("/me/messages"), "/messages/read")
    assert done.saying == "已全部标为已读" and told(member.cookies["unread"])[0] == 0
    counted = member.cookies["unread"]
    shop.clock.forward(seconds=30)
    await member.open("/")
    assert member.cookies["unread"] == counted  # once a minute, not once a page
    shop.clock.forward(seconds=31)
    await member.open("/")
    assert member.cookies["unread"] != counted
    stranger = PaperBrowser(member.client)
    await stranger.open("/")
    assert "unread" not in stranger.cookies
    assert (await stranger.open("/me/messages")).path == "/enter"


async def test_nobody_reads_messages_of_somebody_else(shop: WholeShop, member: PaperBrowser) -> None:
    """R33."""
    await _told(shop)
    inbox = await member.open("/me/messages")
    (action, *_) = [one.get("action") for one in inbox.root.all("form") if one.get("action").endswith("/read")]
    other = PaperBrowser(member.client)
    asked = await other.submit(await other.open("/enter"), "/enter/code", phone="13900139007")
    await other.submit(asked, "/enter/verify", code=shop.sms.codes[-1])
    assert (await other.press(inbox, action)).status_code == 404


async def test_members_choose_their_own_quiet_hours(shop: WholeShop, member: PaperBrowser) -> None:
    """MSG-R7: theirs, none, or the shop's, which are those in force now; what is no time is shown where it was typed."""
    wish = ChangeSettings(values={"messages.quiet_hours": "21:15-07:45"}, reason="test", actor=SYSTEM)
    await shop.retail.settings.change(wish)
    member_id = await _member_id(shop)

    async def kept() -> str:
        return str((await shop.retail.messages.settings(member_id)).quiet_hours)

    form = await member.open("/me/messages/settings")
    assert "21:15" in form.text and _chosen(form) == "shop"
    done = await member.submit(form, "/settings", quiet="own", begin="23:30", end="07:00")
    assert _chosen(done) == "own" and await kept() == "23:30-07:00"
    wrong = await member.submit(done, "/settings", quiet="own", begin="", end="25:00")
    assert wrong.answer.status_code == 422 and "免打扰时段" in wrong.saying and await kept() == "23:30-07:00"
    assert _chosen(wrong) == "own"
    check(wrong)
    done = await member.submit(wrong, "/settings", quiet="never")
    assert _chosen(done) == "never" and await kept() == "00:00-00:00"
    done = await member.submit(done, "/settings", quiet="shop")
    assert _chosen(done) == "shop" and await kept() == ""


def _chosen(form: Sheet) -> str:
    (one,) = [one for one in form.root.all("input") if one.get("name") == "quiet" and one.has("checked")]
    return one.get("value")


async def test_members_say_how_they_are_told_and_that_they_want_no_offers(shop: WholeShop, member: PaperBrowser) -> None:
    """Nothing is ticked for them, and what other channels do stays (MSG-R3, MSG-R4)."""
    form = await member.open("/me/messages/settings")
    check(form)
    assert "22:00" in form.text
    ticked = {one.get("name") for one in form.root.all("input") if one.get("type") == "checkbox" and one.has("checked")}
    assert ticked == {"orders", "offers"} and "不发推广消息，除非你同意" in form.text

    agreed = await member.submit(form, "/marketing", given="yes")
    assert agreed.saying == "已同意接收推广消息"
    member_id = await _member_id(shop)
    answer = await member.post(
        "/me/messages/settings", {"language": "en", "offers": "yes"}, **{"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 303
    settings = await shop.retail.messages.settings(member_id)
    assert (settings.language.value, settings.muted, settings.marketing) == ("en", ("sms:service",), True)
    stopped = await member.submit(await member.open("/me/messages/settings"), "/marketing")
    assert stopped.saying == "已停止推广消息"
    wrong = await member.submit(await member.open("/way-out?code=abc"), "/way-out")
    assert wrong.answer.status_code == 404 or wrong.saying


async def test_a_member_checks_in_once_a_day_and_sees_the_month(shop: WholeShop, member: PaperBrowser) -> None:
    """A second tap says so and counts nothing; days in a row are counted (PTS-R4)."""
    month = await member.open("/me/check-ins")
    check(month)
    done = await member.submit(month, "/me/check-ins")
    assert done.saying == "签到成功，已连续 1 天" and "今天已签到" in done.text
    late = await member.press(month, "/me/check-ins", once="a" * 32)
    assert late.status_code == 409
    shop.clock.forward(days=1)
    next_day = await member.submit(await member.open("/me/check-ins"), "/me/check-ins")
    assert next_day.saying == "签到成功，已连续 2 天"


async def test_a_member_reads_what_points_they_have_and_why(shop: WholeShop, member: PaperBrowser) -> None:
    """PTS-R1, PTS-R4, PTS-R11: in words, with what staff said, and what expires when; a page of the history at a time."""
    check(empty := await member.open("/me/points"))
    rewards = {"points.check_in_rewards": "3", "points.last_months": 1}
    await shop.retail.settings.change(ChangeSettings(actor=ADMIN, values=rewards, reason="points begin"))
    done = await member.submit(await member.open("/me/check-ins"), "/me/check-ins")
    me, system = await _member_id(shop), Actor.system("desk")
    for points in (50, -13, *range(1, 20)):
        await shop.retail.points.adjust(AdjustPoints(member_id=me, points=points, reason="包裹晚到", actor=system))
    check(page := await member.open("/me/points"))
    (older,) = [link for link in page.links() if "cursor=" in link]
    check(last := await member.open(older))

    assert "还没有积分" in empty.text and done.saying == "签到成功，已连续 1 天，获得 3 积分"
    assert str(3 + 50 - 13 + 190) in page.text and "即将过期" in page.text and "包裹晚到" in page.text
    assert "签到" in last.text and "商家" in page.text


def test_a_calendar_begins_with_monday_and_leafs_back_a_year() -> None:
    """What is not of the month is empty; a page links to no month that has not come (PTS-R4)."""
    today = date(2026, 11, 30)
    here = CheckIn(member_id=MemberId.__supertype__(int=1), day=date(2026, 11, 2), streak=1, at=None)  # type: ignore
    told_of = CheckInMonth(month=date(2026, 11, 1), today=today, days=(here,), has_checked_in=False, streak=0)
    model = CheckInModel.of(told_of, Calendar("Asia/Shanghai"))
    assert [day.number if day else 0 for day in model.weeks[0]] == [0, 0, 0, 0, 0, 0, 1]
    assert [day.number for week in model.weeks for day in week if day and day.is_here] == [2]
    assert [day.number for week in model.weeks for day in week if day and day.is_today] == [30]
    assert (model.earlier, model.later) == ("2026-10", None)
    year_ago = CheckInModel.of(evolve(told_of, month=date(2025, 11, 1), days=()), Calendar("Asia/Shanghai"))
    assert (year_ago.earlier, year_ago.later) == (None, "2025-12")


async def test_a_member_changes_their_name_and_consent(shop: WholeShop, member: PaperBrowser) -> None:
    """What is not ticked is not consented to; a name that is too long stays in the form (BEH-R2, R34)."""
    form = await member.open("/me/profile")
    check(form)
    kept = await member.submit(form, "/me/profile", name="韩梅梅", consent="yes")
    assert kept.saying == "资料已保存" and "韩梅梅" in (await member.open("/me")).heading
    assert (await shop.retail.accounts.show.consents(await _member_id(shop))) is True
    await member.post("/me/profile", {"name": "韩梅梅"}, **{"Sec-Fetch-Site": "same-origin"})
    assert (await shop.retail.accounts.show.consents(await _member_id(shop))) is False
    long = await member.submit(form, "/me/profile", name="长" * 400)
    assert long.answer.status_code == 422 and "长长" in str([one.get("value") for one in long.root.all("input")])


async def test_another_password_ends_every_other_session(shop: WholeShop, member: PaperBrowser) -> None:
    """The one that is wrong is said on the form; whoever changed it stays inside (ACC-R8, R36)."""
    form = await member.open("/me/password")
    check(form)
    wrong = await member.submit(form, "/me/password", current="not that one", password="another good one 2026")
    assert wrong.answer.status_code == 422 and wrong.path == "/me/password" and wrong.saying
    other = PaperBrowser(member.client)
    await _enter(other)

    done = await member.submit(wrong, "/me/password", current=PASSWORD, password="another good one 2026")

    assert done.path == "/me/profile" and done.saying == "密码已修改"
    assert (await other.open("/me/profile")).path == "/enter"
    assert await _enter(other, "another good one 2026") == "/"


@pytest.mark.parametrize("by", ["password", "code"])
async def test_another_phone_is_proven_by_it_and_by_who_somebody_is(shop: WholeShop, member: PaperBrowser, by: str) -> None:
    """By a code to the new number, and by the password or a code to the old one (ACC-R8)."""
    form = await member.open("/me/phone")
    check(form)
    codes = await member.submit(form, "/me/phone", phone="13900139005", by=by)
    check(codes)
    new, old = (shop.sms.codes[-1], "") if by == "password" else (shop.sms.codes[-2], shop.sms.codes[-1])
    proof = {"password": PASSWORD} if by == "password" else {"old_code": old}
    guessed = await member.submit(codes, "/me/phone/code", code="000000" if new != "000000" else "111111", **proof)
    assert guessed.answer.status_code == 422 and guessed.saying

    done = await member.submit(guessed, "/me/phone/code", code=new, **proof)

    assert done.path == "/me/profile" and done.saying == "手机号已更换" and "******05" in done.text


async def test_new_terms_are_asked_for_at_the_entrance_until_they_are_agreed_to(shop: WholeShop) -> None:
    """Once: whoever has agreed is not asked again; whoever has not may go on (ACC-R16)."""
    newer = with_pages(shop, RETAIL_TERMS_VERSION="1")
    stays = with_pages(shop, RETAIL_TERMS_VERSION="2")
    async with browsing(stays) as somebody:
        assert await _enter(somebody) == "/me/terms"
        asked = await somebody.open("/me/terms?then=/orders")
        check(asked)
        assert "/orders" in asked.links()
        refused = await somebody.submit(asked, "/me/terms", version="9")
        assert refused.answer.status_code == 422
    async with browsing(newer) as somebody:
        assert await _enter(somebody) == "/"
        assert "你已同意现行条款" in (await somebody.open("/me/terms")).text


async def test_a_member_downloads_everything_that_is_known_of_them(shop: WholeShop, member: PaperBrowser) -> None:
    """As a file that nobody on the way keeps; nobody else gets it (PRV-R1)."""
    check(await member.open("/me/privacy"))
    answer = await member._send("GET", "/me/export")
    told_of = json.loads(answer.content)
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "no-store" and told_of["member_id"] == str(await _member_id(shop))
    assert any(told_of["sections"].values())
    stranger = await PaperBrowser(member.client)._send("GET", "/me/export")
    assert stranger.status_code == 303 and stranger.headers["location"].startswith("/enter")


async def test_leaving_names_what_is_in_the_way_and_who_leaves_proves_it(shop: WholeShop, member: PaperBrowser) -> None:
    """An order leads to where it is cancelled; then the password, wrong and right, and nobody is inside (PRV-R2, PRV-R3)."""
    goods = await member.open(next(link for link in (await member.open("/")).links() if link.startswith("/p/")))
    paying = await member.submit(await member.submit(goods, "/checkout"), "/place")
    order = paying.path.removesuffix("/pay")
    blocked = await member.open("/me/closing")
    check(blocked)
    assert f"{order}/cancel" in blocked.links()
    assert not [one for one in blocked.root.all("form") if one.get("action") == "/me/closing"]
    await member.submit(await member.open(f"{order}/cancel"), "/cancel")
    assert "会自动处理完" in (await member.open("/me/closing")).text  # the demo's order may still be complained about
    shop.clock.forward(days=9)
    for _ in range(3):
        await work_once(shop.retail.background)
    purse = next(link for link in (await member.open("/me/closing")).links() if link == "/me/wallet")
    await member.submit(await member.open(purse), "/me/wallet/forfeit")  # the demo's present (MSC-R6)
    free = await member.open("/me/closing")
    assert "注销不能撤销" in free.text
    wrong = await member.submit(free, "/me/closing", password="not that one")
    assert wrong.answer.status_code == 422 and wrong.saying

    gone = await member.submit(wrong, "/me/closing", password=PASSWORD)

    assert gone.path == "/" and gone.saying == "账号已注销，再见"
    assert not {"session", "unread", "cart_count"} & member.cookies.keys()
    assert (await member.open("/me/profile")).path == "/enter"
    assert await _enter(member) == "/enter/password"


async def test_leaving_is_proven_by_a_code_too(shop: WholeShop, member: PaperBrowser) -> None:
    """PRV-R3."""
    other = PaperBrowser(member.client)
    asked = await other.submit(await other.open("/enter"), "/enter/code", phone="13900139006")
    await other.submit(asked, "/enter/verify", code=shop.sms.codes[-1])
    shop.clock.forward(minutes=2)  # one code a minute
    coded = await other.submit(await other.open("/me/closing"), "/me/closing/code")
    gone = await other.submit(coded, "/me/closing", code=shop.sms.codes[-1])
    assert gone.saying == "账号已注销，再见"


async def test_every_page_ends_with_what_the_shop_says_of_itself(shop: WholeShop, member: PaperBrowser) -> None:
    """Company, licence, record number and papers, some seconds after somebody set them, in every language (SET-R7)."""
    before = await member.open("/help")
    assert "京ICP备12345678号" not in before.text
    values = {
        "shop.name": "听泉茶舍", "shop.company": "杭州听泉茶业有限公司", "shop.licence": "91330100MA00000000",
        "shop.record_number": "京ICP备12345678号", "shop.contact": "400-000-0000", "shop.notice": "国庆期间正常发货",
        "shop.terms_url": "https://shop.example/terms", "shop.privacy_url": "https://shop.example/privacy",
    }  # fmt: skip
    await shop.retail.settings.change(ChangeSettings(actor=ADMIN, values=values, reason="opening"))
    shop.clock.forward(seconds=11)
    home, entrance, help_page = [await member.open(path) for path in ("/", "/enter", "/help")]
    for sheet in (home, entrance, help_page):
        check(sheet)
        assert "杭州听泉茶业有限公司" in sheet.text and "京ICP备12345678号" in sheet.text
        assert {"https://shop.example/terms", "https://shop.example/privacy"} <= set(sheet.links())
    assert "国庆期间正常发货" in home.text and "听泉茶舍" in home.text and "400-000-0000" in help_page.text


async def test_an_address_is_pasted_in_one_go_and_looked_over_before_it_is_kept(shop: WholeShop, member: PaperBrowser) -> None:
    """What was read stands in the form, with the regions chosen; nothing is stored by reading it (ACC-R17)."""
    rows = [
        {"code": "330100", "name": "杭州市", "parent": "330000"}, {"code": "330106", "name": "西湖区", "parent": "330100"},
    ]  # fmt: skip
    await shop.retail.accounts.import_regions(ImportRegions(regions=read_regions(rows), actor=ADMIN))
    form = await member.open("/me/addresses/new?then=/cart")
    check(form)
    before = len((await shop.retail.accounts.show.address_book(await _member_id(shop))).addresses)

    read = await member.submit(form, "/read", pasted="韩梅梅 139-0013-9000\n浙江省杭州市西湖区文三路1号2幢301")

    check(read)
    filled = {one.get("name"): one.get("value") for one in read.form("/me/addresses").all("input")}
    chosen = [one.get("value") for one in read.form("/me/addresses").all("option") if one.has("selected")]
    assert (filled["recipient"], filled["phone"], filled["detail"]) == ("韩梅梅", "13900139000", "文三路1号2幢301")
    assert chosen == ["330000", "330100", "330106"] and filled["then"] == "/cart"
    assert len((await shop.retail.accounts.show.address_book(await _member_id(shop))).addresses) == before
    kept = await member.submit(read, "/me/addresses")
    assert kept.path == "/cart" and kept.saying == "地址已保存"
    nothing = await member.submit(form, "/read", pasted="你好")
    assert nothing.answer.status_code == 422 and "没有认出电话或地区" in nothing.saying
    assert "你好" in next(iter(nothing.root.all("textarea"))).text


async def test_a_forgotten_password_is_set_anew_with_a_code(shop: WholeShop, member: PaperBrowser) -> None:
    """ACC-R9: whoever has the phone is inside with another password; the old one and other sessions open nothing."""
    other = PaperBrowser(member.client)
    entrance = await other.open("/enter?then=/orders")
    asked = await other.open(next(link for link in entrance.links() if link.startswith("/enter/forgotten")))
    check(asked)
    wrong = await other.submit(asked, "/enter/forgotten", phone="12")
    assert wrong.answer.status_code == 422 and any(one.get("aria-invalid") for one in wrong.root.all("input"))
    form = await other.submit(asked, "/enter/forgotten", phone="13800138000")
    check(form)
    code = shop.sms.codes[-1]
    weak = await other.submit(form, "/enter/forgotten/new", code=code, password="12345678")
    assert weak.answer.status_code == 422 and weak.path == "/enter/forgotten/new"
    inside = await other.submit(form, "/enter/forgotten/new", code=code, password="a-new-one-of-2026")
    assert inside.path == "/orders"
    assert (await member.open("/orders")).path == "/enter"
    assert await _enter(PaperBrowser(member.client)) == "/enter/password"
    assert await _enter(PaperBrowser(member.client), "a-new-one-of-2026") == "/"


async def test_members_see_their_tier_and_the_way_to_the_next(shop: WholeShop, member: PaperBrowser) -> None:
    """LVL-R4, LVL-R6, LVL-R7: in words and numbers, and in the language of the page."""
    platinum = Tier(
        code="platinum", name="铂金卡", name_en="Platinum", needs={Metric.NET_MINOR: 50_000, Metric.ORDERS: 2},
        benefits=Benefits(discount_bps=250, free_freight_from_minor=9_900),
    )  # fmt: skip
    ladder = LADDER.written(Ladder(tiers=(Tier(code="member", name="普通", name_en="Member"), platinum)))
    values = {LADDER.name: ladder}
    await shop.retail.settings.change(ChangeSettings(actor=ADMIN, values=values, reason="tiers"))
    page = await member.open("/me/tier")
    assert page.heading == "会员等级" and "升级到铂金卡" in page.text and "还差 ¥500" in page.text and "还差 2 单" in page.text

    until = shop.clock.now() + timedelta(days=30)
    mine = await _member_id(shop)
    grant = GrantTier(actor=ADMIN, member_id=mine, tier="platinum", until=until, reason="a guest")
    await shop.retail.tiers.grant(grant)
    page = await member.open("/me/tier")
    assert "店铺赠送" in page.text and "全场 9.75 折" in page.text and "商品满 ¥99 免运费" in page.text
