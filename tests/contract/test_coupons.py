"""Coupons in a whole shop, on every store: given, used, given back, over; and never more of them than there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from retail_adapters.payments import counter_gateway
from retail_domain.accounts import AddAddress, ContactAsTyped
from retail_domain.cart import CartLine
from retail_domain.coupons import (
    Coupon,
    CouponCodeUnknown,
    CouponCodeUsed,
    CouponGiven,
    CouponInUse,
    CouponIs,
    CouponLimitReached,
    CouponNotNow,
    CouponNotToTake,
    CouponsGone,
    CouponTemplate,
    CouponTotalTooSmall,
    CouponValidity,
    CouponWay,
    HeldCoupon,
    IssueCoupon,
    MakeCouponCodes,
    RedeemCouponCode,
    StoreCouponTemplate,
    TemplateWish,
    TooManyCoupons,
    VoidCoupon,
    WantedOffers,
)
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.errors import DomainError, InvalidInput
from retail_domain.kernel.ids import CouponId, OrderId, SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import CancelOrder, RedirectMyOrder, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.points import AdjustPoints, Because, TooFewPoints
from retail_domain.pricing import Quote, QuotePriceChanged, ShowQuote, Stage, WantedLine, Wish
from retail_domain.processes.purchase.carting import AddToCart
from retail_domain.processes.purchase.checkout import Placed
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.settings import ChangeSettings
from retail_domain.tiers import LADDER, Benefits, GrantTier, Ladder, Metric, Tier
from tests.support.coupons import FIVE_OFF, FREIGHT_OFF, WEEK, kind_of, placed_of, quote_with, taken_by
from tests.support.market import CLERK, Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

DAY = timedelta(days=1)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop with a counter."""
    async with open_market(place, gateways={"counter": counter_gateway("a secret that only tests know")}) as market:
        yield market


async def kind(market: Market, terms: CouponTerms = FIVE_OFF, **more: Any) -> CouponTemplate:
    """A kind of coupon."""
    return await kind_of(market.retail, terms, **more)


async def taken(market: Market, buyer: Buyer, template: CouponTemplate) -> CouponGiven:
    """One of that kind."""
    return await taken_by(market.retail, buyer.id, template)


async def rules(market: Market, **values: Any) -> None:
    """Set these from now on."""
    await market.retail.settings.change(ChangeSettings(actor=CLERK, values=values, reason="because"))


async def quoted(market: Market, buyer: Buyer, *wanted: tuple[SkuId, int], use: list[CouponId]) -> Quote:
    """What these cost with those coupons."""
    return await quote_with(market.retail, buyer, *wanted, use=use)


async def ordered(market: Market, quote: Quote) -> Placed:
    """An order of it."""
    return await placed_of(market.retail, quote)


