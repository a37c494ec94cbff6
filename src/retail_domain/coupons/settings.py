"""What a shop may set about coupons while it runs (SET-R1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import frozen

from retail_domain.kernel.settings import InForce, Setting, WholeSetting

HELD_MOST: Final = WholeSetting(
    name="coupons.held_most", least=1, most=1_000, unit="coupons",
    says="How many coupons that can still be used a member holds at most.",
    says_zh="每位会员最多可持有的未使用优惠券数量。",
)  # fmt: skip
GRACE_DAYS: Final = WholeSetting(
    name="coupons.grace_days", least=0, most=365, unit="days",
    says="How many days a coupon can be used that an order gives back when its time is over; 0: it has expired.",
    says_zh="订单退回的优惠券如已过期可再用的天数；0 表示退回即过期。",
)  # fmt: skip
NOTICE_DAYS: Final = WholeSetting(
    name="coupons.notice_days", least=0, most=60, unit="days",
    says="How many days before a coupon ends its member is told; 0: nobody is.",
    says_zh="优惠券到期前多少天提醒会员；0 表示不提醒。",
)  # fmt: skip
SETTINGS: Final[tuple[Setting[Any], ...]] = (HELD_MOST, GRACE_DAYS, NOTICE_DAYS)
USUAL: Final[Mapping[str, Any]] = {HELD_MOST.name: 200, GRACE_DAYS.name: 0, NOTICE_DAYS.name: 3}
"""What each is worth as long as nobody sets it."""


@frozen
class CouponRules:
    """What is set of coupons at one moment."""

    in_force: InForce

    @property
    def held_most(self) -> int:
        """How many a member holds at once."""
        return int(self.in_force.of(HELD_MOST, USUAL[HELD_MOST.name]))

    @property
    def grace(self) -> timedelta:
        """So long one lasts that comes back too late."""
        return timedelta(days=self.in_force.of(GRACE_DAYS, USUAL[GRACE_DAYS.name]))

    @property
    def notice(self) -> timedelta:
        """So long before its end its member is told."""
        return timedelta(days=self.in_force.of(NOTICE_DAYS, USUAL[NOTICE_DAYS.name]))
