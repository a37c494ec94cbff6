"""Tiers in a whole shop, on every store: orders raise, prices follow, time lowers (LVL-R1 to LVL-R9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.accounts import AddAddress, ContactAsTyped, MemberNotFound
from retail_domain.catalog import BoundPrice
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.ids import MemberId, QuoteId, SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.messages import Recipient, ShowInbox
from retail_domain.ordering import Order, RedirectMyOrder
from retail_domain.pricing import ChargeBy, FreightZone, QuotePriceChanged
from retail_domain.processes.leaving.exporting import ExportMember
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import StoreFreightTemplate
from retail_domain.settings import ChangeSettings
from retail_domain.testing.orders import a_line, parcel, pay, placed, refund, wish
from retail_domain.tiers import (
    LADDER,
    Benefits,
    EvaluateTier,
    GrantTier,
    Ladder,
    Metric,
    Metrics,
    NoTierGranted,
    TakeTierAway,
    Tier,
    TierNotOnLadder,
)
from retail_entrypoints.worker import work_once
from tests.support.market import Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

DAY: Final = timedelta(days=1)
STAFF: Final = Actor.system("clerk")
PLAIN: Final = Tier(code="plain", name="普通", name_en="Member")
GOLD: Final = Tier(
    code="gold", name="黄金卡", name_en="Gold", needs={Metric.NET_MINOR: 10_000, Metric.ORDERS: 2},
    benefits=Benefits(discount_bps=500, free_freight_from_minor=3_000),
)  # fmt: skip
DIAMOND: Final = Tier(
    code="diamond", name="钻石", name_en="Diamond", needs={Metric.NET_MINOR: 50_000, Metric.ORDERS: 2},
    benefits=Benefits(discount_bps=1_000),
)  # fmt: skip
THREE: Final = Ladder(tiers=(PLAIN, GOLD, DIAMOND), window_months=12, retention_months=6, notice_days=30)
_NUMBERS: Final = count(1)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[Market]:
    """A shop whose ladder has three tiers."""
    async with open_market(place) as market:
        await set_ladder(market, THREE)
        yield market


async def set_ladder(shop: Market, ladder: Ladder, **more: Any) -> None:
    """From now on, or from another moment."""
    values = {LADDER.name: LADDER.written(ladder)}
    await shop.retail.settings.change(ChangeSettings(actor=STAFF, values=values, reason="a test", **more))


async def works(shop: Market) -> None:
    """A worker does all there is to do."""
    for _ in range(200):
        if not await work_once(shop.retail.background):
            return


async def bought(shop: Market, member_id: MemberId, minor: int) -> Order:
    """An order of so much that was paid, shipped, signed and completed; its events are told."""
    number, at = next(_NUMBERS), shop.clock.now()
    line = a_line(number, payable_minor=minor, unit_price_minor=minor)
    change = placed(line, which=number, at=at, member_id=member_id, freight_minor=0, quote_id=QuoteId(UUID(int=number)))
    done = at + timedelta(seconds=change.state.timers.after_sale_seconds)
    change = change.then(lambda one: pay(one, at)).then(
        lambda one: one.ship(parcel(number, **{f"s{number}": 2}), actor=STAFF, at=at)
    )
    change = change.then(lambda one: one.sign(actor=STAFF, at=at)).then(lambda one: one.complete(at=done))
    async with shop.retail.begin() as work:
        work.orders.save(change)  # type: ignore[attr-defined]
        await work.commit()
    shop.clock.pass_(done - at)
    await works(shop)
    return change.state


async def gave_back(shop: Market, order: Order) -> None:
    """All of an order that was completed."""
    async with shop.retail.begin() as work:
        (stored,) = (await work.orders.claim([order.id])).values()  # type: ignore[attr-defined]
        (line,) = stored.lines
        units = wish(**{f"s{line.sku_id.int - 0x5C0_0000}": line.quantity})
        work.orders.save(refund(stored, units, at=shop.clock.now()))  # type: ignore[attr-defined]
        await work.commit()
    await works(shop)


async def tier_of(shop: Market, member_id: MemberId) -> str:
    """By its code."""
    return (await shop.retail.tiers.show(member_id)).tier.code


async def place_it(shop: Market, buyer: Buyer, quote: Any) -> Any:
    """Accept a quote."""
    return await shop.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))


async def test_completed_orders_raise_and_what_is_missing_is_told(shop: Market) -> None:
    """LVL-R3, LVL-R4: amount and count together, at once, tiers may be skipped."""
    alice = (await shop.buyer(1)).id
    view = await shop.retail.tiers.show(alice)
    assert (view.tier, view.next, view.keep_until) == (PLAIN, GOLD, None)
    assert [(one.metric, one.have, one.missing) for one in view.missing] == [
        (Metric.NET_MINOR, 0, 10_000), (Metric.ORDERS, 0, 2),
    ]  # fmt: skip

    await bought(shop, alice, 40_000)
    view = await shop.retail.tiers.show(alice)
    assert view.tier == PLAIN and [one.missing for one in view.missing] == [0, 1]
    await bought(shop, alice, 20_000)
    view = await shop.retail.tiers.show(alice)

    assert (view.tier, view.next, view.metrics) == (DIAMOND, None, Metrics(net_minor=60_000, orders=2))
    assert view.keep_until is not None and view.keep_until > shop.clock.now() + 180 * DAY
    assert [(one.tier.code, one.members) for one in await shop.retail.tiers.counts()] == [("gold", 0), ("diamond", 1)]
    inbox = await shop.retail.messages.inbox(ShowInbox(recipient=Recipient.member(alice)))
    assert [one.cause for one in inbox.items if one.cause.startswith("tier.")] == ["tier.rose"]


async def test_what_goes_back_counts_no_more_and_lowers_nobody_before_the_time_is_over(shop: Market) -> None:
    """LVL-I2, LVL-I3, LVL-R5: told before, then one tier at a time."""
    alice = (await shop.buyer(1)).id
    before = (await shop.retail.tiers.show(alice)).metrics
    orders = [await bought(shop, alice, 30_000) for _ in range(2)]
    for order in orders:
        await gave_back(shop, order)
    view = await shop.retail.tiers.show(alice)
    assert view.metrics == before and view.tier == DIAMOND and view.keep_until is not None

    async def causes() -> list[str]:
        inbox = await shop.retail.messages.inbox(ShowInbox(recipient=Recipient.member(alice)))
        return sorted(one.cause for one in inbox.items if one.cause.startswith("tier."))

    shop.clock.pass_(view.keep_until - 29 * DAY - shop.clock.now())
    await works(shop)
    assert await causes() == ["tier.falls_soon", "tier.rose"] and await tier_of(shop, alice) == "diamond"
    shop.clock.pass_(view.keep_until - shop.clock.now())
    await works(shop)
    assert await causes() == ["tier.falls_soon", "tier.fell"] and await tier_of(shop, alice) == "gold"  # old ones are swept


async def test_orders_that_lie_too_far_back_count_no_more(shop: Market) -> None:
    """LVL-R3: a rolling window, by the shop's days."""
    alice = (await shop.buyer(1)).id
    await bought(shop, alice, 8_000)
    shop.clock.pass_(400 * DAY)

    assert (await shop.retail.tiers.show(alice)).metrics == Metrics()


