"""Every setting changes something, at once and on every store (SET-R1 to SET-R7)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve, frozen

from retail_adapters.assemble import Outside, on_database
from retail_adapters.assembly.policies import Policies
from retail_domain import settings
from retail_domain.accounts import AddAddress, AddStaff, ContactAsTyped, Member, Role
from retail_domain.cart import CartLine, CartQuantityTooLarge, CartTooManyLines
from retail_domain.catalog import ProductSearch
from retail_domain.contexts import every_setting
from retail_domain.coupons import CouponIs, TooManyCoupons
from retail_domain.jobs import EditPricesJob
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import ChangedMeanwhile, PreviewDecidesNothing
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.membership import CheckInToday
from retail_domain.messages import Recipient, SendingState, SendingView, ShowInbox
from retail_domain.ordering import (
    CancelOrder,
    OrderTimers,
    OrderUndeliverable,
    RedirectMyOrder,
    RedirectOrder,
    RefundOrder,
    RefundWish,
    TooManyOpenOrders,
    Units,
)
from retail_domain.points import AboveOnesLimit, AdjustPoints
from retail_domain.pricing import (
    POINTS,
    QuoteQuantityTooLarge,
    QuoteRegionNotServed,
    QuoteTooManyLines,
    WantedLine,
    Wish,
)
from retail_domain.processes.purchase.carting import AddToCart, SetCartQuantity
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.reviews import EditReview, FollowUpReview, ImportReviews, PostReview, ReviewRow, ReviewTooLate
from retail_domain.settings import ChangeSettings, SettingsChanged, TakeSettingsBack
from retail_domain.testing.contracts.reviews import arrived
from retail_domain.testing.contracts.settings import ADMIN, SettingsContract
from retail_domain.testing.orders import ALICE, NOON, a_line, order_id, parcel, pay, placed, refund
from retail_domain.wallet import (
    AboveOnesWalletLimit,
    AdjustWallet,
    RequestWithdrawal,
    TooManyWithdrawals,
    WithdrawalTooSmall,
)
from tests.support.coupons import ANY_OFF, kind_of, placed_of, quote_with, taken_by
from tests.support.market import CLERK, Buyer, Market, open_market
from tests.support.stores import STORES, Place, Surroundings, open_database, open_store, place_of
from tests.support.wallets import put_into_wallet

DAY: Final = timedelta(days=1)
THE_SAME: Final = {"sqlite": "same sqlite", "postgres": "postgres"}


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def begin(place: Place) -> AsyncIterator[Any]:
    """Units of work on an empty store."""
    async with open_store(place, Surroundings(settings.EVENTS)) as store:
        yield store.begin


class TestSettings(SettingsContract):
    """Settings, on every store."""


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop where nothing is set, with one buyer's goods."""
    async with open_market(place) as opened:
        yield opened


@frozen
class Given:
    """A shop, a buyer, and goods."""

    market: Market
    buyer: Buyer
    tea: SkuId

    async def set(self, *, since: datetime | None = None, **values: Any) -> SettingsChanged:
        return await put(self.market, since=since, **values)

    async def ask(self, quantity: int = 1) -> PlaceOrder:
        quote = await self.market.quote(self.buyer, (self.tea, quantity))
        return PlaceOrder(member_id=self.buyer.id, quote_id=quote.id, hash=quote.hash)

    async def order(self) -> Placed:
        return await self.market.retail.checkout.place(await self.ask())


async def put(market: Market, *, since: datetime | None = None, **values: Any) -> SettingsChanged:
    """Set `area__name=value`."""
    told = {name.replace("__", "."): value for name, value in values.items()}
    wish = ChangeSettings(actor=ADMIN, values=told, reason="because", effective_at=since)
    return await market.retail.settings.change(wish)


@pytest.fixture
async def given(market: Market) -> Given:
    """A buyer and plenty of tea."""
    return Given(market, await market.buyer(1), await market.goods("TEA", stock=500))


async def stored(market: Market, placed: Placed) -> Any:
    """An order as it is stored."""
    async with market.retail.begin() as work:
        orders: Any = work.orders  # type: ignore[attr-defined]
        return (await orders.claim([placed.order_id]))[placed.order_id]


async def timers_of(market: Market, placed: Placed) -> OrderTimers:
    """What an order waits for."""
    timers: OrderTimers = (await stored(market, placed)).timers
    return timers


# ---- each setting, and what it changes -----------------------------------------------------------------------------------

Effect = Callable[[Given], Awaitable[None]]


