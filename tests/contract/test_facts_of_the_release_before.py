"""Facts that a release stored which did not number lines are read and reacted to, on every store (R25)."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest

from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_domain.cart import CartLine
from retail_domain.kernel.events import Event
from retail_domain.kernel.money import Money
from retail_domain.ordering import OrderPlaced, OrderRefunded, OrderStatus, Units
from retail_domain.processes.purchase.carting import SetCartQuantity, ShowCart
from retail_domain.processes.purchase.quoting import QuoteBasket
from retail_domain.processes.worker.reactions import reactions
from retail_domain.testing.means import means_of
from retail_domain.testing.orders import CLERK, NOON
from tests.support.histories import Campaign, ground_on
from tests.support.stores import STORES, Place, place_of

E = TypeVar("E", bound=Event)
NEW = {"line", "gifts", "location_id"}
CODEC = EventCodec(EVERY_EVENT)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


def as_before(event: E) -> E:
    """The fact as the release before would have stored it, read again."""
    told = CODEC.read(event.name, event.version, _without(CODEC.write(event)))
    assert isinstance(told, type(event))
    return told


def _without(stored: Any) -> Any:
    if isinstance(stored, dict):
        return {name: _without(value) for name, value in stored.items() if name not in NEW}
    return [_without(one) for one in stored] if isinstance(stored, list | tuple) else stored


async def react(campaign: Campaign, name: str, event: Event) -> None:
    async with campaign.begin() as work:
        await reactions(means_of(campaign.market.clock))[name](work, event)
        await work.commit()


async def test_the_cart_is_emptied_of_what_an_old_fact_names(place: Place) -> None:
    """CRT-R9"""
    async with ground_on(place) as ground:
        campaign = await ground.campaign()
        retail, buyer, tea = campaign.market.retail, campaign.buyer, campaign.goods[0]
        await retail.cart.put(SetCartQuantity(owner=buyer.cart, line=CartLine(tea, 3)))
        quote = await retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, from_cart=True))
        order_id = await campaign.place(quote)
        assert quote.cart is not None
        placed = OrderPlaced(
            at=NOON, order_id=order_id, member_id=buyer.id, actor=CLERK, from_status=None, number="1",
            to_status=OrderStatus.PENDING_PAYMENT, payable=quote.payable, pay_by=NOON, units=(Units(tea, 2, 1),),
            cart_id=quote.cart.cart_id,
        )  # fmt: skip

        old = as_before(placed)
        await react(campaign, "cart.take_out_ordered", old)

        view = await retail.cart.show(ShowCart(buyer.cart))
    assert (old.units, old.gifts) == ((Units(tea, 2, 0),), ())
    assert [line.quantity for line in view.basket.lines] == [1]


async def test_what_an_old_fact_paid_back_is_not_counted_as_sold(place: Place) -> None:
    """R25: the line is found by its SKU, which then stood in one line."""
    async with ground_on(place) as ground:
        campaign = await ground.campaign()
        retail, tea = campaign.market.retail, campaign.goods[0]
        order_id = await campaign.place(await campaign.market.quote(campaign.buyer, (tea, 1)))
        await campaign.pay(order_id)
        while await retail.background.deliver_next():
            continue
        await retail.background.timers["add_up_sales"]()
        product = campaign.market.products[tea]
        sold = (await retail.catalog.show.product(product)).card.sold
        refunded = OrderRefunded(
            at=NOON, order_id=order_id, member_id=campaign.buyer.id, actor=CLERK, from_status=OrderStatus.TO_SHIP,
            to_status=OrderStatus.TO_SHIP, amount=Money(1_000, "CNY"), units=(Units(tea, 1, 1),), reason="x",
        )  # fmt: skip

        await react(campaign, "catalog.count_back", as_before(refunded))
        await retail.background.timers["add_up_sales"]()

        after = (await retail.catalog.show.product(product)).card.sold
    assert (sold, after) == (1, 0)
