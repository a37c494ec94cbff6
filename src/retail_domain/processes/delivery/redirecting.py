"""Redirecting (改地址): an order goes to another address as long as no parcel has left (ORD-R5).

The freight is worked out anew for the new region, but only to compare: the order keeps the freight that was agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from attrs import evolve

from retail_domain.accounts import (
    AddressBooks,
    AddressNotFound,
    AuditTrail,
    Contact,
    ContactAsTyped,
    OrderContact,
    OrderContacts,
    Regions,
    StaffAction,
    spelled_out,
)
from retail_domain.catalog import Products
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.coupon_terms import COUPON
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.means import Means
from retail_domain.kernel.reading import LINE
from retail_domain.ordering import (
    REPRICED,
    Order,
    OrderLine,
    OrderOutcome,
    Orders,
    Redirection,
    RedirectMyOrder,
    RedirectOrder,
    claim_order,
    outcome,
)
from retail_domain.pricing import (
    OFFER,
    TIER,
    GoodsFact,
    Pipeline,
    PriceBookShelf,
    PricedBasket,
    PricedLine,
    Quotes,
    Share,
    Stage,
    is_served,
)
from retail_domain.processes.purchase.quoting import goods_facts
from retail_domain.settings import SettingsBook

_WAIVING: Final = frozenset({TIER, OFFER})
"""Whose word about freight holds wherever the goods go."""


class RedirectingWork(Protocol):
    """The unit of work of redirecting."""

    @property
    def orders(self) -> Orders: ...
    @property
    def delivery_contacts(self) -> OrderContacts: ...
    @property
    def addresses(self) -> AddressBooks: ...
    @property
    def regions(self) -> Regions: ...
    @property
    def quotes(self) -> Quotes: ...
    @property
    def products(self) -> Products: ...
    @property
    def price_book(self) -> PriceBookShelf: ...
    @property
    def settings(self) -> SettingsBook: ...
    @property
    def audit_trail(self) -> AuditTrail: ...


async def redirect_my_order(work: RedirectingWork, command: RedirectMyOrder, means: Means, price: Pipeline) -> OrderOutcome:
    """A member sends an order elsewhere. Answers how it stands.

    Raises OrderNotFound, AddressNotFound, OrderWrongState, OrderIsClosing, OrderUndeliverable, OrderFreightWouldRise.
    """
    at = means.clock.now()
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    order.check_redirectable()
    contact = await _own_address(work, command)
    freight = await freight_there(work, order, contact.region_code, price, at)
    there = Redirection(region_code=contact.region_code, freight_minor=freight)
    change = order.redirect(there, actor=Actor.member(command.member_id), at=at)
    await _send_there(work, change, contact, at)
    return outcome(change.state)


@brings(Effect.ORDER_CHANGED)
async def redirect_order(work: RedirectingWork, command: RedirectOrder, means: Means, price: Pipeline) -> OrderOutcome:
    """Staff send an order elsewhere. Answers how it stands.

    Raises OrderNotFound, RegionUnknown, InvalidInput, OrderWrongState, OrderIsClosing, and unless freight is waived
    OrderUndeliverable, OrderFreightWouldRise.
    """
    at, command = means.clock.now(), evolve(command, reason=LINE.read(command.reason, "reason", 200, 1))
    order = await claim_order(work.orders, command.order_id)
    order.check_redirectable()
    contact = await spelled_out(work.regions, _typed(command))
    freight = await freight_there(work, order, contact.region_code, price, at)
    change = order.redirect(_wish(command, contact, freight), actor=command.actor, at=at)
    await _send_there(work, change, contact, at)
    work.audit_trail.note(_noted(command, at))
    return outcome(change.state)


async def freight_there(work: RedirectingWork, order: Order, region_code: str, price: Pipeline, at: datetime) -> int | None:
    """What delivering the whole order to a region costs by the price book of now; None when some cannot go there.

    Within its region an order costs what was agreed, also where the shop delivers no more (SET-R6). The goods weigh what its
    quote says, or what the catalogue says once the quote was cleared away.
    """
    if region_code == order.region_code:
        return order.freight_minor
    if not is_served((await work.settings.timetable()).at(at), region_code):
        return None
    goods = await _goods(work, order, at)
    if any(line.sku_id not in goods for line in order.lines):
        return None  # nobody knows any more what it takes to send them
    agreed = PricedBasket(currency=order.currency, lines=tuple(_agreed(line, goods[line.sku_id]) for line in order.lines))
    waived = any(one.source_kind in _WAIVING for line in order.lines for one in line.freight_shares)
    there = price.freight_of(agreed, region_code, await work.price_book.get(), at, is_waived=waived)
    return None if there is None else max(0, there - _coupon_paid(order))


def _coupon_paid(order: Order) -> int:
    """What a coupon took off the freight stays off, wherever the goods go."""
    return -sum(one.amount_minor for line in order.lines for one in line.freight_shares if one.source_kind == COUPON)


async def _goods(work: RedirectingWork, order: Order, at: datetime) -> Mapping[SkuId, GoodsFact]:
    quote = (await work.quotes.claim([order.quote_id])).get(order.quote_id)
    if quote is not None:
        return {line.goods.sku_id: line.goods for line in quote.lines}
    return await goods_facts(work.products, [line.sku_id for line in order.lines], at)


def _agreed(line: OrderLine, goods: GoodsFact) -> PricedLine:
    return PricedLine(
        goods=goods,
        quantity=line.quantity,
        base_minor=line.unit_price_minor * line.quantity,
        payable_minor=line.quoted_minor,  # the way there costs the same, whatever staff have agreed since
        floor_minor=0,
        freight_minor=0,
        shares=tuple(
            Share(Stage(one.step), one.source_kind, one.source_id, one.amount_minor)
            for one in line.shares
            if one.step != REPRICED
        ),
    )


async def _own_address(work: RedirectingWork, command: RedirectMyOrder) -> Contact:
    book = await work.addresses.find(command.member_id)
    if book is None:
        raise AddressNotFound(address_id=command.address_id)
    return book.address(command.address_id).contact


async def _send_there(work: RedirectingWork, change: Change[Order], contact: Contact, at: datetime) -> None:
    order = change.state
    known = (await work.delivery_contacts.claim([order.id])).get(order.id)
    if known is None:
        fresh = OrderContact(order_id=order.id, member_id=order.member_id, contact=contact, created_at=at)
        work.delivery_contacts.save(Change(None, fresh))
    else:
        work.delivery_contacts.save(known.redirect(contact))
    work.orders.save(change)


def _typed(command: RedirectOrder) -> ContactAsTyped:
    return ContactAsTyped(
        recipient=command.recipient, phone=command.phone, region_code=command.region_code, detail=command.detail,
        region=command.region,
    )  # fmt: skip


def _wish(command: RedirectOrder, contact: Contact, freight: int | None) -> Redirection:
    return Redirection(
        region_code=contact.region_code, freight_minor=freight, waive_freight=command.waive_freight, reason=command.reason
    )


def _noted(command: RedirectOrder, at: datetime) -> StaffAction:
    waived = " freight waived" if command.waive_freight else ""
    return StaffAction(actor=command.actor, action="orders.redirect", object=f"{command.order_id}{waived}", at=at)
