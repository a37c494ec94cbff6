"""Which of a member's coupons can be used on a basket, what each would take off, and why the others cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.cart import CartOwner
from retail_domain.coupons import HeldCoupon, IssuedCoupons
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.coupon_terms import COUPON
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.pricing import NOTHING_TO_TAKE_OFF, PricedBasket, Quotes, ShowQuote, before_coupons, effect_of
from retail_domain.processes.purchase.carting import CartingWork, ShowCart, show_cart
from retail_domain.processes.purchase.quoting import QuotingRules
from retail_domain.processes.takings.coupons import at_hand

FREIGHT_UNKNOWN = "freight_unknown"


class CouponsOfQuoteWork(Protocol):
    """The unit of work of looking at a quote's coupons."""

    @property
    def quotes(self) -> Quotes: ...
    @property
    def coupons(self) -> IssuedCoupons: ...


class CouponsOfCartWork(CartingWork, Protocol):
    """The unit of work of looking at a cart's coupons."""

    @property
    def coupons(self) -> IssuedCoupons: ...


@frozen(kw_only=True)
class CouponChoice:
    """One coupon of the member's, and what it would do to the basket by itself; nothing is taken."""

    held: HeldCoupon
    off_minor: int
    reason: str
    """Why it does nothing; empty when it can be used."""
    missing_minor: int
    is_chosen: bool
    """Whether the basket's price uses it already."""


async def coupons_on_quote(work: CouponsOfQuoteWork, wish: ShowQuote, clock: Clock) -> tuple[CouponChoice, ...]:
    """Those that are worth most first. Raises QuoteNotFound, also for a quote of somebody else."""
    quote = (await work.quotes.get(wish.quote_id)).owned_by(wish.member_id)
    at = clock.now()
    return choices(quote.basket, await work.coupons.usable(wish.member_id, at), at)


async def coupons_on_cart(
    work: CouponsOfCartWork, member_id: MemberId, means: Means, rules: QuotingRules
) -> tuple[CouponChoice, ...]:
    """The same for what lies in the cart; what delivery costs is not known there."""
    cart = await show_cart(work, ShowCart(CartOwner.member(member_id)), means, rules)
    at = means.clock.now()
    return choices(cart.basket, await work.coupons.usable(member_id, at), at, knows_freight=False)


def choices(
    basket: PricedBasket, held: Iterable[HeldCoupon], at: datetime, *, knows_freight: bool = True
) -> tuple[CouponChoice, ...]:
    """By the step that the price itself takes, so nobody is promised what a quote then refuses."""
    sheet, used = before_coupons(basket, at), {ground.id for ground in basket.grounds if ground.kind == COUPON}
    found: list[CouponChoice] = []
    for one in held:
        effect = effect_of(at_hand(one, at), sheet)
        is_unknown = one.says.terms.is_for_freight and not knows_freight and effect.reason == NOTHING_TO_TAKE_OFF
        reason = FREIGHT_UNKNOWN if is_unknown else effect.reason
        found.append(
            CouponChoice(
                held=one, off_minor=0 if reason else effect.off_minor, reason=reason, missing_minor=effect.missing_minor,
                is_chosen=str(one.coupon.id) in used,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (bool(one.reason), -one.off_minor, one.held.coupon.expires_at)))
