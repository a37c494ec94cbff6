"""What coupons refuse."""

from __future__ import annotations

from datetime import datetime

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import CouponId, CouponTemplateId


@refusal
class CouponTemplateNotFound(DomainError):
    """There is no such kind of coupon."""

    code = "coupon.template_not_found"
    kind = Kind.MISSING
    template_id: CouponTemplateId


@refusal
class CouponNotFound(DomainError):
    """There is no such coupon."""

    code = "coupon.not_found"
    kind = Kind.MISSING
    coupon_id: CouponId


@refusal
class CouponCodeUnknown(DomainError):
    """No coupon goes by this code."""

    code = "coupon.code_unknown"
    kind = Kind.REFUSED


@refusal
class CouponCodeUsed(DomainError):
    """This code was used as often as it may be."""

    code = "coupon.code_used"
    kind = Kind.REFUSED


@refusal
class CouponNotToTake(DomainError):
    """This coupon is not there to be taken: it is given in another way, or given no more."""

    code = "coupon.not_to_take"
    kind = Kind.REFUSED
    template_id: CouponTemplateId


@refusal
class CouponNotNow(DomainError):
    """This coupon is given at another time."""

    code = "coupon.not_now"
    kind = Kind.REFUSED
    template_id: CouponTemplateId
    takes_from: datetime | None = None
    takes_until: datetime | None = None


@refusal
class CouponsGone(DomainError):
    """All coupons of this kind have been given out."""

    code = "coupon.gone"
    kind = Kind.REFUSED
    template_id: CouponTemplateId


@refusal
class CouponLimitReached(DomainError):
    """A member has had as many coupons of this kind as anybody may."""

    code = "coupon.limit_reached"
    kind = Kind.REFUSED
    template_id: CouponTemplateId
    most: int


@refusal
class TooManyCoupons(DomainError):
    """A member holds as many coupons as anybody may hold at once."""

    code = "coupon.too_many_held"
    kind = Kind.REFUSED
    most: int


@refusal
class CouponTotalTooSmall(DomainError):
    """More coupons of this kind have been given out already."""

    code = "coupon.total_too_small"
    kind = Kind.REFUSED
    issued: int


@refusal
class CouponInUse(DomainError):
    """This coupon belongs to an order, or is over: it cannot be taken back."""

    code = "coupon.in_use"
    kind = Kind.REFUSED
    coupon_id: CouponId


@refusal
class CouponNotUsable(DomainError):
    """This coupon cannot be used any more; ask for the price again."""

    code = "coupon.not_usable"
    kind = Kind.REFUSED
    coupon_id: CouponId