async def test_a_tier_takes_its_part_off_prices_and_freight(shop: Market) -> None:
    """LVL-R7, LVL-R8, PRC-R4: every line says so; who has a lower one pays more; thresholds look at the base amount."""
    goods, buyer, other = await shop.goods("tea", 1_999), await shop.buyer(1), await shop.buyer(2)
    await shop.freight(800)
    await grant(shop, buyer.id, "gold")

    mine, theirs = await shop.quote(buyer, (goods, 2)), await shop.quote(other, (goods, 2))

    assert (theirs.basket.goods_minor, theirs.basket.freight_minor) == (3_998, 800)
    assert (mine.basket.goods_minor, mine.basket.freight_minor) == (3_998 - 199, 0)  # 5 of 100, to the shop's favour
    assert [(one.source_kind, one.source_id, one.amount_minor) for one in mine.lines[0].shares] == [
        ("sale_price", "", 3_998), ("tier", "gold", -199),
    ]  # fmt: skip
    assert [one.source_kind for one in mine.lines[0].freight_shares] == ["freight_template", "tier"]
    placed_ = await place_it(shop, buyer, mine)
    assert placed_.payable.minor == 3_799


async def test_a_discount_never_costs_free_freight(shop: Market) -> None:
    """PRC-I4: its threshold looks at what goods cost before anything is taken off, so no tier makes a basket dearer."""
    goods, buyer = await shop.goods("tea", 2_000), await shop.buyer(1)
    zone = FreightZone(regions=("",), first_minor=800, free_from_minor=2_000)
    await shop.retail.quoting.store_freight_template(
        StoreFreightTemplate(name="Parcel", charge_by=ChargeBy.PIECE, zones=(zone,), is_default=True, actor=STAFF)
    )
    await grant(shop, buyer.id, "diamond")  # 10 of 100 off, and no freight of its own

    quote = await shop.quote(buyer, (goods, 1))

    assert (quote.basket.goods_minor, quote.basket.freight_minor) == (1_800, 0)


