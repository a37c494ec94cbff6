"""What comes after paying, by reading pages and pressing buttons: parcels, receipt, refunds, once more, reviews."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio
from PIL import Image

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.ordering import RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pictures import BYTES_MAX
from retail_domain.reviews import PICTURES_MAX, ReplyToReview
from retail_entrypoints.cli.demo_data import MEMBER_LOGIN, PASSWORD
from tests.e2e.whole_shop import WholeShop, open_whole_shop
from tests.support.drawn_pictures import drawn, sent
from tests.support.pretend_gateway import PretendGateway
from tests.support.stores import BEHIND_DOORS, place_of
from tests.web.paper import PaperBrowser, Sheet, browsing, with_pages
from tests.web.test_every_page import check

CLERK = Actor.staff("clerk")


@pytest_asyncio.fixture(params=BEHIND_DOORS)
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[WholeShop]:
    async with open_whole_shop(place_of(request), PretendGateway()) as opened:
        yield with_pages(opened)


@pytest_asyncio.fixture
async def buyer(shop: WholeShop) -> AsyncIterator[PaperBrowser]:
    async with browsing(shop) as somebody:
        entrance = await somebody.open("/enter")
        await somebody.submit(entrance, "/enter/password", login=MEMBER_LOGIN, password=PASSWORD)
        yield somebody


async def _ordered(buyer: PaperBrowser) -> str:
    """Two of the first goods; answers the address of the order."""
    goods = await buyer.open(next(link for link in (await buyer.open("/")).links() if link.startswith("/p/")))
    paying = await buyer.submit(await buyer.submit(goods, "/checkout", quantity="2"), "/place")
    return paying.path.removesuffix("/pay")


async def _paid(shop: WholeShop, order: str) -> OrderId:
    retail, order_id = shop.retail, OrderId(UUID(order.rpartition("/")[2]))
    view = await retail.ordering.show.show(order_id)
    wish = StartPayment(member_id=MemberId(view.member_id), order_id=order_id, gateway="counter", flow=Flow.COUNTER)
    attempt = await retail.payments.start(wish)
    await retail.payments.confirm_counter(
        ConfirmCounterPayment(payment_id=attempt.payment_id, amount=view.payable, actor=CLERK)
    )
    return order_id


async def _sent(shop: WholeShop, order: str) -> OrderId:
    order_id = await _paid(shop, order)
    await shop.retail.ordering.ship(ShipOrder(order_id=order_id, carrier="顺丰", tracking_number="SF42", actor=CLERK))
    return order_id


async def _received(shop: WholeShop, buyer: PaperBrowser) -> Sheet:
    order = await _ordered(buyer)
    await _sent(shop, order)
    return await buyer.submit(await buyer.open(order), "/receipt")


async def _prepared(shop: WholeShop) -> None:
    while (await shop.retail.background.timers["look_after_pictures"]()).due:
        continue


def _review_of(order: Sheet) -> str:
    return next(link for link in order.links() if link.endswith("/review"))


async def test_an_order_tells_of_its_parcels_and_is_received(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Carrier, number and each step stand on its page; a second tap on the button changes nothing (FUL-R1, T8, R17)."""
    order = await _ordered(buyer)
    await _sent(shop, order)
    shown = await buyer.open(order)
    assert "顺丰" in shown.text and "SF42" in shown.text and shown.heading == "待收货"
    assert [one for one in ("已下单", "已付款", "已发货") if one not in shown.text] == []

    first, second = await buyer.press(shown, "/receipt"), await buyer.press(shown, "/receipt")

    assert first.status_code == second.status_code == 303
    received = await buyer.open(order)
    assert received.heading == "已签收" and "已签收" in received.text and _review_of(received)
    check(received)


async def test_what_goes_back_is_told_with_how_far_it_is(shop: WholeShop, buyer: PaperBrowser) -> None:
    """A refund that is decided is no refund that has arrived (RET-R11)."""
    order = await _ordered(buyer)
    order_id = await _paid(shop, order)
    view = await shop.retail.ordering.show.show(order_id)
    units = (Units(view.lines[0].sku_id, 1, view.lines[0].number),)
    await shop.retail.ordering.refund(RefundOrder(order_id=order_id, units=units, reason="one too many", actor=CLERK))

    shown = await buyer.open(order)

    assert "已退 1 件" in shown.text and "应退" in shown.text and "已向支付渠道提交" in shown.text
    assert "已原路退回" not in shown.text and "one too many" not in shown.text


