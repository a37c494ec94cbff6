"""Why members are told of their coupons."""

from __future__ import annotations

from typing import Final

from retail_domain.coupons.events import CouponEndsSoon
from retail_domain.kernel.causes import Cause, CauseWords, Language, Thing

CAUSES: Final = (
    Cause(
        code="coupon.ends_soon",
        event=CouponEndsSoon,
        thing=Thing.OTHER,
        about="member_id",
        fills={
            "coupon": lambda event: event.coupon_name,
            "coupon_en": lambda event: event.coupon_name_en,
            "day": lambda event: event.last_day.isoformat(),
        },
        words={
            Language.ZH_CN: CauseWords("优惠券即将到期", "您的优惠券“{coupon}”最后可用日为{day}。"),
            Language.EN: CauseWords("A coupon ends soon", "Your coupon “{coupon_en}” can be used until {day}."),
        },
    ),
)
