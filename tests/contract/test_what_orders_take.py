"""What orders take, on every store alike (R32): campaign quotas, two lines of one SKU, lines from several places."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from retail_domain.cart import CartLine
from retail_domain.catalog import PurchaseLimitReached, SkuNotFound
from retail_domain.inventory import CloseQuota, QuotaNotFound, QuotaTooSmall, SetQuota, SoldOut
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    OrderGoodsInSeveralLines,
    OrderGoodsInSeveralPlaces,
    OrderNoSuchLine,
    OrderStatus,
    OrderTooManyUnits,
    OrderWrongState,
    Units,
)
from retail_domain.pricing import QuoteEmpty, QuotePriceChanged, Reason
from retail_domain.processes.purchase.carting import AddToCart, SetCartQuantity, ShowCart
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.testing.baskets import sku
from tests.support.histories import LIMIT, STOCK, Campaign, Ground, ground_on
from tests.support.market import CLERK
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    return place_of(request)


@pytest.fixture
async def ground(place: Place) -> AsyncIterator[Ground]:
    """A shop with one warehouse."""
    async with ground_on(place) as ground:
        yield ground


@pytest.fixture
async def campaign(ground: Ground) -> Campaign:
    """Goods without a quota, and a buyer."""
    return await ground.campaign()


@pytest.fixture
async def two_places(place: Place) -> AsyncIterator[Campaign]:
    """Goods at two warehouses, six each, where lines may be split."""
    async with ground_on(place, split=True) as ground:
        yield await ground.campaign()


async def taken(campaign: Campaign) -> int:
    async with campaign.begin() as work:
        return int((await work.quotas.claim([campaign.goods[0]]))[campaign.goods[0]].taken)


async def lines_of(campaign: Campaign, order_id: OrderId) -> list[tuple[SkuId, int, int, int]]:
    view = await campaign.market.retail.ordering.show.show(order_id)
    return [(line.sku_id, line.quantity, line.shipped, line.refunded) for line in view.lines]


# ---- campaigns -----------------------------------------------------------------------------------------------------


async def test_quota_and_stock_are_taken_together_and_go_back_together(campaign: Campaign) -> None:
    """STK-R7: what stock has and the quota has not any more is sold out, and the other way round."""
    await campaign.set_quota(4)
    wide, narrow = await campaign.quote(3), await campaign.quote(1)
    order = await campaign.place(await campaign.quote(1))
    with pytest.raises(SoldOut) as refused:
        await campaign.place(wide)
    assert refused.value.sku_ids == (campaign.goods[0],)
    await campaign.place(narrow)
    assert await taken(campaign) == 2

    await campaign.market.retail.ordering.cancel(CancelOrder(member_id=campaign.buyer.id, order_id=order))

    assert await taken(campaign) == 1
    await campaign.check()


@pytest.mark.parametrize(
    ("before", "then", "is_asked_again"),
    [("none", "open", True), ("over", "open", True), ("open", "end", True), ("open", "open", False), ("over", "end", False)],
)
async def test_a_campaign_that_begins_or_ends_is_asked_about_again_and_one_that_is_resized_is_not(
    campaign: Campaign, before: str, then: str, is_asked_again: bool
) -> None:
    """R7: the fresh quote says so, and can be ordered."""
    if before != "none":
        await campaign.set_quota(5)
    if before == "over":
        await campaign.end_quota()
    quote = await campaign.quote(1)
    await (campaign.set_quota(6) if then == "open" else campaign.end_quota())

    if not is_asked_again:
        assert await campaign.place(quote)
        return
    with pytest.raises(QuotePriceChanged) as told:
        await campaign.place(quote)
    id, hash = told.value.fresh_quote_id, told.value.fresh_hash
    assert id is not None and hash is not None and hash != quote.hash
    again = PlaceOrder(member_id=campaign.buyer.id, quote_id=id, hash=hash)
    campaign.orders.append((await campaign.market.retail.checkout.place(again)).order_id)
    await campaign.check()


async def test_one_that_opens_anew_is_another_one(campaign: Campaign) -> None:
    """R7: though it looks the same."""
    await campaign.set_quota(5)
    quote = await campaign.quote(1)
    await campaign.end_quota()
    await campaign.set_quota(5)
    with pytest.raises(QuotePriceChanged):
        await campaign.place(quote)


async def test_a_batch_of_orders_shares_what_is_left(ground: Ground, campaign: Campaign) -> None:
    """R1, STK-R4: each in its turn, the last one is told that nothing is left."""
    await campaign.set_quota(4)
    quotes = [await campaign.quote(1) for _ in range(6)]
    asks = [PlaceOrder(member_id=campaign.buyer.id, quote_id=one.id, hash=one.hash) for one in quotes]

    answers = await ground.batch(asks)

    assert [type(one) for one in answers] == [Placed] * 4 + [SoldOut] * 2
    campaign.orders += [one.order_id for one in answers[:4]]
    assert await taken(campaign) == 4
    await campaign.check()


async def test_what_staff_may_not_do_with_a_quota_is_refused_by_name(campaign: Campaign) -> None:
    """STK-R7, GEN-R7: and leaves it as it was."""
    inventory, goods = campaign.market.retail.inventory, campaign.goods[0]
    with pytest.raises(SkuNotFound):
        await inventory.set_quota(SetQuota(sku_id=sku(99), size=5, actor=CLERK))
    with pytest.raises(QuotaNotFound):
        await inventory.close_quota(CloseQuota(sku_id=goods, actor=CLERK))
    with pytest.raises(InvalidInput):
        await campaign.set_quota(-1)
    await campaign.set_quota(5)
    await campaign.place(await campaign.quote(1))
    with pytest.raises(QuotaTooSmall):
        await campaign.set_quota(0)
    stands = await inventory.set_quota(SetQuota(sku_id=goods, size=1, actor=CLERK))
    assert (stands.size, stands.taken, stands.is_open) == (1, 1, True)


async def test_the_same_request_again_has_the_same_answer(campaign: Campaign) -> None:
    """R17, GEN-R7"""
    inventory, goods = campaign.market.retail.inventory, campaign.goods[0]
    key = Once(principal="staff:1", operation="quota.set", key="k", fingerprint="5")
    wish = SetQuota(sku_id=goods, size=5, actor=CLERK, once=key)

    first = await inventory.set_quota(wish)
    await campaign.set_quota(6)

    assert await inventory.set_quota(wish) == first
    with pytest.raises(KeyReused):
        await inventory.set_quota(SetQuota(
            sku_id=goods, size=4, actor=CLERK, once=Once(principal="staff:1", operation="quota.set", key="k", fingerprint="4")
        ))  # fmt: skip


# ---- two lines of one SKU ------------------------------------------------------------------------------------------


async def test_a_gift_is_a_line_of_its_own_and_costs_nothing(campaign: Campaign) -> None:
    """PRC-I1, CRT-R7: its units are promised like others; quoted again, it is not asked for twice."""
    quote = await campaign.quote(2)

    order_id = await campaign.place(quote)

    assert [(line.quantity, line.gift, line.payable_minor) for line in quote.lines] == [
        (2, False, 2_000), (1, False, 1_000), (1, True, 0),
    ]  # fmt: skip
    assert [line.sku_id for line in quote.wanted] == list(campaign.goods)
    assert await lines_of(campaign, order_id) == [
        (campaign.goods[0], 2, 0, 0), (campaign.goods[1], 1, 0, 0), (campaign.goods[0], 1, 0, 0),
    ]  # fmt: skip
    await campaign.check()


async def test_each_line_is_shipped_and_paid_back_by_its_number(campaign: Campaign) -> None:
    """R3: what is said of the gift is not done to what was bought, and the other way round."""
    await campaign.set_quota(5)
    order_id = await campaign.place(await campaign.quote(2))
    await campaign.pay(order_id)
    bought, _ = campaign.goods

    await campaign.ship(order_id, Units(bought, 1, 3))
    await campaign.check()
    await campaign.refund(order_id, Units(bought, 1, 1))
    await campaign.check()

    assert [(shipped, back) for _, _, shipped, back in await lines_of(campaign, order_id)] == [(0, 1), (0, 0), (1, 0)]
    assert await taken(campaign) == 2
    parcels = await campaign.market.retail.fulfilment.show.of_order(order_id)
    assert [(one.sku_id, one.quantity, one.line) for one in parcels[0].units] == [(bought, 1, 3)]


async def test_a_sku_that_stands_in_two_lines_does_not_say_which(campaign: Campaign) -> None:
    """Refused, not guessed; a line that holds other goods is not there."""
    order_id = await campaign.place(await campaign.quote(2))
    await campaign.pay(order_id)
    bought, other = campaign.goods
    for act in (campaign.ship, campaign.refund):
        with pytest.raises(OrderGoodsInSeveralLines) as refused:
            await act(order_id, Units(bought, 1))
        assert refused.value.lines == (1, 3)
        for line in (2, 4):
            with pytest.raises(OrderNoSuchLine) as elsewhere:
                await act(order_id, Units(bought, 1, line))
            assert elsewhere.value.facts() == {"sku_id": bought, "line": line}
        await act(order_id, Units(other, 1))
        with pytest.raises(InvalidInput):
            await act(order_id, Units(bought, 1, 1), Units(bought, 1, 1))


async def test_the_cart_is_emptied_of_what_was_asked_for_only(campaign: Campaign) -> None:
    """CRT-R9: more of the same was added since; the gift was never in it."""
    retail, buyer, tea = campaign.market.retail, campaign.buyer, campaign.goods[0]
    await retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, 2)))
    quote = await retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    await retail.cart.put(AddToCart(owner=buyer.cart, line=CartLine(tea, 3)))

    await campaign.place(quote)
    while await retail.background.deliver_next():
        continue

    view = await retail.cart.show(ShowCart(buyer.cart))
    assert [line.quantity for line in view.basket.lines if not line.gift] == [3]


async def test_a_quantity_that_was_set_since_the_quote_stays_whole(campaign: Campaign) -> None:
    """CRT-R9: who says how many there shall be has said it after the order was asked for."""
    retail, buyer, tea = campaign.market.retail, campaign.buyer, campaign.goods[0]
    await retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, 2)))
    quote = await retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
    await retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, 3)))

    await campaign.place(quote)
    while await retail.background.deliver_next():
        continue

    view = await retail.cart.show(ShowCart(buyer.cart))
    assert [line.quantity for line in view.basket.lines if not line.gift] == [3]


@pytest.mark.parametrize(("stock", "most"), [(STOCK, STOCK), (3 * LIMIT, LIMIT)], ids=["stock", "limit"])
async def test_a_gift_that_cannot_be_had_is_left_out(ground: Ground, stock: int, most: int) -> None:
    """CRT-R4, R2: the last units, or the last within a limit, are sold without it; nobody is refused for a gift."""
    campaign = await ground.campaign(stock=stock)
    for units, gifts in ((most, 0), (most - 1, 1)):
        quote = await campaign.quote(units)
        assert [line.quantity for line in quote.lines if line.gift] == [1] * gifts
    order_id = await campaign.place(await campaign.quote(most))
    assert [quantity for _, quantity, _, _ in await lines_of(campaign, order_id)] == [most, 1]
    await campaign.check()


async def test_a_purchase_limit_counts_both_lines(ground: Ground) -> None:
    """R2, GEN-R9: eight bought and a gift are nine."""
    campaign = await ground.campaign(stock=3 * LIMIT)
    late = await campaign.quote(1)
    order_id = await campaign.place(await campaign.quote(LIMIT - 1))
    with pytest.raises(PurchaseLimitReached):
        await campaign.place(late)
    with pytest.raises(QuoteEmpty) as refused:
        await campaign.market.quote(campaign.buyer, (campaign.goods[0], 1))
    assert [line.reason for line in refused.value.unavailable] == [Reason.LIMIT_REACHED]
    await campaign.pay(order_id)
    await campaign.refund(order_id, Units(campaign.goods[0], 1, 3))
    await campaign.place(await campaign.market.quote(campaign.buyer, (campaign.goods[0], 1)))
    await campaign.check()


# ---- several places -----------------------------------------------------------------------------------------------


async def test_without_splitting_an_order_comes_from_one_place(place: Place) -> None:
    """STK-R5: the most one place has is what can be sold."""
    async with ground_on(place, split=False) as ground:
        campaign = await ground.campaign()
        with pytest.raises(QuoteEmpty) as refused:
            await campaign.market.quote(campaign.buyer, (campaign.goods[0], STOCK + 1))
    assert [(line.reason, line.sellable) for line in refused.value.unavailable] == [(Reason.NOT_ENOUGH, STOCK)]


async def test_a_line_is_drawn_from_as_many_places_as_it_takes(two_places: Campaign) -> None:
    """STK-R5, R3: the quote counts them together; with one more it is not enough."""
    goods = two_places.goods[0]
    quote = await two_places.market.quote(two_places.buyer, (goods, STOCK + 2))
    order_id = await two_places.place(quote)
    shelves = await two_places.market.retail.inventory.show.stock_of([goods])
    assert [(shelf.location_code, shelf.reserved) for shelf in shelves] == [("main", STOCK), ("north", 3)]
    await two_places.check()

    await two_places.market.retail.ordering.cancel(CancelOrder(member_id=two_places.buyer.id, order_id=order_id))
    await two_places.check()


async def test_a_parcel_leaves_from_the_place_that_is_named(two_places: Campaign) -> None:
    """STK-R5, FUL-R1: units that lie in two places, or not where it is said, do not leave; what left is noted with its place,
    also where it is the only one and nobody named it.
    """
    main, north = two_places.places
    goods = two_places.goods[0]
    order_id = await two_places.place(await two_places.market.quote(two_places.buyer, (goods, STOCK + 2)))
    await two_places.pay(order_id)

    with pytest.raises(OrderGoodsInSeveralPlaces) as refused:
        await two_places.ship(order_id, Units(goods, 1, 1))
    assert set(refused.value.location_ids) == {main, north}
    with pytest.raises(OrderGoodsInSeveralPlaces):
        await two_places.ship(order_id)
    with pytest.raises(OrderTooManyUnits) as too_many:
        await two_places.ship(order_id, Units(goods, 3, 1), place=north)
    assert too_many.value.left == 2
    with pytest.raises(OrderGoodsInSeveralPlaces) as elsewhere:
        await two_places.ship(order_id, Units(goods, 1, 2), place=main)
    assert elsewhere.value.location_ids == (north,)
    with pytest.raises(OrderGoodsInSeveralPlaces) as both:
        await two_places.ship(order_id, Units(goods, 1, 1), Units(goods, 1, 2), place=main)
    assert set(both.value.location_ids) == {main, north}
    await two_places.check()

    await two_places.ship(order_id, Units(goods, 4, 1), place=main)
    await two_places.check()
    await two_places.ship(order_id, place=north)  # everything that is left there, the gift too
    await two_places.check()
    await two_places.ship(order_id)  # what is left lies in one place
    await two_places.check()

    parcels = await two_places.market.retail.fulfilment.show.of_order(order_id)
    assert [[(one.line, one.quantity, one.location_id) for one in parcel.units] for parcel in parcels] == [
        [(1, 4, main)], [(1, 2, north), (2, 1, north)], [(1, 2, main)],
    ]  # fmt: skip
    view = await two_places.market.retail.ordering.show.show(order_id)
    assert view.status is OrderStatus.SHIPPED
    with pytest.raises(OrderWrongState):
        await two_places.ship(order_id, place=north)


async def test_everything_that_is_left_does_not_leave_from_where_nothing_lies(two_places: Campaign) -> None:
    """The refusal says where it does lie; an order that cannot be shipped at all says that."""
    main, north = two_places.places
    order_id = await two_places.place(await two_places.quote(2))
    with pytest.raises(OrderWrongState):
        await two_places.ship(order_id, place=north)
    await two_places.pay(order_id)

    with pytest.raises(OrderGoodsInSeveralPlaces) as refused:
        await two_places.ship(order_id, place=north)
    assert refused.value.location_ids == (main,)

    await two_places.ship(order_id)
    (parcel,) = await two_places.market.retail.fulfilment.show.of_order(order_id)
    assert {one.location_id for one in parcel.units} == {main}


async def test_units_that_are_paid_back_go_back_to_where_they_lie(two_places: Campaign) -> None:
    """R3, GEN-R11: in part, and when the whole order is called off."""
    goods = two_places.goods[0]
    orders = [
        await two_places.place(await two_places.market.quote(two_places.buyer, (goods, units))) for units in (STOCK - 1, 2)
    ]
    await two_places.pay(orders[0])
    await two_places.refund(orders[0], Units(goods, 3, 1))
    await two_places.check()
    retail = two_places.market.retail
    await retail.ordering.close(CloseOrder(order_id=orders[0], reason="x", actor=CLERK))
    await two_places.check()
    await retail.ordering.close(CloseOrder(order_id=orders[1], reason="x", actor=CLERK))
    await two_places.check()
    assert [shelf.reserved for shelf in await retail.inventory.show.stock_of([goods])] == [0, 0]
