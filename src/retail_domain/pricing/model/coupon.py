"""The steps of coupons (PRC-R5): at most one off goods, at most one off freight; each wish is used, or told why not.

A step looks at the sheet and at nothing else, so it may run after any choice of offers. A threshold looks at base amounts
(PRC-I4): nothing that was taken off before loses a coupon.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.coupon_terms import COUPON, CouponTerms
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.money import allocate, spread_discount
from retail_domain.pricing.model.basket import PricedBasket, RejectedOffer, Source, Stage
from retail_domain.pricing.model.book import PriceBook
from retail_domain.pricing.model.goods import SaleLine
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, Amounts, Outcome, PricingRequest, Sheet

NOT_FOR_THESE: Final = "not_for_these_goods"
BELOW_THRESHOLD: Final = "below_threshold"
NOTHING_TO_TAKE_OFF: Final = "nothing_to_take_off"
ONE_IS_ENOUGH: Final = "one_is_enough"
NOT_TOGETHER: Final = "not_together"
_BEFORE: Final = frozenset({Stage.BASE, Stage.LINE_PRICE, Stage.FULL_REDUCTION})


@frozen(kw_only=True)
class CouponAtHand:
    """A coupon that the buyer would like to use, as far as prices care."""

    id: str
    edition: int
    """Which edition of its template it is of."""
    terms: CouponTerms
    obstacle: str = ""
    """Why it cannot be used now, whatever the basket holds; empty when it can."""

    @property
    def ground(self) -> Ground:
        """What a quote that uses it rests on."""
        return Ground(COUPON, self.id, self.edition)


@frozen(kw_only=True)
class CouponEffect:
    """What one coupon would do to a sheet: so much off each line, or why it does nothing."""

    off: Amounts
    """By line, all below nothing."""
    reason: str = ""
    missing_minor: int = 0

    @property
    def off_minor(self) -> int:
        """In all."""
        return -sum(self.off.values())


def coupons_at_hand(sheet: Sheet) -> tuple[CouponAtHand, ...]:
    """What is known of those that are wished for, in the order of the wishes."""
    known = sheet.request.buyer.known.get(COUPON, ())
    return known if isinstance(known, tuple) else ()


def effect_of(coupon: CouponAtHand, sheet: Sheet) -> CouponEffect:
    """What a coupon does to a basket as it stands: the same for a step, and for who asks what could be used (CPN-I4)."""
    if coupon.obstacle:
        return CouponEffect(off={}, reason=coupon.obstacle)
    terms = coupon.terms
    keys = [key for key in sheet.lines if _is_for(terms, sheet, key)]
    if not keys:
        return CouponEffect(off={}, reason=NOT_FOR_THESE)
    base = sum(share.amount_minor for key in keys for share in sheet.shares[key] if share.stage is Stage.BASE)
    if missing := terms.missing_minor(base):
        return CouponEffect(off={}, reason=BELOW_THRESHOLD, missing_minor=missing)
    if terms.is_for_freight:
        freight = sum(sheet.freight.values())
        shares = allocate(sheet.freight, terms.worth(freight))
    else:
        payable = {key: sheet.payable[key] for key in keys}
        shares = spread_discount(payable, terms.worth(sum(payable.values())), {key: sheet.floors[key] for key in keys})
    off = {key: -amount for key, amount in shares.items() if amount}
    return CouponEffect(off=off, reason="" if off else NOTHING_TO_TAKE_OFF)


def before_coupons(basket: PricedBasket, at: datetime) -> Sheet:
    """A basket that was priced, as it stood before any coupon, and without what came after: for who asks what could be used."""
    lines = tuple(SaleLine(line.goods, line.quantity, line.nth, line.gift) for line in basket.lines)
    request = PricingRequest(currency=basket.currency, lines=lines)
    keyed = dict(zip((line.key for line in lines), basket.lines, strict=True))
    shares = {key: tuple(one for one in line.shares if one.stage in _BEFORE) for key, line in keyed.items()}
    freight = {key: tuple(one for one in line.freight_shares if one.source_kind != COUPON) for key, line in keyed.items()}
    return evolve(
        Sheet.blank(request, PriceBook(), at),
        shares=shares,
        payable={key: sum(one.amount_minor for one in theirs) for key, theirs in shares.items()},
        floors={key: line.floor_minor for key, line in keyed.items()},
        freight_shares=freight,
        freight={key: sum(one.amount_minor for one in theirs) for key, theirs in freight.items()},
    )


def goods_coupon(sheet: Sheet) -> Outcome:
    """Step 4: the first that can be used, spread over the goods it is for, and never below a floor (PRC-R3)."""
    mine = [one for one in coupons_at_hand(sheet) if not one.terms.is_for_freight]
    return _used(sheet, mine, None) if mine else NOTHING


def freight_coupon(sheet: Sheet) -> Outcome:
    """Step 6, after all that makes freight cost less: the first that can be used."""
    mine = [one for one in coupons_at_hand(sheet) if one.terms.is_for_freight]
    if not mine or sheet.request.region_code is None:  # nobody knows yet what delivery costs
        return NOTHING
    return _used(sheet, mine, _goods_coupon_of(sheet))


def _used(sheet: Sheet, coupons: list[CouponAtHand], beside: CouponAtHand | None) -> Outcome:
    used: CouponAtHand | None = None
    adjustments: list[Adjustment] = []
    rejected: list[RejectedOffer] = []
    for coupon in coupons:
        effect = effect_of(coupon, sheet)
        reason = effect.reason
        if not reason and used is not None:
            reason = ONE_IS_ENOUGH
        elif not reason and beside is not None and not (coupon.terms.with_coupons and beside.terms.with_coupons):
            reason = NOT_TOGETHER
        if reason:
            rejected.append(RejectedOffer(COUPON, coupon.id, reason, effect.missing_minor))
            continue
        used, source = coupon, Source(COUPON, coupon.id)
        adjustments.append(
            Adjustment(source=source, freight=effect.off)
            if coupon.terms.is_for_freight
            else Adjustment(source=source, goods=effect.off)
        )
    grounds = (used.ground,) if used is not None else ()
    return Outcome(adjustments=tuple(adjustments), rejected_offers=tuple(rejected), grounds=grounds)


def _goods_coupon_of(sheet: Sheet) -> CouponAtHand | None:
    used = {share.source_id for shares in sheet.shares.values() for share in shares if share.stage is Stage.COUPON}
    return next((one for one in coupons_at_hand(sheet) if one.id in used), None)


def _is_for(terms: CouponTerms, sheet: Sheet, key: str) -> bool:
    """What came along with other goods is bought by nobody."""
    line, goods = sheet.lines[key], sheet.lines[key].goods
    if line.gift or not terms.scope.covers(goods.sku_id, goods.product_id, goods.category_id, goods.brand_id):
        return False
    stages = {share.stage for share in sheet.shares[key]}
    return (terms.with_line_prices or Stage.LINE_PRICE not in stages) and (
        terms.with_reductions or Stage.FULL_REDUCTION not in stages
    )
