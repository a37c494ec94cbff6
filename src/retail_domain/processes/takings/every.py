"""Every kind of taking, and the folds over them: nobody else knows which kinds there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from attrs import field, frozen

from retail_domain.kernel.change import Change
from retail_domain.ordering import Order
from retail_domain.processes.takings.limits import Limits, LimitsWork
from retail_domain.processes.takings.quota import CampaignQuota, QuotaWork
from retail_domain.processes.takings.stock import Stock, StockWork
from retail_domain.processes.takings.taking import NOTHING, Given, Minted, Paid, Taking, Why, Wish


class TakingsWork(LimitsWork, QuotaWork, StockWork, Protocol):
    """What every kind needs."""


Shared: TypeAlias = Mapping[str, Any]
"""By kind: what orders share, locked."""
Own: TypeAlias = Mapping[str, Any]
"""By kind: what one order has of it."""


def _by_rank(kinds: Iterable[Taking[Any, Any, Any]]) -> tuple[Taking[Any, Any, Any], ...]:
    return tuple(sorted(kinds, key=lambda one: one.rank))


@frozen
class Takings:
    """The kinds by rank: they are claimed in this order, so locks are taken in one order and refusals told in one."""

    kinds: tuple[Taking[Any, Any, Any], ...] = field(converter=_by_rank)

    async def claim(self, work: TakingsWork, wishes: Sequence[Wish]) -> Shared:
        """Lock what a batch needs."""
        return {kind.kind: await kind.claim(work, wishes) for kind in self.kinds}

    def take(self, shared: Shared, wish: Wish, minted: Minted, at: datetime) -> tuple[Shared, Own, Given]:
        """Take everything an order needs, or nothing: what was given is never changed."""
        after, own, given = dict(shared), {}, NOTHING
        for kind in self.kinds:
            taken = kind.take(shared[kind.kind], wish, minted, at)
            if taken is not None:
                after[kind.kind], own[kind.kind], told = taken
                given = given.and_(told)
        return after, own, given

    def lock_for(self, why: Why) -> bool:
        """Whether any kind locks something for this."""
        return any(why in kind.locks for kind in self.kinds)

    async def lock(self, work: TakingsWork, order: Order, why: Why) -> Shared:
        """Lock what an order shares with others, before the order itself."""
        return {kind.kind: await kind.lock(work, order, why) for kind in self._of(order)}

    async def own(self, work: TakingsWork, order: Order, why: Why) -> Own:
        """What an order, which is locked, has of each kind."""
        return {kind.kind: await kind.own(work, order, why) for kind in self._of(order)}

    def paid(self, shared: Shared, own: Own, order: Order, at: datetime) -> tuple[Shared, Own, Paid]:
        """The money is here: firm when every kind says so; one that refuses decides it."""
        after, mine, said = dict(shared), dict(own), Paid.FIRM
        for kind in self._of(order):
            name = kind.kind
            after[name], mine[name], one = kind.paid(shared[name], own[name], order, at)
            said = one if said is Paid.FIRM or one is Paid.REFUSED else said
        return after, mine, said

    def follow(self, shared: Shared, own: Own, change: Change[Order], at: datetime) -> tuple[Shared, Own]:
        """What a decision about an order means for each kind."""
        after, mine = dict(shared), dict(own)
        for kind in self._of(change.state):
            name = kind.kind
            after[name], mine[name] = kind.follow(shared[name], own[name], change, at)
        return after, mine

    def save(self, work: TakingsWork, shared: Shared, own: Sequence[Own]) -> None:
        """Stage all of it."""
        for kind in self.kinds:
            if kind.kind in shared:
                kind.save(work, shared[kind.kind], [one[kind.kind] for one in own if kind.kind in one])

    async def carry(self, work: TakingsWork, shared: Shared, change: Change[Order], why: Why, at: datetime) -> None:
        """Stage what a decision about one order, which is locked, means for each kind."""
        own = await self.own(work, change.state, why)
        shared, own = self.follow(shared, own, change, at)
        self.save(work, shared, [own])

    def _of(self, order: Order) -> Iterable[Taking[Any, Any, Any]]:
        taken = kinds_of(order)
        return (kind for kind in self.kinds if kind.kind in taken)


def kinds_of(order: Order) -> frozenset[str]:
    """The kinds an order took; an order of a release that did not keep them took stock, and limits if a line says so."""
    return order.took or frozenset({"stock", *(["limits"] if any(line.limited for line in order.lines) else [])})


TAKINGS: Final = Takings((Limits(), CampaignQuota(), Stock()))
