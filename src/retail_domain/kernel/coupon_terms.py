"""What a coupon says to a price (优惠券条款): for which goods, from how much on, and how much it takes off (CPN-R1)."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import BrandId, CategoryId, ProductId, SkuId
from retail_domain.kernel.money import MINOR_MAX

COUPON: Final = "coupon"
"""The kind of wish, of ground, of source, and of what orders take."""
NAMED_MAX: Final = 500
"""So many things a scope names at most, exclusions included."""
_WHOLE_BPS: Final = 10_000


class CouponKind(Enum):
    """What a coupon takes off, and how its amount is told."""

    FIXED = "fixed"
    """An amount off goods (满减券)."""
    PERCENT = "percent"
    """A part of what goods cost, up to an amount (折扣券)."""
    FREIGHT = "freight"
    """An amount off freight (运费券)."""


@frozen(kw_only=True, slots=False)
@checked
class CouponScope:
    """Which goods a coupon is for: all, or those that are named in any way; less those that are excluded in any way.

    A category is the one that the goods are in, and does not stand for those below it.
    """

    sku_ids: tuple[SkuId, ...] = ()
    product_ids: tuple[ProductId, ...] = ()
    category_ids: tuple[CategoryId, ...] = ()
    brand_ids: tuple[BrandId, ...] = ()
    not_sku_ids: tuple[SkuId, ...] = ()
    not_product_ids: tuple[ProductId, ...] = ()
    not_category_ids: tuple[CategoryId, ...] = ()
    not_brand_ids: tuple[BrandId, ...] = ()

    def __attrs_post_init__(self) -> None:
        if len(self._every) > NAMED_MAX:
            raise InvalidInput.of("scope", "many", f"at most {NAMED_MAX} things are named")

    @cached_property
    def _named(self) -> frozenset[UUID]:
        return frozenset((*self.sku_ids, *self.product_ids, *self.category_ids, *self.brand_ids))

    @cached_property
    def _excluded(self) -> frozenset[UUID]:
        return frozenset((*self.not_sku_ids, *self.not_product_ids, *self.not_category_ids, *self.not_brand_ids))

    @property
    def _every(self) -> frozenset[UUID]:
        return self._named | self._excluded

    @property
    def is_everything(self) -> bool:
        """Whether nothing is named: all goods, less those excluded."""
        return not self._named

    def covers(self, *ids: UUID | None) -> bool:
        """Whether goods are among them; `ids` are those of their SKU, product, category and brand, as far as they have any."""
        known = {id for id in ids if id is not None}
        return (not self._named or bool(known & self._named)) and not known & self._excluded


ALL_GOODS: Final = CouponScope()


@frozen(kw_only=True)
@checked
class CouponTerms:
    """What a coupon takes off, of what, and from how much on. Raises InvalidInput, which names the field."""

    kind: CouponKind
    value_minor: int = 0
    """Off, for FIXED and FREIGHT."""
    percent_bps: int = 0
    """Off, for PERCENT, in hundredths of a percent: 1,500 is 85 of 100 (八五折)."""
    most_minor: int = 0
    """PERCENT takes no more off than this."""
    threshold_minor: int | None = None
    """What the goods it is for cost at least, before anything is taken off; None: any amount will do (无门槛)."""
    scope: CouponScope = ALL_GOODS
    with_line_prices: bool = True
    """Whether goods whose own price was lowered already, by a tier or for a time, are among them."""
    with_reductions: bool = True
    """Whether goods that a full reduction (满减) has touched are among them."""
    with_coupons: bool = True
    """Whether it goes together with the other coupon of an order: one for goods, one for freight."""

    def __attrs_post_init__(self) -> None:
        percent = self.kind is CouponKind.PERCENT
        _within("value_minor", self.value_minor, 0 if percent else 1, 0 if percent else MINOR_MAX)
        _within("percent_bps", self.percent_bps, 1 if percent else 0, _WHOLE_BPS if percent else 0)
        _within("most_minor", self.most_minor, 1 if percent else 0, MINOR_MAX if percent else 0)
        if self.threshold_minor is not None:
            _within("threshold_minor", self.threshold_minor, 1, MINOR_MAX)
            if self.kind is CouponKind.FIXED and self.value_minor >= self.threshold_minor:
                raise InvalidInput.of(
                    "value_minor", "below_threshold", "it takes off less than its threshold, unless it has none"
                )

    @property
    def face_minor(self) -> int:
        """The most it ever takes off (面值)."""
        return self.most_minor if self.kind is CouponKind.PERCENT else self.value_minor

    @property
    def is_for_freight(self) -> bool:
        """Whether it takes something off freight, and nothing off goods."""
        return self.kind is CouponKind.FREIGHT

    def worth(self, payable_minor: int) -> int:
        """What it takes off goods, or freight, that cost so much now, rounded in favour of the shop (CPN-I4)."""
        off = payable_minor * self.percent_bps // _WHOLE_BPS if self.kind is CouponKind.PERCENT else self.value_minor
        return min(off, self.face_minor, payable_minor)

    def missing_minor(self, base_minor: int) -> int:
        """How much is missing to its threshold; nothing when it is reached."""
        return max(0, (self.threshold_minor or 0) - base_minor)


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput.of(field, "range", f"{least} to {most} for this kind of coupon" if most else "not for this kind")
