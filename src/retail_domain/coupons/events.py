"""What happens to coupons, as others hear of it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import CouponId, MemberId


@frozen(kw_only=True)
class CouponEndsSoon(Event):
    """A coupon that nobody has used yet can be used for the last time on a day."""

    name: ClassVar[str] = "coupon.ends_soon"

    coupon_id: CouponId
    member_id: MemberId
    coupon_name: str
    coupon_name_en: str
    last_day: date

    @property
    def aggregate_id(self) -> UUID:
        """The coupon."""
        return self.coupon_id
