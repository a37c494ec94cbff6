"""One member's unpaid orders are limited, exactly, and without a lock (STK-R12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from retail_adapters.assembly.policies import Policies
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.limits import OPEN_ORDERS_MAX
from retail_domain.ordering import OrderStatus, TooManyOpenOrders
from retail_domain.processes.purchase.checkout import CheckoutRules, PlaceOrder
from retail_domain.processes.takings import OpenOrders
from tests.support.stores import STORES, Place, place_of
from tests.support.till import Till, open_till


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def till(place: Place) -> AsyncIterator[Till]:
    """A till on an empty store; a member may have three unpaid orders at once."""
    async with open_till(place) as opened:
        policies = Policies(checkout=CheckoutRules(open_orders_max=3))
        opened.market.retail = opened.beside(opened.mood, policies=policies)
        yield opened


async def asks(till: Till, many: int) -> list[PlaceOrder]:
    quotes = [await till.market.quote(till.buyer, (till.sku, 1)) for _ in range(many)]
    return [PlaceOrder(member_id=till.buyer.id, quote_id=quote.id, hash=quote.hash) for quote in quotes]


async def test_the_order_after_the_last_place_is_refused_and_takes_nothing(till: Till) -> None:
    """STK-R12."""
    for _ in range(3):
        await till.place(1)
    left = await till.left()

    with pytest.raises(TooManyOpenOrders) as refused:
        await till.place(1)

    assert (refused.value.most, refused.value.open) == (3, 3) and await till.left() == left


@pytest.mark.parametrize("how", ["paid", "cancelled", "overdue"])
async def test_what_is_paid_or_closed_has_given_its_place_back(till: Till, how: str) -> None:
    """STK-R12: once, and only its own."""
    for _ in range(3):
        await till.place(1)
    first = till.orders[0]
    match how:
        case "paid":
            await till.cash(first)
        case "cancelled":
            await till.cancel(first)
        case _:
            await till.works(timedelta(hours=3))
            assert {(await till.order(one)).status for one in till.orders} == {OrderStatus.CLOSED}
            for _ in range(2):
                await till.place(1)

    await till.place(1)
    with pytest.raises(TooManyOpenOrders):
        await till.place(1)
    await till.settles()


async def test_of_many_at_once_as_many_are_placed_as_there_are_places(till: Till) -> None:
    """STK-R12, R13: rivals who choose one place are told apart when they commit, and look again."""
    await till.place(1)

    answers = await asyncio.gather(*map(till.retail.checkout.place, await asks(till, 12)), return_exceptions=True)

    placed = [one for one in answers if not isinstance(one, BaseException)]
    refused = {one.code for one in answers if isinstance(one, DomainError)}
    assert (len(placed), refused) == (2, {"order.too_many_open"})


async def test_another_members_orders_do_not_count(till: Till) -> None:
    """STK-R12."""
    for _ in range(3):
        await till.place(1)
    till.buyer = await till.market.buyer(2)

    await till.place(1)


async def test_an_order_of_a_release_that_knew_no_places_counts(till: Till) -> None:
    """STK-R12, R44: it took none, and is unpaid all the same."""
    before = till.beside(till.mood, policies=Policies(checkout=CheckoutRules(open_orders_max=1_000)))
    for ask in await asks(till, 2):
        await before.checkout.place(ask)
    async with till.begin() as work:
        taken = await work.orders.open_of({till.buyer.id})
    assert len(taken[till.buyer.id]) == 2

    await till.place(1)
    with pytest.raises(TooManyOpenOrders):
        await till.place(1)


async def test_an_order_does_not_note_its_place_so_that_the_release_before_may_decide_about_it(till: Till) -> None:
    """STK-R11, R44."""
    placed = await till.place(1)

    assert OpenOrders.kind not in (await till.order(placed.order_id)).took


async def test_who_pays_is_asked_for_no_lock_of_it(till: Till) -> None:
    """STK-R12: neither placing nor paying locks a row of a member."""
    placed = await till.place(1)
    till.asked.clear()

    await till.cash(placed.order_id)

    assert not [name for name in till.asked if "open" in name]


def test_a_shop_allows_at_least_one() -> None:
    """STK-R12."""
    with pytest.raises(ValueError, match="at least one"):
        OpenOrders(0)
    assert OpenOrders().most == OPEN_ORDERS_MAX
