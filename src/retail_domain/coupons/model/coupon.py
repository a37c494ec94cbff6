"""Coupon (优惠券): one that a member has, and what has become of it (CPN-R3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from attrs import evolve, frozen

from retail_domain.coupons.errors import CouponInUse, CouponLimitReached, CouponNotUsable, TooManyCoupons
from retail_domain.coupons.events import CouponEndsSoon
from retail_domain.coupons.model.template import CouponEdition, CouponTemplate, CouponWay
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId, OrderId


class CouponIs(Enum):
    """What has become of a coupon."""

    UNUSED = "unused"
    LOCKED = "locked"
    """An order that is not paid yet uses it."""
    USED = "used"
    EXPIRED = "expired"
    VOID = "void"
    """Staff took it back."""


@frozen(kw_only=True)
class CouponHolder:
    """What rivals who give one member coupons meet at, so that a limit over all kinds holds; every decision changes it."""

    member_id: MemberId
    received: int = 0
    version: int = 0

    def receive(self, held: int, most: int) -> CouponHolder:
        """One more. Raises TooManyCoupons."""
        if held >= most:
            raise TooManyCoupons(most=most)
        return evolve(self, received=self.received + 1)


@frozen(kw_only=True)
class Coupon:
    """One coupon of a member: the so manieth of its kind that they were given (CPN-R2).

    It says what the edition says under which it was given. Locked or used it names its order, and how much it took off.
    """

    id: CouponId
    template_id: CouponTemplateId
    edition: int
    member_id: MemberId
    n: int
    way: CouponWay
    given_at: datetime
    begins_at: datetime
    expires_at: datetime
    tells_at: datetime
    """When its member is told that it ends soon; when it ends, where that would be at once."""
    is_told: bool = False
    stands: CouponIs = CouponIs.UNUSED
    used_by: OrderId | None = None
    applied_minor: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        of_order = self.stands in (CouponIs.LOCKED, CouponIs.USED)
        if of_order != (self.used_by is not None) or of_order != (self.applied_minor > 0):
            raise ValueError("a coupon that is locked or used names its order, and no other does (CPN-I2)")
        if self.n < 1 or self.expires_at <= self.begins_at:
            raise ValueError("a coupon is the first of its kind or a later one, and can be used for some time")

    @classmethod
    def given(  # noqa: PLR0913 - all that is told of a coupon at once
        cls, id: CouponId, template: CouponTemplate, member_id: MemberId, had: int, way: CouponWay, at: datetime,
        calendar: Calendar, notice: timedelta,
    ) -> Change[Coupon]:  # fmt: skip
        """One of that kind. Raises CouponLimitReached."""
        if had >= template.per_member:
            raise CouponLimitReached(template_id=template.id, most=template.per_member)
        begins_at, expires_at = template.validity.span(at, calendar)
        soon = expires_at - notice
        coupon = cls(
            id=id, template_id=template.id, edition=template.edition, member_id=member_id, n=had + 1, way=way, given_at=at,
            begins_at=begins_at, expires_at=expires_at, tells_at=soon if soon > max(at, begins_at) else expires_at,
        )  # fmt: skip
        return Change(None, coupon)

    @property
    def due_at(self) -> datetime | None:
        """When something is to be done about it: its member is told, or it expires."""
        if self.stands is not CouponIs.UNUSED:
            return None
        return self.expires_at if self.is_told else self.tells_at

    def obstacle(self, at: datetime) -> str:
        """Why it cannot be used now; empty when it can. That it expires waits for no timer (CPN-R4)."""
        if self.stands is not CouponIs.UNUSED:
            return str(self.stands.value)
        if has_passed(self.expires_at, at):
            return str(CouponIs.EXPIRED.value)
        return "not_yet" if at < self.begins_at else ""

    def lock_for(self, order_id: OrderId, applied_minor: int, at: datetime) -> Change[Coupon]:
        """An order wants to use it. Raises CouponNotUsable (CPN-I2)."""
        if self.obstacle(at):
            raise CouponNotUsable(coupon_id=self.id)
        return Change(self, evolve(self, stands=CouponIs.LOCKED, used_by=order_id, applied_minor=applied_minor))

    def use(self) -> Change[Coupon]:
        """The order is paid; again changes nothing."""
        return Change(self, evolve(self, stands=CouponIs.USED) if self.stands is CouponIs.LOCKED else self)

    def give_back(self, at: datetime, grace: timedelta) -> Change[Coupon]:
        """The order is not wanted, or paid back in whole: as it was before, or over if its time is (CPN-R4, CPN-I3).

        Where the shop gives grace, one whose time is over can be used for that long.
        """
        if self.used_by is None:
            return Change(self, self)
        free = evolve(self, stands=CouponIs.UNUSED, used_by=None, applied_minor=0)
        if has_passed(self.expires_at, at):
            free = evolve(free, expires_at=at + grace) if grace else evolve(free, stands=CouponIs.EXPIRED)
        return Change(self, free)

    def void(self) -> Change[Coupon]:
        """Staff take it back. Raises CouponInUse."""
        if self.stands not in (CouponIs.UNUSED, CouponIs.VOID):
            raise CouponInUse(coupon_id=self.id)
        return Change(self, evolve(self, stands=CouponIs.VOID) if self.stands is CouponIs.UNUSED else self)

    def wait_over(self, says: CouponEdition, at: datetime, calendar: Calendar) -> Change[Coupon]:
        """What its time brings: it expires, or its member is told that it will. Nothing when neither is due."""
        if self.due_at is None or not has_passed(self.due_at, at):
            return Change(self, self)
        if has_passed(self.expires_at, at):
            return Change(self, evolve(self, stands=CouponIs.EXPIRED))
        soon = CouponEndsSoon(
            at=at, coupon_id=self.id, member_id=self.member_id, coupon_name=says.name,
            coupon_name_en=says.name_en or says.name, last_day=calendar.day_of(self.expires_at - timedelta(microseconds=1)),
        )  # fmt: skip
        return Change(self, evolve(self, is_told=True), (soon,))


@frozen(kw_only=True)
class HeldCoupon:
    """A coupon, and what it says."""

    coupon: Coupon
    says: CouponEdition