async def pays_sooner(given: Given) -> None:
    before = await given.order()
    await given.set(orders__pay_seconds=600)
    after, now = await given.order(), given.market.clock.now()
    assert (before.pay_by - now, after.pay_by - now) == (timedelta(hours=2), timedelta(minutes=10))
    assert (await timers_of(given.market, before)).pay_seconds == 7_200, "what was promised is kept"


async def signs_later(given: Given) -> None:
    await given.set(orders__auto_sign_seconds=3_600)
    assert (await timers_of(given.market, await given.order())).auto_sign_seconds == 3_600


async def completes_at_once(given: Given) -> None:
    await given.set(orders__after_sale_seconds=0)
    assert (await timers_of(given.market, await given.order())).after_sale_seconds == 0


async def waits_for_one_order(given: Given) -> None:
    await given.set(orders__open_max=1)
    await given.order()
    with pytest.raises(TooManyOpenOrders) as refused:
        await given.order()
    assert refused.value.most == 1
    await given.set(orders__open_max=30)
    for _ in range(21):
        await given.order()


async def stands_by_less_long(given: Given) -> None:
    await given.set(quotes__lasts_seconds=60)
    quote = await given.market.quote(given.buyer, (given.tea, 1))
    assert quote.expires_at - quote.created_at == timedelta(minutes=1)


async def takes_fewer_lines(given: Given) -> None:
    cup = await given.market.goods("CUP")
    await given.set(baskets__lines_max=1)
    with pytest.raises(QuoteTooManyLines):
        await given.market.quote(given.buyer, (given.tea, 1), (cup, 1))
    carts, owner = given.market.retail.cart, given.buyer.cart
    await carts.put(AddToCart(owner=owner, line=CartLine(given.tea, 1)))
    with pytest.raises(CartTooManyLines):
        await carts.put(AddToCart(owner=owner, line=CartLine(cup, 1)))


async def takes_fewer_units(given: Given) -> None:
    await given.set(baskets__quantity_max=2)
    with pytest.raises(QuoteQuantityTooLarge):
        await given.ask(3)
    with pytest.raises(CartQuantityTooLarge):
        await given.market.retail.cart.put(SetCartQuantity(owner=given.buyer.cart, line=CartLine(given.tea, 3)))
    await given.order()


async def delivers_elsewhere_only(given: Given) -> None:
    ask = await given.ask()
    await given.set(delivery__regions_not_served=["44"])
    with pytest.raises(QuoteRegionNotServed) as refused:
        await given.ask()
    with pytest.raises(QuoteRegionNotServed):
        await given.market.retail.checkout.place(ask)
    assert refused.value.region_code == "440305"
    await given.set(delivery__regions_not_served=[])
    await given.market.retail.checkout.place(ask)


async def looks_at_reviews_first(given: Given) -> None:
    retail = given.market.retail
    order = await arrived(retail.begin, lines=4)

    def says(line: int) -> PostReview:
        return PostReview(member_id=ALICE, order_id=order.id, line=line, stars=5, text="很好")

    assert (await retail.reviews.post(says(1))).status == (await retail.reviews.post(says(2))).status == "published"
    await given.set(reviews__go_up="looked_at")
    edit = EditReview(member_id=ALICE, order_id=order.id, line=1, stars=1, text="不好")
    later = FollowUpReview(member_id=ALICE, order_id=order.id, line=2, text="用了一周")
    row = ReviewRow(order_id=order.id, line=4, stars=5, text="好")
    waits = [await retail.reviews.post(says(3)), await retail.reviews.edit(edit), await retail.reviews.follow_up(later)]
    assert [one.status for one in waits] == ["pending"] * 3
    assert (await retail.reviews.import_rows(ImportReviews(rows=(row,), actor=ADMIN))).pending == 1
    await given.set(reviews__go_up=None)
    assert (await retail.reviews.edit(evolve(edit, line=3))).status == "published"


async def takes_reviews_for_some_days(given: Given) -> None:
    retail, clock = given.market.retail, given.market.clock
    order = await arrived(retail.begin)
    assert order.signed_at is not None
    clock.at = order.signed_at + 3 * DAY
    wish = PostReview(member_id=ALICE, order_id=order.id, line=1, stars=5, text="很好")
    await given.set(reviews__within_days=3)
    with pytest.raises(ReviewTooLate) as refused:
        await retail.reviews.post(wish)
    assert refused.value.within_days == 3
    clock.at -= timedelta(seconds=1)
    await retail.reviews.post(wish)
    clock.at += 900 * DAY
    await given.set(reviews__within_days=0)
    await retail.reviews.post(evolve(wish, line=2))


