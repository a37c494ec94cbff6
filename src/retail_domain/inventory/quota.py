"""Campaign quota (活动库存): the part of a SKU's stock that a campaign may sell, and what orders have of it (STK-R7)."""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from retail_domain.inventory.errors import QuotaTooSmall, SoldOut
from retail_domain.inventory.model import UNITS_MAX, check_positive
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId, OrderId, SkuId

QUOTA: Final = "quota"
"""The kind of ground that says: these goods are sold from a campaign's quota."""


def quota_ground(sku_id: SkuId, edition: int) -> Ground:
    """What a quote for goods with an open quota rests on."""
    return Ground(QUOTA, str(sku_id), edition)


@frozen(kw_only=True)
class Quota:
    """How many units of a SKU a campaign may sell, and how many of them orders have: open and used ones alike.

    While it is open, every unit of the SKU that is ordered is taken from it and from stock, both or neither. `edition` is
    what quotes rest on: it changes when the campaign opens anew.
    """

    sku_id: SkuId
    size: int
    taken: int = 0
    is_open: bool = True
    edition: int = 1
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.taken <= self.size:
            raise ValueError("units taken lie between none and the quota")

    @classmethod
    def opened(cls, sku_id: SkuId, size: int) -> Change[Quota]:
        """A campaign begins. Raises InvalidInput."""
        return Change(None, cls(sku_id=sku_id, size=_checked(size)))

    def resize(self, size: int) -> Change[Quota]:
        """It may sell so many units in all; if it was over, it begins anew. Raises InvalidInput, QuotaTooSmall."""
        if _checked(size) < self.taken:
            raise QuotaTooSmall(sku_id=self.sku_id, taken=self.taken)
        if self.is_open:
            return Change(self, evolve(self, size=size) if size != self.size else self)
        return Change(self, evolve(self, size=size, is_open=True, edition=self.edition + 1))

    def finish(self) -> Change[Quota]:
        """The campaign is over: what orders have stays counted until they give it back. Twice changes nothing."""
        return Change(self, evolve(self, is_open=False) if self.is_open else self)

    @property
    def left(self) -> int:
        """How many units it may still sell."""
        return self.size - self.taken if self.is_open else 0

    def take(self, units: int) -> Change[Quota]:
        """Raises SoldOut when fewer are left."""
        check_positive(units)
        if units > self.left:
            raise SoldOut(sku_ids=(self.sku_id,))
        return Change(self, evolve(self, taken=self.taken + units))

    def give_back(self, units: int) -> Change[Quota]:
        """Units can be had again."""
        check_positive(units)
        return Change(self, evolve(self, taken=self.taken - units))


def _checked(size: int) -> int:
    if type(size) is not int or not 0 <= size <= UNITS_MAX:
        raise InvalidInput.of("size", "units", f"0 to {UNITS_MAX} units")
    return size


@frozen(order=True, cache_hash=True)
class QuotaShareKey:
    """One line of one order."""

    order_id: OrderId
    line: int


@frozen(kw_only=True)
class QuotaShare:
    """What one line of an order has of a quota: `quantity = open + used + back` at all times (STK-R7)."""

    order_id: OrderId
    line: int
    sku_id: SkuId
    member_id: MemberId
    quantity: int
    open: int
    used: int = 0
    back: int = 0
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if self.quantity < 1 or min(self.open, self.used, self.back) < 0:
            raise ValueError("a share is of one unit at least, and never negative")
        if self.quantity != self.open + self.used + self.back:
            raise ValueError("every unit is open, used or given back")

    @classmethod
    def taken(cls, key: QuotaShareKey, sku_id: SkuId, member_id: MemberId, units: int) -> Change[QuotaShare]:
        """Units for a line of an order that is not paid yet."""
        return Change(
            None,
            cls(order_id=key.order_id, line=key.line, sku_id=sku_id, member_id=member_id, quantity=units, open=units),
        )

    @property
    def key(self) -> QuotaShareKey:
        """What it is known by."""
        return QuotaShareKey(self.order_id, self.line)

    def firm(self) -> Change[QuotaShare]:
        """The order was paid; again changes nothing."""
        return Change(self, evolve(self, used=self.used + self.open, open=0) if self.open else self)

    def give_back(self, units: int) -> Change[QuotaShare]:
        """Of what is open, else of what was used."""
        of_open = min(units, self.open)
        less = evolve(self, back=self.back + units, open=self.open - of_open, used=self.used - units + of_open)
        return Change(self, less)
