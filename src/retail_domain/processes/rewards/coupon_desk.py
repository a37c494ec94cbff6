"""Coupons (优惠券), for those who embed the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.coupons import (
    CodesMade,
    Coupon,
    CouponGiven,
    CouponQueries,
    CouponTemplate,
    HeldCoupon,
    IssueCoupon,
    MakeCouponCodes,
    OfferedCoupon,
    RedeemCouponCode,
    StoreCouponTemplate,
    TakeCoupon,
    VoidCoupon,
    WantedOffers,
)
from retail_domain.kernel.ids import MemberId
from retail_domain.pricing import ShowQuote
from retail_domain.processes.rewards.choosing_coupons import CouponChoice


@frozen(kw_only=True)
class CouponDesk:
    """A callable a use case."""

    store_template: Callable[[StoreCouponTemplate], Awaitable[CouponTemplate]]
    take: Callable[[TakeCoupon], Awaitable[CouponGiven]]
    redeem: Callable[[RedeemCouponCode], Awaitable[CouponGiven]]
    issue: Callable[[IssueCoupon], Awaitable[CouponGiven]]
    void: Callable[[VoidCoupon], Awaitable[Coupon]]
    make_codes: Callable[[MakeCouponCodes], Awaitable[CodesMade]]
    offers: Callable[[WantedOffers], Awaitable[tuple[OfferedCoupon, ...]]]
    usable: Callable[[MemberId], Awaitable[tuple[HeldCoupon, ...]]]
    on_quote: Callable[[ShowQuote], Awaitable[tuple[CouponChoice, ...]]]
    on_cart: Callable[[MemberId], Awaitable[tuple[CouponChoice, ...]]]
    show: CouponQueries
