"""What pages show of coupons: what one says, in words and money, and whether it can be taken or used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.coupons import CouponIs, CouponTemplate, CouponWay, HeldCoupon, OfferedCoupon
from retail_domain.kernel.coupon_terms import CouponKind, CouponTerms
from retail_domain.kernel.ids import CouponId, CouponTemplateId, OrderId
from retail_domain.kernel.money import Money
from retail_domain.kernel.paging import Page
from retail_domain.processes.rewards.choosing_coupons import CouponChoice


@frozen(kw_only=True)
class CouponFace:
    """The front of a coupon: what it takes off, and from how much on."""

    kind: str
    """The word for what it takes off."""
    off: Money | None
    """Nothing for one that takes off a part."""
    part: str
    """How much of 100 it takes off, for one that does."""
    most: Money | None
    threshold: Money | None
    is_for_some: bool
    """Whether it is for some goods only."""

    @classmethod
    def of(cls, terms: CouponTerms, currency: str) -> CouponFace:
        """As it is printed."""
        is_part = terms.kind is CouponKind.PERCENT
        return cls(
            kind=terms.kind.value, off=None if is_part else Money(terms.value_minor, currency),
            part=f"{terms.percent_bps / 100:g}%" if is_part else "",
            most=Money(terms.most_minor, currency) if is_part else None,
            threshold=Money(terms.threshold_minor, currency) if terms.threshold_minor is not None else None,
            is_for_some=terms.scope != type(terms.scope)(),
        )  # fmt: skip


def coupon_name(name: str, name_en: str, lang: str) -> str:
    """Its name in the language of the page."""
    return name_en if name_en and lang == "en" else name


@frozen(kw_only=True)
class OfferedTicket:
    """A coupon to take."""

    template_id: CouponTemplateId
    name: str
    face: CouponFace
    points: int
    is_to_take: bool
    had: int

    @classmethod
    def of(cls, offered: OfferedCoupon, currency: str, lang: str) -> OfferedTicket:
        """As a member sees it."""
        one = offered.template
        return cls(
            template_id=one.id, name=coupon_name(one.name, one.name_en, lang), face=CouponFace.of(one.terms, currency),
            points=one.points if one.way is CouponWay.POINTS else 0, is_to_take=offered.is_to_take, had=offered.had,
        )  # fmt: skip

    @classmethod
    def at_goods(cls, one: CouponTemplate, currency: str, lang: str) -> OfferedTicket:
        """As everybody sees it at goods that it is for."""
        return cls.of(OfferedCoupon(template=one, had=0), currency, lang)


@frozen(kw_only=True)
class HeldTicket:
    """A coupon of mine."""

    name: str
    face: CouponFace
    state: str
    begins_at: datetime | None
    """Only when it cannot be used yet."""
    expires_at: datetime
    order_id: OrderId | None

    @classmethod
    def of(cls, held: HeldCoupon, currency: str, lang: str, at: datetime) -> HeldTicket:
        """How it stands now, whatever a timer has done."""
        coupon, says = held.coupon, held.says
        obstacle = coupon.obstacle(at)
        return cls(
            name=coupon_name(says.name, says.name_en, lang), face=CouponFace.of(says.terms, currency),
            state=obstacle or CouponIs.UNUSED.value, begins_at=coupon.begins_at if obstacle == "not_yet" else None,
            expires_at=coupon.expires_at, order_id=coupon.used_by,
        )  # fmt: skip


@frozen(kw_only=True)
class ChosenTicket:
    """A coupon of mine at the checkout."""

    coupon_id: CouponId
    name: str
    off: Money | None
    reason: str
    missing: Money
    is_chosen: bool
    is_for_freight: bool

    @classmethod
    def of(cls, choice: CouponChoice, currency: str, lang: str) -> ChosenTicket:
        """What it does here, or why it does nothing."""
        says = choice.held.says
        return cls(
            coupon_id=choice.held.coupon.id, name=coupon_name(says.name, says.name_en, lang),
            off=None if choice.reason else Money(choice.off_minor, currency), reason=choice.reason,
            missing=Money(choice.missing_minor, currency), is_chosen=choice.is_chosen,
            is_for_freight=says.terms.is_for_freight,
        )  # fmt: skip


@frozen(kw_only=True)
class CouponsPage:
    """Mine, and those to take."""

    offers: tuple[OfferedTicket, ...]
    mine: tuple[HeldTicket, ...]
    next_cursor: str | None

    @classmethod
    def of(cls, offers: Sequence[OfferedCoupon], mine: Page[HeldCoupon], currency: str, lang: str, at: datetime) -> CouponsPage:
        """The whole page."""
        return cls(
            offers=tuple(OfferedTicket.of(one, currency, lang) for one in offers),
            mine=tuple(HeldTicket.of(one, currency, lang, at) for one in mine.items), next_cursor=mine.next_cursor,
        )  # fmt: skip
