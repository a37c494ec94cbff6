"""Template (券模板): a kind of coupon: what it is worth, who comes by it in which way, how many are left (CPN-R1, CPN-R2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from attrs import evolve, field, frozen

from retail_domain.coupons.errors import CouponNotNow, CouponNotToTake, CouponsGone, CouponTotalTooSmall
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import checked
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.coupon_terms import CouponTerms
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CouponTemplateId
from retail_domain.kernel.reading import LINE

NAME_MAX: Final = 40
ISSUED_MAX: Final = 10**8
PER_MEMBER_MAX: Final = 100
_DAYS_MAX: Final = 3_650
_POINTS_MAX: Final = 10**9
_TIERS_MAX: Final = 20


def _read_name(text: object) -> str:
    return LINE.read(text, "name", NAME_MAX, 1)


def _read_name_en(text: object) -> str:
    return LINE.read(text, "name_en", NAME_MAX)


class CouponWay(Enum):
    """How members come by coupons of a kind; staff may give any kind by hand."""

    SELF = "self"
    """Members take them (领券)."""
    REGISTRATION = "registration"
    """Whoever becomes a member has one."""
    STAFF = "staff"
    """By the hand of staff alone."""
    TIER = "tier"
    """Whoever rises to one of some tiers has one."""
    POINTS = "points"
    """Members take them for points."""
    CODE = "code"
    """Whoever knows a code takes one (兑换码)."""


@frozen(kw_only=True)
@checked
class CouponValidity:
    """When a coupon can be used: between two moments, or some days from the day it was taken on, or some days later on."""

    begins_at: datetime | None = None
    ends_at: datetime | None = None
    days: int = 0
    """Through the end of the day so many days later; 0: it has fixed dates."""
    delay_days: int = 0
    """It begins so many days after it was taken."""

    def __attrs_post_init__(self) -> None:
        if self.days:
            if not 1 <= self.days <= _DAYS_MAX or not 0 <= self.delay_days <= _DAYS_MAX:
                raise InvalidInput.of("validity.days", "range", f"1 to {_DAYS_MAX} days")
            if self.begins_at is not None or self.ends_at is not None:
                raise InvalidInput.of("validity", "one_of", "either days or dates")
        else:
            if self.ends_at is None or self.delay_days:
                raise InvalidInput.of("validity.ends_at", "needed", "when it ends, or how many days it lasts")
            if self.begins_at is not None and self.begins_at >= self.ends_at:
                raise InvalidInput.of("validity.ends_at", "order", "it ends after it begins")

    def span(self, at: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
        """From when until when a coupon can be used that is taken now."""
        if self.ends_at is not None:
            return self.begins_at or at, self.ends_at
        first = calendar.day_of(at) + timedelta(days=self.delay_days)
        begins = calendar.start_of(first) if self.delay_days else at
        return begins, calendar.end_of(first + timedelta(days=self.days))


@frozen(kw_only=True)
@checked
class TemplateWish:
    """What staff say of a kind of coupon. Raises InvalidInput."""

    name: str = field(converter=_read_name)
    name_en: str = field(default="", converter=_read_name_en)
    way: CouponWay
    terms: CouponTerms
    validity: CouponValidity
    total: int
    per_member: int = 1
    takes_from: datetime | None = None
    takes_until: datetime | None = None
    points: int = 0
    """What one costs, for POINTS."""
    tiers: tuple[str, ...] = ()
    """The codes of the tiers, for TIER."""
    is_open: bool = True
    """Whether it is given now; closed, those that are out stay good."""

    def __attrs_post_init__(self) -> None:
        for name, value, most in (("total", self.total, ISSUED_MAX), ("per_member", self.per_member, PER_MEMBER_MAX)):
            if not 1 <= value <= most:
                raise InvalidInput.of(name, "range", f"1 to {most}")
        if self.takes_from is not None and has_passed(self.takes_until, self.takes_from):
            raise InvalidInput.of("takes_until", "order", "they are given until some time after they are given first")
        least, most = (1, _POINTS_MAX) if self.way is CouponWay.POINTS else (0, 0)
        if not least <= self.points <= most:
            raise InvalidInput.of("points", "range", f"{least} to {most} for this way")
        fits = 1 <= len(self.tiers) <= _TIERS_MAX if self.way is CouponWay.TIER else not self.tiers
        if not fits:
            raise InvalidInput.of("tiers", "range", f"1 to {_TIERS_MAX} tiers where a coupon comes with a tier, else none")


@frozen(kw_only=True)
class CouponEdition:
    """What coupons that were given under one edition of a kind say for good: what was agreed when they were taken."""

    template_id: CouponTemplateId
    edition: int
    name: str
    name_en: str
    terms: CouponTerms
    version: int = 0

    @property
    def face_minor(self) -> int:
        """The most one ever takes off."""
        return self.terms.face_minor


@frozen(kw_only=True)
class CouponTemplate:
    """A kind of coupon, and how many of it are out. `edition` counts what coupons say: those that are out keep theirs."""

    id: CouponTemplateId
    edition: int = 1
    name: str
    name_en: str
    way: CouponWay
    terms: CouponTerms
    validity: CouponValidity
    total: int
    per_member: int
    takes_from: datetime | None
    takes_until: datetime | None
    points: int
    tiers: tuple[str, ...]
    is_open: bool
    issued: int = 0
    made_at: datetime
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.issued <= self.total:
            raise ValueError("no more coupons are out than there are (CPN-I1)")

    @classmethod
    def made(cls, id: CouponTemplateId, wish: TemplateWish, *, at: datetime) -> Change[CouponTemplate]:
        """A new kind."""
        return Change(None, cls(id=id, made_at=at, **_said(wish)))

    def rewritten(self, wish: TemplateWish) -> Change[CouponTemplate]:
        """It says something else from now on; coupons that are out stay as they were. Raises CouponTotalTooSmall."""
        if wish.total < self.issued:
            raise CouponTotalTooSmall(issued=self.issued)
        after = evolve(self, **_said(wish))
        if (after.name, after.name_en, after.terms) != (self.name, self.name_en, self.terms):
            after = evolve(after, edition=self.edition + 1)
        return Change(self, after if after != self else self)

    @property
    def what_it_says(self) -> CouponEdition:
        """The present edition."""
        return CouponEdition(template_id=self.id, edition=self.edition, name=self.name, name_en=self.name_en, terms=self.terms)

    @property
    def left(self) -> int:
        """How many can still be given."""
        return self.total - self.issued

    @property
    def most_minor(self) -> int:
        """The most that all of its coupons together can ever cost (by what they say now)."""
        return self.total * self.terms.face_minor

    def check_open(self, at: datetime) -> None:
        """It is given now. Raises CouponNotToTake, CouponNotNow."""
        if not self.is_open:
            raise CouponNotToTake(template_id=self.id)
        is_early = self.takes_from is not None and at < self.takes_from
        if is_early or has_passed(self.takes_until, at):
            raise CouponNotNow(template_id=self.id, takes_from=self.takes_from, takes_until=self.takes_until)

    def issue(self, at: datetime) -> CouponTemplate:
        """One more is out. Raises CouponNotNow once none could be used any more, CouponsGone (CPN-I1)."""
        if has_passed(self.validity.ends_at, at):
            raise CouponNotNow(template_id=self.id, takes_from=self.takes_from, takes_until=self.validity.ends_at)
        if not self.left:
            raise CouponsGone(template_id=self.id)
        return evolve(self, issued=self.issued + 1)


def _said(wish: TemplateWish) -> dict[str, Any]:
    names = (
        "name", "name_en", "way", "terms", "validity", "total", "per_member", "takes_from", "takes_until", "points", "tiers",
        "is_open",
    )  # fmt: skip
    return {name: getattr(wish, name) for name in names}