async def paid(market: Market, buyer: Buyer, order_id: OrderId) -> None:
    """At the counter."""
    start = StartPayment(member_id=buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
    due = await market.retail.payments.start(start)
    await market.retail.payments.confirm_counter(
        ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
    )


async def every(market: Market, buyer: Buyer) -> list[HeldCoupon]:
    """All a member ever had."""
    return list((await market.retail.coupons.show.mine(buyer.id, PageRequest(100))).items)


async def only(market: Market, buyer: Buyer) -> Coupon:
    """The one that a member has."""
    (held,) = await every(market, buyer)
    return held.coupon


async def follows(market: Market) -> None:
    """Whatever must follow from what happened, has."""
    while await market.retail.background.deliver_next():
        pass


async def swept(market: Market) -> None:
    """The timer has looked."""
    assert not (await market.retail.background.timers["look_after_coupons"]()).failed


def reasons(quote: Quote) -> dict[str, tuple[str, int]]:
    """Why coupons were not used, and how much is missing."""
    return {one.source_id: (one.reason, one.missing_minor) for one in quote.basket.rejected_offers}


async def outcome(awaited: Any) -> Any:
    """The answer, or the refusal."""
    try:
        return await awaited
    except DomainError as refused:
        return type(refused)


# ---- the life of one ----------------------------------------------------------------------------------------------


async def test_a_coupon_is_locked_used_and_its_order_says_what_it_took_off(market: Market) -> None:
    """CPN-R3, PRC-R4: locked when placed, used when paid; each line knows its share of it."""
    buyer, tea, cup = await market.buyer(), await market.goods("tea", 3_000), await market.goods("cup", 1_000)
    given = await taken(market, buyer, await kind(market))
    quote = await quoted(market, buyer, (tea, 1), (cup, 1), use=[given.coupon_id])
    assert quote.payable.minor == 3_500
    assert [(one.stage, one.amount_minor) for one in quote.basket.by_source() if one.source_kind == "coupon"] == [
        (Stage.COUPON, -500)
    ]
    placed = await ordered(market, quote)
    locked = await only(market, buyer)
    await paid(market, buyer, placed.order_id)
    used = await only(market, buyer)

    assert (locked.stands, locked.used_by, locked.applied_minor) == (CouponIs.LOCKED, placed.order_id, 500)
    assert used == evolve(locked, stands=CouponIs.USED, version=used.version)
    assert {line.goods.sku_id: -line.shares[-1].amount_minor for line in quote.lines} == {tea: 375, cup: 125}
    report = await market.retail.coupons.show.report(used.template_id)
    assert (report.of(CouponIs.USED), report.of(CouponIs.LOCKED), report.applied_minor) == (1, 0, 500)


async def test_placing_and_closing_leaves_a_coupon_as_it_was(market: Market) -> None:
    """CPN-I3, ORD-I5: given back once, to be used again."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    given = await taken(market, buyer, await kind(market))
    before = await only(market, buyer)
    quote = await quoted(market, buyer, (tea, 1), use=[given.coupon_id])
    placed = await ordered(market, quote)
    await market.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
    after = await only(market, buyer)

    assert after == evolve(before, version=after.version)
    again = await quoted(market, buyer, (tea, 1), use=[given.coupon_id])
    assert (await ordered(market, again)).payable.minor == 2_500


async def test_what_comes_back_late_has_expired_or_is_given_grace(market: Market) -> None:
    """CPN-R4: by the setting of the moment when it comes back."""
    tea = await market.goods("tea", 3_000)
    template = await kind(market)
    buyers = [await market.buyer(1), await market.buyer(2)]
    placed = []
    coupons = [await taken(market, buyer, template) for buyer in buyers]
    market.clock.pass_(coupons[0].expires_at - market.clock.now() - timedelta(minutes=1))
    for buyer, given in zip(buyers, coupons, strict=True):
        placed.append(await ordered(market, await quoted(market, buyer, (tea, 1), use=[given.coupon_id])))
    market.clock.pass_(timedelta(minutes=2))
    await market.retail.ordering.cancel(CancelOrder(member_id=buyers[0].id, order_id=placed[0].order_id))
    await rules(market, **{"coupons.grace_days": 2})
    await market.retail.ordering.cancel(CancelOrder(member_id=buyers[1].id, order_id=placed[1].order_id))
    over, kept = await only(market, buyers[0]), await only(market, buyers[1])

    assert (over.stands, over.used_by) == (CouponIs.EXPIRED, None)
    assert (kept.stands, kept.expires_at) == (CouponIs.UNUSED, market.clock.now() + 2 * DAY)
    assert (await quoted(market, buyers[1], (tea, 1), use=[kept.id])).payable.minor == 2_500


async def test_only_the_whole_order_before_shipping_gives_it_back(market: Market) -> None:
    """CPN-R5: a part never does, the rest of all of it does; once something has left, nothing does."""
    tea = await market.goods("tea", 3_000)
    template = await kind(market)
    first, second = await market.buyer(1), await market.buyer(2)
    stands: list[CouponIs] = []
    for buyer, ships in ((first, False), (second, True)):
        given = await taken(market, buyer, template)
        placed = await ordered(market, await quoted(market, buyer, (tea, 2), use=[given.coupon_id]))
        await paid(market, buyer, placed.order_id)
        if ships:
            await market.retail.ordering.ship(
                ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK, units=(Units(tea, 1),))
            )
        for _ in range(2):
            await market.retail.ordering.refund(
                RefundOrder(order_id=placed.order_id, reason="x", actor=CLERK, units=(Units(tea, 1),))
            )
            stands.append((await only(market, buyer)).stands)

    assert stands == [CouponIs.USED, CouponIs.UNUSED, CouponIs.USED, CouponIs.USED]


async def test_a_coupon_that_ends_is_told_of_once_and_then_is_over(market: Market) -> None:
    """CPN-R4, MSG-R1: told before, written off after; unusable at its end, whatever the timer has done."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    given = await taken(market, buyer, await kind(market))
    market.clock.pass_(5 * DAY)
    await swept(market)
    await swept(market)
    told = await only(market, buyer)
    market.clock.pass_(given.expires_at - market.clock.now())
    late = await quoted(market, buyer, (tea, 1), use=[given.coupon_id])
    unswept = await only(market, buyer)
    await swept(market)

    assert told.is_told and told.stands is CouponIs.UNUSED
    assert (late.payable.minor, reasons(late)) == (3_000, {str(given.coupon_id): ("expired", 0)})
    assert unswept.stands is CouponIs.UNUSED and (await only(market, buyer)).stands is CouponIs.EXPIRED


async def test_whoever_expires_between_quote_and_order_is_asked_again(market: Market) -> None:
    """CPN-R4, R7: an expired coupon is never applied; the fresh quote says what it costs without."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    given = await taken(market, buyer, await kind(market))
    market.clock.pass_(given.expires_at - market.clock.now() - timedelta(seconds=5))
    quote = await quoted(market, buyer, (tea, 1), use=[given.coupon_id])
    market.clock.pass_(timedelta(seconds=5))
    with pytest.raises(QuotePriceChanged) as changed:
        await ordered(market, quote)
    assert changed.value.fresh_quote_id is not None
    fresh = await market.retail.quoting.show(ShowQuote(member_id=buyer.id, quote_id=changed.value.fresh_quote_id))

    assert (fresh.payable.minor, reasons(fresh)) == (3_000, {str(given.coupon_id): ("expired", 0)})


async def test_staff_take_back_only_what_nobody_uses(market: Market) -> None:
    """CPN-R3: void, for good; not while an order has it."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    template = await kind(market, per_member=2)
    one, other = await taken(market, buyer, template), await taken(market, buyer, template)
    await ordered(market, await quoted(market, buyer, (tea, 1), use=[one.coupon_id]))
    with pytest.raises(CouponInUse):
        await market.retail.coupons.void(VoidCoupon(coupon_id=one.coupon_id, reason="x", actor=CLERK))
    void = VoidCoupon(coupon_id=other.coupon_id, reason="given by mistake", actor=CLERK)
    assert (await market.retail.coupons.void(void)).stands is CouponIs.VOID
    assert (await market.retail.coupons.void(void)).stands is CouponIs.VOID
    assert reasons(await quoted(market, buyer, (tea, 1), use=[other.coupon_id])) == {str(other.coupon_id): ("void", 0)}


# ---- the price ----------------------------------------------------------------------------------------------------


async def test_a_freight_coupon_goes_beside_one_for_goods_and_no_second_of_either(market: Market) -> None:
    """PRC-R4: one each; the others are told why not, and are not taken."""
    await market.freight(800)
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    goods = await kind(market, per_member=2)
    freight = await kind(market, FREIGHT_OFF)
    one, two, way = await taken(market, buyer, goods), await taken(market, buyer, goods), await taken(market, buyer, freight)
    quote = await quoted(market, buyer, (tea, 1), use=[one.coupon_id, two.coupon_id, way.coupon_id])
    placed = await ordered(market, quote)

    assert (quote.basket.goods_minor, quote.basket.freight_minor) == (2_500, 200)
    assert reasons(quote) == {str(two.coupon_id): ("one_is_enough", 0)}
    mine = {held.coupon.id: held.coupon for held in await every(market, buyer)}
    assert {id: (mine[id].stands, mine[id].applied_minor) for id in mine} == {
        one.coupon_id: (CouponIs.LOCKED, 500), two.coupon_id: (CouponIs.UNUSED, 0), way.coupon_id: (CouponIs.LOCKED, 600),
    }  # fmt: skip
    assert placed.payable.minor == 2_700


async def test_a_threshold_that_is_missed_says_by_how_much_and_takes_nothing(market: Market) -> None:
    """CPN-R1, PRC-I4: measured before anything is taken off, of the goods that it is for."""
    buyer, tea, cup = await market.buyer(), await market.goods("tea", 1_500), await market.goods("cup", 9_000)
    template = await kind(market, evolve(FIVE_OFF, scope=CouponScope(sku_ids=(tea,))))
    given = await taken(market, buyer, template)
    short = await quoted(market, buyer, (tea, 1), (cup, 1), use=[given.coupon_id])
    none = await quoted(market, buyer, (cup, 1), use=[given.coupon_id])
    placed = await ordered(market, short)

    assert reasons(short) == {str(given.coupon_id): ("below_threshold", 500)} and short.payable.minor == 10_500
    assert reasons(none) == {str(given.coupon_id): ("not_for_these_goods", 0)}
    assert placed.payable.minor == 10_500 and (await only(market, buyer)).stands is CouponIs.UNUSED


async def test_an_order_that_goes_elsewhere_keeps_what_its_coupon_took_off_freight(market: Market) -> None:
    """ORD-R5, PRC-R6: what delivery costs there, less the same; dearer is refused."""
    await market.freight(800)
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    given = await taken(market, buyer, await kind(market, FREIGHT_OFF))
    order = await ordered(market, await quoted(market, buyer, (tea, 1), use=[given.coupon_id]))
    phone = Phone.parse("13800138000")
    typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="310000", region="Shanghai", detail="Road 1")
    there = await market.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))
    sent = RedirectMyOrder(member_id=buyer.id, order_id=order.order_id, address_id=there.address_id)
    await market.retail.ordering.redirect_mine(sent)
    seen = await market.retail.ordering.show.show(order.order_id)

    assert (order.payable.minor, seen.payable.minor, seen.freight.minor) == (3_200, 3_200, 200)


