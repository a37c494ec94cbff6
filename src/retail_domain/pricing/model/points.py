"""Points as money (积分抵现): what a buyer's points take off goods, after every coupon and before freight (2.3 step 5)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from attrs import frozen

from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.money import spread_discount
from retail_domain.pricing.model.basket import RejectedOffer, Source, Wish
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, Outcome, Sheet

POINTS: Final = "points"
"""The kind of wish, of ground, and of source."""
_WHOLE_BPS: Final = 10_000


@frozen(kw_only=True)
class PointsTerms:
    """What prices look at of a buyer's points: how many there are, what they are worth, and how much of a basket they pay."""

    available: int
    unit: int
    """So many points are spent at a time."""
    worth_minor: int
    """What they take off; 0: nothing can be paid with points."""
    most_bps: int
    """How much of what the goods cost may be paid so, in ten-thousandths."""
    most_minor: int | None = None
    """How much of an order may be paid so at most."""

    @property
    def version(self) -> int:
        """Of what they are worth: whoever agreed to a price agreed to that."""
        told = f"{self.unit} {self.worth_minor} {self.most_bps} {self.most_minor}"
        return int.from_bytes(sha256(told.encode()).digest()[:6])

    def units_for(self, payable_minor: int, wanted: int) -> int:
        """How many times `unit` points are used: as many as are there, wanted and allowed, never more (PRC-I7)."""
        if not self.worth_minor:
            return 0
        allowed = payable_minor * self.most_bps // _WHOLE_BPS
        if self.most_minor is not None:
            allowed = min(allowed, self.most_minor)
        return min(min(self.available, wanted) // self.unit, allowed // self.worth_minor)


def points_terms(sheet: Sheet) -> PointsTerms | None:
    """What is known of the buyer's points."""
    terms = sheet.request.buyer.known.get(POINTS)
    return terms if isinstance(terms, PointsTerms) else None


def points_offset(sheet: Sheet) -> Outcome:
    """Step 5: the points that the buyer would like to use, as far as they go: too many are not refused, fewer are used."""
    wish = next((one for one in sheet.request.wishes if one.kind == POINTS), None)
    if wish is None or not wish.quantity:
        return NOTHING
    terms = points_terms(sheet)
    if terms is None or not terms.worth_minor:
        return _refused(wish, "not_accepted")
    room = {key: payable - sheet.floors[key] for key, payable in sheet.payable.items()}
    units = terms.units_for(sum(sheet.payable.values()), wish.quantity)
    units = min(units, sum(room.values()) // terms.worth_minor)
    if not units:
        return _refused(wish, "too_few_points" if min(terms.available, wish.quantity) < terms.unit else "too_small_a_basket")
    off = spread_discount(room, units * terms.worth_minor)
    return Outcome(
        adjustments=(Adjustment(source=Source(POINTS), goods={key: -minor for key, minor in off.items() if minor}),),
        grounds=(Ground(POINTS, "", terms.version, units * terms.unit),),
    )


def _refused(wish: Wish, reason: str) -> Outcome:
    return Outcome(rejected_offers=(RejectedOffer(wish.kind, wish.id, reason),))