async def test_an_order_that_goes_elsewhere_keeps_the_free_freight_of_its_tier(shop: Market) -> None:
    """LVL-R8, ORD-R5: also when its member has the tier no more."""
    goods, buyer = await shop.goods("tea", 4_000), await shop.buyer(1)
    await shop.freight(800)
    await grant(shop, buyer.id, "gold")
    order = await place_it(shop, buyer, await shop.quote(buyer, (goods, 1)))
    await shop.retail.tiers.take_away(TakeTierAway(actor=STAFF, member_id=buyer.id, reason="a mistake"))
    phone = Phone.parse("13800138000")
    typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="310000", region="Shanghai", detail="Road 1")
    there = await shop.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))

    sent = RedirectMyOrder(member_id=buyer.id, order_id=order.order_id, address_id=there.address_id)
    await shop.retail.ordering.redirect_mine(sent)

    seen = await shop.retail.ordering.show.show(order.order_id)
    assert (seen.payable.minor, seen.freight.minor) == (3_800, 0)


async def test_whose_tier_changed_meanwhile_is_asked_again(shop: Market) -> None:
    """R7, LVL-R8: a quote rests on the tier; an order that is placed keeps what it had."""
    goods, buyer = await shop.goods("tea", 10_000), await shop.buyer(1)
    await grant(shop, buyer.id, "gold")
    early, quote = await shop.quote(buyer, (goods, 1)), await shop.quote(buyer, (goods, 1))
    order = await place_it(shop, buyer, early)
    await shop.retail.tiers.take_away(TakeTierAway(actor=STAFF, member_id=buyer.id, reason="a mistake"))

    with pytest.raises(QuotePriceChanged):
        await place_it(shop, buyer, quote)
    assert (await shop.retail.ordering.show.show(order.order_id)).payable.minor == 9_500
    assert (await shop.quote(buyer, (goods, 1))).basket.goods_minor == 10_000


async def test_another_ladder_comes_into_force_when_it_was_said(shop: Market) -> None:
    """LVL-R9: nobody is looked at anew by surprise; prices follow from that moment on."""
    goods, buyer = await shop.goods("tea", 10_000), await shop.buyer(1)
    await bought(shop, buyer.id, 6_000)
    await bought(shop, buyer.id, 6_000)
    assert await tier_of(shop, buyer.id) == "gold"
    begins = shop.clock.now() + DAY
    cheaper = Tier(code="gold", name="金", name_en="Gold", needs=GOLD.needs, benefits=Benefits(discount_bps=2_000))
    await set_ladder(shop, Ladder(tiers=(PLAIN, cheaper)), effective_at=begins)

    assert (await shop.quote(buyer, (goods, 1))).basket.goods_minor == 9_500
    shop.clock.pass_(DAY)
    later = await shop.quote(buyer, (goods, 1))
    assert later.basket.goods_minor == 8_000 and (await place_it(shop, buyer, later)).payable.minor == 8_000


