"""Orders that go to another address, and orders that leave the list, on every store (ORD-R5, ORD-R6)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from retail_adapters.payments.counter import CounterGateway
from retail_domain.accounts import AddAddress, AddressNotFound, ContactAsTyped
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import AddressId, OrderId, SkuId, StaffId
from retail_domain.kernel.once import KeyReused, Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    CancelOrder,
    CloseOrder,
    HideOrder,
    OrderFreightWouldRise,
    OrderIsClosing,
    OrderNotFound,
    OrderStatus,
    OrderUndeliverable,
    OrderWrongState,
    RedirectMyOrder,
    RedirectOrder,
    ShipOrder,
    is_path,
)
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.pricing import ChargeBy, ForgetExpiredQuotes, FreightZone, StoreFreightTemplate
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from tests.support.market import Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

CLERK = Actor.staff(StaffId(UUID(int=0xC1E2C)))
HOME, CHEAP, SAME, DEAR, NOWHERE = "440305", "310101", "320100", "510100", "650100"
"""Regions: 8.00 at home and in `SAME`, 5.00 in `CHEAP`, 12.00 in `DEAR`, no delivery `NOWHERE`."""
PAGE = PageRequest(10)


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop whose freight depends on the region."""
    counter = CounterGateway(secret=b"not a secret, only for tests")
    async with open_market(place, gateways={"counter": counter}) as opened:
        await charge(opened)
        yield opened


async def charge(market: Market, more_minor: int = 0) -> None:
    """Write the freight template; so much more everywhere."""
    zones = (
        FreightZone(regions=("",), first_minor=800 + more_minor),
        FreightZone(regions=("31",), first_minor=500 + more_minor),
        FreightZone(regions=("51",), first_minor=1_200 + more_minor),
        FreightZone(regions=("65",), delivers=False),
    )
    await market.retail.quoting.store_freight_template(
        StoreFreightTemplate(name=f"Parcel {more_minor}", charge_by=ChargeBy.PIECE, zones=zones, is_default=True, actor=CLERK)
    )


async def bought(market: Market, buyer: Buyer, price_minor: int = 1_000) -> Placed:
    """An order of one tea, delivered home."""
    tea = await market.goods("TEA", price_minor=price_minor)
    return await ordered(market, buyer, tea)


async def ordered(market: Market, buyer: Buyer, tea: SkuId) -> Placed:
    """An order of one more tea."""
    quote = await market.quote(buyer, (tea, 1))
    return await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))


async def pay(market: Market, buyer: Buyer, order: Placed) -> None:
    """At the counter."""
    start = StartPayment(member_id=buyer.id, order_id=order.order_id, gateway="counter", flow=Flow.COUNTER)
    view = await market.retail.payments.start(start)
    confirm = ConfirmCounterPayment(payment_id=view.payment_id, amount=order.payable, actor=CLERK)
    await market.retail.payments.confirm_counter(confirm)


async def ship(market: Market, order: Placed) -> None:
    """Everything leaves."""
    await market.retail.ordering.ship(
        ShipOrder(order_id=order.order_id, carrier="SF", tracking_number="SF1000001", actor=CLERK)
    )


async def entry(market: Market, buyer: Buyer, region: str, recipient: str = "Mother") -> AddressId:
    """Another address of the buyer."""
    typed = ContactAsTyped(
        recipient=recipient, phone=Phone.parse("13900139000"), region_code=region, region="Elsewhere", detail="Street 2"
    )
    return (await market.retail.accounts.add_address(AddAddress(member_id=buyer.id, contact=typed))).address_id


def mine(buyer: Buyer, order: Placed, address_id: AddressId, key: str = "") -> RedirectMyOrder:
    """Its buyer wants it elsewhere."""
    once = Once(principal=str(buyer.id), operation="redirect", key=key, fingerprint=str(address_id)) if key else None
    return RedirectMyOrder(member_id=buyer.id, order_id=order.order_id, address_id=address_id, once=once)


def by_staff(order_id: OrderId, region: str, *, waive: bool = False, reason: str = "moved house") -> RedirectOrder:
    """Staff send it elsewhere."""
    return RedirectOrder(
        order_id=order_id, recipient="Neighbour", phone=Phone.parse("13700137000"), region_code=region, region="There",
        detail="Street 3", reason=reason, waive_freight=waive, actor=CLERK,
    )  # fmt: skip


async def seen(market: Market, order: Placed) -> tuple[Any, Any]:
    """The order and where it goes."""
    contact = await market.retail.accounts.show.order_contact(order.order_id)
    return await market.retail.ordering.show.show(order.order_id), contact


async def assert_still_at_home(market: Market, order: Placed) -> None:
    """A refusal changed nothing."""
    view, contact = await seen(market, order)
    assert (view.region_code, view.freight.minor, contact.recipient) == (HOME, 800, "A Buyer")
    assert "order.redirected" not in [step.event for step in await market.retail.ordering.show.history(order.order_id)]


