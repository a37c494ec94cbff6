"""What members and staff wish of coupons."""

from __future__ import annotations

from attrs import field, frozen

from retail_domain.coupons.model import TemplateWish
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.checked import NoneOrMore, Typed, checked
from retail_domain.kernel.ids import CouponId, CouponTemplateId, MemberId
from retail_domain.kernel.once import Once

CODES_MAX = 1_000
"""So many codes are made at once."""


@frozen(kw_only=True)
@checked
class StoreCouponTemplate:
    """Staff make a kind of coupon, or say something else of one."""

    wish: TemplateWish
    actor: Actor
    template_id: CouponTemplateId | None = None
    seen: NoneOrMore | None = None
    """The edition that was looked at: with it, nobody may have said something else since."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class TakeCoupon:
    """A member takes a coupon, for points where it costs some."""

    member_id: MemberId
    template_id: CouponTemplateId
    once: Once | None = None


@frozen(kw_only=True)
@checked
class RedeemCouponCode:
    """A member takes a coupon by a code."""

    member_id: MemberId
    code: Typed = field(repr=False)
    client: str = ""
    """The network address it comes from."""
    once: Once | None = None


@frozen(kw_only=True)
@checked
class IssueCoupon:
    """Staff give a member a coupon of any kind, also one that is not given by itself now."""

    member_id: MemberId
    template_id: CouponTemplateId
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class VoidCoupon:
    """Staff take a coupon back that nobody has used."""

    coupon_id: CouponId
    reason: str
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class MakeCouponCodes:
    """Staff want codes for a kind of coupon: so many that are used once each, or one for everybody."""

    template_id: CouponTemplateId
    actor: Actor
    count: int = 1
    for_everybody: bool = False
    once: Once | None = None


@frozen(kw_only=True)
class CodesMade:
    """The codes, told this once: the shop itself keeps none that could be read."""

    template_id: CouponTemplateId
    codes: tuple[str, ...] = field(repr=False)
