"""Points as money, in a whole shop, on every store: held, spent, given back (PRC-I7, PTS-R7, PTS-I4, PTS-I5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from retail_adapters.payments import counter_gateway
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.ordering import CancelOrder, ConfirmReceipt, OrderStatus, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.points import AdjustPoints, PointsBalance
from retail_domain.pricing import POINTS, Quote, QuotePriceChanged, Stage, WantedLine, Wish
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.settings import ChangeSettings
from tests.support.market import CLERK, Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

DAY = timedelta(days=1)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop in which 100 points are 1.00, for half of what goods cost."""
    async with open_market(place, gateways={"counter": counter_gateway("a secret that only tests know")}) as market:
        await rules(market, **{"points.unit_worth": 100})
        yield market


async def rules(market: Market, **values: Any) -> None:
    """Set these from now on."""
    await market.retail.settings.change(ChangeSettings(actor=CLERK, values=values, reason="because"))


async def rich(market: Market, points: int = 1_050) -> Buyer:
    """A buyer with points."""
    buyer = await market.buyer()
    await market.retail.points.adjust(
        AdjustPoints(member_id=buyer.id, points=points, reason="hello", actor=Actor.system("till"))
    )
    return buyer


async def quoted(market: Market, buyer: Buyer, points: int, *wanted: Any) -> Quote:
    """What these goods cost with so many points."""
    lines = tuple(WantedLine(sku_id, quantity) for sku_id, quantity in wanted)
    wishes = (Wish(POINTS, "", points),)
    return await market.retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines, wishes=wishes))


async def placed(market: Market, buyer: Buyer, quote: Quote) -> OrderId:
    """The order of that quote."""
    done = await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    return done.order_id


async def pay(market: Market, buyer: Buyer, order_id: OrderId) -> None:
    """At the counter."""
    due = await market.retail.payments.start(
        StartPayment(member_id=buyer.id, order_id=order_id, gateway="counter", flow=Flow.COUNTER)
    )
    await market.retail.payments.confirm_counter(
        ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
    )


async def stands(market: Market, buyer: Buyer) -> tuple[int, int]:
    """What can be spent, and what orders hold."""
    now: PointsBalance = await market.retail.points.balance(buyer.id)
    return now.available, now.locked


def took(quote: Quote) -> tuple[int, int]:
    """What points took off, and how many of them."""
    off = -sum(share.amount_minor for share in quote.basket.by_source() if share.stage is Stage.POINTS)
    return off, sum(ground.quantity for ground in quote.grounds if ground.kind == POINTS)


async def test_as_many_are_used_as_are_there_wanted_and_allowed(market: Market) -> None:
    """PRC-I7: whole units only, never more than wanted, and never more than a half; too many are not refused."""
    buyer, tea = await rich(market), await market.goods("tea", price_minor=3_000)

    assert took(await quoted(market, buyer, 10**9, (tea, 1))) == (1_000, 1_000)
    assert took(await quoted(market, buyer, 350, (tea, 1))) == (300, 300)
    await rules(market, **{"points.spend_bps": 2_000})
    assert took(await quoted(market, buyer, 10**9, (tea, 1))) == (600, 600)
    await rules(market, **{"points.spend_most": 250})
    assert took(await quoted(market, buyer, 10**9, (tea, 1))) == (200, 200)
    await rules(market, **{"points.spend_unit": 1_000})
    assert took(await quoted(market, buyer, 10**9, (tea, 1))) == (100, 1_000)


