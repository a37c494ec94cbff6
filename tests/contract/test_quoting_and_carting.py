"""Quotes and carts through the shop's use cases, on every store alike (R32)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.assembly.policies import Policies
from retail_domain.cart import CartGoodsNotFound, CartGoodsOffSale, CartLine, CartNotEnough, CartNotFound, CartOwner
from retail_domain.catalog import (
    CreateProduct,
    Listing,
    PurchaseLimitReached,
    RepriceSku,
    SetOnSale,
    SkuNotFound,
    SkuWish,
)
from retail_domain.inventory import ReceiveStock
from retail_domain.kernel.counting import Allowance, TooOften
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.ordering import CancelOrder, CartAlreadyOrdered
from retail_domain.pricing import (
    FreightTemplateNotFound,
    QuoteAddressNotFound,
    QuoteEmpty,
    QuoteNotFound,
    QuotePriceChanged,
    QuoteQuantityTooLarge,
    QuoteTooManyLines,
    Reason,
    RejectedOffer,
    ShowQuote,
    WantedLine,
    Wish,
)
from retail_domain.pricing.use_cases import ForgetExpiredQuotes, RemoveFreightTemplate
from retail_domain.processes.purchase.carting import (
    AddToCart,
    CartView,
    CreateGuestCart,
    GuestRules,
    MergeGuestCart,
    RemoveFromCart,
    SetCartQuantity,
    ShowCart,
    TakeOutOrdered,
)
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.testing.baskets import sku
from tests.support.market import CLERK, Market, open_market
from tests.support.stores import STORES, HandClock, Place, open_database, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    async with open_market(place) as market:
        yield market


def once(key: str, fingerprint: str = "f") -> Once:
    return Once(principal="member:1", operation="test", key=key, fingerprint=fingerprint)


def why_empty(refused: QuoteEmpty) -> dict[SkuId, tuple[Reason, int]]:
    """For each SKU why it cannot be had, and how many could be."""
    return {line.sku_id: (line.reason, line.sellable) for line in refused.unavailable}


def quantities(view: CartView) -> dict[SkuId, int]:
    return {line.goods.sku_id: line.quantity for line in view.basket.lines}


async def test_a_quote_says_what_goods_and_freight_cost_and_can_be_seen_again(market: Market) -> None:
    """CRT-R7, PRC-I2, R4"""
    tea, buyer = await market.goods("TEA", price_minor=1_999), await market.buyer()
    await market.freight(800)

    quote = await market.quote(buyer, (tea, 3))

    assert (quote.payable.minor, quote.freight.minor) == (3 * 1_999 + 800, 800)
    seen = await market.retail.quoting.show(ShowQuote(member_id=buyer.id, quote_id=quote.id))
    assert (seen.hash, seen.basket, seen.expires_at) == (quote.hash, quote.basket, market.clock.at + timedelta(minutes=15))
    assert seen.lines[0].goods.options == (("size", "M"),)


async def test_lines_of_one_sku_are_judged_and_priced_on_their_sum(market: Market) -> None:
    """R2, CRT-R2"""
    tea, buyer = await market.goods("TEA", stock=5), await market.buyer()

    quote = await market.quote(buyer, (tea, 2), (tea, 3))

    assert [(line.quantity, line.payable_minor) for line in quote.lines] == [(5, 5_000)]
    with pytest.raises(QuoteEmpty) as refused:
        await market.quote(buyer, (tea, 3), (tea, 3))
    assert why_empty(refused.value) == {tea: (Reason.NOT_ENOUGH, 5)}


async def test_what_cannot_be_had_is_listed_apart_with_its_reason(market: Market) -> None:
    """CRT-R4"""
    tea, gone, off = await market.goods("TEA"), await market.goods("GONE", stock=0), await market.goods("OFF")
    buyer = await market.buyer()
    await market.retail.catalog.set_on_sale(SetOnSale(product_id=market.products[off], on_sale=False))

    quote = await market.quote(buyer, (tea, 1), (gone, 1), (off, 1))

    assert [line.goods.sku_id for line in quote.lines] == [tea]
    assert {line.sku_id: line.reason for line in quote.unavailable} == {gone: Reason.SOLD_OUT, off: Reason.OFF_SALE}


async def test_a_used_up_purchase_limit_is_told_by_the_quote_and_the_cart(market: Market) -> None:
    """GEN-R9, CRT-R4: before the order is refused; what an order gives back can be had again."""
    tea, scarce, buyer = await market.goods("TEA"), await market.goods("SCARCE", limit=3), await market.buyer()
    quote = await market.quote(buyer, (scarce, 2))
    placed = await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(scarce, 2)))

    mixed = await market.quote(buyer, (tea, 1), (scarce, 2))
    cart = await market.retail.cart.show(ShowCart(buyer.cart))
    with pytest.raises(QuoteEmpty) as refused:
        await market.quote(buyer, (scarce, 2))
    one_more, other = await market.quote(buyer, (scarce, 1)), await market.quote(await market.buyer(2), (scarce, 3))

    assert [line.goods.sku_id for line in mixed.lines] == [tea]
    assert [(line.sku_id, line.reason, line.sellable) for line in mixed.unavailable] == [(scarce, Reason.LIMIT_REACHED, 1)]
    assert [(line.sku_id, line.reason, line.sellable) for line in cart.unavailable] == [(scarce, Reason.LIMIT_REACHED, 1)]
    assert why_empty(refused.value) == {scarce: (Reason.LIMIT_REACHED, 1)}
    assert len(one_more.lines) == len(other.lines) == 1
    await market.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=placed.order_id))
    assert [line.quantity for line in (await market.quote(buyer, (scarce, 3))).lines] == [3]


async def test_a_basket_of_nothing_but_short_goods_is_refused_with_each_sku_and_what_is_left(market: Market) -> None:
    """CRT-R4, R41: the refusal names every SKU with its reason, and how many there are."""
    few, gone = await market.goods("FEW", stock=2), await market.goods("GONE", stock=0)
    limited, buyer = await market.goods("LIMITED", limit=1), await market.buyer()

    with pytest.raises(QuoteEmpty) as refused:
        await market.quote(buyer, (few, 3), (gone, 1), (limited, 2))

    assert why_empty(refused.value) == {
        few: (Reason.NOT_ENOUGH, 2), gone: (Reason.SOLD_OUT, 0), limited: (Reason.LIMIT_REACHED, 1),
    }  # fmt: skip


async def test_a_region_without_delivery_refuses_the_line(market: Market) -> None:
    """MSC-R5"""
    tea, buyer = await market.goods("TEA"), await market.buyer(region="650102")
    await market.freight(0, "44")

    with pytest.raises(QuoteEmpty) as refused:
        await market.quote(buyer, (tea, 1))

    assert [line.reason for line in refused.value.unavailable] == [Reason.UNDELIVERABLE]


async def test_only_the_owner_sees_a_quote_and_only_own_addresses_are_delivered_to(market: Market) -> None:
    """GEN-R14, R33"""
    tea, alice, bob = await market.goods("TEA"), await market.buyer(1), await market.buyer(2)
    quote = await market.quote(alice, (tea, 1))

    with pytest.raises(QuoteNotFound):
        await market.retail.quoting.show(ShowQuote(member_id=bob.id, quote_id=quote.id))
    with pytest.raises(QuoteAddressNotFound):
        await market.retail.quoting.quote(QuoteBasket(member_id=bob.id, address_id=alice.home, lines=(WantedLine(tea, 1),)))


async def test_asking_twice_under_one_key_gives_one_quote(market: Market) -> None:
    """R17, GEN-R7, PRC-I8"""
    tea, buyer = await market.goods("TEA"), await market.buyer()
    ask = QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=(WantedLine(tea, 1),), once=once("k"))

    first, again = await market.retail.quoting.quote(ask), await market.retail.quoting.quote(ask)

    assert (first.id, first.basket) == (again.id, again.basket)
    other = QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=(WantedLine(tea, 2),), once=once("k", "g"))
    with pytest.raises(KeyReused):
        await market.retail.quoting.quote(other)


async def test_the_limits_of_a_basket_are_settings(market: Market) -> None:
    """CRT-R1"""
    tea, buyer = await market.goods("TEA"), await market.buyer()

    with pytest.raises(QuoteQuantityTooLarge):
        await market.quote(buyer, (tea, 101))
    with pytest.raises(QuoteTooManyLines):
        await market.quote(buyer, *((sku(number), 1) for number in range(4)))


async def test_a_quote_is_of_lines_or_of_the_cart(market: Market) -> None:
    buyer = await market.buyer()

    for lines, from_cart in (((), False), ((WantedLine(sku(1), 1),), True)):
        with pytest.raises(InvalidInput):
            await market.retail.quoting.quote(
                QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines, from_cart=from_cart)
            )
    with pytest.raises(CartNotFound):
        await market.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))


async def test_a_wish_that_cannot_be_granted_is_told_and_does_not_stop_the_quote(market: Market) -> None:
    """PRC-R2"""
    tea, buyer = await market.goods("TEA"), await market.buyer()

    quote = await market.retail.quoting.quote(
        QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=(WantedLine(tea, 1),), wishes=(Wish("coupon", "c"),))
    )

    assert quote.basket.rejected_offers == (RejectedOffer("coupon", "c", "not_offered"),)


@pytest.mark.parametrize("price_minor", [1_001, 999])
async def test_a_price_that_moved_up_or_down_is_answered_with_a_fresh_quote(market: Market, price_minor: int) -> None:
    """CRT-R4, CRT-I2, R7"""
    tea, buyer = await market.goods("TEA"), await market.buyer()
    quote = await market.quote(buyer, (tea, 2))
    await market.retail.catalog.reprice(RepriceSku(sku_id=tea, price_minor=price_minor))

    with pytest.raises(QuotePriceChanged) as refused:
        await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))

    fresh_id, fresh_hash = refused.value.fresh_quote_id, refused.value.fresh_hash
    assert fresh_id is not None and fresh_hash is not None
    placed = await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=fresh_id, hash=fresh_hash))
    assert placed.payable.minor == 2 * price_minor


async def test_freight_that_changed_since_the_quote_is_answered_with_a_fresh_quote(market: Market) -> None:
    """CRT-R4: the offers version; CRT-I2"""
    tea, buyer = await market.goods("TEA"), await market.buyer()
    quote = await market.quote(buyer, (tea, 1))
    template = await market.freight(700)

    with pytest.raises(QuotePriceChanged) as refused:
        await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))

    assert refused.value.fresh_quote_id is not None
    fresh = await market.retail.quoting.show(ShowQuote(member_id=buyer.id, quote_id=refused.value.fresh_quote_id))
    assert fresh.freight.minor == 700
    await market.retail.quoting.remove_freight_template(RemoveFreightTemplate(template_id=template.id, actor=CLERK))
    with pytest.raises(FreightTemplateNotFound):
        await market.retail.quoting.remove_freight_template(RemoveFreightTemplate(template_id=template.id, actor=CLERK))
    assert await market.retail.quoting.freight_templates() == ()


async def test_quotes_that_expired_long_ago_are_forgotten(market: Market) -> None:
    tea, buyer = await market.goods("TEA"), await market.buyer()
    quote = await market.quote(buyer, (tea, 1))
    market.clock.pass_(timedelta(days=3))

    assert await market.retail.quoting.forget_expired(ForgetExpiredQuotes()) == 1

    with pytest.raises(QuoteNotFound):
        await market.retail.quoting.show(ShowQuote(member_id=buyer.id, quote_id=quote.id))


async def test_a_member_fills_a_cart_and_sees_todays_prices(market: Market) -> None:
    """CRT-R1, CRT-R4"""
    tea, pot, buyer = await market.goods("TEA"), await market.goods("POT", price_minor=5_000), await market.buyer()
    assert (await market.retail.cart.show(ShowCart(buyer.cart))).cart_id is None

    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1)))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 2)))
    await market.retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(pot, 2)))
    await market.retail.catalog.reprice(RepriceSku(sku_id=tea, price_minor=1_100))

    view = await market.retail.cart.show(ShowCart(buyer.cart))
    assert quantities(view) == {tea: 3, pot: 2}
    assert view.basket.goods_minor == 3_300 + 10_000
    removed = await market.retail.cart.remove(RemoveFromCart(owner=buyer.cart, sku_id=tea))
    assert quantities(removed) == {pot: 2}


async def test_goods_that_are_gone_stay_in_the_cart_apart(market: Market) -> None:
    """CRT-R4: not silently deleted."""
    tea, buyer = await market.goods("TEA"), await market.buyer()
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 4)))

    await market.retail.catalog.set_on_sale(SetOnSale(product_id=market.products[tea], on_sale=False))

    view = await market.retail.cart.show(ShowCart(buyer.cart))
    assert (view.basket.lines, view.unavailable[0].sku_id, view.unavailable[0].reason) == ((), tea, Reason.OFF_SALE)
    with pytest.raises(CartGoodsOffSale):
        await market.retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, 1)))


async def test_more_than_there_is_does_not_go_into_a_cart_and_nothing_is_reserved(market: Market) -> None:
    """CRT-R2, CRT-R3"""
    tea, alice, bob = await market.goods("TEA", stock=5), await market.buyer(1), await market.buyer(2)
    await market.retail.cart.put(AddToCart(owner=alice.cart, line=CartLine(tea, 3)))

    with pytest.raises(CartNotEnough):
        await market.retail.cart.put(AddToCart(owner=alice.cart, line=CartLine(tea, 3)))
    await market.retail.cart.put(AddToCart(owner=bob.cart, line=CartLine(tea, 5)))

    assert quantities(await market.retail.cart.show(ShowCart(bob.cart))) == {tea: 5}
    with pytest.raises(CartGoodsNotFound):
        await market.retail.cart.put(AddToCart(owner=bob.cart, line=CartLine(sku(1), 1)))


async def test_adding_under_one_key_adds_once(market: Market) -> None:
    """R17, GEN-R7"""
    tea, buyer = await market.goods("TEA"), await market.buyer()
    add = AddToCart(owner=buyer.cart, line=CartLine(tea, 2), once=once("k"))

    first, again = await market.retail.cart.put(add), await market.retail.cart.put(add)

    assert first == again
    assert quantities(await market.retail.cart.show(ShowCart(buyer.cart))) == {tea: 2}


async def test_goods_added_at_the_same_time_are_all_there(market: Market) -> None:
    """GEN-R8, R31: a member's first cart comes to be once, and no addition is lost."""
    tea, buyer = await market.goods("TEA"), await market.buyer()

    await asyncio.gather(*(market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1))) for _ in range(6)))

    assert quantities(await market.retail.cart.show(ShowCart(buyer.cart))) == {tea: 6}


