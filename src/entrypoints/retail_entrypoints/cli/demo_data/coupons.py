"""Three kinds of coupons: one to take off goods, one off freight, one for points; the member has the first."""

from __future__ import annotations

from typing import Final

from retail_domain.coupons import CouponValidity, CouponWay, StoreCouponTemplate, TakeCoupon, TemplateWish
from retail_domain.kernel.coupon_terms import CouponKind, CouponTerms
from retail_entrypoints.cli.demo_data.demo import ACTOR, Demo, once

_MONTH: Final = CouponValidity(days=30)
_KINDS: Final = (
    TemplateWish(
        name="满100减15", name_en="15 off 100", way=CouponWay.SELF, validity=_MONTH, total=10_000,
        terms=CouponTerms(kind=CouponKind.FIXED, value_minor=1_500, threshold_minor=10_000),
    ),
    TemplateWish(
        name="运费券", name_en="Freight voucher", way=CouponWay.SELF, validity=_MONTH, total=10_000,
        terms=CouponTerms(kind=CouponKind.FREIGHT, value_minor=1_000),
    ),
    TemplateWish(
        name="九折券", name_en="Ten per cent off", way=CouponWay.POINTS, points=20, validity=_MONTH, total=1_000,
        terms=CouponTerms(kind=CouponKind.PERCENT, percent_bps=1_000, most_minor=5_000),
    ),
)  # fmt: skip


async def give_coupons(demo: Demo) -> None:
    """Made once; the first is taken."""
    assert demo.member_id is not None
    made = [
        await demo.retail.coupons.store_template(StoreCouponTemplate(wish=wish, actor=ACTOR, once=once(f"coupons {place}")))
        for place, wish in enumerate(_KINDS)
    ]
    await demo.retail.coupons.take(
        TakeCoupon(member_id=demo.member_id, template_id=made[0].id, once=once("the member's coupon"))
    )


DEMO: Final = (give_coupons,)
