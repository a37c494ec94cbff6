"""Purchase limits are counted down again exactly once, whichever way an order ends (ORD-I5, GEN-R9, GEN-R11)."""

from __future__ import annotations

import pytest

from retail_domain.catalog import PurchaseKey
from retail_domain.ordering import CancelOrder, CloseOrder, RefundOrder
from retail_domain.testing.orders import ALICE, CLERK, a_line, units
from tests.integration.test_orders_and_money import all_at_once
from tests.support.counting_house import House, open_house
from tests.support.stores import STORES, Place, place_of


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


async def taken(house: House) -> int:
    """How many units the member has taken of the limited goods."""
    key = PurchaseKey(ALICE, a_line().product_id)
    async with house.store.begin() as work:
        counter = (await work.purchase_counters.claim([key]))[key]
        await work.commit()
        return counter.taken


async def take(house: House, quantity: int) -> None:
    """Count units as placing does."""
    key = PurchaseKey(ALICE, a_line().product_id)
    async with house.store.begin() as work:
        work.purchase_counters.save((await work.purchase_counters.claim([key]))[key].take(quantity, 9))
        await work.commit()


async def test_a_cancelled_order_gives_its_units_back_once(place: Place) -> None:
    """ORD-I5: 20 cancels at once, one effect."""
    async with open_house(place) as house:
        await take(house, 2)
        order = await house.order(a_line(1, 2, limited=True))

        await all_at_once(*(house.orders.cancel(CancelOrder(member_id=ALICE, order_id=order.id)) for _ in range(20)))

        assert await taken(house) == 0


async def test_units_that_are_paid_back_can_be_bought_again(place: Place) -> None:
    """ORD-I5, GEN-R11: unit by unit, then the rest when the order is called off."""
    async with open_house(place) as house:
        await take(house, 3)
        order = await house.paid_order(a_line(1, 3, limited=True), a_line(2, 1))
        wish = RefundOrder(order_id=order.id, reason="broken", actor=CLERK, units=units(s1=1))

        await house.orders.refund(wish)
        after_one = await taken(house)
        await house.orders.close(CloseOrder(order_id=order.id, reason="no more", actor=CLERK))

        assert (after_one, await taken(house)) == (2, 0)
