"""The pricing engine: a pure function from a request, the price book and a time to a priced basket (PRC-R5)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from retail_domain.pricing.model.basket import PricedBasket, PricedLine, RejectedOffer, Stage
from retail_domain.pricing.model.book import PriceBook
from retail_domain.pricing.model.goods import SaleLine
from retail_domain.pricing.model.sheet import NOTHING, PricingRequest, Sheet, Step
from retail_domain.pricing.model.steps import STEPS, parcels
from retail_domain.pricing.unavailable import Reason, UnavailableLine

_ORDER: Final = {stage: place for place, stage in enumerate(Stage)}


@frozen
class Pipeline:
    """The steps of a shop in the order of calculation; calling it prices a basket (PRC-R5, PRC-I8)."""

    steps: tuple[Step, ...]

    def __attrs_post_init__(self) -> None:
        places = [_ORDER[step.stage] for step in self.steps]
        if places != sorted(places):
            raise ValueError("steps stand in the order of calculation")
        if not self.steps or self.steps[0].stage is not Stage.BASE:
            raise ValueError("a pipeline begins with the base price")

    def with_step(self, step: Step) -> Pipeline:
        """This pipeline with one more step, after those of its stage."""
        place = sum(_ORDER[other.stage] <= _ORDER[step.stage] for other in self.steps)
        return Pipeline((*self.steps[:place], step, *self.steps[place:]))

    def __call__(self, request: PricingRequest, book: PriceBook, at: datetime) -> PricedBasket:
        """What this basket costs now. Lines that cannot be delivered are set apart and cost nothing."""
        deliverable, undeliverable = _deliverable(request, book, at)
        sheet = Sheet.blank(deliverable, book, at)
        for step in self.steps if deliverable.lines else ():
            if request.may_run(step.stage):
                outcome = step.work_out(sheet)
                sheet = sheet if outcome is NOTHING else sheet.after(step.stage, outcome)
        return _totals(sheet, undeliverable)

    def freight_of(
        self, agreed: PricedBasket, region_code: str, book: PriceBook, at: datetime, *, is_waived: bool = False
    ) -> int | None:
        """What delivering goods at agreed prices to a region costs by this book; None when some cannot go there (ORD-R5).

        Only the steps of freight run: what the goods cost is settled. What a tier or an offer waived stays waived, whoever has
        the tier by now, and whether the offer still stands.
        """
        lines = tuple(SaleLine(line.goods, line.quantity, line.nth, line.gift) for line in agreed.lines)
        request = PricingRequest(currency=agreed.currency, lines=lines, region_code=region_code)
        _, undeliverable = _deliverable(request, book, at)
        if undeliverable or is_waived:
            return None if undeliverable else 0
        sheet = Sheet.settled(request, agreed, book, at)
        for step in self.steps:
            if step.stage is Stage.FREIGHT:
                sheet = sheet.after(step.stage, step.work_out(sheet))
        return sum(sheet.freight.values())


price: Final = Pipeline(STEPS)
"""The shop's own pipeline: `price(request, book, at)`."""


def _deliverable(request: PricingRequest, book: PriceBook, at: datetime) -> tuple[PricingRequest, tuple[UnavailableLine, ...]]:
    region = request.region_code
    if region is None:
        return request, ()
    lines = {line.key: line for line in request.lines}
    refused = {key for template, theirs in parcels(lines, book, at) if template.zone_for(region) is None for key in theirs}
    if not refused:
        return request, ()
    kept = tuple(line for key, line in lines.items() if key not in refused)
    return evolve(request, lines=kept), tuple(_refused(line) for key, line in lines.items() if key in refused)


def _refused(line: SaleLine) -> UnavailableLine:
    goods = line.goods
    return UnavailableLine(sku_id=goods.sku_id, quantity=line.quantity, reason=Reason.UNDELIVERABLE, title=goods.title)


def _totals(sheet: Sheet, undeliverable: tuple[UnavailableLine, ...]) -> PricedBasket:
    return PricedBasket(
        currency=sheet.request.currency,
        lines=tuple(_line(sheet, key, line) for key, line in sheet.lines.items()),
        undeliverable=undeliverable,
        rejected_offers=sheet.rejected_offers + _unheard_wishes(sheet),
        grounds=sheet.grounds,
    )


def _line(sheet: Sheet, key: str, line: SaleLine) -> PricedLine:
    return PricedLine(
        goods=line.goods,
        quantity=line.quantity,
        base_minor=line.goods.unit_price_minor * line.quantity,
        payable_minor=sheet.payable[key],
        floor_minor=sheet.floors[key],
        freight_minor=sheet.freight[key],
        shares=sheet.shares[key],
        freight_shares=sheet.freight_shares[key],
        included_tax_minor=sheet.included_tax[key],
        nth=line.nth,
        gift=line.gift,
        gift_of=line.gift_of,
    )


def _unheard_wishes(sheet: Sheet) -> tuple[RejectedOffer, ...]:
    if not sheet.request.wishes:
        return ()
    answered = {(ground.kind, ground.id) for ground in sheet.grounds}
    answered |= {(offer.source_kind, offer.source_id) for offer in sheet.rejected_offers}
    unheard = [wish for wish in sheet.request.wishes if (wish.kind, wish.id) not in answered]
    return tuple(RejectedOffer(wish.kind, wish.id, "not_offered") for wish in unheard)