async def test_what_can_be_used_is_what_a_quote_then_uses(market: Market) -> None:
    """What can be used on this basket, what it takes off, and why the others cannot: asked without taking anything."""
    await market.freight(800)
    buyer, tea = await market.buyer(), await market.goods("tea", 1_500)
    half = CouponTerms(kind=CouponKind.PERCENT, percent_bps=5_000, most_minor=1_000)
    templates = [await kind(market), await kind(market, half), await kind(market, FREIGHT_OFF)]
    given = [(await taken(market, buyer, template)).coupon_id for template in templates]
    plain = await quoted(market, buyer, (tea, 1), use=[])
    with_one = await quoted(market, buyer, (tea, 1), use=[given[1]])
    seen = await market.retail.coupons.on_quote(ShowQuote(member_id=buyer.id, quote_id=plain.id))
    with_it = await market.retail.coupons.on_quote(ShowQuote(member_id=buyer.id, quote_id=with_one.id))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 2)))
    from_cart = await market.retail.coupons.on_cart(buyer.id)

    assert [(one.held.coupon.id, one.off_minor, one.reason, one.missing_minor) for one in seen] == [
        (given[1], 750, "", 0), (given[2], 600, "", 0), (given[0], 0, "below_threshold", 500),
    ]  # fmt: skip
    assert [(one.off_minor, one.is_chosen) for one in with_it] == [(750, True), (600, False), (0, False)]
    assert {one.held.coupon.id: (one.off_minor, one.reason) for one in from_cart} == {
        given[0]: (500, ""), given[1]: (1_000, ""), given[2]: (0, "freight_unknown"),
    }  # fmt: skip
    assert with_one.payable.minor == plain.payable.minor - 750


