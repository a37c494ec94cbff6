"""The search over offers: which of them together make a basket cost least (PRC-R2, PRC-R8).

Offers that meet on lines of the basket are a cluster. Of each cluster every allowed subset is priced. A subset falls apart into
components that share no line; the shop-wide line prices (tier, member's price) are one switch for each component, and lines
that no offer of the subset covers have them always. So what a subset costs does not depend on which other offers there are:
adding one never makes a basket dearer (PRC-I4). An exclusive offer is a component of its own, without shop-wide prices.

Everything here is whole numbers in lists: a subset costs microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import define, field, frozen

from retail_domain.kernel.money import spread_discount
from retail_domain.pricing.model.basket import Source
from retail_domain.pricing.model.offer import CLUSTER_MAX, OFFER, Offer, OfferKind

Lines: TypeAlias = tuple[int, ...]


@frozen(kw_only=True)
class LineToPrice:
    """A line as the search sees it: what it costs, its floor, and what the shop-wide line price would make of it."""

    key: str
    base: int
    floor: int
    units: int
    shop: int
    shop_source: Source | None = None


@frozen(kw_only=True)
class Contender:
    """An offer and the lines it is about: for a discount with the price it makes of each."""

    offer: Offer
    prices: Mapping[int, int]
    most: int | None = None
    """What is left of its budget."""

    @property
    def lines(self) -> Iterable[int]:
        """The lines."""
        return self.prices


@define(kw_only=True)
class Deal:
    """What was found: the price of each line before reductions, and what took it there; then what each reduction takes off."""

    prices: dict[int, int] = field(factory=dict)
    sources: dict[int, Source | None] = field(factory=dict)
    reductions: dict[int, tuple[Source, int]] = field(factory=dict)
    """By line."""
    applied: dict[str, int] = field(factory=dict)
    """What each offer takes off, by its id."""
    chosen: list[Offer] = field(factory=list)


def best_deal(lines: Sequence[LineToPrice], contenders: Sequence[Contender]) -> Deal:
    """The cheapest of all allowed subsets, ties by priority, then by id; `contenders` stand in the order of their rank."""
    deal = Deal()
    left = dict.fromkeys(range(len(lines)))
    for cluster in _clusters(contenders):
        touched = {line for one in cluster for line in one.lines}
        for line in touched:
            left.pop(line, None)
        alone = cluster[0]
        if len(cluster) == len(touched) == 1 and alone.offer.kind is OfferKind.REDUCTION and not alone.offer.exclusive:
            _reduce_or_not(lines, alone, min(touched), deal)
        elif all(one.offer.kind is OfferKind.DISCOUNT and not one.offer.exclusive for one in cluster):
            _take_lowest(lines, cluster, touched, deal)
        else:
            _Search(lines, cluster[:CLUSTER_MAX]).into(deal, touched)
    for line in left:
        deal.prices[line], deal.sources[line] = lines[line].shop, lines[line].shop_source
    return deal


def _clusters(contenders: Sequence[Contender]) -> list[list[Contender]]:
    """Contenders that are joined by lines, each cluster in the order of rank."""
    of_line: dict[int, int] = {}
    joined = list(range(len(contenders)))

    def root(one: int) -> int:
        while joined[one] != one:
            one = joined[one]
        return one

    for number, contender in enumerate(contenders):
        for line in contender.lines:
            if line in of_line:
                one, other = sorted((root(of_line[line]), root(number)))
                joined[other] = one
            else:
                of_line[line] = number
    if len(contenders) == 1:
        return [list(contenders)]
    clusters: dict[int, list[Contender]] = {}
    for number, contender in enumerate(contenders):
        clusters.setdefault(root(number), []).append(contender)
    return list(clusters.values())


def _take_lowest(lines: Sequence[LineToPrice], cluster: Sequence[Contender], touched: Iterable[int], deal: Deal) -> None:
    """Discounts alone never stand in each other's way: each line has the lowest of its prices; nothing to search."""
    for line in touched:
        price, source = lines[line].shop, lines[line].shop_source
        for one in cluster:
            theirs = one.prices.get(line)
            if theirs is not None and theirs < price:
                price, source = theirs, one.offer.source
        _settle(lines, line, price, source, deal)
    deal.chosen += [one.offer for one in cluster if one.offer.source.id in deal.applied]


