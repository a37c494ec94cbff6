"""Campaign quota (活动库存) as a taking: the part of a SKU's stock that a campaign sells; both are taken (STK-R7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, Protocol, TypeAlias

from retail_domain.inventory import QUOTA, Quota, Quotas, QuotaShare, QuotaShareKey, QuotaShares, quota_ground
from retail_domain.kernel.change import Change
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.ranks import Rank
from retail_domain.ordering import Order
from retail_domain.processes.takings.meaning import units_freed
from retail_domain.processes.takings.taking import NOTHING, Demand, Given, Minted, Paid, Taking, Why


class QuotaWork(Protocol):
    """What quotas need."""

    @property
    def quotas(self) -> Quotas: ...
    @property
    def quota_shares(self) -> QuotaShares: ...


LockedQuotas: TypeAlias = Mapping[SkuId, Change[Quota]]
Shares: TypeAlias = tuple[Change[QuotaShare], ...]
NONE: Final[LockedQuotas] = {}


class CampaignQuota(Taking[QuotaWork, LockedQuotas, Shares]):
    """Taken with the stock, used when paid, given back with the stock; quotes say that their goods come from one."""

    kind: ClassVar[str] = QUOTA
    rank: ClassVar[Rank] = Rank.QUOTA
    locks: ClassVar[frozenset[Why]] = frozenset({Why.RELEASING})
    reads: ClassVar[frozenset[Why]] = frozenset({Why.PAYING, Why.RELEASING})

    async def claim(self, work: QuotaWork, demands: Sequence[Demand]) -> LockedQuotas:
        """The quotas that quotes rest on."""
        return await _locked(work, {sku_id for demand in demands for sku_id in _wanted(demand)})

    def present(self, shared: LockedQuotas, demand: Demand) -> Iterable[Ground]:
        """Its quotas as they stand, those that are over left out."""
        found = (shared[sku_id].state for sku_id in _wanted(demand) if sku_id in shared)
        return [quota_ground(quota.sku_id, quota.edition) for quota in found if quota.is_open]

    def take(
        self, shared: LockedQuotas, demand: Demand, minted: Minted, at: datetime
    ) -> tuple[LockedQuotas, Shares, Given] | None:
        """Raises SoldOut."""
        wanted = _wanted(demand)
        if not wanted:
            return None
        taken = {sku: shared[sku].then(lambda one, n=units: one.take(n)) for sku, units in wanted.items()}  # type: ignore[misc]
        shares = tuple(
            QuotaShare.taken(
                QuotaShareKey(minted.order_id, number), line.goods.sku_id, demand.quote.member_id, line.quantity
            )
            for number, line in demand.lines if line.goods.sku_id in wanted
        )  # fmt: skip
        return {**shared, **taken}, shares, NOTHING

    async def lock(self, work: QuotaWork, order: Order) -> LockedQuotas:
        """Which of its lines came from a quota is not known yet: whatever quota its goods have."""
        return await _locked(work, {line.sku_id for line in order.lines})

    async def own(self, work: QuotaWork, order: Order) -> Shares:
        """Its shares."""
        return tuple(Change(one, one) for one in await work.quota_shares.of_order(order.id))

    def paid(self, shared: LockedQuotas, own: Shares, order: Order, at: datetime) -> tuple[LockedQuotas, Shares, Paid]:
        """Used: the quota itself counts open and used units alike, so it needs no lock."""
        return shared, tuple(one.then(lambda share: share.firm()) for one in own), Paid.FIRM

    def follow(self, shared: LockedQuotas, own: Shares, change: Change[Order], at: datetime) -> tuple[LockedQuotas, Shares]:
        """Unshipped units go back to the campaign, with the stock."""
        freed = units_freed(change)
        if not freed:
            return shared, own
        back: Counter[SkuId] = Counter()
        kept: list[Change[QuotaShare]] = []
        for one in own:
            units = freed.get(one.state.line, 0)
            back[one.state.sku_id] += units
            kept.append(one.then(lambda share, n=units: share.give_back(n)) if units else one)  # type: ignore[misc]
        counted = {
            sku_id: shared[sku_id].then(lambda quota, n=units: quota.give_back(n))  # type: ignore[misc]
            for sku_id, units in back.items() if units
        }  # fmt: skip
        return {**shared, **counted}, tuple(kept)

    def save(self, work: QuotaWork, shared: LockedQuotas | None, own: Sequence[Shares]) -> None:
        """Quotas and shares."""
        for quota in (shared or NONE).values():
            work.quotas.save(quota)
        for shares in own:
            for share in shares:
                work.quota_shares.save(share)


async def _locked(work: QuotaWork, sku_ids: Collection[SkuId]) -> LockedQuotas:
    return {sku: Change(one, one) for sku, one in (await work.quotas.claim(sku_ids)).items()} if sku_ids else NONE


def _wanted(demand: Demand) -> Mapping[SkuId, int]:
    """Units of the SKUs that the quote takes from a quota."""
    grounds = demand.grounds(QUOTA)
    if not grounds:
        return {}
    named = {ground.id for ground in grounds}
    return {sku: units for sku, units in demand.units.items() if str(sku) in named}