async def ends_silent_lines_after_some_days(given: Given) -> None:
    """Also while the timer rests that found nothing; what was done with stays so, and its buyer may still speak."""
    retail, clock = given.market.retail, given.market.clock
    order = await arrived(retail.begin)
    assert order.signed_at is not None
    clock.at = order.signed_at + 3 * DAY
    look = retail.background.timers["review"]
    found = [(await look()).due]
    for days in (4, 3, 0):
        await given.set(reviews__silent_days=days)
        found.append((await look()).due)
    other = await arrived(retail.begin, 2)
    assert other.signed_at == order.signed_at
    found.append((await look()).due)
    await given.set(reviews__silent_days=None)
    found.append((await look()).due)
    await given.set(reviews__silent_days=1)
    found.append((await look()).done)
    assert found == [0, 0, 1, 0, 0, 0, 1]
    wish = PostReview(member_id=ALICE, order_id=order.id, line=1, stars=5, text="很好")
    assert (await retail.reviews.post(wish)).status == "published"


async def reminds_sooner(given: Given) -> None:
    await joins(given)
    given.market.clock.at = NOON
    pay_by = placed(which=1).state.pay_by

    async def reminded() -> int:
        while (await given.market.retail.background.timers["remind_to_pay"]()).done:
            pass
        inbox = ShowInbox(recipient=Recipient.member(ALICE), page=PageRequest(100))
        shown = (await given.market.retail.messages.inbox(inbox)).items
        return sum(one.cause == "order.pay_soon" for one in shown)

    await told(given, 1, placed(which=1))
    given.market.clock.at = pay_by - timedelta(minutes=11)
    counts = [await reminded()]
    await given.set(messages__pay_soon_seconds=659)
    counts.append(await reminded())
    await given.set(messages__pay_soon_seconds=660)
    counts += [await reminded(), await reminded()]
    await told(given, 2, placed(which=2))
    await given.set(messages__pay_soon_seconds=0)
    given.market.clock.at = pay_by - timedelta(seconds=1)
    counts.append(await reminded())
    await given.set(messages__pay_soon_seconds=None)
    counts.append(await reminded())
    assert counts == [0, 0, 1, 1, 1, 2]


async def told(given: Given, which: int, *steps: Any) -> Sequence[SendingView]:
    """What Alice is sent, after an order of hers has moved and a worker has come by."""
    retail = given.market.retail
    for step in steps:
        async with retail.begin() as work:
            orders: Any = work.orders  # type: ignore[attr-defined]
            orders.save(step if isinstance(step, Change) else step(await orders.get(order_id(which))))
            await work.commit()
    for name in ("number_events", "tell_messages", "send_messages"):
        while (await retail.background.timers[name]()).done:
            pass
    return (await retail.messages.show.sendings(PageRequest(100))).items


async def joins(given: Given) -> None:
    async with given.market.retail.begin() as work:
        phone = Phone.parse("13800138999")
        work.members.save(Member.registered(id=ALICE, phone=phone, terms_version="1", at=NOON))  # type: ignore[attr-defined]
        await work.commit()


async def disturbs_at_other_hours(given: Given) -> None:
    await joins(given)
    given.market.clock.at = NOON + timedelta(hours=2, minutes=30)  # half past ten at night in Shanghai
    (waits,) = await told(given, 1, placed(which=1), pay)
    await given.set(messages__quiet_hours="23:00-07:30")
    now, before = await told(given, 2, placed(which=2), pay)
    assert (waits.state, before.state, now.state) == (SendingState.WAITING, SendingState.WAITING, SendingState.SENT)


async def tells_each_by_itself(given: Given) -> None:
    await joins(given)
    given.market.clock.at = NOON

    def ships(number: int) -> Any:
        return lambda order: order.ship(parcel(number, s1=1), actor=CLERK, at=NOON)

    async def tellings() -> list[int]:
        inbox = ShowInbox(recipient=Recipient.member(ALICE), page=PageRequest(100))
        return [one.count for one in (await given.market.retail.messages.inbox(inbox)).items if one.cause == "order.shipped"]

    await given.set(messages__bundle_seconds=0)
    await told(given, 1, placed(a_line(1, 9)), pay, ships(1), ships(2))
    assert await tellings() == [1, 1]
    await given.set(messages__bundle_seconds=60)
    await told(given, 1, ships(3), ships(4))
    assert sorted(await tellings()) == [1, 1, 2]
    given.market.clock.at += timedelta(seconds=60)
    await told(given, 1, ships(5))
    assert sorted(await tellings()) == [1, 1, 1, 2]