def _reduce_or_not(lines: Sequence[LineToPrice], alone: Contender, at: int, deal: Deal) -> None:
    """A full reduction on one line, which no other offer is about: with the shop-wide price or without, or not at all."""
    line, best, price = lines[at], lines[at].shop, lines[at].shop
    off = 0
    for one in (line.shop, line.base) if line.shop != line.base else (line.shop,):
        less = min(alone.offer.reached(one, line.units), one - line.floor)
        less = less if alone.most is None else min(less, alone.most)
        if one - less < best:
            best, price, off = one - less, one, less
    _settle(lines, at, price, line.shop_source if price == line.shop else None, deal)
    if off:
        source = alone.offer.source
        deal.applied[source.id], deal.reductions[at] = off, (source, off)
        deal.chosen.append(alone.offer)


def _settle(lines: Sequence[LineToPrice], line: int, price: int, source: Source | None, deal: Deal) -> None:
    deal.prices[line], deal.sources[line] = price, source
    if source is not None and source.kind == OFFER and price < lines[line].base:
        deal.applied[source.id] = deal.applied.get(source.id, 0) + lines[line].base - price


@frozen
class _Worth:
    """What a component saves against the shop-wide prices of its lines, and with which switch."""

    gain: int
    switch: bool


class _Search:
    """All subsets of one cluster; a subset is the bits of a number, an offer its bit."""

    def __init__(self, lines: Sequence[LineToPrice], cluster: Sequence[Contender]) -> None:
        self.all, self.cluster, self.count = lines, cluster, len(cluster)
        self.masks = [sum(1 << line for line in one.lines) for one in cluster]
        self.is_discount = [one.offer.kind is OfferKind.DISCOUNT for one in cluster]
        self.base, self.shop = [line.base for line in lines], [line.shop for line in lines]
        self.floor, self.units = [line.floor for line in lines], [line.units for line in lines]
        self.discounts = sum(1 << at for at in range(self.count) if self.is_discount[at])
        self.exclusives = sum(1 << at for at, one in enumerate(cluster) if one.offer.exclusive)
        self.meeting = [
            sum(1 << other for other in range(self.count) if other != at and self.masks[at] & self.masks[other])
            for at in range(self.count)
        ]  # fmt: skip
        self._lines: dict[int, Lines] = {}
        self._prices: dict[tuple[int, bool], list[int]] = {}
        self._sums: dict[tuple[int, bool, int], int] = {}
        self._offs: dict[tuple[int, int, bool, int], int] = {}
        self._fixed: dict[int, tuple[int, int, int, int]] = {}
        self._worth: dict[int, _Worth | None] = {}

    def into(self, deal: Deal, touched: Iterable[int]) -> None:
        """Find the best subset, and write down what it does."""
        best = self.best()
        settled: set[int] = set()
        for component, worth in best:
            settled |= self._write(component, worth.switch, deal)
        for line in touched:
            if line not in settled:
                deal.prices[line], deal.sources[line] = self.all[line].shop, self.all[line].shop_source

    def best(self) -> list[tuple[int, _Worth]]:
        """The components of the best subset."""
        worths: list[tuple[int, tuple[tuple[int, _Worth], ...]] | None] = [(0, ())]
        best: tuple[int, tuple[int, ...]] = (0, ())
        found: tuple[tuple[int, _Worth], ...] = ()
        for subset in range(1, 1 << self.count):
            component = self._component(subset)
            rest, worth = worths[subset & ~component], self._worth_of(component)
            if rest is None or worth is None:
                worths.append(None)
                continue
            gain, parts = rest[0] + worth.gain, (*rest[1], (component, worth))
            worths.append((gain, parts))
            if gain < -best[0]:
                continue
            key = (-gain, self._members(subset))
            if key < best:
                best, found = key, parts
        return list(found)

    def _component(self, subset: int) -> int:
        """The offers of a subset that its first one is joined to."""
        found, edge = 0, subset & -subset
        while edge:
            found |= edge
            met, bits = 0, edge
            while bits:
                bit = bits & -bits
                met |= self.meeting[bit.bit_length() - 1]
                bits ^= bit
            edge = met & subset & ~found
        return found

    def _worth_of(self, component: int) -> _Worth | None:
        """None: not allowed."""
        if component not in self._worth:
            self._worth[component] = self._work_out(component)
        return self._worth[component]

    def _work_out(self, component: int) -> _Worth | None:
        members = self._members(component)
        is_exclusive = bool(component & self.exclusives)
        if is_exclusive and len(members) > 1:
            return None
        covered = 0
        for at in members:
            covered |= self.masks[at]
        base, shop, _, _ = self._fixed_of(covered)
        discounts, found = component & self.discounts, None
        for switch in (False,) if is_exclusive or shop == base else (True, False):
            cost = self._sum((discounts, switch), covered)
            for _, off, _ in self._reductions(members, discounts, switch):
                cost -= off
            if found is None or shop - cost > found.gain:
                found = _Worth(shop - cost, switch)
        return found

    def _reductions(self, members: Sequence[int], discounts: int, switch: bool) -> Iterable[tuple[int, int, int]]:
        """Each full reduction in turn: a line takes part in one, that of the higher rank (2.3 step 3)."""
        taken = 0
        for at in members:
            if self.is_discount[at]:
                continue
            mine = self.masks[at] & ~taken
            taken |= mine
            if not mine:
                continue
            off = self._off(at, discounts, switch, mine)
            if off:
                yield at, off, mine

    def _off(self, at: int, discounts: int, switch: bool, mine: int) -> int:
        """What one full reduction takes off lines, down to their floors and to the end of its budget."""
        key = (at, discounts, switch, mine)
        found = self._offs.get(key)
        if found is None:
            amount, contender = self._sum((discounts, switch), mine), self.cluster[at]
            _, _, floor, units = self._fixed_of(mine)
            found = min(contender.offer.reached(amount, units), amount - floor)
            found = self._offs[key] = found if contender.most is None else min(found, contender.most)
        return found

    def _members(self, subset: int) -> tuple[int, ...]:
        return tuple([at for at in range(self.count) if subset >> at & 1])

    def _of(self, mask: int) -> Lines:
        found = self._lines.get(mask)
        if found is None:
            found = self._lines[mask] = tuple([at for at in range(len(self.all)) if mask >> at & 1])
        return found

    def _fixed_of(self, mask: int) -> tuple[int, int, int, int]:
        """Base, shop-wide price, floor and units of lines."""
        found = self._fixed.get(mask)
        if found is None:
            lines = self._of(mask)
            base, shop, floor, units = (
                sum([column[line] for line in lines]) for column in (self.base, self.shop, self.floor, self.units)
            )
            found = self._fixed[mask] = (base, shop, floor, units)
        return found

    def _priced(self, by: tuple[int, bool]) -> list[int]:
        """The line prices under some discounts: the lowest for each line, never two (2.3 step 2)."""
        found = self._prices.get(by)
        if found is None:
            discounts, switch = by
            found = list(self.shop if switch else self.base)
            for at in range(self.count):
                if discounts >> at & 1:
                    for line, price in self.cluster[at].prices.items():
                        if price < found[line]:
                            found[line] = price
            self._prices[by] = found
        return found

    def _sum(self, by: tuple[int, bool], mask: int) -> int:
        key = (*by, mask)
        found = self._sums.get(key)
        if found is None:
            prices = self._priced(by)
            found = self._sums[key] = sum([prices[line] for line in self._of(mask)])
        return found

    def _write(self, component: int, switch: bool, deal: Deal) -> set[int]:
        members = self._members(component)
        discounts, covered = component & self.discounts, 0
        for at in members:
            covered |= self.masks[at]
        prices = self._priced((discounts, switch))
        for line in self._of(covered):
            _settle(self.all, line, prices[line], self._source_of(line, prices[line], discounts, switch), deal)
        for at, off, mask in self._reductions(members, discounts, switch):
            source, lines = self.cluster[at].offer.source, self._of(mask)
            payables = {self.all[line].key: prices[line] for line in lines}
            shares = spread_discount(payables, off, {self.all[line].key: self.floor[line] for line in lines})
            deal.applied[source.id] = off
            deal.reductions |= {line: (source, shares[self.all[line].key]) for line in lines if shares.get(self.all[line].key)}
        deal.chosen += [self.cluster[at].offer for at in members]
        return set(self._of(covered))

    def _source_of(self, line: int, price: int, discounts: int, switch: bool) -> Source | None:
        if switch and self.shop[line] == price:
            return self.all[line].shop_source
        if price == self.base[line]:
            return None
        offers = (self.cluster[at] for at in range(self.count) if discounts >> at & 1)
        return next(one.offer.source for one in offers if one.prices.get(line) == price)