@pytest.mark.parametrize(
    ("given", "asked", "reason"),
    [
        ({}, 99, "too_few_points"),
        ({"points.unit_worth": 0}, 500, "not_accepted"),
        ({"points.spend_bps": 1}, 500, "too_small_a_basket"),
    ],
)
async def test_why_no_points_were_used_is_said(market: Market, given: dict[str, int], asked: int, reason: str) -> None:
    """PRC-R2: and the price is the one without them."""
    buyer, tea = await rich(market), await market.goods("tea", price_minor=3_000)
    if given:
        await rules(market, **given)
    quote = await quoted(market, buyer, asked, (tea, 1))

    assert [(one.source_kind, one.reason) for one in quote.basket.rejected_offers] == [(POINTS, reason)]
    assert took(quote) == (0, 0) and quote.basket.goods_minor == 3_000


async def test_an_order_holds_them_and_closing_it_unpaid_gives_them_back(market: Market) -> None:
    """PTS-R7: and nobody spends them twice meanwhile (PTS-I4)."""
    buyer, tea = await rich(market), await market.goods("tea", price_minor=3_000)
    first, second = [await quoted(market, buyer, 800, (tea, 1)) for _ in range(2)]
    order = await placed(market, buyer, first)
    held = await stands(market, buyer)
    with pytest.raises(QuotePriceChanged):
        await placed(market, buyer, second)
    await market.retail.ordering.cancel(CancelOrder(member_id=buyer.id, order_id=order))

    assert held == (250, 800)
    assert await stands(market, buyer) == (1_050, 0)


async def test_what_is_worth_something_else_by_now_is_asked_again(market: Market) -> None:
    """R7: a quote that rests on points is one price."""
    buyer, tea = await rich(market), await market.goods("tea", price_minor=3_000)
    quote = await quoted(market, buyer, 800, (tea, 1))
    await rules(market, **{"points.unit_worth": 99})

    with pytest.raises(QuotePriceChanged):
        await placed(market, buyer, quote)
    assert await stands(market, buyer) == (1_050, 0)


async def test_refunds_give_back_in_proportion_and_all_in_the_end(market: Market) -> None:
    """PTS-I5: with the money, units for units, whatever the parts; and they last some days at least."""
    buyer, tea = await rich(market), await market.goods("tea", price_minor=3_000)
    quote = await quoted(market, buyer, 1_000, (tea, 3))
    order = await placed(market, buyer, quote)
    await pay(market, buyer, order)
    paid = await stands(market, buyer)
    refund = RefundOrder(order_id=order, reason="x", actor=CLERK, units=(Units(tea, 1),))
    await market.retail.ordering.refund(refund)
    part = await stands(market, buyer)
    await market.retail.ordering.ship(ShipOrder(order_id=order, carrier="SF", tracking_number="1", actor=CLERK))
    await market.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=order))
    market.clock.pass_(8 * DAY)
    assert not (await market.retail.background.timers["complete"]()).failed
    done = await stands(market, buyer)
    await market.retail.ordering.refund(RefundOrder(order_id=order, reason="y", actor=CLERK, units=(Units(tea, 2),)))

    assert paid == (50, 1_000)
    assert sum(part) == 1_050 - 0 - (1_000 - 334) and part[0] == 384
    assert done == (384, 0)
    assert await stands(market, buyer) == (1_050, 0)


async def test_what_costs_nothing_any_more_is_paid_at_once(market: Market) -> None:
    """T3: points may pay for all of it."""
    await rules(market, **{"points.spend_bps": 10_000})
    buyer, tea = await rich(market), await market.goods("tea", price_minor=1_000)
    order = await placed(market, buyer, await quoted(market, buyer, 10**9, (tea, 1)))
    shown = await market.retail.ordering.show.show(order)

    assert shown.status is OrderStatus.TO_SHIP and (await stands(market, buyer)) == (50, 1_000)
    await market.retail.ordering.refund(RefundOrder(order_id=order, reason="x", actor=CLERK, units=(Units(tea, 1),)))
    assert await stands(market, buyer) == (1_050, 0)


async def test_a_wish_for_less_than_nothing_is_refused(market: Market) -> None:
    """Bad input names its field."""
    with pytest.raises(InvalidInput, match="quantity"):
        Wish(POINTS, "", -1)