def reads(name: str) -> Effect:
    """A text that everybody reads."""

    async def is_read(given: Given) -> None:
        told = "https://shop.example/x" if name.endswith("_url") else "Tea"
        await given.set(**{f"shop__{name}": told})
        assert getattr(await given.market.retail.settings.shop_front(), name) == told

    return is_read


EFFECTS: Final[dict[str, Effect]] = {
    "orders.pay_seconds": pays_sooner,
    "orders.auto_sign_seconds": signs_later,
    "orders.after_sale_seconds": completes_at_once,
    "orders.open_max": waits_for_one_order,
    "quotes.lasts_seconds": stands_by_less_long,
    "baskets.lines_max": takes_fewer_lines,
    "baskets.quantity_max": takes_fewer_units,
    "delivery.regions_not_served": delivers_elsewhere_only,
    "reviews.go_up": looks_at_reviews_first,
    "reviews.within_days": takes_reviews_for_some_days,
    "reviews.silent_days": ends_silent_lines_after_some_days,
    "messages.quiet_hours": disturbs_at_other_hours,
    "messages.bundle_seconds": tells_each_by_itself,
    "messages.pay_soon_seconds": reminds_sooner,
} | {one.name: reads(one.name.removeprefix("shop.")) for one in every_setting() if one.name.startswith("shop.")}


async def shows_another_page(given: Given) -> None:
    """SET-R8, DOR-R11: now, and in the shop as it will be; that one decides nothing, on no store."""
    clock, desk = given.market.clock, given.market.retail.settings
    await given.set(home__blocks='[{"kind":"notice","text":"now"}]')
    await given.set(home__blocks='[{"kind":"notice","text":"later"}]', since=clock.now() + DAY)
    later = given.market.retail.previewed(Fixed(clock.now() + DAY))
    assert [one.text for one in (await desk.home()).blocks] == ["now"]
    assert [one.text for one in (await later.settings.home()).blocks] == ["later"]
    assert (await later.catalog.window.search(ProductSearch(), PageRequest())).items
    with pytest.raises(PreviewDecidesNothing):
        await later.cart.put(AddToCart(owner=given.buyer.cart, line=CartLine(given.tea, 1)))


@frozen
class Fixed:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at


EFFECTS["home.blocks"] = shows_another_page


async def asks_less_of_members(given: Given) -> None:
    """LVL-R9: whoever is on the lowest tier pays what that tier says."""
    before = await given.market.quote(given.buyer, (given.tea, 1))
    await given.set(
        tiers__ladder='{"tiers":[{"code":"member","name":"普通","name_en":"Member","benefits":{"discount_bps":1000}}]}'
    )
    after = await given.market.quote(given.buyer, (given.tea, 1))
    assert after.basket.goods_minor == before.basket.goods_minor * 9 // 10


EFFECTS["tiers.ladder"] = asks_less_of_members


async def brings_points_for_purchases(given: Given) -> None:
    """PTS-R3: an order keeps the rate of its moment."""
    await given.set(points__purchase_rate=150)
    first = await given.order()
    await given.set(points__purchase_rate=300)
    rates = [(await stored(given.market, one)).points_rate for one in (first, await given.order())]
    assert rates == [150, 300]


async def brings_points_for_coming(given: Given) -> None:
    """PTS-R4: day by day of a streak."""
    retail, member = given.market.retail, given.buyer.id
    await given.set(points__check_in_rewards="3,5")
    brought = []
    for _ in range(3):
        brought.append((await retail.membership.check_in(CheckInToday(member_id=member))).points)
        given.market.clock.pass_(DAY)
    assert brought == [3, 5, 3]


async def brings_points_for_reviews(given: Given) -> None:
    """PTS-R6: once it is up."""
    retail = given.market.retail
    order = await arrived(retail.begin)
    assert order.signed_at is not None
    given.market.clock.at = order.signed_at
    await given.set(points__review_reward=7)
    await retail.reviews.post(PostReview(member_id=ALICE, order_id=order.id, line=1, stars=1, text="不好"))
    while await retail.background.deliver_next():
        continue
    assert (await retail.points.balance(ALICE)).available == 7