async def test_nobody_uses_the_coupon_of_somebody_else(market: Market) -> None:
    """GEN-R14: it is as good as none."""
    alice, bob, tea = await market.buyer(1), await market.buyer(2), await market.goods("tea", 3_000)
    given = await taken(market, alice, await kind(market))
    quote = await quoted(market, bob, (tea, 1), use=[given.coupon_id])
    nonsense = await market.retail.quoting.quote(
        QuoteBasket(
            member_id=bob.id, address_id=bob.home, lines=(WantedLine(tea, 1),), wishes=(Wish("coupon", "no such thing"),)
        )
    )

    assert reasons(quote) == {str(given.coupon_id): ("not_offered", 0)} and quote.payable.minor == 3_000
    assert reasons(nonsense) == {"no such thing": ("not_offered", 0)}


async def test_an_order_that_a_coupon_makes_free_is_paid_at_once(market: Market) -> None:
    """T3: used in the placing transaction."""
    buyer, tea = await market.buyer(), await market.goods("tea", 300)
    given = await taken(market, buyer, await kind(market, CouponTerms(kind=CouponKind.FIXED, value_minor=500)))
    await ordered(market, await quoted(market, buyer, (tea, 1), use=[given.coupon_id]))
    coupon = await only(market, buyer)

    assert (coupon.stands, coupon.applied_minor) == (CouponIs.USED, 300)


