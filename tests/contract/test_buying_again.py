"""What an order holds is wanted once more, on every store alike (再来一单, CRT-R10)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from retail_domain.cart import CartLine, CartOwner, CartTooManyLines
from retail_domain.catalog import SetOnSale
from retail_domain.inventory import AdjustStock
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderNotFound
from retail_domain.pricing import Reason
from retail_domain.processes.purchase.carting import AddToCart, BuyAgain, FilledAgain, ShowCart
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.testing.orders import order_id as some_order_id
from tests.support.market import CLERK, LIMITS, Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    async with open_market(place) as market:
        await market.freight()
        yield market


async def ordered(market: Market, buyer: Buyer, *wanted: tuple[SkuId, int]) -> OrderId:
    quote = await market.quote(buyer, *wanted)
    placed = await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    return placed.order_id


async def again(market: Market, buyer: Buyer, order_id: OrderId, once: Once | None = None) -> FilledAgain:
    return await market.retail.cart.buy_again(BuyAgain(member_id=buyer.id, order_id=order_id, once=once))


async def cart_of(market: Market, buyer: Buyer) -> dict[SkuId, int]:
    """What the cart holds, whether it can be sold now or not."""
    view = await market.retail.cart.show(ShowCart(CartOwner.member(buyer.id)))
    had = {line.goods.sku_id: line.quantity for line in view.basket.lines}
    return had | {line.sku_id: line.quantity for line in view.unavailable}


async def test_the_cart_holds_at_least_what_was_ordered_however_often_it_is_asked(market: Market) -> None:
    """CRT-R10, CRT-R1: what lies there already counts, and is never made less."""
    tea, cup, pot = [await market.goods(code, stock=50) for code in ("TEA", "CUP", "POT")]
    buyer = await market.buyer()
    order_id = await ordered(market, buyer, (tea, 3), (cup, 2))
    for sku_id, quantity in ((tea, 1), (cup, 5), (pot, 1)):
        await market.retail.cart.put(AddToCart(owner=CartOwner.member(buyer.id), line=CartLine(sku_id, quantity)))

    told = [await again(market, buyer, order_id) for _ in range(2)]

    assert [one.left_out for one in told] == [(), ()]
    assert await cart_of(market, buyer) == {tea: 3, cup: 5, pot: 1}
    assert {line.goods.sku_id: line.quantity for line in told[0].cart.basket.lines} == {tea: 3, cup: 5, pot: 1}


async def test_what_is_off_sale_sold_out_or_short_is_named_and_the_rest_is_filled(market: Market) -> None:
    """CRT-R10, CRT-R4: with the reason, and how many could be had; of what is short, those are there."""
    cup, pot, pan = [await market.goods(code, stock=10) for code in ("CUP", "POT", "PAN")]
    buyer = await market.buyer()
    order_id = await ordered(market, buyer, (cup, 3), (pot, 4), (pan, 4))
    await market.retail.catalog.set_on_sale(SetOnSale(product_id=market.products[cup], on_sale=False))
    for sku_id, left in ((pot, 0), (pan, 3)):
        change = AdjustStock(sku_id=sku_id, location="main", change=left - 6, reason="broken", actor=CLERK)
        await market.retail.inventory.adjust(change)

    told = await again(market, buyer, order_id)

    assert {one.sku_id: (one.quantity, one.reason, one.sellable, one.title) for one in told.left_out} == {
        cup: (3, Reason.OFF_SALE, 0, "Goods CUP"), pot: (4, Reason.SOLD_OUT, 0, "Goods POT"),
        pan: (4, Reason.NOT_ENOUGH, 3, "Goods PAN"),
    }  # fmt: skip
    assert await cart_of(market, buyer) == {pan: 3}


async def test_a_limit_of_the_buyer_counts(market: Market) -> None:
    """CRT-R10, GEN-R9: what was bought counts against it."""
    tea = await market.goods("TEA", stock=50, limit=3)
    buyer = await market.buyer()
    order_id = await ordered(market, buyer, (tea, 2))

    told = await again(market, buyer, order_id)

    assert [(one.reason, one.sellable) for one in told.left_out] == [(Reason.LIMIT_REACHED, 1)]
    assert await cart_of(market, buyer) == {tea: 1}


async def test_where_nothing_can_be_had_no_cart_is_begun(market: Market) -> None:
    """CRT-R10."""
    tea = await market.goods("TEA", stock=5)
    buyer = await market.buyer()
    order_id = await ordered(market, buyer, (tea, 5))

    told = await again(market, buyer, order_id)

    assert told.cart.cart_id is None and [one.reason for one in told.left_out] == [Reason.SOLD_OUT]


async def test_a_full_cart_takes_nothing_and_nobody_buys_what_others_ordered(market: Market) -> None:
    """CRT-R1, R33, ORD-I9: a refusal changes nothing."""
    buyer, other = await market.buyer(1), await market.buyer(2)
    goods = [await market.goods(f"G{number}", stock=50) for number in range(LIMITS.lines_max + 1)]
    order_id = await ordered(market, buyer, *((sku_id, 1) for sku_id in goods[-2:]))
    for sku_id in goods[: LIMITS.lines_max - 1]:
        await market.retail.cart.put(AddToCart(owner=CartOwner.member(buyer.id), line=CartLine(sku_id, 1)))
    before = await cart_of(market, buyer)

    with pytest.raises(CartTooManyLines):
        await again(market, buyer, order_id)
    for who, wish in ((other, order_id), (buyer, some_order_id(9))):
        with pytest.raises(OrderNotFound):
            await again(market, who, wish)

    assert await cart_of(market, buyer) == before and await cart_of(market, other) == {}


async def test_under_a_key_it_is_answered_as_the_first_time(market: Market) -> None:
    """R17: the answer is kept as it was."""
    tea = await market.goods("TEA", stock=50)
    buyer = await market.buyer()
    order_id = await ordered(market, buyer, (tea, 2))
    key = Once(principal="member:1", operation="again", key="k", fingerprint="f")

    first = await again(market, buyer, order_id, key)
    await market.retail.catalog.set_on_sale(SetOnSale(product_id=market.products[tea], on_sale=False))

    assert await again(market, buyer, order_id, key) == first
