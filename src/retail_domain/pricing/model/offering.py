"""The steps of offers: line prices and full reductions, free freight and gifts; and what is missing to those not met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from retail_domain.pricing.model.basket import RejectedOffer, Source
from retail_domain.pricing.model.goods import SaleLine
from retail_domain.pricing.model.kinds import Benefit, OrderKind
from retail_domain.pricing.model.offer import OFFER, CountBy, Offer, OfferKind
from retail_domain.pricing.model.search import Contender, Deal, LineToPrice, best_deal
from retail_domain.pricing.model.sheet import NOTHING, Adjustment, BuyerFacts, Outcome, PricingRequest, Sheet
from retail_domain.pricing.model.tier import TIER, shop_price, shop_prices, tier_terms

ACTIVITY: Final = "activity"
"""The kind of source of an activity price."""
NEEDED: Final[Mapping[OfferKind, Benefit]] = {
    OfferKind.DISCOUNT: Benefit.TIMED_DISCOUNT,
    OfferKind.MEMBER_PRICE: Benefit.TIER_PRICE,
    OfferKind.REDUCTION: Benefit.FULL_REDUCTION,
    OfferKind.FREE_FREIGHT: Benefit.FULL_REDUCTION,
    OfferKind.GIFT: Benefit.FULL_REDUCTION,
}
"""Which column of the matrix each kind of offer stands in."""


def line_prices(sheet: Sheet) -> Outcome:
    """Step 2: an activity price, or the best of tier, member's price and timed discount for each line; never two (2.3).

    Which full reductions go with it is decided here too, since the two depend on each other (PRC-R8); a basket that no offer is
    about has nothing to search.
    """
    request = sheet.request
    tier_applies = request.may(Benefit.TIER_PRICE)
    if request.activity_prices and request.kind is not OrderKind.ORDINARY:
        return _activity(sheet)
    if not sheet.book.offers:
        return shop_price(sheet) if tier_applies else NOTHING
    about = _about(sheet)
    if not about:
        return shop_price(sheet) if tier_applies else NOTHING
    lines = _to_price(sheet, about, tier_applies)
    deal = best_deal(lines, _contenders(sheet, about, lines))
    off: dict[Source, dict[str, int]] = {}
    for at, price in deal.prices.items():
        source, line = deal.sources[at], lines[at]
        if source is not None and price < line.base:
            off.setdefault(source, {})[line.key] = price - line.base
    made = tuple(Adjustment(source=one, goods=off[one]) for one in sorted(off, key=_told_in_order))
    return Outcome(adjustments=made, rejected_offers=tuple(_missed(sheet, about, lines, deal)), deal=_by_key(lines, deal))


def _told_in_order(source: Source) -> tuple[str, str]:
    return source.kind, source.id


def full_reductions(sheet: Sheet) -> Outcome:
    """Step 3: what the search found."""
    if not sheet.deal:
        return NOTHING
    made = (Adjustment(source=source, goods=goods) for source, goods in sorted(sheet.deal.items(), key=lambda one: one[0].id))
    return Outcome(adjustments=tuple(made))


def _by_key(lines: Sequence[LineToPrice], deal: Deal) -> Mapping[Source, Mapping[str, int]]:
    off: dict[Source, dict[str, int]] = {}
    for at, (source, amount) in deal.reductions.items():
        off.setdefault(source, {})[lines[at].key] = -amount
    return off


def _activity(sheet: Sheet) -> Outcome:
    prices = sheet.request.activity_prices
    goods = {
        key: -off for key, line in sheet.lines.items()
        if not line.gift and (price := prices.get(line.goods.sku_id)) is not None
        and (off := min((line.goods.unit_price_minor - price) * line.quantity, sheet.payable[key] - sheet.floors[key])) > 0
    }  # fmt: skip
    return Outcome(adjustments=(Adjustment(source=Source(ACTIVITY, sheet.request.kind.value), goods=goods),))


def _about(sheet: Sheet) -> dict[str, list[Offer]]:
    """The offers about each line that was asked for, by the key of the line; lines in the order of their keys (PRC-I3)."""
    by_goods = sheet.book.offers_by_goods
    found = {key: by_goods.about(line.goods) for key, line in sorted(sheet.lines.items()) if not line.gift}
    return found if any(found.values()) else {}


def _to_price(sheet: Sheet, about: Mapping[str, Sequence[Offer]], tier_applies: bool) -> list[LineToPrice]:
    of_the_shop = shop_prices(sheet) if tier_applies else {}
    found: list[LineToPrice] = []
    for key, offers in about.items():
        base, floor, line = sheet.payable[key], sheet.floors[key], sheet.lines[key]
        off, source = of_the_shop.get(key, (0, None))
        shop = base - off
        for offer in offers:
            if offer.kind is OfferKind.MEMBER_PRICE and hindrance(offer, sheet.request, sheet.at) is None:
                price = max(floor, base - offer.unit_off(line.goods.unit_price_minor, line.quantity))
                if price < shop:
                    shop, source = price, offer.source
        found.append(LineToPrice(key=key, base=base, floor=floor, units=line.quantity, shop=shop, shop_source=source))
    return found


def _contenders(sheet: Sheet, about: Mapping[str, Sequence[Offer]], lines: Sequence[LineToPrice]) -> list[Contender]:
    refused: set[int] = set()
    by_id: dict[int, tuple[Offer, dict[int, int]]] = {}
    for at, offers in enumerate(about.values()):
        for offer in offers:
            number = id(offer)
            if number in refused:
                continue
            if number not in by_id:
                is_searched = offer.kind is OfferKind.DISCOUNT or offer.kind is OfferKind.REDUCTION
                if not is_searched or hindrance(offer, sheet.request, sheet.at) is not None:
                    refused.add(number)
                    continue
                by_id[number] = offer, {}
            line, price = lines[at], 0
            if offer.kind is OfferKind.DISCOUNT:
                goods = sheet.lines[line.key].goods
                price = max(line.floor, line.base - offer.unit_off(goods.unit_price_minor, line.units))
            by_id[number][1][at] = price
    left = budgets_of(sheet.request.buyer)
    ranked = sorted(by_id.values(), key=lambda one: one[0].rank) if len(by_id) > 1 else by_id.values()
    return [Contender(offer=offer, prices=prices, most=left.get(offer.id)) for offer, prices in ranked]


def budgets_of(buyer: BuyerFacts) -> Mapping[object, int]:
    """What is left of the budgets of offers, as far as somebody told."""
    told = buyer.known.get(OFFER)
    return told if isinstance(told, Mapping) else {}


def hindrance(offer: Offer, request: PricingRequest, at: datetime) -> RejectedOffer | None:
    """Why this offer is not for this buyer now, whatever is in the basket."""
    if request.kind not in offer.order_kinds or not request.may(NEEDED[offer.kind]):
        return _rejected(offer, "order_kind")
    if not offer.is_on(at):
        return _rejected(offer, "over") if offer.is_over(at) else _rejected(offer, "not_yet", starts_at=offer.starts_at)
    if offer.kind is OfferKind.MEMBER_PRICE and request.buyer.member_id is None:
        return _rejected(offer, "members_only")
    if offer.tiers:
        terms = request.buyer.known.get(TIER)
        if getattr(terms, "code", None) not in offer.tiers:
            return _rejected(offer, "tier", tiers=offer.tiers)
    return _rejected(offer, "used_up") if budgets_of(request.buyer).get(offer.id) == 0 else None


def _rejected(offer: Offer, reason: str, **missing: Any) -> RejectedOffer:
    return RejectedOffer(OFFER, offer.source.id, reason, name=offer.name, name_en=offer.name_en, **missing)


def _missed(
    sheet: Sheet, about: Mapping[str, Sequence[Offer]], lines: Sequence[LineToPrice], deal: Deal
) -> Iterator[RejectedOffer]:
    """Every offer about some line that did not apply, with its reason; and the next step of those that did (PRC-R2)."""
    theirs: dict[int, tuple[Offer, list[int]]] = {}
    for at, offers in enumerate(about.values()):
        for offer in offers:
            if offer.kind is not OfferKind.MEMBER_PRICE and (offer.source.id not in deal.applied or len(offer.steps) > 1):
                theirs.setdefault(id(offer), (offer, []))[1].append(at)
    for offer, mine in sorted(theirs.values(), key=lambda one: one[0].rank):
        why = hindrance(offer, sheet.request, sheet.at)
        if why is not None:
            if why.reason not in ("over", "order_kind"):
                yield why
        elif offer.kind is OfferKind.REDUCTION:
            yield from _of_reduction(offer, mine, lines, deal)
        elif offer.kind is OfferKind.DISCOUNT:
            yield _rejected(offer, _beaten_by(offer, mine, deal))
        else:
            yield from _of_base(offer, [lines[at].base for at in mine])


def _of_reduction(
    offer: Offer, mine: Sequence[int], lines: Sequence[LineToPrice], deal: Deal
) -> Iterator[RejectedOffer]:  # fmt: skip
    amount, units = sum([deal.prices[at] for at in mine]), sum([lines[at].units for at in mine])
    counted = amount if offer.count_by is CountBy.AMOUNT else units
    step, applied = offer.next_step(counted), offer.source.id in deal.applied
    if step is None or (not applied and counted >= offer.steps[0].threshold):
        if not applied:
            yield _rejected(offer, _beaten_by(offer, mine, deal))
        return
    missing = step.threshold - counted
    by_amount = offer.count_by is CountBy.AMOUNT
    then = offer.reached(step.threshold if by_amount else amount, units if by_amount else step.threshold)
    yield _rejected(
        offer, "next_step" if applied else "threshold", missing_minor=missing if by_amount else 0,
        missing_units=0 if by_amount else missing, gain_minor=max(0, then - deal.applied.get(offer.source.id, 0)),
    )  # fmt: skip


def _of_base(offer: Offer, bases: Sequence[int]) -> Iterator[RejectedOffer]:
    missing = offer.from_minor - sum(bases)
    if missing > 0:
        yield _rejected(offer, "threshold", missing_minor=missing)


def _beaten_by(offer: Offer, mine: Sequence[int], deal: Deal) -> str:
    """Whether it could not stand beside what was chosen, or is beaten by it."""
    on_my_lines = {source.id for at in mine if (source := deal.sources.get(at)) is not None}
    on_my_lines |= {deal.reductions[at][0].id for at in mine if at in deal.reductions}
    beside = [one for one in deal.chosen if one.source.id in on_my_lines]
    return "exclusive" if beside and (offer.exclusive or any(one.exclusive for one in beside)) else "dearer"


def freight_waiver(sheet: Sheet) -> Source | None:
    """What makes freight cost nothing for the whole basket: the buyer's tier, or an offer whose sum is reached (MSC-R5).

    Sums are of what the goods cost before anything is taken off, so nothing that is taken off costs the buyer his free freight.
    """
    terms, request = tier_terms(sheet), sheet.request
    if terms is None and not sheet.book.freight_offers:
        return None
    if terms is not None and request.may(Benefit.TIER_PRICE):
        waiver = terms.freight_waiver(sheet.base_minor)
        if waiver is not None:
            return waiver
    for offer in sheet.book.freight_offers:
        lines = [line for line in sheet.lines.values() if not line.gift and offer.scope.covers(line.goods)]
        base = sum([line.goods.unit_price_minor * line.quantity for line in lines])
        if lines and base >= offer.from_minor and hindrance(offer, request, sheet.at) is None:
            return offer.source
    return None


def gifts_for(offers: Iterable[Offer], lines: Sequence[SaleLine], request: PricingRequest, at: datetime) -> list[SaleLine]:
    """What comes along with these lines (满赠, MSC-R3): each gift once, as far as its sum is reached.

    Whose goods they are is said by their offers: what the catalogue knows of them takes the place of these.
    """
    found: list[SaleLine] = []
    for offer in offers:
        mine = [line for line in lines if offer.scope.covers(line.goods)]
        base = sum([line.goods.unit_price_minor * line.quantity for line in mine])
        if mine and base >= offer.from_minor and hindrance(offer, request, at) is None:
            assert offer.gift_sku_id is not None
            given = evolve(mine[0].goods, sku_id=offer.gift_sku_id, floor_minor=0, unit_price_minor=0)
            nth = 2 + sum(one.goods.sku_id == offer.gift_sku_id for one in found)
            found.append(SaleLine(given, offer.gift_units, nth, gift=True, gift_of=offer.source.id))
    return found
