"""Coupons are given, expire and are shown (CPN-R2, CPN-R4)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.coupons.errors import CouponTemplateNotFound
from retail_domain.coupons.model import Coupon, CouponHolder, CouponTemplate, CouponWay, HeldCoupon
from retail_domain.coupons.ports import CouponsWork, RuledCouponsWork
from retail_domain.coupons.queries import CouponQueries
from retail_domain.coupons.settings import CouponRules
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.coupon_terms import CouponTerms
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId
from retail_domain.kernel.means import Means

TAKEN_BY_MEMBERS = frozenset({CouponWay.SELF, CouponWay.POINTS})


@frozen(kw_only=True)
class CouponGiven:
    """A coupon that somebody has now."""

    coupon_id: CouponId
    name: str
    name_en: str
    terms: CouponTerms
    begins_at: datetime
    expires_at: datetime


@frozen(kw_only=True)
class OfferedCoupon:
    """A kind of coupon that can be taken, and how many of it a member has had."""

    template: CouponTemplate
    had: int

    @property
    def is_to_take(self) -> bool:
        """Whether this member may have one more."""
        return self.had < self.template.per_member and self.template.left > 0


@frozen(kw_only=True)
@checked
class WantedOffers:
    """Who looks what there is to take; nobody in particular is a guest."""

    member_id: MemberId | None = None


async def claimed_template(work: CouponsWork, id: CouponTemplateId) -> CouponTemplate:
    """One kind, alone. Raises CouponTemplateNotFound."""
    found = await work.coupon_templates.claim(id)
    if found is None:
        raise CouponTemplateNotFound(template_id=id)
    return found


async def give_one(
    work: RuledCouponsWork, template: CouponTemplate, member_id: MemberId, way: CouponWay, means: Means
) -> Coupon:
    """One coupon of a kind that is claimed, to a member: counted at both before it is there (CPN-I1).

    Raises CouponNotNow, CouponsGone, CouponLimitReached, TooManyCoupons.
    """
    at = means.clock.now()
    rules = CouponRules((await work.settings.timetable()).at(at))
    before = await work.coupon_holders.claim(member_id)
    had, held = await work.coupons.counted(member_id, template.id, at)
    counted = template.issue(at)
    made = Coupon.given(CouponId(means.ids.new()), template, member_id, had, way, at, means.calendar, rules.notice)
    holder = (before or CouponHolder(member_id=member_id)).receive(held, rules.held_most)
    work.coupon_templates.save(Change(template, counted))
    work.coupon_holders.save(Change(before, holder))
    work.coupons.save(made)
    return made.state


def answer_of_giving(coupon: Coupon, template: CouponTemplate) -> CouponGiven:
    """What is told of it."""
    return CouponGiven(
        coupon_id=coupon.id, name=template.name, name_en=template.name_en, terms=template.terms,
        begins_at=coupon.begins_at, expires_at=coupon.expires_at,
    )  # fmt: skip


async def look_after_coupon(work: CouponsWork, coupon_id: CouponId, means: Means) -> None:
    """A coupon whose time has come: its member is told, or it expires (CPN-R4). Twice changes nothing."""
    coupon = (await work.coupons.claim([coupon_id])).get(coupon_id)
    if coupon is None:
        return
    (held,) = await work.coupons.held([coupon_id])
    change = coupon.wait_over(held.says, means.clock.now(), means.calendar)
    if change.state is not coupon:
        work.coupons.save(change)


async def show_offers(wish: WantedOffers, show: CouponQueries, clock: Clock) -> tuple[OfferedCoupon, ...]:
    """What members may take now, and how many of each this one has had."""
    found = await show.to_take(TAKEN_BY_MEMBERS, clock.now())
    had = await show.had_of(wish.member_id) if wish.member_id is not None and found else {}
    return tuple(OfferedCoupon(template=one, had=had.get(one.id, 0)) for one in found)


async def usable_coupons(work: CouponsWork, member_id: MemberId, clock: Clock) -> tuple[HeldCoupon, ...]:
    """What a member can use now or later, the first to end first."""
    return tuple(await work.coupons.usable(member_id, clock.now()))