# ---- how members come by them -------------------------------------------------------------------------------------


async def test_no_more_are_given_than_there_are_nor_more_to_one_than_anybody_may_have(market: Market) -> None:
    """CPN-I1, CPN-R2, R19: exact, whoever asks at the same time."""
    template = await kind(market, total=3, per_member=2)
    alice, bob = await market.buyer(1), await market.buyer(2)
    answers = await asyncio.gather(*(outcome(taken(market, one, template)) for one in (alice, bob) for _ in range(4)))
    given = [one for one in answers if isinstance(one, CouponGiven)]
    counts = sorted([len(await every(market, one)) for one in (alice, bob)])

    assert len(given) == 3 and counts == [1, 2]
    assert {one for one in answers if not isinstance(one, CouponGiven)} <= {CouponsGone, CouponLimitReached}
    assert sorted(one.coupon.n for one in [*await every(market, alice), *await every(market, bob)]) == [1, 1, 2]
    assert (await market.retail.coupons.show.template(template.id)).issued == 3


async def test_a_member_holds_no_more_than_the_shop_allows_over_all_kinds(market: Market) -> None:
    """The most a member holds is exact as well; what was used or is over does not count."""
    await rules(market, **{"coupons.held_most": 3})
    buyer = await market.buyer()
    kinds = [await kind(market) for _ in range(5)]
    answers = await asyncio.gather(*(outcome(taken(market, buyer, one)) for one in kinds))
    assert sum(isinstance(one, CouponGiven) for one in answers) == 3
    assert {one for one in answers if not isinstance(one, CouponGiven)} == {TooManyCoupons}
    market.clock.pass_(9 * DAY)
    left = kinds[next(at for at, one in enumerate(answers) if one is TooManyCoupons)]
    assert isinstance(await outcome(taken(market, buyer, left)), CouponGiven)


async def test_a_used_coupon_counts_for_its_members_limit(market: Market) -> None:
    """CPN-I1: whoever has used one has had it."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    template = await kind(market)
    given = await taken(market, buyer, template)
    placed = await ordered(market, await quoted(market, buyer, (tea, 1), use=[given.coupon_id]))
    await paid(market, buyer, placed.order_id)

    with pytest.raises(CouponLimitReached):
        await taken(market, buyer, template)


async def test_one_coupon_on_two_devices_backs_one_order(market: Market) -> None:
    """CPN-I2, R19: the second device is told the price without it."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    given = await taken(market, buyer, await kind(market))
    quotes = [await quoted(market, buyer, (tea, 1), use=[given.coupon_id]) for _ in range(4)]
    answers = await asyncio.gather(*(outcome(ordered(market, one)) for one in quotes))

    assert sum(isinstance(one, Placed) for one in answers) == 1
    assert {one for one in answers if not isinstance(one, Placed)} == {QuotePriceChanged}
    assert (await only(market, buyer)).stands is CouponIs.LOCKED


