"""The sheet a basket is worked out on: one column per line, one entry per step. It never changes, it is replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.pricing.model.basket import PricedBasket, RejectedOffer, Share, Source, Stage, Wish
from retail_domain.pricing.model.book import PriceBook
from retail_domain.pricing.model.goods import SaleLine
from retail_domain.pricing.model.kinds import MATRIX, Benefit, OrderKind

Amounts: TypeAlias = Mapping[str, int]
"""Minor units by line key; lines that are not named are not touched."""


@frozen(kw_only=True)
class BuyerFacts:
    """What is known of who buys, as far as prices care; a guest is nobody."""

    member_id: MemberId | None = None
    known: Mapping[str, Any] = field(factory=dict)
    """By kind of ground: what steps may look at. The grounds say which version of it that was."""


NOBODY: Final = BuyerFacts()


_NEEDED: Final[Mapping[Stage, Benefit]] = {
    Stage.FULL_REDUCTION: Benefit.FULL_REDUCTION,
    Stage.COUPON: Benefit.COUPON,
    Stage.POINTS: Benefit.POINTS_OFFSET,
}


@frozen(kw_only=True)
class PricingRequest:
    """Who wants what, where, and with which wishes; all a price depends on besides the book and the time (PRC-R5)."""

    currency: str
    lines: tuple[SaleLine, ...]
    buyer: BuyerFacts = NOBODY
    region_code: str | None = None
    wishes: tuple[Wish, ...] = ()
    grounds: tuple[Ground, ...] = ()
    """What it rests on before any step has spoken."""
    kind: OrderKind = OrderKind.ORDINARY
    allows: frozenset[Benefit] | None = None
    """What its campaign allows; None is what the matrix says (PRC-R1)."""
    activity_prices: Mapping[SkuId, int] = field(factory=dict)
    """What a unit costs in an activity order."""

    def may(self, benefit: Benefit) -> bool:
        """Whether an order of this kind may have it (PRC-I9)."""
        if self.allows is None:
            return self.kind is OrderKind.ORDINARY or benefit in MATRIX[self.kind]
        return benefit in self.allows

    def may_run(self, stage: Stage) -> bool:
        """Whether a step of this stage has anything to say about such an order."""
        if self.kind is OrderKind.ORDINARY and self.allows is None:
            return True
        needed = _NEEDED.get(stage)
        return needed is None or self.may(needed)

    def __attrs_post_init__(self) -> None:
        if len({line.key for line in self.lines}) != len(self.lines):
            raise ValueError("one line per SKU, or each says which it is: merge the others first")


@frozen(kw_only=True)
class Adjustment:
    """What one source does to the lines: to their goods, to their freight, or which tax their price includes."""

    source: Source
    goods: Amounts = field(factory=dict)
    freight: Amounts = field(factory=dict)
    included_tax: Amounts = field(factory=dict)


@frozen(kw_only=True)
class Outcome:
    """What a step came to."""

    adjustments: tuple[Adjustment, ...] = ()
    rejected_offers: tuple[RejectedOffer, ...] = ()
    grounds: tuple[Ground, ...] = ()
    deal: Mapping[Source, Amounts] = field(factory=dict)
    """What the step of full reductions will take off: it was found together with the line prices (PRC-R8)."""


NOTHING = Outcome()
"""A step that has nothing to say."""


@frozen(kw_only=True)
class Sheet:
    """The basket so far: what a step may look at."""

    request: PricingRequest
    book: PriceBook
    at: datetime
    lines: Mapping[str, SaleLine]
    payable: Amounts
    freight: Amounts
    floors: Amounts
    shares: Mapping[str, tuple[Share, ...]]
    freight_shares: Mapping[str, tuple[Share, ...]]
    included_tax: Amounts
    rejected_offers: tuple[RejectedOffer, ...] = ()
    grounds: tuple[Ground, ...] = ()
    deal: Mapping[Source, Amounts] = field(factory=dict)

    @classmethod
    def blank(cls, request: PricingRequest, book: PriceBook, at: datetime) -> Sheet:
        """A sheet with its lines and nothing worked out yet."""
        lines = {line.key: line for line in request.lines}
        nothing = dict.fromkeys(lines, 0)
        nobody: dict[str, tuple[Share, ...]] = dict.fromkeys(lines, ())
        return cls(
            request=request,
            book=book,
            at=at,
            lines=lines,
            payable=nothing,
            freight=nothing,
            floors=nothing,
            shares=nobody,
            freight_shares=nobody,
            included_tax=nothing,
            grounds=request.grounds,
        )

    @classmethod
    def settled(cls, request: PricingRequest, agreed: PricedBasket, book: PriceBook, at: datetime) -> Sheet:
        """A sheet on which the goods have their agreed prices, and freight is not worked out yet."""
        keyed = dict(zip((line.key for line in request.lines), agreed.lines, strict=True))
        return evolve(
            cls.blank(request, book, at),
            payable={key: line.payable_minor for key, line in keyed.items()},
            floors={key: line.floor_minor for key, line in keyed.items()},
            shares={key: line.shares for key, line in keyed.items()},
        )

    @property
    def base_minor(self) -> int:
        """What the goods cost before anything is taken off: thresholds of later steps look at that."""
        return sum(share.amount_minor for shares in self.shares.values() for share in shares if share.stage is Stage.BASE)

    def after(self, stage: Stage, outcome: Outcome) -> Sheet:
        """The sheet with what a step came to. Raises ValueError when a step broke a law of prices."""
        sheet = self
        if len(outcome.adjustments) > 1 and all(not (one.freight or one.included_tax) for one in outcome.adjustments):
            sheet = sheet._all_reduced(stage, outcome.adjustments)
        else:
            for adjustment in outcome.adjustments:
                sheet = sheet._adjusted(stage, adjustment)
        if not (outcome.rejected_offers or outcome.grounds or outcome.deal):
            return sheet
        rejected, grounds = self.rejected_offers + outcome.rejected_offers, self.grounds + outcome.grounds
        return evolve(sheet, rejected_offers=rejected, grounds=grounds, deal=outcome.deal or self.deal)

    def _adjusted(self, stage: Stage, adjustment: Adjustment) -> Sheet:
        sheet = self
        if adjustment.goods:
            payable, shares = _entered(stage, adjustment.source, adjustment.goods, (self.payable, self.shares))
            sheet = sheet._based(payable, shares) if stage is Stage.BASE else sheet._reduced(payable, shares)
        if adjustment.freight:
            freight, shares = _entered(stage, adjustment.source, adjustment.freight, (self.freight, self.freight_shares))
            if any(amount < 0 for amount in freight.values()):
                raise ValueError("a step took more freight off than there was")
            sheet = evolve(sheet, freight=freight, freight_shares=shares)
        if adjustment.included_tax:
            sheet = evolve(sheet, included_tax={**self.included_tax, **adjustment.included_tax})
        return sheet

    def _all_reduced(self, stage: Stage, adjustments: tuple[Adjustment, ...]) -> Sheet:
        """Many sources at once, such as one offer a line: the columns are written once."""
        if stage is Stage.BASE:
            raise ValueError("one source says what the goods cost")
        payable, shares = dict(self.payable), dict(self.shares)
        for adjustment in adjustments:
            for key, amount in adjustment.goods.items():
                if amount > 0:
                    raise ValueError("a step turned a discount into a surcharge")  # PRC-I5
                if amount:
                    payable[key] += amount
                    shares[key] += (Share(stage, adjustment.source.kind, adjustment.source.id, amount),)
        return self._reduced(payable, shares)

    def _based(self, payable: Amounts, shares: Mapping[str, tuple[Share, ...]]) -> Sheet:
        # A floor above the sale price would turn a discount into a surcharge (PRC-I5): the price is then the floor.
        floors = {key: min(line.goods.floor_minor * line.quantity, payable[key]) for key, line in self.lines.items()}
        return evolve(self, payable=payable, shares=shares, floors=floors)

    def _reduced(self, payable: Amounts, shares: Mapping[str, tuple[Share, ...]]) -> Sheet:
        for key, amount in payable.items():
            if amount > self.payable[key]:
                raise ValueError("a step turned a discount into a surcharge")  # PRC-I5
            if amount < self.floors[key]:
                raise ValueError("a step went below the floor of a line")  # PRC-R3
        return evolve(self, payable=payable, shares=shares)


StepFunction: TypeAlias = Callable[[Sheet], Outcome]
"""Looks at the sheet so far and says what it does to it; pure."""


@frozen
class Step:
    """One rule of pricing as a value: where it stands in the order of calculation, and what it does."""

    stage: Stage
    work_out: StepFunction


def _entered(
    stage: Stage, source: Source, amounts: Amounts, columns: tuple[Amounts, Mapping[str, tuple[Share, ...]]]
) -> tuple[dict[str, int], dict[str, tuple[Share, ...]]]:
    totals, shares = dict(columns[0]), dict(columns[1])
    for key, amount in amounts.items():
        if amount:
            totals[key] += amount
            shares[key] += (Share(stage, source.kind, source.id, amount),)
    return totals, shares
