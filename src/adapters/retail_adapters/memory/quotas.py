"""Campaign quotas in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_domain.inventory import Quota, QuotaShare, QuotaShareKey, quota_ground
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.kernel.ranks import Rank


class MemoryQuotas(MemoryCollection[SkuId, Quota]):
    """The quotas; see the port."""

    table: ClassVar[str] = "quotas"
    key_columns: ClassVar[str] = "sku_id"

    def key(self, state: Quota) -> SkuId:
        """Its SKU."""
        return state.sku_id

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Ascending."""
        self._session.lock(Rank.QUOTA)
        return {sku: one for sku in sorted(set(sku_ids)) if (one := self.look(sku)) is not None}


class MemoryQuotaShares(MemoryCollection[QuotaShareKey, QuotaShare]):
    """What orders have; see the port."""

    table: ClassVar[str] = "quota_shares"
    key_columns: ClassVar[str] = "order_id+line"

    def key(self, state: QuotaShare) -> QuotaShareKey:
        """Its line."""
        return state.key

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """Stored and staged ones, by line."""
        return tuple(sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.key))


def grounds_of(memory: Memory, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, tuple[Ground, ...]]:
    """What selling these SKUs rests on besides their prices, as committed."""
    return {sku_id: (quota_ground(sku_id, quota.edition),) for sku_id, quota in _open(memory, sku_ids).items()}


def left_of(memory: Memory, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, int]:
    """How much the open quotas of these SKUs have left, as committed."""
    return {sku_id: quota.left for sku_id, quota in _open(memory, sku_ids).items()}


def _open(memory: Memory, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
    quotas: Mapping[SkuId, Quota] = memory.table("quotas")
    return {sku_id: quotas[sku_id] for sku_id in sku_ids if sku_id in quotas and quotas[sku_id].is_open}
