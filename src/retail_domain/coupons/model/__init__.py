"""Kinds of coupons, the coupons of members, and the codes they are taken by."""

from retail_domain.coupons.model.code import CODE_LETTERS, CouponCode, code_seal, minted_code
from retail_domain.coupons.model.coupon import Coupon, CouponHolder, CouponIs, HeldCoupon
from retail_domain.coupons.model.template import (
    ISSUED_MAX,
    NAME_MAX,
    PER_MEMBER_MAX,
    CouponEdition,
    CouponTemplate,
    CouponValidity,
    CouponWay,
    TemplateWish,
)

__all__ = [
    "CODE_LETTERS",
    "ISSUED_MAX",
    "NAME_MAX",
    "PER_MEMBER_MAX",
    "Coupon",
    "CouponCode",
    "CouponEdition",
    "CouponHolder",
    "CouponIs",
    "CouponTemplate",
    "CouponValidity",
    "CouponWay",
    "HeldCoupon",
    "TemplateWish",
    "code_seal",
    "minted_code",
]
