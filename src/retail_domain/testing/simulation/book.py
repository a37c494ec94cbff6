"""The auditor's own bookkeeping: what was promised to whom, and what may have happened since. None of it is the shop's code.

Every answer was given at some moment between the beginning and the end of its request. So a figure is known to lie between
what had surely happened before the beginning, and what may have happened before the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import define, field

from retail_domain.kernel.ids import MemberId, OrderId, ProductId, QuoteId, SkuId

AFTER: Final[Mapping[str, frozenset[str]]] = {
    "pending_payment": frozenset({"to_ship", "partly_shipped", "shipped", "signed", "completed", "closed"}),
    "to_ship": frozenset({"partly_shipped", "shipped", "signed", "completed", "closed"}),
    "partly_shipped": frozenset({"shipped", "signed", "completed", "closed"}),
    "shipped": frozenset({"signed", "completed", "closed"}),
    "signed": frozenset({"completed", "closed"}),
    "completed": frozenset(),
    "closed": frozenset(),
}
"""What an order can become, sooner or later."""

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "pending_payment": frozenset({"to_ship", "closed"}),
    "to_ship": frozenset({"partly_shipped", "shipped", "closed"}),
    "partly_shipped": frozenset({"partly_shipped", "shipped", "closed"}),
    "shipped": frozenset({"signed", "closed"}),
    "signed": frozenset({"completed", "closed"}),
    "completed": frozenset(),
    "closed": frozenset(),
}
"""What an order can become at once."""

NEVER: Final = 1 << 60
"""A step that does not come."""


@define(eq=False)
class Undertaking:
    """Something somebody asked for: when it was begun, when it was surely done, and whether it surely was not."""

    begun: int
    done: int = NEVER
    refused: bool = False

    def surely_by(self, step: int) -> bool:
        """It had happened by then."""
        return self.done <= step

    def perhaps_by(self, step: int) -> bool:
        """It may have happened by then."""
        return self.begun <= step and not self.refused


@define(eq=False)
class Amount:
    """Units that one effect adds or takes."""

    effect: Undertaking
    units: int


@define(eq=False)
class Figure:
    """A number that only these deeds change."""

    first: int = 0
    amounts: list[Amount] = field(factory=list)

    def will_change(self, effect: Undertaking, units: int) -> None:
        """This effect, if it happens, changes it by so much."""
        self.amounts.append(Amount(effect, units))

    def least(self, begun: int, ended: int) -> int:
        """It was no less at any time between."""
        return self.first + sum(
            one.units for one in self.amounts
            if (one.effect.surely_by(begun) if one.units > 0 else one.effect.perhaps_by(ended))
        )  # fmt: skip

    def most(self, begun: int, ended: int) -> int:
        """It was no more at any time between."""
        return self.first + sum(
            one.units for one in self.amounts
            if (one.effect.perhaps_by(ended) if one.units > 0 else one.effect.surely_by(begun))
        )  # fmt: skip


@define(eq=False)
class Promise:
    """An order as far as anybody outside the shop knows it."""

    member_id: MemberId
    quote_id: QuoteId
    units: Mapping[SkuId, int]
    payable_minor: int
    """What was quoted."""
    agreed: list[tuple[Undertaking, int]] = field(factory=list)
    """What staff have asked that it costs instead."""
    placings: list[Undertaking] = field(factory=list)
    order_id: OrderId | None = None
    number: str | None = None
    status: str = "pending_payment"
    known_at: int = 0
    paid_at: int = NEVER
    shipped: dict[SkuId, Figure] = field(factory=dict)
    refunded: dict[SkuId, Figure] = field(factory=dict)
    refunded_minor: int = 0
    staff_asked: list[Undertaking] = field(factory=list)
    """Those of the placings in which staff ordered for the member."""
    calling_off: list[Undertaking] = field(factory=list)
    may_be_called_off: bool = False
    """Staff have asked to close it."""
    called_off: bool = False
    """Staff were told that they closed it."""
    hiding: Undertaking | None = None

    def perhaps_by(self, step: int) -> bool:
        """It may have been placed by then."""
        return any(one.perhaps_by(step) for one in self.placings)

    def possible_costs(self, begun: int, ended: int) -> frozenset[int]:
        """What it may have cost at some time between."""
        return _standing([(Undertaking(0, 0), self.payable_minor), *self.agreed], begun, ended)

    def all_costs(self) -> frozenset[int]:
        """What it may ever have cost."""
        return frozenset({self.payable_minor, *(minor for _, minor in self.agreed)})

    def open_least(self, sku_id: SkuId, begun: int, ended: int) -> int:
        """So many of its units were surely promised all the time between."""
        is_placed = any(one.surely_by(begun) for one in self.placings)
        is_calm = self.status != "closed" and not any(effect.perhaps_by(ended) for effect in self.calling_off)
        if not is_placed or not is_calm or self.paid_at > begun:
            return 0
        gone = _most(self.shipped, sku_id, ended) + _most(self.refunded, sku_id, ended)
        return max(0, self.units[sku_id] - gone)

    def open_most(self, sku_id: SkuId, begun: int, ended: int) -> int:
        """No more of its units were promised at any time between."""
        if not self.perhaps_by(ended) or (self.status == "closed" and self.known_at <= begun):
            return 0
        gone = _least(self.shipped, sku_id, begun) + _least(self.refunded, sku_id, begun)
        return max(0, self.units[sku_id] - gone)


def _standing(prices: Iterable[tuple[Undertaking, int]], begun: int, ended: int) -> frozenset[int]:
    """Anything begun by the end that nothing surely replaced before the beginning."""
    standing = [(effect, minor) for effect, minor in prices if effect.perhaps_by(ended)]
    replaced = max((effect.begun for effect, _ in standing if effect.surely_by(begun)), default=0)
    return frozenset(minor for effect, minor in standing if effect.done >= replaced)


def _most(figures: Mapping[SkuId, Figure], sku_id: SkuId, step: int) -> int:
    return figures[sku_id].most(step, step) if sku_id in figures else 0


def _least(figures: Mapping[SkuId, Figure], sku_id: SkuId, step: int) -> int:
    return figures[sku_id].least(step, step) if sku_id in figures else 0


@define(eq=False)
class Goods:
    """A SKU: what it belongs to, and every price that was ever asked for it."""

    sku_id: SkuId
    product_id: ProductId
    prices: list[tuple[Undertaking, int]] = field(factory=list)
    on_hand: Figure = field(factory=Figure)
    campaigns: list[Undertaking] = field(factory=list)
    """Every time somebody began, resized or ended a campaign of it."""

    def possible_prices(self, begun: int, ended: int) -> frozenset[int]:
        """What it may have cost at some time between."""
        return _standing(self.prices, begun, ended)

    def surely_changed(self, since: int, by: int) -> bool:
        """Whether somebody surely asked another price between."""
        return any(effect.begun > since and effect.surely_by(by) for effect, _ in self.prices)

    def perhaps_changed(self, since: int, by: int) -> bool:
        """Whether somebody may have."""
        return any(effect.done >= since and effect.perhaps_by(by) for effect, _ in self.prices)

    def perhaps_had_campaigns(self, since: int, by: int) -> bool:
        """Whether anybody may have begun or ended a campaign of it between."""
        return any(effect.done >= since and effect.perhaps_by(by) for effect in self.campaigns)


@define(eq=False)
class Book:
    """Everything that was promised."""

    goods: dict[SkuId, Goods] = field(factory=dict)
    promises: dict[QuoteId, Promise] = field(factory=dict)
    orders: dict[OrderId, Promise] = field(factory=dict)
    answers: dict[tuple[str, str, str], Any] = field(factory=dict)
    numbers: Counter[str] = field(factory=Counter)
    quoted: dict[QuoteId, int] = field(factory=dict)
    """When each quote was asked for."""
    nights: list[int] = field(factory=list)
    """Steps at which many hours passed at once."""
    moving: dict[str, list[Undertaking]] = field(factory=dict)
    """Every file of members that named a phone, and was no trial."""

    def of_sku(self, sku_id: SkuId) -> Iterator[Promise]:
        """Every order, or perhaps order, of some goods."""
        return (one for one in self.promises.values() if sku_id in one.units)

    def reserved_least(self, sku_id: SkuId, begun: int, ended: int) -> int:
        """No fewer units were promised at any time between."""
        return sum(one.open_least(sku_id, begun, ended) for one in self.of_sku(sku_id))

    def reserved_most(self, sku_id: SkuId, begun: int, ended: int, besides: Promise | None = None) -> int:
        """No more units were promised at any time between, besides one order."""
        return sum(one.open_most(sku_id, begun, ended) for one in self.of_sku(sku_id) if one is not besides)

    def on_hand_least(self, sku_id: SkuId, begun: int, ended: int) -> int:
        """No fewer units lay there at any time between."""
        gone = sum(_most(one.shipped, sku_id, ended) for one in self.of_sku(sku_id))
        return self.goods[sku_id].on_hand.least(begun, ended) - gone

    def on_hand_most(self, sku_id: SkuId, begun: int, ended: int) -> int:
        """No more units lay there at any time between."""
        gone = sum(_least(one.shipped, sku_id, begun) for one in self.of_sku(sku_id))
        return self.goods[sku_id].on_hand.most(begun, ended) - gone
