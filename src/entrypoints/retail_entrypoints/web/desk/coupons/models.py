"""What the console shows of coupons, and what staff type of a kind of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from attrs import evolve, frozen

from retail_domain.coupons import CouponIs, CouponReport, CouponTemplate, CouponValidity, CouponWay, TemplateWish
from retail_domain.kernel.calendar import Calendar
from retail_domain.kernel.coupon_terms import CouponKind, CouponScope, CouponTerms
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CategoryId, CouponTemplateId, ProductId
from retail_domain.kernel.money import Money
from retail_entrypoints.web.amounts import count_typed, minor_typed
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.moments import moment_typed
from retail_entrypoints.web.shop.coupons.models import CouponFace

E = TypeVar("E", CouponWay, CouponKind)


class CouponKindForm(Form, frozen=True):
    """A kind of coupon, as it is typed."""

    name: Typed = ""
    name_en: Typed = ""
    way: Typed = "self"
    kind: Typed = "fixed"
    value: Typed = ""
    percent: Typed = ""
    most: Typed = ""
    threshold: Typed = ""
    goods: Typed = ""
    not_goods: Typed = ""
    category: Typed = ""
    days: Typed = ""
    ends_at: Typed = ""
    takes_from: Typed = ""
    takes_until: Typed = ""
    total: Typed = ""
    per_member: Typed = "1"
    points: Typed = ""
    tiers: Typed = ""
    alone: Typed = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of goods that are named."""
        return tuple(dict.fromkeys((*self.goods.split(), *self.not_goods.split())))

    def wish(self, known: Mapping[str, ProductId], calendar: Calendar) -> TemplateWish:
        """As the shop takes it. Raises InvalidInput."""
        return TemplateWish(
            name=self.name, name_en=self.name_en, way=_of(CouponWay, self.way, "way"), terms=self._terms(known),
            validity=CouponValidity(
                days=_count(self.days, "days"), ends_at=moment_typed(self.ends_at, "ends_at", calendar)
            ),
            total=count_typed(self.total, "total"), per_member=count_typed(self.per_member, "per_member"),
            takes_from=moment_typed(self.takes_from, "takes_from", calendar),
            takes_until=moment_typed(self.takes_until, "takes_until", calendar), points=_count(self.points, "points"),
            tiers=tuple(self.tiers.split()),
        )  # fmt: skip

    def _terms(self, known: Mapping[str, ProductId]) -> CouponTerms:
        kind = _of(CouponKind, self.kind, "kind")
        is_part = kind is CouponKind.PERCENT
        scope = CouponScope(
            product_ids=_products(self.goods, known, "goods"), not_product_ids=_products(self.not_goods, known, "not_goods"),
            category_ids=(_category(self.category),) if self.category else (),
        )  # fmt: skip
        return CouponTerms(
            kind=kind, value_minor=0 if is_part else minor_typed(self.value, "value"), scope=scope,
            percent_bps=100 * count_typed(self.percent, "percent") if is_part else 0,
            most_minor=minor_typed(self.most, "most") if is_part else 0,
            threshold_minor=minor_typed(self.threshold, "threshold") if self.threshold.strip() else None,
            with_coupons=not self.alone, with_reductions=not self.alone,
        )  # fmt: skip


def _of(kind: type[E], told: str, field: str) -> E:
    try:
        return kind(told)
    except ValueError:
        raise InvalidInput.of(field, "unknown", "choose one of them") from None


def _count(text: str, field: str) -> int:
    return count_typed(text, field) if text.strip() else 0


def _products(text: str, known: Mapping[str, ProductId], field: str) -> tuple[ProductId, ...]:
    missing = [code for code in text.split() if code not in known]
    if missing:
        raise InvalidInput.of(field, "unknown", f"there are no such goods: {' '.join(missing[:5])}")
    return tuple(known[code] for code in dict.fromkeys(text.split()))


def _category(told: str) -> CategoryId:
    try:
        return CategoryId(UUID(told))
    except ValueError:
        raise InvalidInput.of("category", "unknown", "choose one of them") from None


class RestateForm(Form, frozen=True):
    """How many there are, and whether it is given."""

    total: Typed = ""
    is_open: Typed = ""


class ReceiverForm(Form, frozen=True):
    """To whom: a phone number or an id."""

    member: Typed = ""


class CodesForm(Form, frozen=True):
    """How many codes, or one for everybody."""

    count: Typed = "1"
    for_everybody: Typed = ""


class VoidForm(Form, frozen=True):
    """Which coupon is taken back, and why."""

    coupon_id: Typed = ""
    reason: Typed = ""


def restated(template: CouponTemplate, *, total: int, is_open: bool) -> TemplateWish:
    """The same kind with another number of them, given or not."""
    return evolve(
        TemplateWish(
            name=template.name, name_en=template.name_en, way=template.way, terms=template.terms, validity=template.validity,
            total=template.total, per_member=template.per_member, takes_from=template.takes_from,
            takes_until=template.takes_until, points=template.points, tiers=template.tiers,
        ),
        total=total, is_open=is_open,
    )  # fmt: skip


@frozen(kw_only=True)
class CouponKindRow:
    """One kind in the list."""

    template_id: CouponTemplateId
    name: str
    way: str
    face: CouponFace
    issued: int
    total: int
    is_open: bool
    most: Money
    takes_until: datetime | None

    @classmethod
    def of(cls, one: CouponTemplate, currency: str) -> CouponKindRow:
        """As it is."""
        return cls(
            template_id=one.id, name=one.name, way=one.way.value, face=CouponFace.of(one.terms, currency), issued=one.issued,
            total=one.total, is_open=one.is_open, most=Money(min(one.most_minor, 10**12), currency),
            takes_until=one.takes_until,
        )  # fmt: skip


@frozen(kw_only=True)
class ReportModel:
    """What became of a kind."""

    row: CouponKindRow
    counts: Sequence[tuple[str, int]]
    applied: Money
    codes: int

    @classmethod
    def of(cls, report: CouponReport, currency: str) -> ReportModel:
        """As it is."""
        return cls(
            row=CouponKindRow.of(report.template, currency), counts=[(one.value, report.of(one)) for one in CouponIs],
            applied=Money(report.applied_minor, currency), codes=report.codes,
        )  # fmt: skip