async def test_an_order_fills_the_cart_once_more(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Asked twice, it holds no more (CRT-R10)."""
    order = await buyer.open(await _ordered(buyer))
    await buyer.press(order, "/again")

    cart = await buyer.submit(order, "/again")

    assert cart.path == "/cart" and "共 2 件" in cart.text


async def test_before_its_parcel_an_order_goes_to_another_address(shop: WholeShop, buyer: PaperBrowser) -> None:
    """One that has left goes on, and its page says why (ORD-R5)."""
    order = await _ordered(buyer)
    form = await buyer.open("/me/addresses/new")
    there = {"recipient": "韩梅梅", "phone": "13900139000", "province": "440000", "detail": "科技园路一号"}
    await buyer.submit(form, "/me/addresses", **there)
    choosing = await buyer.open(f"{order}/address")
    address = [one.get("value") for one in choosing.root.all("input") if one.get("name") == "address"][-1]

    moved = await buyer.submit(choosing, "/address", address=address)

    assert moved.saying == "收货地址已修改" and "韩梅梅" in moved.text
    await _sent(shop, order)
    late = await buyer.submit(choosing, "/address", address=address)
    assert late.answer.status_code in (303, 409) or late.saying
    assert "修改收货地址" not in [one.text for one in (await buyer.open(order)).root.all("a")]


async def test_goods_are_reviewed_with_pictures_without_scripts(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Pictures are sent first or along with the words, prepared by the worker, and seen by everybody (REV-R1, PIC-R5)."""
    received = await _received(shop, buyer)
    form = await buyer.open(_review_of(received))
    check(form)
    with_one = await buyer.submit(form, "/review", [sent()], text="很香", stars="5", do="pictures")
    assert "处理中" in with_one.text
    assert [one.get("value") for one in with_one.root.all("input") if one.has("checked")] == ["5"]

    up = await buyer.submit(with_one, "/review", [sent(picture=drawn(50, 50))], text="很香\n第二泡更好", anonymous="yes")

    assert up.saying == "评价已发布" and "第二泡更好" in up.text
    await _prepared(shop)
    product = next(link for link in up.links() if link.startswith("/p/"))
    stranger = PaperBrowser(buyer.client)
    goods = await stranger.open(product)
    assert "很香" in goods.text and "匿名买家" in goods.text
    pictures = [one.get("src") for one in goods.root.all("img") if "/pictures/" in one.get("src")]
    assert len(pictures) == 2
    assert (await stranger.client.get(pictures[0])).headers["content-type"] == "image/webp"
    (order,) = [link for link in up.links() if link.startswith("/orders/") and link.count("/") == 2][:1] or [received.path]
    assert "我的评价" in (await buyer.open(order)).text


async def test_a_review_that_is_sent_twice_is_one_with_one_picture(shop: WholeShop, buyer: PaperBrowser) -> None:
    """The key of the form is that of each picture too; the same form with another picture is another form (R17)."""
    form = await buyer.open(_review_of(await _received(shop, buyer)))
    for _ in range(2):
        answer = await buyer.press(form, "/review", [sent()], text="好", stars="4")
        assert answer.status_code == 303
    again = await buyer.open(form.path)
    (kept,) = {one.get("value") for one in again.root.all("input") if one.get("name") == "kept"}
    assert len(kept.split()) == 1

    await buyer.press(form, "/review", [sent(picture=drawn(51, 50))], text="好", stars="4")

    after = await buyer.open(form.path)
    (other,) = {one.get("value") for one in after.root.all("input") if one.get("name") == "kept"}
    assert len(other.split()) == 1 and other != kept


async def test_what_is_wrong_with_a_review_is_said_where_it_stands_and_nothing_is_lost(
    shop: WholeShop, buyer: PaperBrowser
) -> None:
    """Without stars, with a file that is no picture, with too many: words and pictures stay (R34, PIC-R2)."""
    form = await buyer.open(_review_of(await _received(shop, buyer)))
    starless = await buyer.submit(form, "/review", [sent()], text="好茶")
    assert starless.answer.status_code == 422 and "总体评价" in starless.saying
    assert "好茶" in next(iter(starless.root.all("textarea"))).text and "处理中" in starless.text

    odd = await buyer.submit(starless, "/review", [b"GIF89a"], text="好茶", stars="5")
    assert odd.answer.status_code == 422 and "图片" in odd.saying and "处理中" in odd.text

    many = [sent(picture=drawn(30 + at, 30)) for at in range(PICTURES_MAX)]
    full = await buyer.submit(starless, "/review", many, text="好茶", stars="5")
    assert full.answer.status_code == 422
    (kept,) = {one.get("value") for one in full.root.all("input") if one.get("name") == "kept"}
    assert len(kept.split()) == PICTURES_MAX

    fewer = await buyer.submit(full, "/review", text="好茶", stars="5", drop=kept.split()[0])
    (left,) = {one.get("value") for one in fewer.root.all("input") if one.get("name") == "kept"}
    assert left.split() == kept.split()[1:]
    assert (await buyer.submit(fewer, "/review")).saying == "评价已发布"


async def test_a_review_is_changed_followed_up_and_answered(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Everybody reads the newest words, what was added, and the shop's reply; the author finds it among theirs (REV-R2)."""
    form = await buyer.open(_review_of(await _received(shop, buyer)))
    up = await buyer.submit(form, "/review", text="好", stars="4")
    changed = await buyer.submit(up, "/review", text="又喝了，一般", stars="3")
    followed = await buyer.submit(changed, "/more", text="一个月后还行")
    assert followed.saying == "追评已提交" and "追加评价" not in [one.text for one in followed.root.all("button")]
    member = await shop.retail.accounts.show.member_named(MEMBER_LOGIN)
    assert member is not None
    order_id = OrderId(UUID(form.path.split("/")[2]))
    (mine,) = await shop.retail.reviews.show.of_order(member.member_id, order_id)
    await shop.retail.reviews.reply(ReplyToReview(review_id=mine.review_id, text="谢谢", actor=CLERK))

    product = next(link for link in up.links() if link.startswith("/p/"))
    everybody = await PaperBrowser(buyer.client).open(f"{product}/reviews")

    for said in ("又喝了，一般", "一个月后还行", "谢谢"):
        assert said in everybody.text
    check(everybody)
    assert "又喝了，一般" in (await buyer.open("/me/reviews")).text
    three = await PaperBrowser(buyer.client).open(f"{product}/reviews?which=3")
    five = await PaperBrowser(buyer.client).open(f"{product}/reviews?which=5")
    assert "又喝了，一般" in three.text and "又喝了，一般" not in five.text


async def test_nobody_reviews_what_they_do_not_have_or_what_is_not_theirs(shop: WholeShop, buyer: PaperBrowser) -> None:
    """Before it has arrived the page says so; an order of somebody else is not there, and takes no pictures (REV-R1, R33)."""
    order = await _ordered(buyer)
    early = await buyer.open(f"{order}/lines/1/review")
    assert "收到商品后才能评价" in early.text and not list(early.root.all("textarea"))
    form = await buyer.open(_review_of(await _received(shop, buyer)))
    other = PaperBrowser(buyer.client)
    asked = await other.submit(await other.open("/enter"), "/enter/code", phone="13900139009")
    await other.submit(asked, "/enter/verify", code=shop.sms.codes[-1])
    assert (await other.open(form.path)).answer.status_code == 404
    assert (await other.press(form, "/review", [sent()], text="x", stars="1")).status_code == 404
    nowhere = await buyer.open(f"{order}/lines/9/review")
    assert nowhere.answer.status_code == 404, (nowhere.path, nowhere.text)


async def test_photographs_as_phones_take_them_go_through_and_what_is_larger_is_told_so(
    shop: WholeShop, buyer: PaperBrowser
) -> None:
    """The form of a review takes eight mebibytes in all; every other form takes what a form is (R37, PIC-R2)."""
    form = await buyer.open(_review_of(await _received(shop, buyer)))
    noise = sent(picture=Image.effect_noise((1500, 1500), 120), quality=97)
    assert len(noise) > 1_000_000

    one = await buyer.submit(form, "/review", [noise], text="好", stars="5", do="pictures")
    too_large = await buyer.press(form, "/review", [b"\xff\xd8" + bytes(BYTES_MAX)], text="好", stars="5")

    assert one.answer.status_code == 200 and "处理中" in one.text
    assert too_large.status_code == 413
    elsewhere = await buyer.post("/me/profile", {"name": "x" * 70_000}, **{"Sec-Fetch-Site": "same-origin"})
    assert elsewhere.status_code == 413