@pytest.mark.parametrize("region", [CHEAP, SAME])
async def test_a_member_sends_an_order_to_another_address_where_freight_is_not_dearer(market: Market, region: str) -> None:
    """ORD-R5, ORD-R7, ORD-I8: the contact is replaced; the freight stays as agreed, and what is cheaper is not paid back."""
    alice = await market.buyer()
    order = await bought(market, alice)

    answer = await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, region)))

    view, contact = await seen(market, order)
    assert answer.status == "pending_payment" and (view.freight.minor, view.payable) == (800, order.payable)
    assert (view.region_code, contact.region_code) == (region, region)
    assert (contact.recipient, contact.phone.e164, contact.detail) == ("Mother", "+8613900139000", "Street 2")
    history = await market.retail.ordering.show.history(order.order_id)
    assert [(step.event, step.actor) for step in history][1:] == [("order.redirected", Actor.member(alice.id))]
    assert is_path(tuple((step.from_status, step.to_status) for step in history))


async def test_a_redirected_order_can_still_be_paid_and_shipped(market: Market) -> None:
    """ORD-R5: before and after the payment, as often as one likes, but not once a parcel has left."""
    alice = await market.buyer()
    order = await bought(market, alice)
    mother, sister = await entry(market, alice, CHEAP), await entry(market, alice, SAME, "Sister")

    await market.retail.ordering.redirect_mine(mine(alice, order, mother))
    await pay(market, alice, order)
    await market.retail.ordering.redirect_mine(mine(alice, order, sister))
    await ship(market, order)
    with pytest.raises(OrderWrongState):
        await market.retail.ordering.redirect_mine(mine(alice, order, mother))
    with pytest.raises(OrderWrongState):
        await market.retail.ordering.redirect(by_staff(order.order_id, HOME, waive=True))

    view, contact = await seen(market, order)
    assert (view.status, view.paid, contact.recipient) == (OrderStatus.SHIPPED, order.payable, "Sister")


async def test_dearer_freight_is_refused_with_both_amounts(market: Market) -> None:
    """ORD-R5."""
    alice = await market.buyer()
    order = await bought(market, alice)

    with pytest.raises(OrderFreightWouldRise) as member:
        await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, DEAR)))
    with pytest.raises(OrderFreightWouldRise) as staff:
        await market.retail.ordering.redirect(by_staff(order.order_id, DEAR))

    for refused in (member.value, staff.value):
        assert (refused.freight_minor, refused.would_be_minor) == (800, 1_200)
    await assert_still_at_home(market, order)


async def test_where_nothing_is_delivered_an_order_does_not_go(market: Market) -> None:
    """ORD-R5, MSC-R5."""
    alice = await market.buyer()
    order = await bought(market, alice)

    with pytest.raises(OrderUndeliverable):
        await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, NOWHERE)))
    with pytest.raises(OrderUndeliverable):
        await market.retail.ordering.redirect(by_staff(order.order_id, NOWHERE))

    await assert_still_at_home(market, order)


@pytest.mark.parametrize("region", [DEAR, NOWHERE])
async def test_staff_waive_the_freight_with_a_reason_and_it_stays_as_agreed(market: Market, region: str) -> None:
    """ORD-R5, ORD-R7, R35: who waived what stands in the history and in the trail."""
    alice = await market.buyer()
    order = await bought(market, alice)

    with pytest.raises(InvalidInput):
        await market.retail.ordering.redirect(by_staff(order.order_id, region, waive=True, reason=" "))
    await market.retail.ordering.redirect(by_staff(order.order_id, region, waive=True))

    view, contact = await seen(market, order)
    assert (view.region_code, view.freight.minor, contact.recipient) == (region, 800, "Neighbour")
    last = (await market.retail.ordering.show.history(order.order_id))[-1]
    assert (last.event, last.actor, last.reason) == ("order.redirected", CLERK, "moved house")
    trail = (await market.retail.accounts.show.trail(PAGE)).items
    assert (trail[0].action, trail[0].object) == ("orders.redirect", f"{order.order_id} freight waived")


async def test_within_its_region_an_order_moves_whatever_freight_costs_today(market: Market) -> None:
    """ORD-R5: only a new region is quoted again; then by the price book of now."""
    alice = await market.buyer()
    order = await bought(market, alice)
    await charge(market, more_minor=100)

    await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, HOME, "Neighbour")))
    with pytest.raises(OrderFreightWouldRise) as refused:
        await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, SAME)))

    assert refused.value.would_be_minor == 900
    assert (await seen(market, order))[1].recipient == "Neighbour"