async def takes_back_points_for_reviews(given: Given) -> None:
    """PTS-R6: with the last unit of the line that was reviewed."""
    retail = given.market.retail
    await given.set(points__review_reward=7, points__review_refunded="taken_back")
    order = await arrived(retail.begin)
    assert order.signed_at is not None
    given.market.clock.at = order.signed_at
    await retail.reviews.post(PostReview(member_id=ALICE, order_id=order.id, line=1, stars=1, text="不好"))
    async with retail.begin() as work:
        orders: Any = work.orders  # type: ignore[attr-defined]
        known = (await orders.claim([order.id]))[order.id]
        units = tuple(Units(line.sku_id, line.quantity, line.number) for line in known.lines)
        orders.save(refund(known, RefundWish(units=units, reason="broken")))
        await work.commit()
    while await retail.background.deliver_next():
        continue
    assert (await retail.points.balance(ALICE)).available == 0


async def lets_points_last(given: Given) -> None:
    """PTS-R9: those that come from then on; nothing is for good."""
    retail = given.market.retail
    for months in (1, 0):
        await given.set(points__last_months=months)
        wish = AdjustPoints(member_id=given.buyer.id, points=5, reason="late parcel", actor=ADMIN)
        await retail.points.adjust(wish)
    (soon,) = (await retail.points.balance(given.buyer.id)).expiring
    assert soon.points == 5 and timedelta(days=28) <= soon.expires_at - given.market.clock.now() <= timedelta(days=32)


def lets_staff_give(role: Role) -> Callable[[Given], Awaitable[None]]:
    """PTS-R11: so many at once."""

    async def gives(given: Given) -> None:
        retail, name = given.market.retail, f"{role.value}.one"
        hire = AddStaff(login=name, name=name, roles=(role,), password="a long enough word", actor=ADMIN)
        who = Actor.staff((await retail.accounts.add_staff(hire)).staff_id)
        wish = AdjustPoints(member_id=given.buyer.id, points=9, reason="late parcel", actor=who)
        await given.set(points__clerk_most=0, points__finance_most=0, points__admin_most=0)
        with pytest.raises(AboveOnesLimit):
            await retail.points.adjust(wish)
        await given.set(**{f"points__{role.value}_most": 9})
        assert (await retail.points.adjust(wish)).available == 9

    return gives


async def with_points(given: Given) -> tuple[int, int]:
    """What points take off ten teas now, and how many of them, of a buyer who has plenty."""
    retail = given.market.retail
    wishes, lines = (Wish(POINTS, "", 10**6),), (WantedLine(given.tea, 10),)
    quote = await retail.quoting.quote(
        QuoteBasket(member_id=given.buyer.id, address_id=given.buyer.home, lines=lines, wishes=wishes)
    )
    used = sum(ground.quantity for ground in quote.grounds if ground.kind == POINTS)
    return sum(line.base_minor for line in quote.lines) - quote.basket.goods_minor, used


def lets_points_pay(*found: tuple[int, int], **values: int) -> Callable[[Given], Awaitable[None]]:
    """PRC-I7: ten teas cost 100.00."""

    async def pays(given: Given) -> None:
        wish = AdjustPoints(member_id=given.buyer.id, points=90_000, reason="late parcel", actor=ADMIN)
        await given.market.retail.points.adjust(wish)
        before = await with_points(given)
        if "points__unit_worth" not in values:
            await given.set(points__unit_worth=100)
            before = await with_points(given)
        await given.set(**values)
        assert [before, await with_points(given)] == list(found)

    return pays


async def lets_points_come_back_for_a_while(given: Given) -> None:
    """PTS-R7: what a refund gives back lasts so many days at least."""
    retail = given.market.retail
    await given.set(points__last_months=1, points__unit_worth=100, points__spend_bps=10_000, points__back_days=90)
    await retail.points.adjust(AdjustPoints(member_id=given.buyer.id, points=1_000, reason="late parcel", actor=ADMIN))
    lines = (WantedLine(given.tea, 1),)
    quote = await retail.quoting.quote(
        QuoteBasket(member_id=given.buyer.id, address_id=given.buyer.home, lines=lines, wishes=(Wish(POINTS, "", 1_000),))
    )
    order = await retail.checkout.place(PlaceOrder(member_id=given.buyer.id, quote_id=quote.id, hash=quote.hash))
    await retail.ordering.refund(RefundOrder(order_id=order.order_id, reason="x", actor=ADMIN, units=(Units(given.tea, 1),)))
    (back,) = (await retail.points.balance(given.buyer.id)).expiring
    assert back.points == 1_000 and back.expires_at - given.market.clock.now() > timedelta(days=89)


