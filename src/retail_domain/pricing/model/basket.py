"""A priced basket: what each step did to each line (PRC-R4). It is the only input to orders and refunds."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from retail_domain.kernel.checked import NoneOrMore, checked
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.money import Money
from retail_domain.pricing.model.goods import GoodsFact
from retail_domain.pricing.unavailable import UnavailableLine


class Stage(Enum):
    """The order of calculation: where a step stands in the pipeline."""

    BASE = "base"
    LINE_PRICE = "line_price"
    FULL_REDUCTION = "full_reduction"
    COUPON = "coupon"
    POINTS = "points"
    FREIGHT = "freight"
    TAX = "tax"


@frozen
class Source:
    """Where an amount comes from: a kind such as `sale_price` or `coupon`, and which one."""

    kind: str
    id: str = ""


@frozen
class Share:
    """What one step did to one line: positive is charged, negative is taken off (PRC-R4)."""

    stage: Stage
    source_kind: str
    source_id: str
    amount_minor: int


@frozen
@checked
class Wish:
    """Something the buyer would like to use besides goods: a coupon, so many points, a campaign."""

    kind: str
    id: str = ""
    quantity: NoneOrMore = 1


@frozen
class RejectedOffer:
    """An offer that was asked for or looked at and did not apply, and why (PRC-R2)."""

    source_kind: str
    source_id: str
    reason: str
    missing_minor: int = 0
    """How much more of the goods it is for must be bought."""


@frozen(kw_only=True)
class PricedLine:
    """One line with its price and how it came about: shares add up to payable and to freight (PRC-I1, R4)."""

    goods: GoodsFact
    quantity: int
    base_minor: int
    payable_minor: int
    floor_minor: int
    freight_minor: int
    shares: tuple[Share, ...]
    freight_shares: tuple[Share, ...] = ()
    included_tax_minor: int = 0
    nth: int = 1
    gift: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.base_minor >= self.payable_minor >= self.floor_minor >= 0:
            raise ValueError("a line costs between its floor and its base")
        if sum([share.amount_minor for share in self.shares]) != self.payable_minor:
            raise ValueError("the shares of a line add up to what it costs")
        if self.freight_minor < 0 or sum([share.amount_minor for share in self.freight_shares]) != self.freight_minor:
            raise ValueError("the freight shares of a line add up to its freight")

    @property
    def unit_price_minor(self) -> int:
        """The sale price of one unit, before any step."""
        return self.goods.unit_price_minor


@frozen(kw_only=True)
class PricedBasket:
    """What a basket costs: lines, freight as its own amount, what it rests on, and what could not be had (PRC-I2)."""

    currency: str
    lines: tuple[PricedLine, ...]
    undeliverable: tuple[UnavailableLine, ...] = ()
    rejected_offers: tuple[RejectedOffer, ...] = ()
    grounds: tuple[Ground, ...] = ()
    """What the price rests on besides prices, book and region."""

    @property
    def goods_minor(self) -> int:
        """What the goods cost after every step."""
        return sum([line.payable_minor for line in self.lines])

    @property
    def freight_minor(self) -> int:
        """What delivery costs, in total; each line knows its part for refunds."""
        return sum([line.freight_minor for line in self.lines])

    @property
    def payable(self) -> Money:
        """Goods and freight together, to the cent (PRC-I2)."""
        return Money(self.goods_minor + self.freight_minor, self.currency)

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing at all: no part of it is negative."""
        return not any(line.payable_minor or line.freight_minor for line in self.lines)

    @property
    def freight(self) -> Money:
        """The freight as an amount of its own."""
        return Money(self.freight_minor, self.currency)

    def by_source(self) -> tuple[Share, ...]:
        """What each step did to the whole basket, in the order of calculation."""
        sums: dict[tuple[Stage, str, str], int] = {}
        for line in self.lines:
            for share in line.shares + line.freight_shares:
                key = (share.stage, share.source_kind, share.source_id)
                sums[key] = sums.get(key, 0) + share.amount_minor
        order = list(Stage)
        return tuple(Share(*key, sums[key]) for key in sorted(sums, key=lambda key: order.index(key[0])))
