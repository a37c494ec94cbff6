"""Prices of the whole shop: what a tier takes off goods and freight (等级价), and what members are asked (会员价; 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from retail_domain.pricing.model.basket import Source
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, Outcome, Sheet

TIER: Final = "tier"
"""The kind of ground, and of source."""
MEMBERS: Final = Source("member_price")
"""What members are asked for a SKU, as its own price says."""
_WHOLE_BPS: Final = 10_000


@frozen(kw_only=True)
class TierTerms:
    """What prices look at of a buyer's tier."""

    code: str
    discount_bps: int
    free_freight_from_minor: int | None = None

    def freight_waiver(self, base_minor: int) -> Source | None:
        """What makes freight cost nothing for goods of so much, before anything is taken off; None if it does not."""
        free_from = self.free_freight_from_minor
        return Source(TIER, self.code) if free_from is not None and base_minor >= free_from else None


def tier_terms(sheet: Sheet) -> TierTerms | None:
    """What is known of the buyer's tier."""
    terms = sheet.request.buyer.known.get(TIER)
    return terms if isinstance(terms, TierTerms) else None


def shop_price(sheet: Sheet) -> Outcome:
    """Step 2, where no offer is about the basket."""
    off: dict[Source, dict[str, int]] = {}
    for key, (amount, source) in shop_prices(sheet).items():
        off.setdefault(source, {})[key] = -amount
    return Outcome(adjustments=tuple(Adjustment(source=one, goods=off[one]) for one in off)) if off else NOTHING


def shop_prices(sheet: Sheet) -> Mapping[str, tuple[int, Source]]:
    """What is off each line: the better of the buyer's tier, rounded in favour of the shop, and what members are asked.

    Never two of them on one line, and never below a floor (PRC-R3).
    """
    terms, is_member = tier_terms(sheet), sheet.request.buyer.member_id is not None
    bps = terms.discount_bps if terms is not None else 0
    if not bps and not is_member:
        return {}
    tier = Source(TIER, terms.code) if terms is not None else MEMBERS
    found: dict[str, tuple[int, Source]] = {}
    for key, line in sheet.lines.items():
        payable, source = sheet.payable[key], tier
        off, asked = payable * bps // _WHOLE_BPS, line.goods.member_price_minor
        if asked is not None and is_member and payable - asked * line.quantity > off:
            off, source = payable - asked * line.quantity, MEMBERS
        off = min(off, payable - sheet.floors[key])
        if off > 0:
            found[key] = off, source
    return found
