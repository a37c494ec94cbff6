"""The tier of a buyer (等级) as something prices rest on: nothing is taken, an order keeps what it was priced by (LVL-R8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Protocol

from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.kernel.settings import InForce
from retail_domain.pricing import TIER, TierTerms
from retail_domain.processes.takings.taking import Asking, BuyerFact, Demand, Known
from retail_domain.tiers import LADDER, NO_LADDER, WHOLE_BPS, Ladder, Tier, TierStanding, TierStandings, held_by


class TierWork(Protocol):
    """What it needs."""

    @property
    def tier_standings(self) -> TierStandings: ...


class TierOfBuyer(BuyerFact[TierWork, Mapping[MemberId, TierStanding]]):
    """Told where the ladder has a say in prices, or offers ask for a tier; elsewhere nothing is asked."""

    kind: ClassVar[str] = TIER

    async def known(self, work: TierWork, member_id: MemberId, sku_ids: Iterable[SkuId]) -> Known | None:
        """Never asked: see `told`."""
        raise LookupError(self.kind)

    async def told(self, work: TierWork, asking: Asking) -> Known | None:
        """Her tier, as far as it changes a price, or what the order brings."""
        ladder = _ladder(asking.in_force)
        by_offers = asking.book is not None and asking.book.asks_tier
        if not ladder.has_a_say() and not by_offers:
            return None
        standing = (await work.tier_standings.of([asking.member_id])).get(asking.member_id)
        tier = held_by(standing, ladder, asking.at)
        return Known(_terms(tier), (_ground(tier),)) if by_offers or tier.benefits.have_a_say else None

    async def claim(self, work: TierWork, demands: Sequence[Demand]) -> Mapping[MemberId, TierStanding]:
        """Those of the buyers whose quotes rest on one: no lock, since nothing is taken."""
        asked = {demand.quote.member_id for demand in demands if demand.grounds(TIER)}
        return await work.tier_standings.of(asked) if asked else {}

    def present(self, shared: Mapping[MemberId, TierStanding], demand: Demand) -> Iterable[Ground]:
        """Her tier now, if the quote rests on one: whoever rose meanwhile is asked again, at the better price."""
        if not demand.grounds(TIER):
            return ()
        at: datetime = demand.at or demand.quote.created_at
        tier = held_by(shared.get(demand.quote.member_id), _ladder(demand.timetable.at(at)), at)
        return (_ground(tier),)


def _ladder(in_force: InForce) -> Ladder:
    return in_force.of(LADDER, otherwise=NO_LADDER)


def _terms(tier: Tier) -> TierTerms:
    benefits = tier.benefits
    return TierTerms(
        code=tier.code, discount_bps=benefits.discount_bps, free_freight_from_minor=benefits.free_freight_from_minor
    )


def _ground(tier: Tier) -> Ground:
    """Its version is what it does to prices and points, so that a ladder that says the same later asks nobody again."""
    benefits = tier.benefits
    freight = -1 if benefits.free_freight_from_minor is None else benefits.free_freight_from_minor
    version = benefits.discount_bps * 10**13 + freight + 1
    if benefits.points_bps != WHOLE_BPS:
        version = int.from_bytes(sha256(f"{version} {benefits.points_bps}".encode()).digest()[:6])
    return Ground(TIER, tier.code, version)
