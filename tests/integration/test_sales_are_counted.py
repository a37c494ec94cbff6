"""Sales by the day: the figures of the overview are those that anybody comes to who adds up the orders (ORD-R15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from retail_domain.kernel.ids import LocationId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import EVERYWHERE, Places
from retail_domain.ordering import PERIODS_MAX, OrderView, RefundOrder
from retail_domain.testing.orders import CLERK, WAREHOUSE, a_line, units
from tests.support.counting_house import House, open_house
from tests.support.stores import STORES, place_of

DAY = timedelta(days=1)


@pytest.fixture(params=STORES)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A shop on each store."""
    async with open_house(place_of(request)) as house:
        yield house


async def _everything(house: House) -> list[OrderView]:
    page = await house.orders.show.all(PageRequest(100))
    return [await house.orders.show.show(one.order_id) for one in page.items]


async def test_what_is_counted_is_what_adding_up_the_orders_comes_to(house: House) -> None:
    """ORD-R15: paid on a bound, unpaid, free, given back in part, and of the days before and after."""
    first = house.clock.now()
    bounds = [first + DAY * place for place in range(4)]
    await house.paid_order(a_line(1, 2, 1_000))  # at the first moment of the first day
    house.clock.pass_(timedelta(hours=5))
    back = await house.paid_order(a_line(1, 3, 3_000), freight_minor=700)
    await house.orders.refund(RefundOrder(order_id=back.id, reason="broken", units=units(s1=1), actor=CLERK))
    await house.order(a_line(2, 1, 9_000))
    await house.order(a_line(3, 1, 0), freight_minor=0)
    house.clock.at = bounds[1]
    await house.paid_order(a_line(2, 1, 500))  # on the bound: of the second day
    house.clock.at = bounds[3]
    await house.paid_order(a_line(4, 1, 40_000))  # after all of them

    counted = await house.orders.show.sales(bounds, "CNY")

    for (since, until), sales in zip(pairwise(bounds), counted, strict=True):
        ours = [one for one in await _everything(house) if one.paid_at is not None and since <= one.paid_at < until]
        assert (sales.since, sales.until, sales.orders) == (since, until, len(ours))
        assert sales.paid.minor == sum(one.paid.minor for one in ours)
        assert sales.given_back.minor == sum(one.given_back.decided.minor for one in ours)
    assert [one.orders for one in counted] == [3, 1, 0]
    assert counted[0].given_back.minor == 1_000
    assert (counted[0].average, counted[2].average) == (counted[0].paid.__class__(counted[0].paid.minor // 3, "CNY"), None)


async def test_sales_of_other_places_and_other_currencies_are_not_counted(house: House) -> None:
    """ORD-R15, R35: whoever is bound to a place counts what was sold from there."""
    since = house.clock.now()
    await house.paid_order(a_line(1, 1, 1_000))
    bounds = [since, since + DAY]
    for within, expected in ((EVERYWHERE, 1), (Places.of([WAREHOUSE]), 1), (Places.of([LocationId(UUID(int=2))]), 0)):
        (sales,) = await house.orders.show.sales(bounds, "CNY", within)
        assert sales.orders == expected
    (abroad,) = await house.orders.show.sales(bounds, "EUR")
    assert (abroad.orders, abroad.paid.minor) == (0, 0)


@pytest.mark.parametrize("count", [1, PERIODS_MAX + 2])
async def test_no_period_and_too_many_are_refused(house: House, count: int) -> None:
    """ORD-R15."""
    bounds = [house.clock.now() + DAY * place for place in range(count)]
    with pytest.raises(ValueError, match="periods"):
        await house.orders.show.sales(bounds, "CNY")