async def test_an_order_whose_quote_was_cleared_away_is_quoted_by_the_catalogue(market: Market) -> None:
    """ORD-R5: paid orders may wait for their parcel longer than quotes are kept."""
    alice = await market.buyer()
    order = await bought(market, alice)
    await pay(market, alice, order)
    market.clock.pass_(timedelta(days=5))
    assert await market.retail.quoting.forget_expired(ForgetExpiredQuotes()) == 1

    with pytest.raises(OrderFreightWouldRise):
        await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, DEAR)))
    await market.retail.ordering.redirect_mine(mine(alice, order, await entry(market, alice, CHEAP)))

    assert (await seen(market, order))[0].region_code == CHEAP


async def test_an_order_that_is_closing_or_closed_goes_nowhere(market: Market) -> None:
    """ORD-R5, ORD-R9."""
    alice = await market.buyer()
    closing = await bought(market, alice)
    closed = await ordered(market, alice, next(iter(market.products)))
    start = StartPayment(member_id=alice.id, order_id=closing.order_id, gateway="counter", flow=Flow.COUNTER)
    await market.retail.payments.start(start)
    for order in (closing, closed):
        await market.retail.ordering.cancel(CancelOrder(member_id=alice.id, order_id=order.order_id))
    there = await entry(market, alice, CHEAP)

    assert (await seen(market, closing))[0].is_closing
    with pytest.raises(OrderIsClosing):
        await market.retail.ordering.redirect_mine(mine(alice, closing, there))
    with pytest.raises(OrderWrongState):
        await market.retail.ordering.redirect_mine(mine(alice, closed, there))
    with pytest.raises(OrderWrongState):
        await market.retail.ordering.redirect(by_staff(closed.order_id, CHEAP, waive=True))


async def test_neither_another_members_order_nor_another_members_address(market: Market) -> None:
    """GEN-R14, ORD-I9, R33: the order is looked at first."""
    alice, bob = await market.buyer(1), await market.buyer(2)
    order = await bought(market, alice)

    with pytest.raises(OrderNotFound):
        await market.retail.ordering.redirect_mine(mine(bob, order, bob.home))
    with pytest.raises(OrderNotFound):
        await market.retail.ordering.redirect(by_staff(OrderId(UUID(int=7)), CHEAP))
    with pytest.raises(AddressNotFound):
        await market.retail.ordering.redirect_mine(mine(alice, order, bob.home))

    await assert_still_at_home(market, order)


async def test_redirecting_twice_under_one_key_happens_once(market: Market) -> None:
    """R17, GEN-R7: the second answer is the first, even when the order has left meanwhile."""
    alice = await market.buyer()
    order = await bought(market, alice)
    mother = await entry(market, alice, CHEAP)
    await pay(market, alice, order)

    first = await market.retail.ordering.redirect_mine(mine(alice, order, mother, "k1"))
    await ship(market, order)
    again = await market.retail.ordering.redirect_mine(mine(alice, order, mother, "k1"))
    with pytest.raises(KeyReused):
        await market.retail.ordering.redirect_mine(mine(alice, order, alice.home, "k1"))

    assert first == again
    history = await market.retail.ordering.show.history(order.order_id)
    assert [step.event for step in history].count("order.redirected") == 1


async def test_an_order_that_is_over_leaves_its_owners_list_and_nothing_else(market: Market) -> None:
    """ORD-R6: staff still see it, its page still opens, and hiding again changes nothing."""
    alice = await market.buyer()
    over = await bought(market, alice)
    kept = await ordered(market, alice, next(iter(market.products)))
    await market.retail.ordering.close(CloseOrder(order_id=over.order_id, reason="no more", actor=CLERK))
    hide = HideOrder(member_id=alice.id, order_id=over.order_id)

    await market.retail.ordering.hide(hide)
    await market.retail.ordering.hide(hide)

    show = market.retail.ordering.show
    assert [one.order_id for one in (await show.mine(alice.id, PAGE)).items] == [kept.order_id]
    assert (await show.mine(alice.id, PAGE, OrderStatus.CLOSED)).items == ()
    assert [one.order_id for one in (await show.all(PAGE)).items] == [kept.order_id, over.order_id]
    assert (await show.all(PAGE, OrderStatus.CLOSED)).items[0].order_id == over.order_id
    assert (await show.show_mine(alice.id, over.order_id)).status is OrderStatus.CLOSED


async def test_an_order_under_way_and_somebody_elses_order_cannot_be_hidden(market: Market) -> None:
    """ORD-R6, GEN-R14."""
    alice, bob = await market.buyer(1), await market.buyer(2)
    order = await bought(market, alice)

    with pytest.raises(OrderWrongState):
        await market.retail.ordering.hide(HideOrder(member_id=alice.id, order_id=order.order_id))
    with pytest.raises(OrderNotFound):
        await market.retail.ordering.hide(HideOrder(member_id=bob.id, order_id=order.order_id))

    assert [one.order_id for one in (await market.retail.ordering.show.mine(alice.id, PAGE)).items] == [order.order_id]
