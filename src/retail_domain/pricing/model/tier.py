"""The price of a tier (等级价): what a buyer's tier takes off goods and freight (2.3 steps 2 and 6)."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.pricing.model.basket import Source
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, Outcome, Sheet

TIER: Final = "tier"
"""The kind of ground, and of source."""
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


def tier_price(sheet: Sheet) -> Outcome:
    """Step 2: so much off every line, rounded in favour of the shop to whole minor units, and never below a floor (PRC-R3)."""
    terms = tier_terms(sheet)
    if terms is None or not terms.discount_bps:
        return NOTHING
    goods = {
        key: -off for key, payable in sheet.payable.items()
        if (off := min(payable * terms.discount_bps // _WHOLE_BPS, payable - sheet.floors[key])) > 0
    }  # fmt: skip
    return Outcome(adjustments=(Adjustment(source=Source(TIER, terms.code), goods=goods),)) if goods else NOTHING
