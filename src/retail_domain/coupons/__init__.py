"""Coupons (优惠券): kinds of them, who has which, and what they take off orders."""

from typing import Final

from retail_domain.coupons.causes import CAUSES as CAUSES
from retail_domain.coupons.commands import (
    CODES_MAX as CODES_MAX,
    CodesMade as CodesMade,
    IssueCoupon as IssueCoupon,
    MakeCouponCodes as MakeCouponCodes,
    RedeemCouponCode as RedeemCouponCode,
    StoreCouponTemplate as StoreCouponTemplate,
    TakeCoupon as TakeCoupon,
    VoidCoupon as VoidCoupon,
)
from retail_domain.coupons.errors import (
    CouponCodeUnknown as CouponCodeUnknown,
    CouponCodeUsed as CouponCodeUsed,
    CouponInUse as CouponInUse,
    CouponLimitReached as CouponLimitReached,
    CouponNotFound as CouponNotFound,
    CouponNotNow as CouponNotNow,
    CouponNotToTake as CouponNotToTake,
    CouponNotUsable as CouponNotUsable,
    CouponsGone as CouponsGone,
    CouponTemplateNotFound as CouponTemplateNotFound,
    CouponTotalTooSmall as CouponTotalTooSmall,
    TooManyCoupons as TooManyCoupons,
)
from retail_domain.coupons.events import CouponEndsSoon as CouponEndsSoon
from retail_domain.coupons.model import (
    CODE_LETTERS as CODE_LETTERS,
    ISSUED_MAX as ISSUED_MAX,
    NAME_MAX as NAME_MAX,
    PER_MEMBER_MAX as PER_MEMBER_MAX,
    Coupon as Coupon,
    CouponCode as CouponCode,
    CouponEdition as CouponEdition,
    CouponHolder as CouponHolder,
    CouponIs as CouponIs,
    CouponTemplate as CouponTemplate,
    CouponValidity as CouponValidity,
    CouponWay as CouponWay,
    HeldCoupon as HeldCoupon,
    TemplateWish as TemplateWish,
    code_seal as code_seal,
    minted_code as minted_code,
)
from retail_domain.coupons.ports import (
    CouponCodes as CouponCodes,
    CouponHolders as CouponHolders,
    CouponsWork as CouponsWork,
    CouponTemplates as CouponTemplates,
    IssuedCoupons as IssuedCoupons,
    RuledCouponsWork as RuledCouponsWork,
)
from retail_domain.coupons.queries import CouponQueries as CouponQueries, CouponReport as CouponReport
from retail_domain.coupons.settings import SETTINGS as SETTINGS, USUAL as USUAL, CouponRules as CouponRules
from retail_domain.coupons.use_cases import (
    CouponGiven as CouponGiven,
    OfferedCoupon as OfferedCoupon,
    WantedOffers as WantedOffers,
    answer_of_giving as answer_of_giving,
    claimed_template as claimed_template,
    give_one as give_one,
)
from retail_domain.kernel.events import Event

EVENTS: Final[tuple[type[Event], ...]] = (CouponEndsSoon,)
