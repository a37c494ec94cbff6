"""OrderLine: what was bought at which price, frozen at placing, and how many of its units went where (PRC-R6, ORD-I3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ProductId, SkuId
from retail_domain.kernel.money import worth_of_units
from retail_domain.ordering.errors import (
    OrderGoodsInSeveralLines,
    OrderNoSuchGoods,
    OrderNoSuchLine,
    OrderTooManyUnits,
)
from retail_domain.ordering.events import Units

REPRICED: Final = "repriced"
"""The step by which staff made a line cost something else; the steps before it are those of its quote (ORD-R4)."""


@frozen
class LineShare:
    """What one step of the price did to the line: positive was charged, negative was taken off (PRC-R4)."""

    step: str
    source_kind: str
    source_id: str
    amount_minor: int


@frozen(kw_only=True)
class OrderLine:
    """One line of an order: a snapshot of title and price, and counts of its units.

    Its number, from 1, is its place in the order. Of one SKU there may be several lines, such as a gift beside what was
    bought. `limited` says that the units count against a purchase limit of the member, `gift` that nobody asked for them.
    """

    number: int
    sku_id: SkuId
    product_id: ProductId
    title: str
    options: str = ""
    image_url: str | None = None
    quantity: int
    unit_price_minor: int
    payable_minor: int
    freight_minor: int = 0
    shares: tuple[LineShare, ...] = ()
    freight_shares: tuple[LineShare, ...] = ()
    included_tax_minor: int = 0
    limited: bool = False
    gift: bool = False
    shipped: int = 0
    refunded_shipped: int = 0
    refunded_unshipped: int = 0

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1 or min(self.shipped, self.refunded_shipped, self.refunded_unshipped) < 0:
            raise ValueError("a line has at least one unit and never a negative count")
        if self.shipped + self.refunded_unshipped > self.quantity:
            raise ValueError("more units shipped or refunded than were ordered")
        if self.refunded_shipped > self.shipped:
            raise ValueError("more units refunded after shipping than were shipped")
        if min(self.unit_price_minor, self.payable_minor, self.freight_minor) < 0:
            raise ValueError("no line costs less than nothing")
        if self.shares and sum(share.amount_minor for share in self.shares) != self.payable_minor:
            raise ValueError("the shares of a line add up to what it costs")
        if self.freight_shares and sum(share.amount_minor for share in self.freight_shares) != self.freight_minor:
            raise ValueError("the freight shares of a line add up to its freight")
        if self.included_tax_minor < 0:
            raise ValueError("no line includes less than no tax")

    @property
    def quoted_minor(self) -> int:
        """What it cost when it was ordered, whatever staff have agreed since (ORD-R4)."""
        return self.payable_minor - sum(share.amount_minor for share in self.shares if share.step == REPRICED)

    @property
    def refunded(self) -> int:
        """Units paid back, shipped or not."""
        return self.refunded_shipped + self.refunded_unshipped

    @property
    def unshipped(self) -> int:
        """Units that must still be shipped: reserved, neither shipped nor refunded (T6)."""
        return self.quantity - self.shipped - self.refunded_unshipped

    @property
    def refundable(self) -> int:
        """Units that were not paid back yet."""
        return self.quantity - self.refunded

    @property
    def refunded_minor(self) -> int:
        """What the refunded units were worth (GEN-R5)."""
        return worth_of_units(self.payable_minor, self.quantity, self.refunded) if self.refunded else 0

    def ship(self, units: int) -> OrderLine:
        """Some units leave. Raises OrderTooManyUnits when fewer are unshipped (T6)."""
        if units > self.unshipped:
            raise OrderTooManyUnits(sku_id=self.sku_id, left=self.unshipped)
        return evolve(self, shipped=self.shipped + units)

    def refund(self, units: int) -> OrderLine:
        """Some units are paid back, unshipped ones first. Raises OrderTooManyUnits when fewer are left."""
        if units > self.refundable:
            raise OrderTooManyUnits(sku_id=self.sku_id, left=self.refundable)
        kept_back = min(units, self.unshipped)
        return evolve(
            self,
            refunded_unshipped=self.refunded_unshipped + kept_back,
            refunded_shipped=self.refunded_shipped + units - kept_back,
        )


def decided(
    lines: Sequence[OrderLine], units: Sequence[Units], decide: Callable[[OrderLine, int], OrderLine]
) -> tuple[OrderLine, ...]:
    """The lines after a decision about some of their units, each named by its number. Raises InvalidInput."""
    wanted = {one.line: one.quantity for one in units}
    if len(wanted) != len(units) or any(quantity < 1 for quantity in wanted.values()):
        raise InvalidInput.of("units", "each_once", "name each line once, with at least one unit")
    return tuple(decide(line, wanted[line.number]) if line.number in wanted else line for line in lines)


def named(lines: Sequence[OrderLine], units: Sequence[Units]) -> tuple[Units, ...]:
    """Units with the number of their line: a SKU alone is enough where it stands in one line.

    Raises OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines.
    """
    return tuple(_named(lines, one) for one in units)


def _named(lines: Sequence[OrderLine], one: Units) -> Units:
    goods = [line for line in lines if line.sku_id == one.sku_id]
    if not goods:  # refused, not passed over
        raise OrderNoSuchGoods(sku_id=one.sku_id)
    found = [line for line in goods if one.line in (0, line.number)]
    if not found:
        raise OrderNoSuchLine(sku_id=one.sku_id, line=one.line)
    if len(found) > 1:
        raise OrderGoodsInSeveralLines(sku_id=one.sku_id, lines=tuple(line.number for line in found))
    return Units(one.sku_id, one.quantity, found[0].number)