async def test_no_discount_of_a_tier_goes_below_the_floor(shop: Market) -> None:
    """PRC-R3, CAT-R8"""
    goods, buyer = await shop.goods("tea", 10_000), await shop.buyer(1)
    await floor(shop, goods, 9_700)
    await grant(shop, buyer.id, "gold")

    assert (await shop.quote(buyer, (goods, 2))).basket.goods_minor == 19_400


async def test_staff_grant_for_a_time_and_take_back(shop: Market) -> None:
    """LVL-R6, R35: who did it stands in the trail."""
    alice = (await shop.buyer(1)).id
    await grant(shop, alice, "diamond", days=10)
    assert await tier_of(shop, alice) == "diamond"
    shop.clock.pass_(10 * DAY)
    await works(shop)
    assert await tier_of(shop, alice) == "plain"

    with pytest.raises(NoTierGranted):
        await shop.retail.tiers.take_away(TakeTierAway(actor=STAFF, member_id=alice, reason="why"))
    await grant(shop, alice, "gold")
    await shop.retail.tiers.take_away(TakeTierAway(actor=STAFF, member_id=alice, reason="a word about Alice"))
    trail = (await shop.retail.accounts.show.trail(PageRequest(50))).items
    told = [one for one in trail if one.action.startswith("tier.")]
    assert {one.action for one in told} == {"tier.grant", "tier.take_away"} and all(str(alice) in one.object for one in told)
    assert not any("word" in one.object or "test" in one.object for one in told), "what is sealed cannot be struck out"
    (held,) = (await shop.retail.privacy.export(ExportMember(member_id=alice))).sections["tier_standings"]
    assert held["taken_because"] == "a word about Alice"
    with pytest.raises(TierNotOnLadder):
        await grant(shop, alice, "platinum")
    with pytest.raises(MemberNotFound):
        await grant(shop, MemberId(UUID(int=9)), "gold")


async def test_looking_again_changes_nothing(shop: Market) -> None:
    """LVL-I5"""
    alice = (await shop.buyer(1)).id
    for _ in range(2):
        await bought(shop, alice, 6_000)
    before = await shop.retail.tiers.show(alice)
    first = await shop.retail.tiers.evaluate(EvaluateTier(member_id=alice))
    assert await shop.retail.tiers.evaluate(EvaluateTier(member_id=alice)) == first
    assert await shop.retail.tiers.show(alice) == before


async def grant(shop: Market, member_id: MemberId, tier: str, days: int = 30) -> None:
    """By hand."""
    until = shop.clock.now() + days * DAY
    await shop.retail.tiers.grant(GrantTier(actor=STAFF, member_id=member_id, tier=tier, until=until, reason="a test"))


async def floor(shop: Market, sku_id: SkuId, minor: int) -> None:
    """No price goes below it."""
    await shop.retail.catalog.bound_price(BoundPrice(sku_id=sku_id, floor_minor=minor))


async def test_a_tier_multiplies_what_a_purchase_brings(shop: Market) -> None:
    """PTS-R3, LVL-R8: an order keeps the rate of its moment, also where the tier changes no price."""
    twice = evolve(GOLD, benefits=Benefits(points_bps=15_000))
    await set_ladder(shop, evolve(THREE, tiers=tuple(twice if one is GOLD else one for one in THREE.tiers)))
    rate = ChangeSettings(actor=STAFF, values={"points.purchase_rate": 101}, reason="a test")
    await shop.retail.settings.change(rate)
    goods, plain, gold = await shop.goods("tea", 4_000), await shop.buyer(1), await shop.buyer(2)
    await grant(shop, gold.id, GOLD.code)

    async def rate_of(buyer: Buyer) -> int:
        order = await place_it(shop, buyer, await shop.quote(buyer, (goods, 1)))
        async with shop.retail.begin() as work:
            (stored,) = (await work.orders.claim([order.order_id])).values()  # type: ignore[attr-defined]
        return int(stored.points_rate)

    assert (await rate_of(plain), await rate_of(gold)) == (101, 151)
    quote = await shop.quote(gold, (goods, 1))
    await set_ladder(shop, THREE)
    with pytest.raises(QuotePriceChanged):
        await place_it(shop, gold, quote)
