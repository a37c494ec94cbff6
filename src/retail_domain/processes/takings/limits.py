"""Purchase limits (限购) as a taking: a member's counter of each limited product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, TypeAlias

from retail_domain.catalog import PurchaseCounter, PurchaseCounters, PurchaseKey
from retail_domain.kernel.change import Change
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order, OrderLine
from retail_domain.processes.takings.meaning import units_undone
from retail_domain.processes.takings.taking import Demand, Given, Minted, Taking, Why

Counters: TypeAlias = Mapping[PurchaseKey, Change[PurchaseCounter]]


class LimitsWork(Protocol):
    """What counting needs."""

    @property
    def purchase_counters(self) -> PurchaseCounters: ...


class PurchaseLimits(Taking[LimitsWork, Counters, None]):
    """Units are counted when taken, and counted back when they are not wanted any more or paid back (GEN-R9, GEN-R11).

    Which lines count stands on the lines, so an order has no record of its own here.
    """

    kind: ClassVar[str] = "limits"
    rank: ClassVar[Rank] = Rank.LIMIT
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})

    async def claim(self, work: LimitsWork, demands: Sequence[Demand]) -> Counters:
        """The counters of those who want limited goods."""
        return await _locked(work, {key for demand in demands for key in _limited(demand)})

    def take(self, shared: Counters, demand: Demand, minted: Minted, at: datetime) -> tuple[Counters, None, Given] | None:
        """Count. Raises PurchaseLimitReached."""
        limited = _limited(demand)
        if not limited:
            return None
        taken = {
            key: shared[key].then(lambda counter, n=units, most=limit: counter.take(n, most))  # type: ignore[misc]
            for key, (units, limit) in limited.items()
        }
        skus = frozenset(sku_id for sku_id in demand.units if demand.goods[sku_id].purchase_limit is not None)
        return {**shared, **taken}, None, Given(limited=skus)

    async def lock(self, work: LimitsWork, order: Order) -> Counters:
        """The counters that an order was counted at."""
        return await _locked(work, {_key(order, line) for line in order.lines if line.limited})

    async def own(self, work: LimitsWork, order: Order) -> None:
        """Nothing."""

    def follow(self, shared: Counters, own: None, change: Change[Order], at: datetime) -> tuple[Counters, None]:
        """Units that count as never bought are counted back."""
        back: Counter[PurchaseKey] = Counter()
        for number, units in units_undone(change).items():
            line = change.state.line(number)
            if line.limited:
                back[_key(change.state, line)] += units
        counted = {key: shared[key].then(lambda one, n=units: one.give_back(n)) for key, units in back.items()}  # type: ignore[misc]
        return {**shared, **counted}, own

    def save(self, work: LimitsWork, shared: Counters | None, own: Sequence[None]) -> None:
        """Every counter."""
        for counter in (shared or {}).values():
            work.purchase_counters.save(counter)


async def _locked(work: LimitsWork, keys: Collection[PurchaseKey]) -> Counters:
    counters = await work.purchase_counters.claim(keys) if keys else {}
    return {key: Change(counter, counter) for key, counter in counters.items()}


def _limited(demand: Demand) -> Mapping[PurchaseKey, tuple[int, int]]:
    """Units by product, summed over its SKUs, with the limit, for the products that have one (R2)."""
    units: dict[PurchaseKey, tuple[int, int]] = {}
    for sku_id, quantity in demand.units.items():
        terms = demand.goods.get(sku_id)
        if terms is not None and terms.purchase_limit is not None:
            key = PurchaseKey(demand.quote.member_id, terms.product_id)
            units[key] = (units.get(key, (0, 0))[0] + quantity, terms.purchase_limit)
    return units


def _key(order: Order, line: OrderLine) -> PurchaseKey:
    return PurchaseKey(order.member_id, line.product_id)