async def test_a_guests_cart_comes_along_at_login_once(market: Market) -> None:
    """CRT-R6, CRT-I1, CRT-R8"""
    tea, pot, buyer = await market.goods("TEA"), await market.goods("POT"), await market.buyer()
    token = (await market.retail.cart.create_guest_cart(CreateGuestCart())).token
    guest = CartOwner.guest(token)
    await market.retail.cart.put(AddToCart(owner=guest, line=CartLine(tea, 2)))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1)))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(pot, 1)))

    merged = await market.retail.cart.merge(MergeGuestCart(member_id=buyer.id, guest=guest))
    again = await market.retail.cart.merge(MergeGuestCart(member_id=buyer.id, guest=guest))

    assert quantities(merged) == quantities(again) == {tea: 3, pot: 1}
    with pytest.raises(CartNotFound):
        await market.retail.cart.show(ShowCart(guest))


async def test_carts_that_are_merged_and_changed_at_the_same_time_lose_nothing_and_refuse_nobody(market: Market) -> None:
    """CRT-R6, CRT-I1, R31: a member's devices log in at once, each with the guest's cart or one of its own."""
    cart, other = market.retail.cart, await market.goods("OTHER")
    goods = [await market.goods(f"G{number}") for number in range(2)]

    for number in range(12):
        buyer = await market.buyer(number + 1)
        await cart.put(AddToCart(owner=buyer.cart, line=CartLine(other, 1)))  # their cart is there already
        first, second = [CartOwner.guest((await cart.create_guest_cart(CreateGuestCart())).token) for _ in range(2)]
        for guest in (first, second):
            for sku_id in goods:
                await cart.put(AddToCart(owner=guest, line=CartLine(sku_id, 1)))

        await asyncio.gather(
            cart.merge(MergeGuestCart(member_id=buyer.id, guest=first)),
            cart.merge(MergeGuestCart(member_id=buyer.id, guest=first)),
            cart.merge(MergeGuestCart(member_id=buyer.id, guest=second)),
            cart.put(AddToCart(owner=buyer.cart, line=CartLine(goods[0], 1))),
        )

        assert quantities(await cart.show(ShowCart(buyer.cart))) == {other: 1, goods[0]: 3, goods[1]: 2}