EFFECTS |= {
    "points.unit_worth": lets_points_pay((0, 0), (5_000, 5_000), points__unit_worth=100),
    "points.spend_unit": lets_points_pay((5_000, 5_000), (5_000, 50_000), points__spend_unit=1_000),
    "points.spend_bps": lets_points_pay((5_000, 5_000), (2_000, 2_000), points__spend_bps=2_000),
    "points.spend_most": lets_points_pay((5_000, 5_000), (700, 700), points__spend_most=777),
    "points.back_days": lets_points_come_back_for_a_while,
    "points.purchase_rate": brings_points_for_purchases,
    "points.check_in_rewards": brings_points_for_coming,
    "points.review_reward": brings_points_for_reviews,
    "points.review_refunded": takes_back_points_for_reviews,
    "points.last_months": lets_points_last,
} | {f"points.{role.value}_most": lets_staff_give(role) for role in Role}


async def lets_members_hold(given: Given) -> None:
    """CPN-R2: so many coupons that can still be used."""
    await given.set(coupons__held_most=1)
    kinds = [await kind_of(given.market.retail, ANY_OFF) for _ in range(2)]
    await taken_by(given.market.retail, given.buyer.id, kinds[0])
    with pytest.raises(TooManyCoupons):
        await taken_by(given.market.retail, given.buyer.id, kinds[1])
    await given.set(coupons__held_most=2)
    await taken_by(given.market.retail, given.buyer.id, kinds[1])


async def gives_grace(given: Given) -> None:
    """CPN-R4: one that comes back after its time can be used for so many days."""
    retail, clock, back = given.market.retail, given.market.clock, []
    tea = await given.market.goods("grace", stock=9)
    for days in (0, 3):
        await given.set(coupons__grace_days=days)
        coupon = await taken_by(retail, given.buyer.id, await kind_of(retail, ANY_OFF))
        clock.pass_(coupon.expires_at - clock.now() - timedelta(seconds=9))
        order = await placed_of(retail, await quote_with(retail, given.buyer, (tea, 1), use=[coupon.coupon_id]))
        clock.pass_(timedelta(seconds=30))
        await retail.ordering.cancel(CancelOrder(member_id=given.buyer.id, order_id=order.order_id))
        mine = await retail.coupons.show.mine(given.buyer.id, PageRequest(9))
        back.append(next(one.coupon.stands for one in mine.items if one.coupon.id == coupon.coupon_id))
    assert back == [CouponIs.EXPIRED, CouponIs.UNUSED]


async def tells_of_the_end(given: Given) -> None:
    """CPN-R4: so many days before, for coupons that are given from then on."""
    retail = given.market.retail
    told = []
    for days in (2, 0):
        await given.set(coupons__notice_days=days)
        coupon = await taken_by(retail, given.buyer.id, await kind_of(retail, ANY_OFF))
        (held,) = [
            one.coupon for one in (await retail.coupons.show.mine(given.buyer.id, PageRequest(9))).items
            if one.coupon.id == coupon.coupon_id
        ]  # fmt: skip
        told.append(held.expires_at - held.tells_at)
    assert told == [timedelta(days=2), timedelta(0)]


EFFECTS |= {
    "coupons.held_most": lets_members_hold,
    "coupons.grace_days": gives_grace,
    "coupons.notice_days": tells_of_the_end,
}


async def keeps_whose_money_goes_back_first(given: Given) -> None:
    """PAY-R10: an order keeps the rule of its moment."""
    first = await given.order()
    await given.set(orders__refund_first="accounts")
    rules = [(await stored(given.market, one)).refund_order for one in (first, await given.order())]
    assert rules == [("gateway",), ("accounts", "gateway")]


def gives_money_at_most(role: str) -> Effect:
    """MSC-R6: so much at once, and no cent more."""

    async def gives(given: Given) -> None:
        retail = given.market.retail
        made = AddStaff(login="lili", password="correct horse", name="Li", roles=(Role(role),), actor=ADMIN)
        staff = Actor.staff((await retail.accounts.add_staff(made)).staff_id)
        await given.set(**({"wallet__clerk_most": 1} | {f"wallet__{role}_most": 30}))
        for minor in (30, 31):
            give = AdjustWallet(member_id=given.buyer.id, amount=Money(minor, "CNY"), reason="x", actor=staff)
            if minor == 30:
                await retail.wallet.adjust(give)
            else:
                with pytest.raises(AboveOnesWalletLimit):
                    await retail.wallet.adjust(give)

    return gives


async def pays_out_no_less(given: Given) -> None:
    """MSC-R6: a withdrawal is of so much at least."""
    await put_into_wallet(given.market.retail.begin, given.buyer.id, 900)
    await given.set(wallet__withdraw_least=300)
    ask = RequestWithdrawal(member_id=given.buyer.id, amount=Money(299, "CNY"), pay_to="card 1")
    with pytest.raises(WithdrawalTooSmall):
        await given.market.retail.wallet.request_withdrawal(ask)
    await given.market.retail.wallet.request_withdrawal(evolve(ask, amount=Money(300, "CNY")))


