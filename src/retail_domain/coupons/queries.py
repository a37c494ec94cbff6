"""What is shown of coupons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from retail_domain.coupons.model import CouponIs, CouponTemplate, CouponWay, HeldCoupon
from retail_domain.kernel.ids import CouponTemplateId, MemberId
from retail_domain.kernel.paging import Page, PageRequest


@frozen(kw_only=True)
class CouponReport:
    """What has become of the coupons of a kind, and what they took off (使用报表)."""

    template: CouponTemplate
    counts: Mapping[CouponIs, int] = field(factory=dict)
    applied_minor: int = 0
    """What those that are used took off, in minor units."""
    codes: int = 0
    """How many codes were made."""

    def of(self, stands: CouponIs) -> int:
        """How many."""
        return self.counts.get(stands, 0)


class CouponQueries(Protocol):
    """The read side of coupons."""

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[HeldCoupon]:
        """Every coupon that a member was ever given, the latest first."""
        ...

    async def to_take(self, ways: frozenset[CouponWay], at: datetime) -> tuple[CouponTemplate, ...]:
        """Kinds that are given in these ways now and of which some are left, the newest first; a hundred at most."""
        ...

    async def had_of(self, member_id: MemberId) -> Mapping[CouponTemplateId, int]:
        """How many a member was ever given of each kind that is still given."""
        ...

    async def templates(self, page: PageRequest) -> Page[CouponTemplate]:
        """All kinds, the newest first."""
        ...

    async def template(self, id: CouponTemplateId) -> CouponTemplate:
        """One kind. Raises CouponTemplateNotFound."""
        ...

    async def report(self, id: CouponTemplateId) -> CouponReport:
        """What became of one kind. Raises CouponTemplateNotFound."""
        ...
