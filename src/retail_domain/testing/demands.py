"""Builders for demands: a quote somebody wants to order, and orders that come of it, for kinds of takings under test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from retail_domain.catalog.queries import SkuTerms
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import AddressId, MemberId, QuoteId
from retail_domain.pricing import BuyerFacts, PricingRequest, QuoteDelivery, QuoteTerms, SaleLine, Wish, draw_up, price
from retail_domain.processes.purchase.checkout import CheckoutRules, Claims, PlaceOrder, Sale, Terms, check_out
from retail_domain.processes.takings import Demand, Minted, Shared, Takings
from retail_domain.settings import NO_CHANGES, Timetable
from retail_domain.testing.baskets import NOON, SHENZHEN, a_book, a_template, goods
from retail_domain.testing.orders import ALICE, TIMERS, order_id

HOME = AddressId(UUID(int=0xADD2))


def a_demand(  # noqa: PLR0913 - everything a kind may look at
    number: int = 1,
    units: int = 3,
    *,
    grounds: tuple[Ground, ...] = (),
    wishes: tuple[Wish, ...] = (),
    limit: int | None = None,
    member_id: MemberId = ALICE,
    price_minor: int = 1_000,
    known: Mapping[str, Any] | None = None,
    timetable: Timetable = NO_CHANGES,
) -> Demand:
    """The demand of that number: so many units of goods 1 and one of goods 2, resting on these grounds."""
    lines = (SaleLine(goods(1, price_minor=price_minor), units), SaleLine(goods(2, price_minor=price_minor), 1))
    request = PricingRequest(
        currency="CNY", lines=lines, region_code=SHENZHEN, wishes=wishes, grounds=grounds,
        buyer=BuyerFacts(member_id=member_id, known=known or {}),
    )  # fmt: skip
    terms = QuoteTerms(
        member_id=member_id, delivery=QuoteDelivery(address_id=HOME, region_code=SHENZHEN), offers_version=1, created_at=NOON,
        expires_at=NOON + timedelta(minutes=15), wishes=wishes,
    )  # fmt: skip
    basket = price(request, a_book(a_template(default=True)), NOON)
    quote = draw_up(QuoteId(UUID(int=0x900_0000 + number)), basket, terms, ()).state
    sold = {
        line.goods.sku_id: SkuTerms(
            product_id=line.goods.product_id, price_version=1, purchase_limit=limit, for_sale=True, sale_from=None,
            sale_until=None,
        )
        for line in lines
    }  # fmt: skip
    return Demand(quote, sold, timetable)


def minted(number: int = 1) -> Minted:
    """What the order of that number needs from outside."""
    return Minted(order_id=order_id(number), number=f"2606010000{number:06}")


def placing(takings: Takings, shared: Shared, demand: Demand, number: int = 1) -> tuple[Shared, Sale]:
    """Decide that demand on what was claimed, as placing does. Raises what `check_out` raises."""
    quote = demand.quote
    desk = Claims(
        terms=Terms(goods=demand.goods, offers_version=quote.offers_version),
        regions={quote.delivery.address_id: (quote.member_id, quote.delivery.region_code)}, demands={quote.id: demand},
        takings=takings, shared=shared,
    )  # fmt: skip
    ask = PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=quote.hash)
    desk, sale = check_out(desk, ask, minted(number), CheckoutRules(timers=TIMERS), NOON)
    return desk.shared, sale