async def test_a_guests_cart_goes_to_one_member_only(market: Market) -> None:
    """CRT-R6, R33"""
    tea, alice, bob = await market.goods("TEA"), await market.buyer(1), await market.buyer(2)
    guest = CartOwner.guest((await market.retail.cart.create_guest_cart(CreateGuestCart())).token)
    await market.retail.cart.put(AddToCart(owner=guest, line=CartLine(tea, 2)))

    tries = [market.retail.cart.merge(MergeGuestCart(member_id=who.id, guest=guest)) for who in (alice, bob)]
    told = await asyncio.gather(*tries, return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in told) == ["CartNotFound", "CartView"]
    carts = [quantities(await market.retail.cart.show(ShowCart(who.cart))) for who in (alice, bob)]
    assert sorted(carts, key=len) == [{}, {tea: 2}]
    with pytest.raises(CartNotFound):
        await market.retail.cart.merge(MergeGuestCart(member_id=alice.id, guest=CartOwner.guest("made up")))


async def test_what_was_ordered_from_the_cart_leaves_it(market: Market) -> None:
    """CRT-R7: the quote knows its cart; what was added since stays."""
    tea, pot, buyer = await market.goods("TEA"), await market.goods("POT"), await market.buyer()
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 2)))
    quote = await market.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 1)))
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(pot, 1)))
    assert quote.cart is not None and quote.cart.version == 1

    ordered = tuple(WantedLine(line.goods.sku_id, line.quantity) for line in quote.lines)
    await market.retail.cart.take_out(TakeOutOrdered(cart_id=quote.cart.cart_id, lines=ordered))

    assert quantities(await market.retail.cart.show(ShowCart(buyer.cart))) == {tea: 1, pot: 1}


