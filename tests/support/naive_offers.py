"""The naive engine: every subset of all offers, priced one after the other by the definitions (PRC-R8)."""

from __future__ import annotations

from itertools import chain, combinations

from retail_domain.pricing import CountBy, Offer, OfferKind, PriceBook, PricingRequest
from retail_domain.pricing.model.offering import hindrance


def cheapest(request: PricingRequest, book: PriceBook, at) -> int:
    """What its goods cost at least; freight depends on no offer that was searched."""
    lines = [line for line in request.lines if not line.gift]
    offers = [one for one in book.offers.values() if hindrance(one, request, at) is None]
    offers = [one for one in offers if any(one.scope.covers(line.goods) for line in lines)]
    searched = [one for one in offers if one.kind in (OfferKind.DISCOUNT, OfferKind.REDUCTION)]
    subsets = chain.from_iterable(combinations(searched, size) for size in range(len(searched) + 1))
    return min(cost for subset in subsets if (cost := _subset(request, book, at, subset)) is not None)


def _subset(request, book, at, subset) -> int | None:
    lines = {line.key: line for line in request.lines if not line.gift}
    covers = {offer.id: {key for key, line in lines.items() if offer.scope.covers(line.goods)} for offer in subset}
    components = []
    for offer in subset:
        joined = [one for one in components if any(covers[other.id] & covers[offer.id] for other in one)]
        merged = [offer, *chain.from_iterable(joined)]
        components = [one for one in components if one not in joined] + [merged]
    total, uncovered = 0, set(lines)
    for one in components:
        if len(one) > 1 and any(offer.exclusive for offer in one):
            return None
        keys = set().union(*(covers[offer.id] for offer in one))
        uncovered -= keys
        switches = (False,) if one[0].exclusive else (False, True)
        total += min(_component(request, book, at, one, covers, keys, lines, switch) for switch in switches)
    return total + sum(_shop(request, book, at, lines[key]) for key in uncovered)


def _base(line) -> int:
    return line.goods.unit_price_minor * line.quantity


def _floor(line) -> int:
    return min(_base(line), line.goods.floor_minor * line.quantity)


def _shop(request, book, at, line) -> int:
    base, found = _base(line), [_base(line)]
    tier = request.buyer.known.get("tier")
    if tier is not None:
        found.append(base - base * tier.discount_bps // 10_000)
    if request.buyer.member_id is not None and line.goods.member_price_minor is not None:
        found.append(line.goods.member_price_minor * line.quantity)
    prices = [one for one in book.offers.values() if one.kind is OfferKind.MEMBER_PRICE and one.scope.covers(line.goods)]
    found += [_discounted(one, line) for one in prices if hindrance(one, request, at) is None]
    return max(_floor(line), min(found))


def _discounted(offer: Offer, line) -> int:
    unit = line.goods.unit_price_minor
    if offer.price_minor is not None:
        return min(unit, offer.price_minor) * line.quantity
    if offer.off_minor:
        return max(0, unit - offer.off_minor) * line.quantity
    return _base(line) - _base(line) * offer.off_bps // 10_000


def _component(request, book, at, offers, covers, keys, lines, switch) -> int:
    prices = {}
    for key in keys:
        line = lines[key]
        found = [_base(line)] + ([_shop(request, book, at, line)] if switch else [])
        found += [_discounted(one, line) for one in offers if one.kind is OfferKind.DISCOUNT and key in covers[one.id]]
        prices[key] = max(_floor(line), min(found))
    free, off = set(keys), 0
    for offer in sorted(offers, key=lambda one: (-one.priority, str(one.id))):
        if offer.kind is OfferKind.REDUCTION:
            mine = covers[offer.id] & free
            free -= mine
            amount, floors = sum(prices[key] for key in mine), sum(_floor(lines[key]) for key in mine)
            units = sum(lines[key].quantity for key in mine)
            off += min(_reached(offer, amount, units), amount - floors)
    return sum(prices.values()) - off


def _reached(offer: Offer, amount: int, units: int) -> int:
    counted = units if offer.count_by is CountBy.QUANTITY else amount
    met = [step for step in offer.steps if step.threshold <= counted]
    worth = [step.off_minor or amount * step.off_bps // 10_000 for step in met]
    if not met:
        return 0
    return worth[0] * min(counted // offer.steps[0].threshold, offer.times_max) if offer.each else max(worth)
