"""Coupons in a word: a kind of them, one of it, and an order that uses some."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve as evolve

from retail_domain.application import Retail
from retail_domain.coupons import (
    CouponGiven,
    CouponTemplate,
    CouponValidity,
    CouponWay,
    StoreCouponTemplate,
    TakeCoupon,
    TemplateWish,
)
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.coupon_terms import CouponKind, CouponTerms
from retail_domain.kernel.ids import CouponId, MemberId, SkuId
from retail_domain.pricing import Quote, WantedLine, Wish
from retail_domain.processes.purchase.checkout import Placed, PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteBasket
from tests.support.market import Buyer

FIVE_OFF: Final = CouponTerms(kind=CouponKind.FIXED, value_minor=500, threshold_minor=2_000)
FREIGHT_OFF: Final = CouponTerms(kind=CouponKind.FREIGHT, value_minor=600)
ANY_OFF: Final = CouponTerms(kind=CouponKind.FIXED, value_minor=500)
WEEK: Final = CouponValidity(days=7)


async def kind_of(retail: Retail, terms: CouponTerms = FIVE_OFF, **more: Any) -> CouponTemplate:
    """A kind of coupon that members take, unless it is said otherwise."""
    said = {"name": "满20减5", "way": CouponWay.SELF, "validity": WEEK, "total": 100, **more}
    wish = TemplateWish(terms=terms, **said)
    return await retail.coupons.store_template(StoreCouponTemplate(wish=wish, actor=Actor.system("clerk")))


async def taken_by(retail: Retail, member_id: MemberId, template: CouponTemplate) -> CouponGiven:
    """One of that kind."""
    return await retail.coupons.take(TakeCoupon(member_id=member_id, template_id=template.id))


async def quote_with(retail: Retail, buyer: Buyer, *wanted: tuple[SkuId, int], use: list[CouponId]) -> Quote:
    """What these cost with those coupons."""
    lines = tuple(WantedLine(sku_id, quantity) for sku_id, quantity in wanted)
    wishes = tuple(Wish("coupon", str(one)) for one in use)
    return await retail.quoting.quote(QuoteBasket(member_id=buyer.id, address_id=buyer.home, lines=lines, wishes=wishes))


async def placed_of(retail: Retail, quote: Quote) -> Placed:
    """An order of it."""
    return await retail.checkout.place(PlaceOrder(member_id=quote.member_id, quote_id=quote.id, hash=quote.hash))