async def test_what_is_not_given_now_or_in_this_way_is_not_to_be_taken(market: Market) -> None:
    """CPN-R1: the take window, the way, and whether it is open."""
    now = market.clock.now()
    buyer = await market.buyer()
    later = await kind(market, takes_from=now + DAY)
    over = await kind(market, takes_until=now)
    ended = await kind(market, validity=CouponValidity(ends_at=now))
    closed = await kind(market, is_open=False)
    by_hand = await kind(market, way=CouponWay.STAFF)
    for template, refusal in (
        (later, CouponNotNow), (over, CouponNotNow), (ended, CouponNotNow), (closed, CouponNotToTake),
        (by_hand, CouponNotToTake),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await taken(market, buyer, template)
    assert await market.retail.coupons.offers(WantedOffers(member_id=buyer.id)) == ()
    given = await market.retail.coupons.issue(IssueCoupon(member_id=buyer.id, template_id=by_hand.id, actor=CLERK))
    with pytest.raises(CouponNotNow):  # nobody is given what is over, also by hand
        await market.retail.coupons.issue(IssueCoupon(member_id=buyer.id, template_id=ended.id, actor=CLERK))
    open_one = await kind(market)
    await taken(market, buyer, open_one)
    (offer,) = await market.retail.coupons.offers(WantedOffers(member_id=buyer.id))

    assert (offer.template.id, offer.had, offer.is_to_take) == (open_one.id, 1, False)
    assert given.coupon_id in {one.coupon.id for one in await market.retail.coupons.usable(buyer.id)}


async def test_points_are_spent_with_the_coupon_or_neither(market: Market) -> None:
    """PTS-R10: in one transaction."""
    buyer = await market.buyer()
    template = await kind(market, way=CouponWay.POINTS, points=30, per_member=2)
    with pytest.raises(TooFewPoints):
        await taken(market, buyer, template)
    assert await every(market, buyer) == []
    await market.retail.points.adjust(AdjustPoints(member_id=buyer.id, points=50, reason="x", actor=CLERK))
    given = await taken(market, buyer, template)
    history = await market.retail.points.show.entries(buyer.id, PageRequest(5))

    assert (await market.retail.points.balance(buyer.id)).available == 20
    assert [(one.worth, one.cause.because, one.cause.ref) for one in history.items if one.worth < 0] == [
        (-30, Because.COUPON, str(given.coupon_id))
    ]
    with pytest.raises(TooFewPoints):
        await taken(market, buyer, template)
    assert len(await every(market, buyer)) == 1


async def test_newcomers_and_risers_are_given_theirs(market: Market) -> None:
    """CPN-R1: on registration, and with a tier; nothing of a kind that is gone, and nobody's joining fails for it."""
    welcome = await kind(market, way=CouponWay.REGISTRATION, total=1)
    gold = await kind(market, way=CouponWay.TIER, tiers=("gold",))
    ladder = Ladder(tiers=(
        Tier(code="member", name="普通", name_en="Member"),
        Tier(code="gold", name="黄金卡", name_en="Gold", needs={Metric.ORDERS: 5}, benefits=Benefits()),
    ))  # fmt: skip
    await rules(market, **{LADDER.name: LADDER.written(ladder)})
    alice, bob = await market.buyer(1), await market.buyer(2)
    await follows(market)
    until = market.clock.now() + 30 * DAY
    await market.retail.tiers.grant(GrantTier(actor=CLERK, member_id=bob.id, tier="gold", until=until, reason="x"))
    await follows(market)

    had = {one.id: [held.coupon.template_id for held in await every(market, one)] for one in (alice, bob)}
    assert sorted(map(len, had.values())) in ([1, 1], [0, 2])
    assert gold.id in had[bob.id]
    assert (await market.retail.coupons.show.template(welcome.id)).issued == 1


# ---- codes --------------------------------------------------------------------------------------------------------


async def redeemed(market: Market, buyer: Buyer, code: str, client: str = "203.0.113.7") -> CouponGiven:
    """A coupon by a code."""
    return await market.retail.coupons.redeem(RedeemCouponCode(member_id=buyer.id, code=code, client=client))


async def test_a_personal_code_is_used_once_and_a_mass_code_as_often_as_there_are_coupons(market: Market) -> None:
    """CPN-R1, CPN-I1: a flood of one mass code gives out exactly what there is."""
    template = await kind(market, way=CouponWay.CODE, total=4)
    make = MakeCouponCodes(template_id=template.id, actor=CLERK)
    (mine,) = (await market.retail.coupons.make_codes(make)).codes
    (word,) = (await market.retail.coupons.make_codes(evolve(make, for_everybody=True))).codes
    buyers = [await market.buyer(number) for number in range(1, 7)]
    await redeemed(market, buyers[0], mine.replace("-", " "))
    with pytest.raises(CouponCodeUsed):
        await redeemed(market, buyers[1], mine)
    flood = await asyncio.gather(*(outcome(redeemed(market, one, word)) for one in buyers[1:] for _ in range(2)))

    assert sum(isinstance(one, CouponGiven) for one in flood) == 3
    assert {one for one in flood if not isinstance(one, CouponGiven)} <= {CouponsGone, CouponLimitReached}
    assert max([len(await every(market, one)) for one in buyers]) == 1


async def test_guessing_codes_is_counted_and_ends(market: Market) -> None:
    """R36: ten wrong ones, then also a right one has to wait; right ones do not count."""
    template = await kind(market, way=CouponWay.CODE, per_member=3)
    make = MakeCouponCodes(template_id=template.id, actor=CLERK, count=3)
    codes = (await market.retail.coupons.make_codes(make)).codes
    buyer, other = await market.buyer(1), await market.buyer(2)
    await redeemed(market, buyer, codes[0])
    for _ in range(10):
        with pytest.raises(CouponCodeUnknown):
            await redeemed(market, buyer, "0000-0000-0000-0000")
    with pytest.raises(TooOften):
        await redeemed(market, buyer, codes[1])
    await redeemed(market, other, codes[2])
    market.clock.pass_(timedelta(minutes=16))
    await redeemed(market, buyer, codes[1])

    assert len(set(codes)) == 3 and all(len(one) == 19 for one in codes)
    with pytest.raises(CouponNotToTake):
        await market.retail.coupons.make_codes(MakeCouponCodes(template_id=(await kind(market)).id, actor=CLERK))
    with pytest.raises(InvalidInput):
        await market.retail.coupons.make_codes(evolve(make, for_everybody=True))


# ---- what staff say -----------------------------------------------------------------------------------------------


async def test_a_kind_that_says_something_else_leaves_what_is_out_as_it_was(market: Market) -> None:
    """CPN-R1: coupons keep the edition under which they were given, and quotes rest on it."""
    buyer, tea = await market.buyer(), await market.goods("tea", 3_000)
    template = await kind(market, per_member=2)
    old = await taken(market, buyer, template)
    quote = await quoted(market, buyer, (tea, 1), use=[old.coupon_id])
    wish = TemplateWish(
        name="less", way=CouponWay.SELF, terms=evolve(FIVE_OFF, value_minor=100), validity=WEEK, total=50, per_member=2
    )
    store = StoreCouponTemplate(wish=wish, actor=CLERK, template_id=template.id)
    now = await market.retail.coupons.store_template(store)
    same = await market.retail.coupons.store_template(store)
    new = await taken(market, buyer, now)
    fewer = evolve(store, wish=evolve(wish, total=1))
    with pytest.raises(CouponTotalTooSmall):
        await market.retail.coupons.store_template(fewer)

    assert (now.edition, same.edition, same.issued) == (2, 2, 1)
    assert (await ordered(market, quote)).payable.minor == 2_500
    assert (await quoted(market, buyer, (tea, 1), use=[new.coupon_id])).payable.minor == 2_900
    assert {one.says.name for one in await every(market, buyer)} == {"满20减5", "less"}
    listed = await market.retail.coupons.show.templates(PageRequest(1))
    assert [one.id for one in listed.items] == [template.id] and listed.next_cursor is None