async def test_a_purchase_limit_counts_all_kinds_of_the_goods_together(market: Market) -> None:
    """R2, GEN-R9: two small and two large ones are four of the goods."""
    buyer = await market.buyer()
    small, large = await _small_and_large(market, purchase_limit=3)
    two_small, two_large = await market.quote(buyer, (small, 2)), await market.quote(buyer, (large, 2))

    await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=two_small.id, hash=two_small.hash))
    with pytest.raises(PurchaseLimitReached):
        await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=two_large.id, hash=two_large.hash))
    with pytest.raises(QuoteEmpty):
        await market.quote(buyer, (small, 1), (large, 1))


async def test_an_order_of_several_kinds_takes_all_its_units_from_the_purchase_limit(market: Market) -> None:
    """R2, GEN-R9: two baskets of a small and a large one were both quoted; only one of them fits below a limit of three."""
    buyer = await market.buyer()
    small, large = await _small_and_large(market, purchase_limit=3)
    quotes = [await market.quote(buyer, (small, 1), (large, 1)) for _ in range(2)]
    first, second = (PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash) for quote in quotes)

    await market.retail.checkout.place(first)
    with pytest.raises(PurchaseLimitReached):
        await market.retail.checkout.place(second)


async def _small_and_large(market: Market, *, purchase_limit: int) -> tuple[SkuId, ...]:
    kinds = tuple(SkuWish(code=f"tea-{size}", price_minor=1_000, options=(("size", size),)) for size in ("S", "L"))
    wish = CreateProduct(code="tea", listing=Listing(title="Tea", purchase_limit=purchase_limit), skus=kinds, on_sale=True)
    sku_ids = (await market.retail.catalog.create(wish)).sku_ids
    for sku_id in sku_ids:
        arrived = ReceiveStock(sku_id=sku_id, location="main", quantity=9, reference="note", actor=CLERK)
        await market.retail.inventory.receive(arrived)
    return sku_ids


