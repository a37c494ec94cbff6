"""Taking (占用): one kind of limited thing that placing takes, paying makes firm, closing and refunding give back.

A kind knows two sorts of rows. What orders *share*, such as a shelf or a counter, is locked before the order, in rank order,
and is claimed for a whole batch with one statement. What belongs to one order *alone*, such as a promise, is touched only
by who holds the order's lock, and is read under it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import ClassVar, Final, Protocol, TypeAlias, TypeVar

from attrs import frozen

from retail_domain.catalog import SkuTerms
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.ordering import Order, OrderStatus
from retail_domain.pricing import Quote

W = TypeVar("W", contravariant=True)
H = TypeVar("H")
T = TypeVar("T")


class Why(Enum):
    """What is about to be decided about an order: a kind locks only what that needs."""

    PAYING = "paying"
    RELEASING = "releasing"
    SHIPPING = "shipping"


class Paid(Enum):
    """What a kind says when the money of an order is here."""

    FIRM = "firm"
    WAITS = "waits"
    """The order is paid, but not ready: a group is not complete yet."""
    REFUSED = "refused"
    """What was taken is gone: the money goes aside as late, and back."""


@frozen
class Wish:
    """A quote that somebody wants to order, and on what terms its goods are sold now."""

    quote: Quote
    goods: Mapping[SkuId, SkuTerms]
    units: Mapping[SkuId, int]
    """How many of each SKU, all lines together."""

    @property
    def lines(self) -> tuple[tuple[int, SkuId, int], ...]:
        """Number, SKU and quantity of each line."""
        return tuple((number, line.goods.sku_id, line.quantity) for number, line in enumerate(self.quote.lines, 1))

    @classmethod
    def of(cls, quote: Quote, goods: Mapping[SkuId, SkuTerms]) -> Wish:
        """Told once: every kind looks at it twice."""
        units: dict[SkuId, int] = {}
        for line in quote.lines:
            units[line.goods.sku_id] = units.get(line.goods.sku_id, 0) + line.quantity
        return cls(quote, goods, units)


@frozen(kw_only=True)
class Minted:
    """What an order needs from outside the domain: ids and a number (architecture 2.1 decision 5)."""

    order_id: OrderId
    number: str


@frozen(kw_only=True)
class Given:
    """What the order must know of what was taken for it, before it exists."""

    limited: frozenset[SkuId] = frozenset()
    pay_by: datetime | None = None

    def and_(self, other: Given) -> Given:
        """Both; the earlier deadline counts."""
        if self is NOTHING:
            return other
        deadlines = [one for one in (self.pay_by, other.pay_by) if one is not None]
        return Given(
            limited=self.limited | other.limited,
            pay_by=min(deadlines, default=None),
        )


NOTHING: Final = Given()


class Taking(Protocol[W, H, T]):
    """One kind. `H` is what orders share, `T` what belongs to one order alone; both are values."""

    kind: ClassVar[str]
    rank: ClassVar[int]
    """Where its shared rows stand in the order of locks; no kind comes after the order itself."""
    locks: ClassVar[frozenset[Why]]
    """For which decisions it locks anything; the rest cost no statement."""

    async def claim(self, work: W, wishes: Sequence[Wish]) -> H:
        """For placing: lock what these share, with one statement, or none when nobody wants any."""
        ...

    def take(self, shared: H, wish: Wish, minted: Minted, at: datetime) -> tuple[H, T, Given] | None:
        """Take what one order needs, before it exists; None when it needs nothing. Raises the kind's own refusals."""
        ...

    async def lock(self, work: W, order: Order, why: Why) -> H:
        """Lock what an order shares, before the order itself, which was read without a lock: only what never changes counts."""
        ...

    async def own(self, work: W, order: Order, why: Why) -> T:
        """What belongs to an order alone, read while it is locked."""
        ...

    def paid(self, shared: H, own: T, order: Order, at: datetime) -> tuple[H, T, Paid]:
        """The money is here, and the order is not paid yet: make it firm, or say why not."""
        ...

    def follow(self, shared: H, own: T, change: Change[Order], at: datetime) -> tuple[H, T]:
        """What a decision about an order means: units are given back, also in part, or used."""
        ...

    def save(self, work: W, shared: H, own: Sequence[T]) -> None:
        """Stage all of it."""
        ...


# ---- what an order's decision means, told from the change alone ---------------------------------------------------------

Units: TypeAlias = Mapping[int, int]
"""By number of the line."""


def closed_unpaid(change: Change[Order]) -> bool:
    """Whether it ended without having been paid."""
    before, after = change.before, change.state
    return before is not None and before.awaits_payment and after.status is OrderStatus.CLOSED


def units_freed(change: Change[Order]) -> Units:
    """Units that will not be shipped any more because of a decision: pure, so that "exactly once" can be tested."""
    before, after = change.before, change.state
    assert before is not None
    if closed_unpaid(change):
        return {line.number: line.quantity for line in after.lines}
    freed = {
        line.number: line.refunded_unshipped - before.line(line.number).refunded_unshipped for line in after.lines
    }
    return {number: units for number, units in freed.items() if units}


def units_undone(change: Change[Order]) -> Units:
    """Units that count as never bought because of a decision, shipped or not."""
    before, after = change.before, change.state
    assert before is not None
    if closed_unpaid(change):
        return {line.number: line.quantity for line in after.lines}
    undone = {line.number: line.refunded - before.line(line.number).refunded for line in after.lines}
    return {number: units for number, units in undone.items() if units}


def units_shipped(change: Change[Order]) -> Units:
    """Units that leave because of a decision."""
    before, after = change.before, change.state
    assert before is not None
    shipped = {line.number: line.shipped - before.line(line.number).shipped for line in after.lines}
    return {number: units for number, units in shipped.items() if units}