async def lets_so_many_withdrawals_wait(given: Given) -> None:
    """MSC-R6: none at all, where it is 0."""
    await put_into_wallet(given.market.retail.begin, given.buyer.id, 900)
    ask = RequestWithdrawal(member_id=given.buyer.id, amount=Money(100, "CNY"), pay_to="card 1")
    await given.set(wallet__withdrawals_most=0)
    with pytest.raises(TooManyWithdrawals):
        await given.market.retail.wallet.request_withdrawal(ask)
    await given.set(wallet__withdrawals_most=1)
    await given.market.retail.wallet.request_withdrawal(ask)
    with pytest.raises(TooManyWithdrawals):
        await given.market.retail.wallet.request_withdrawal(ask)


async def forgets_jobs(given: Given) -> None:
    """JOB-R6: so many days after they were over."""
    retail, clock = given.market.retail, given.market.clock
    made = AddStaff(login="lili", password="correct horse", name="Li", roles=(Role.ADMIN,), actor=ADMIN)
    staff = Actor.staff((await retail.accounts.add_staff(made)).staff_id)
    await given.set(jobs__kept_days=2)
    job = await retail.jobs.edit_prices(EditPricesJob(file="sku,price\nTEA,9.00\n", reason="season", actor=staff))
    await retail.background.timers["do_jobs"]()
    for days, is_there in ((1, True), (2, False)):
        clock.pass_(timedelta(days=days))
        await retail.background.timers["sweep"]()
        assert (await retail.jobs.show.show(job.job_id) is not None) is is_there


EFFECTS |= {
    "jobs.kept_days": forgets_jobs,
    "orders.refund_first": keeps_whose_money_goes_back_first,
    "wallet.clerk_most": gives_money_at_most("clerk"),
    "wallet.finance_most": gives_money_at_most("finance"),
    "wallet.admin_most": gives_money_at_most("admin"),
    "wallet.withdraw_least": pays_out_no_less,
    "wallet.withdrawals_most": lets_so_many_withdrawals_wait,
}


def test_every_setting_has_an_effect_that_is_looked_at() -> None:
    """SET-R1: a setting that changes nothing is none."""
    assert EFFECTS.keys() == {one.name for one in every_setting()}


@pytest.mark.parametrize("name", EFFECTS)
async def test_a_setting_changes_what_it_says(given: Given, name: str) -> None:
    """SET-R1, SET-R4, SET-R6, SET-R7: from the next decision on."""
    await EFFECTS[name](given)


# ---- planning, stepping back, asking twice -------------------------------------------------------------------------------


async def test_a_planned_change_comes_into_force_by_itself_and_a_step_back_undoes_it(given: Given) -> None:
    """SET-R3, SET-R5"""
    clock, desk = given.market.clock, given.market.retail.settings
    tomorrow = clock.now() + DAY
    planned = await given.set(since=tomorrow, orders__pay_seconds=600)
    early = await given.order()
    listed = {one.name: one for one in (await desk.show_all()).settings}["orders.pay_seconds"]
    clock.pass_(DAY)
    due = await given.order()
    back = await desk.take_back(TakeSettingsBack(actor=ADMIN, number=planned.number, reason="too short"))
    again = await desk.take_back(TakeSettingsBack(actor=ADMIN, number=planned.number, reason="too short"))
    late, history = await given.order(), await desk.history()

    assert [one.pay_by - at for one, at in ((early, tomorrow - DAY), (due, tomorrow), (late, tomorrow))] == [
        timedelta(hours=2), timedelta(minutes=10), timedelta(hours=2),
    ]  # fmt: skip
    assert (listed.usual, listed.value, listed.is_set) == (7_200, 7_200, False)
    assert [(one.number, one.value, one.effective_at) for one in listed.planned] == [(1, 600, tomorrow)]
    assert (back.number, back.is_new, again.number, again.is_new) == (2, True, 2, False)
    assert [(one.number, one.takes_back, one.reason, one.actor) for one in history] == [
        (2, 1, "too short", ADMIN), (1, None, "because", ADMIN),
    ]  # fmt: skip


async def test_whoever_looked_at_older_settings_is_told_so(given: Given) -> None:
    """SET-R2: and whoever did not say what they looked at has the last word."""
    await given.set(shop__name="Tea")
    wish = ChangeSettings(actor=ADMIN, values={"shop.name": "Cups"}, reason="because", seen=0)
    with pytest.raises(ChangedMeanwhile) as refused:
        await given.market.retail.settings.change(wish)

    assert (refused.value.seen, refused.value.newest) == (0, 1)
    assert (await given.market.retail.settings.shop_front()).name == "Tea"