async def test_a_version_of_a_cart_that_was_ordered_is_not_ordered_again_by_another_quote(market: Market) -> None:
    """R18: the refusal names the order that came of it."""
    buyer, cup = await market.buyer(), await market.goods("cup")
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(cup, 2)))
    asks = []
    for _ in range(2):
        quote = await market.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
        asks.append(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))

    placed = await market.retail.checkout.place(asks[0])
    with pytest.raises(CartAlreadyOrdered) as refused:
        await market.retail.checkout.place(asks[1])

    assert refused.value.order_id == placed.order_id


async def test_accepting_a_quote_twice_is_one_order(market: Market) -> None:
    """R18, GEN-R7: a quote is its own key; the second acceptance is answered with the order that is there."""
    buyer, cup = await market.buyer(), await market.goods("cup", stock=2)
    quote = await market.quote(buyer, (cup, 2))
    ask = PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash)

    first, second = await market.retail.checkout.place(ask), await market.retail.checkout.place(ask)

    assert first == second


async def test_goods_that_nobody_sells_get_no_shelf(market: Market) -> None:
    """A pasted id of something else must not become stock that no page ever shows."""
    arrived = ReceiveStock(sku_id=sku(404), location="main", quantity=9, reference="note", actor=CLERK)

    with pytest.raises(SkuNotFound):
        await market.retail.inventory.receive(arrived)

    assert await market.retail.inventory.show.stock_of([sku(404)]) == []


