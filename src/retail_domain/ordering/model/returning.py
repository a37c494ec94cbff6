"""Returning (退货退款): what an order comes to when units or freight are given up, before the amount paid back is decided.

Two questions are kept apart: what is returned, and how much money that means. In between, whatever the order brought may be
asked how much of it is kept back: points that were spent, benefits whose threshold is not met any more (PRC-R7). Staff
give back no more than that (PRC-I10, RET-R8).
"""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.money import Money
from retail_domain.ordering.events import Units
from retail_domain.ordering.model.line import OrderLine


@frozen(kw_only=True)
class Returning:
    """An order's lines and freight as they would be, and what all that was ever returned of it is worth.

    `units` are those of this decision, each with the number of its line.
    """

    units: tuple[Units, ...]
    lines: tuple[OrderLine, ...]
    freight_minor: int
    """Freight paid back in all."""
    currency: str
    reason: str

    @property
    def worth_minor(self) -> int:
        """Units and freight returned in all, at the prices they were bought for (GEN-R5)."""
        return sum(line.refunded_minor for line in self.lines) + self.freight_minor


def refund_amount(refunded_so_far_minor: int, returning: Returning, kept_back_minor: int = 0) -> Money:
    """What is paid back now. `kept_back_minor` counts in all: what was kept back before may be paid back later (R5).

    Never negative, and no more than what was returned is worth: refunded + kept back = worth of what was returned.
    """
    kept = min(max(0, kept_back_minor), returning.worth_minor)
    return Money(max(0, returning.worth_minor - kept - refunded_so_far_minor), returning.currency)