async def test_under_one_key_settings_are_changed_once(given: Given) -> None:
    """R17, SET-R2: and the same wish without a key makes nothing different."""
    once = Once(principal="admin", operation="settings", key="k", fingerprint="f")
    wish = ChangeSettings(actor=ADMIN, values={"shop.name": "Tea"}, reason="because", once=once)
    change = given.market.retail.settings.change
    first = await change(wish)
    await given.set(shop__name="Cups")
    repeated, same = await change(wish), await given.set(shop__name="Cups")

    assert first == repeated and (first.number, same.number, same.is_new) == (1, 2, False)
    assert (await given.market.retail.settings.shop_front()).name == "Cups"


async def test_rivals_who_change_different_settings_all_have_their_way(given: Given) -> None:
    """SET-R2: one after the other."""
    names = ("name", "notice", "contact", "company", "licence")
    await asyncio.gather(*(given.set(**{f"shop__{name}": name}) for name in names))
    front = await given.market.retail.settings.shop_front()

    assert [getattr(front, name) for name in names] == [*names] and front.version == 5


# ---- what is on its way ----------------------------------------------------------------------------------------------


async def test_an_order_that_is_placed_meanwhile_has_all_of_before_or_all_of_after(given: Given) -> None:
    """SET-R4: and once somebody has heard that it is changed, all of after."""
    scales = range(1, 7)

    async def change_again_and_again() -> None:
        for scale in scales:
            await given.set(
                orders__pay_seconds=600 * scale, orders__auto_sign_seconds=6_000 * scale, orders__after_sale_seconds=60 * scale
            )
            await asyncio.sleep(0)

    asks = [await given.ask() for _ in range(15)]
    placing = asyncio.gather(*(given.market.retail.checkout.place(ask) for ask in asks))
    _, placed = await asyncio.gather(change_again_and_again(), placing)
    last = await timers_of(given.market, await given.order())

    mixed = [await timers_of(given.market, one) for one in placed]
    whole = {(600 * scale, 6_000 * scale, 60 * scale) for scale in scales} | {(7_200, 14 * 86_400, 7 * 86_400)}
    assert {(one.pay_seconds, one.auto_sign_seconds, one.after_sale_seconds) for one in mixed} <= whole
    assert last.pay_seconds == 600 * max(scales)


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
async def test_what_one_process_sets_every_other_reads_with_its_next_decision(place: Place) -> None:
    """SET-R4: no process has to be told, also one that has kept what was set before."""
    async with open_market(place) as here:
        clock = here.clock
        given = Given(here, await here.buyer(1), await here.goods("TEA", stock=50))
        async with open_database(Place(THE_SAME[place.kind], place.address)) as database:
            there = on_database(database, Outside(clock=clock, gateways={}, policies=Policies()))
            for seconds in (600, 900, 1_200):
                ask = await given.ask()
                await given.set(orders__pay_seconds=seconds)
                placed = await there.checkout.place(ask)
                assert placed.pay_by - clock.now() == timedelta(seconds=seconds)


async def test_an_order_goes_to_a_region_that_is_not_served_only_if_staff_waive_the_freight(given: Given) -> None:
    """SET-R6, ORD-R5"""
    market, order = given.market, await given.order()
    typed = ContactAsTyped(recipient="A Buyer", phone=Phone.parse("13800138000"), region_code="540102", region="x", detail="y")
    added = await market.retail.accounts.add_address(AddAddress(member_id=given.buyer.id, contact=typed))
    await given.set(delivery__regions_not_served=["54"])
    mine = RedirectMyOrder(member_id=given.buyer.id, order_id=order.order_id, address_id=added.address_id)
    theirs = RedirectOrder(
        order_id=order.order_id, recipient="A Buyer", phone=Phone.parse("13800138000"), region_code="540102", region="x",
        detail="y", reason="asked to", actor=CLERK,
    )  # fmt: skip
    for refused_to in (market.retail.ordering.redirect_mine(mine), market.retail.ordering.redirect(theirs)):
        with pytest.raises(OrderUndeliverable) as refused:
            await refused_to
        assert refused.value.region_code == "540102"
    await market.retail.ordering.redirect(evolve(theirs, waive_freight=True))
    await market.retail.ordering.redirect_mine(mine)  # it goes there already: what was agreed is kept