async def test_merged_carts_keep_to_the_purchase_limit(market: Market) -> None:
    """CRT-R6, CRT-R1: two of a member and two of a guest are three where three are allowed; and at least one is left."""
    buyer = await market.buyer()
    wish = SkuWish(code="tea", price_minor=1_000)
    made = await market.retail.catalog.create(
        CreateProduct(code="tea", listing=Listing(title="Tea", purchase_limit=3), skus=(wish,), on_sale=True)
    )
    (tea,) = made.sku_ids
    arrived = ReceiveStock(sku_id=tea, location="main", quantity=9, reference="note", actor=CLERK)
    await market.retail.inventory.receive(arrived)
    guest = await market.retail.cart.create_guest_cart(CreateGuestCart())
    for owner in (buyer.cart, CartOwner.guest(guest.token)):
        await market.retail.cart.put(AddToCart(owner=owner, line=CartLine(tea, 2)))

    view = await market.retail.cart.merge(MergeGuestCart(member_id=buyer.id, guest=CartOwner.guest(guest.token)))

    assert [(line.goods.sku_id, line.quantity) for line in view.basket.lines] == [(tea, 3)]
    assert view.unavailable == ()


async def test_a_quantity_set_right_after_an_order_is_what_stays_when_the_worker_tidies_up(market: Market) -> None:
    """CRT-R9: over the store and the worker; also when it is as many as were ordered, and again with the next order."""
    tea, buyer = await market.goods("tidy", stock=50), await market.buyer()
    await market.retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 2)))
    for wished in (2, 5):
        quote = await market.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
        await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
        await market.retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, wished)))

        while await market.retail.background.deliver_next():
            continue

        (line,) = (await market.retail.cart.show(ShowCart(owner=buyer.cart))).basket.lines
        assert (line.goods.sku_id, line.quantity) == (tea, wished)


async def test_an_address_line_begins_so_many_guests_carts_and_a_repeat_counts_once(place: Place) -> None:
    """ACC-R7: each line has its own share, what is refused stores nothing, and the window opens again."""
    clock = HandClock()
    rules = GuestRules(carts_per_address=(Allowance(most=2, within=timedelta(hours=1)),))
    outside = Outside(clock=clock, policies=Policies(guests=rules))
    async with AsyncExitStack() as open_:
        database = None if place.kind == "memory" else await open_.enter_async_context(open_database(place))
        begin = (on_memory(outside) if database is None else on_database(database, outside)).cart.create_guest_cart
        keyed = Once(principal="guest", operation="begin", key="K", fingerprint="body")
        first, again = [await begin(CreateGuestCart(client="192.0.2.1", once=keyed)) for _ in range(2)]
        await begin(CreateGuestCart(client="192.0.2.1"))
        with pytest.raises(TooOften) as refused:
            await begin(CreateGuestCart(client="192.0.2.1"))
        assert await begin(CreateGuestCart(client="192.0.2.1", once=keyed)) == first == again
        await begin(CreateGuestCart(client="198.51.100.7"))
        clock.pass_(timedelta(seconds=refused.value.retry_after_seconds))
        await begin(CreateGuestCart(client="192.0.2.1"))

    assert refused.value.retry_after_seconds == 3_600
