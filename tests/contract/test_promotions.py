"""Offers in a whole shop, on every store: staff launch and stop them, quotes and orders follow (PRC-R2, PRC-R8, MSC-R3)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from retail_domain.accounts import AddAddress, ContactAsTyped
from retail_domain.cart import CartLine, CartOwner
from retail_domain.catalog import BoundPrice
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OfferId
from retail_domain.ordering import RedirectMyOrder
from retail_domain.pricing import (
    OfferClusterTooLarge,
    PriceBook,
    Quote,
    QuotePriceChanged,
    kept_offer,
    read_terms,
    told_offer,
)
from retail_domain.processes.purchase.carting import AddToCart, CreateGuestCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.staff.offering import ChangeOffer, LaunchOffer, MakeOffer, StopOffer
from retail_domain.promotions import OfferNotFound, OfferWrongState, Promotion, PromotionState
from tests.support.market import Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

STAFF: Final = Actor.system("clerk")
REDUCTION: Final[dict[str, Any]] = {
    "name": "满100减20", "name_en": "20 off 100", "kind": "reduction", "steps": [{"threshold": 10_000, "off_minor": 2_000}],
}  # fmt: skip
DISCOUNT: Final[dict[str, Any]] = {"name": "九折", "name_en": "Ten percent off", "kind": "discount", "off_bps": 1_000}


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def shop(place: Place) -> AsyncIterator[Market]:
    """A shop."""
    async with open_market(place) as market:
        yield market


async def made(shop: Market, terms: dict[str, Any]) -> Promotion:
    """A draft of these terms."""
    return await shop.retail.promotions.make(MakeOffer(actor=STAFF, terms=json.dumps(terms)))


async def test_members_are_asked_the_price_for_members_and_guests_are_not(shop: Market) -> None:
    """PRC-R3: the better of it and an offer, never both; never below the floor; it says where it comes from."""
    tea, pot = await shop.goods("TEA", 1_000), await shop.goods("POT", 1_000)
    buyer = await shop.buyer()
    await shop.retail.catalog.bound_price(BoundPrice(sku_id=tea, member_price_minor=880, floor_minor=850))
    guest = CartOwner.guest((await shop.retail.cart.create_guest_cart(CreateGuestCart())).token)
    looked = await shop.retail.cart.put(AddToCart(owner=guest, line=CartLine(tea, 2)))

    plain = await shop.quote(buyer, (tea, 2), (pot, 1))
    await launched(shop, DISCOUNT)
    offered = await shop.quote(buyer, (tea, 2), (pot, 1))

    assert looked.basket.payable.minor == 2_000
    assert [line.payable_minor for line in plain.basket.lines] == [1_760, 1_000]
    assert [(one.source_kind, one.amount_minor) for one in plain.basket.lines[0].shares][1:] == [("member_price", -240)]
    assert [line.payable_minor for line in offered.basket.lines] == [1_760, 900]


@pytest.mark.parametrize(
    "scope", [{"sku_ids": []}, {"sku_ids": [], "brand_ids": []}, {"category_ids": [], "except_sku_ids": []}]
)
async def test_an_empty_list_is_not_the_whole_shop(scope: dict[str, Any]) -> None:
    """PRC-R2: a program that found nothing must not discount everything."""
    with pytest.raises(InvalidInput) as refused:
        read_terms({**DISCOUNT, "scope": scope}, OfferId(UUID(int=1)))
    assert [one.rule for one in refused.value.problems] == ["not_empty"]
    assert read_terms({**DISCOUNT, "scope": {"except_sku_ids": []}}, OfferId(UUID(int=1))).scope.named == frozenset()


async def launched(shop: Market, terms: dict[str, Any]) -> Promotion:
    """An offer in force."""
    draft = await made(shop, terms)
    return await shop.retail.promotions.launch(LaunchOffer(actor=STAFF, offer_id=draft.id))


async def book_of(shop: Market) -> PriceBook:
    """The price book as it is stored."""
    async with shop.retail.begin() as work:
        return await work.price_book.get()  # type: ignore[attr-defined]


async def test_a_draft_changes_nothing_a_launched_offer_does_a_stopped_one_does_not(shop: Market) -> None:
    """PRC-R4, CRT-R4: the quote names the offer; a quote of before is asked for again."""
    buyer, sku_id = await shop.buyer(), await shop.goods("tea", 10_000)
    draft = await made(shop, REDUCTION)
    before = await shop.quote(buyer, (sku_id, 1))
    live = await shop.retail.promotions.launch(LaunchOffer(actor=STAFF, offer_id=draft.id))
    after = await shop.quote(buyer, (sku_id, 1))

    assert (live.state, live.edition, before.basket.goods_minor) == (PromotionState.LIVE, 1, 10_000)
    assert after.basket.goods_minor == 8_000
    assert [(one.source_kind, one.source_id) for one in after.lines[0].shares][-1] == ("offer", str(draft.id))
    with pytest.raises(QuotePriceChanged):
        await place_it(shop, buyer, before)
    placed = await place_it(shop, buyer, after)
    assert placed.payable == after.payable

    await shop.retail.promotions.stop(StopOffer(actor=STAFF, offer_id=draft.id))
    assert (await shop.quote(buyer, (sku_id, 1))).basket.goods_minor == 10_000
    assert not (await book_of(shop)).offers


async def test_a_changed_offer_answers_price_changed_and_holds_at_once(shop: Market) -> None:
    """CRT-R4: the offers version of a quote is that of the book."""
    buyer, sku_id = await shop.buyer(), await shop.goods("tea", 10_000)
    live = await launched(shop, REDUCTION)
    quote = await shop.quote(buyer, (sku_id, 1))
    less = {**REDUCTION, "steps": [{"threshold": 10_000, "off_minor": 1_500}]}
    changed = await shop.retail.promotions.change(ChangeOffer(actor=STAFF, offer_id=live.id, terms=json.dumps(less)))
    again = await shop.retail.promotions.change(ChangeOffer(actor=STAFF, offer_id=live.id, terms=json.dumps(less)))

    assert (changed.edition, again.edition) == (2, 2)
    with pytest.raises(QuotePriceChanged):
        await place_it(shop, buyer, quote)
    assert (await shop.quote(buyer, (sku_id, 1))).basket.goods_minor == 8_500


async def test_launching_what_makes_a_cluster_larger_than_six_is_refused_with_the_list(shop: Market) -> None:
    """GEN-R13, PRC-R8: six offers may meet; a seventh that meets none of them is welcome."""
    for number in range(6):
        await launched(shop, {**DISCOUNT, "name": f"第{number}"})
    seventh = await made(shop, {**DISCOUNT, "name": "第七"})
    book = await book_of(shop)

    with pytest.raises(OfferClusterTooLarge) as refused:
        await shop.retail.promotions.launch(LaunchOffer(actor=STAFF, offer_id=seventh.id))
    assert sorted(refused.value.meets) == [f"第{number}" for number in range(6)]
    assert (await book_of(shop)) == book
    assert (await shop.retail.promotions.show(seventh.id)).promotion.state is PromotionState.DRAFT
    later = (shop.clock.now() + timedelta(days=1)).isoformat()
    free = {"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 1, "starts_at": later}
    assert (await launched(shop, free)).is_live


async def test_a_gift_comes_along_as_long_as_it_is_there_and_is_taken_from_stock(shop: Market) -> None:
    """MSC-R3: a line of price 0 which names its offer; nobody is refused for a gift that is gone."""
    buyer, sku_id, gift = await shop.buyer(), await shop.goods("tea", 10_000), await shop.goods("cup", 700, stock=1)
    offer = await launched(
        shop, {"name": "满赠", "name_en": "A gift", "kind": "gift", "from_minor": 10_000, "gift_sku_id": str(gift)}
    )
    quote = await shop.quote(buyer, (sku_id, 1))
    (line,) = (one for one in quote.lines if one.gift)

    assert (line.goods.sku_id, line.base_minor, line.payable_minor, line.gift_of) == (gift, 0, 0, str(offer.id))
    await place_it(shop, buyer, quote)
    assert not [one for one in (await shop.quote(buyer, (sku_id, 1))).lines if one.gift]


async def test_what_is_missing_to_an_offer_is_told_with_the_quote_and_kept_with_it(shop: Market) -> None:
    """PRC-R2, PRC-I6"""
    buyer, sku_id = await shop.buyer(), await shop.goods("tea", 8_800)
    offer = await launched(shop, REDUCTION)
    quote = await shop.quote(buyer, (sku_id, 1))

    (missed,) = quote.basket.rejected_offers
    assert (missed.source_id, missed.reason) == (str(offer.id), "threshold")
    assert (missed.missing_minor, missed.gain_minor) == (1_200, 2_000)
    async with shop.retail.begin() as work:
        assert (await work.quotes.get(quote.id)).basket.rejected_offers == (missed,)  # type: ignore[attr-defined]


async def test_states_and_ids_are_checked_and_nothing_changes(shop: Market) -> None:
    """R35: refused is refused whole."""
    live = await launched(shop, REDUCTION)
    desk, unknown = shop.retail.promotions, OfferId(UUID(int=1))

    with pytest.raises(OfferWrongState):
        await desk.launch(LaunchOffer(actor=STAFF, offer_id=live.id))
    with pytest.raises(OfferNotFound):
        await desk.stop(StopOffer(actor=STAFF, offer_id=unknown))
    with pytest.raises(InvalidInput):
        await desk.change(ChangeOffer(actor=STAFF, offer_id=live.id, terms="{}"))
    view = await desk.show(live.id)
    assert (view.promotion.edition, view.promotion.is_live, view.is_on, view.bound.per_order_minor) == (1, True, True, 2_000)
    assert [one.promotion for one in await desk.list()] == [view.promotion]
    await desk.stop(StopOffer(actor=STAFF, offer_id=live.id))
    with pytest.raises(OfferWrongState):
        await desk.stop(StopOffer(actor=STAFF, offer_id=live.id))


async def test_an_offer_of_a_tier_is_told_of_to_everybody_and_given_to_that_tier(shop: Market) -> None:
    """PRC-R2: tier is what is missing; the ladder need not change any price for it."""
    buyer, sku_id = await shop.buyer(), await shop.goods("tea", 10_000)
    await launched(shop, {**REDUCTION, "tiers": ["gold"]})
    less = [{"threshold": 10_000, "off_minor": 500}]
    await launched(shop, {**REDUCTION, "name": "普通会员", "tiers": ["member"], "steps": less})
    quote = await shop.quote(buyer, (sku_id, 1))

    assert quote.basket.goods_minor == 9_500
    assert [(one.reason, one.tiers) for one in quote.basket.rejected_offers] == [("tier", ("gold",))]
    assert (await place_it(shop, buyer, quote)).payable == quote.payable


async def place_it(shop: Market, buyer: Buyer, quote: Quote) -> Any:
    """Order what was quoted."""
    return await shop.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))


def test_terms_are_kept_and_read_alike_and_what_is_wrong_is_named() -> None:
    """CRT-R7, R35"""
    every = {
        **REDUCTION, "scope": {"sku_ids": [str(UUID(int=3))], "except_brand_ids": [str(UUID(int=4))]}, "priority": 3,
        "starts_at": "2026-01-01T00:00:00+00:00", "ends_at": "2026-02-01T00:00:00+00:00", "exclusive": True,
        "tiers": ["gold"], "order_kinds": ["ordinary", "group"], "count_by": "quantity", "each": True, "times_max": 4,
    }  # fmt: skip
    offer = read_terms(every, OfferId(UUID(int=1)), 7)
    assert kept_offer(json.loads(json.dumps(told_offer(offer)))) == offer

    wrong = {
        "terms.kind": {"kind": "lottery"}, "terms.off_bps": {"off_minor": 5}, "terms.name": {"name": ""},
        "terms.ends_at": {"starts_at": "2026-02-01T00:00:00+00:00", "ends_at": "2026-01-01T00:00:00+00:00"},
        "terms.scope.colour": {"scope": {"colour": []}}, "terms.steps": {"steps": []}, "terms.priority": {"priority": -1},
        "terms.scope.sku_ids": {"scope": {"sku_ids": ["x"]}}, "terms.tiers": {"tiers": "gold"},
    }  # fmt: skip
    for field, told in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            read_terms({**DISCOUNT, **told}, OfferId(UUID(int=1)))
        assert field in [one.field for one in refused.value.problems]


async def test_an_order_that_goes_elsewhere_keeps_the_freight_that_an_offer_waived(shop: Market) -> None:
    """ORD-R5, MSC-R5: also when the offer was stopped meanwhile."""
    goods, buyer = await shop.goods("tea", 4_000), await shop.buyer()
    await shop.freight(800)
    free = await launched(shop, {"name": "包邮", "name_en": "Free delivery", "kind": "free_freight", "from_minor": 1})
    quote = await shop.quote(buyer, (goods, 1))
    order = await place_it(shop, buyer, quote)
    await shop.retail.promotions.stop(StopOffer(actor=STAFF, offer_id=free.id))
    phone = Phone.parse("13800138000")
    typed = ContactAsTyped(recipient="A Buyer", phone=phone, region_code="310000", region="Shanghai", detail="Road 1")
    there = await shop.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))
    sent = RedirectMyOrder(member_id=buyer.id, order_id=order.order_id, address_id=there.address_id)
    await shop.retail.ordering.redirect_mine(sent)

    assert quote.basket.freight_minor == 0
    assert (await shop.retail.ordering.show.show(order.order_id)).freight.minor == 0
