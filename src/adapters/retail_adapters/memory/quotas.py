"""Campaign quotas in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from retail_adapters.memory.store import MemoryCollection
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.processes.takings.quota import Quota, QuotaShare


class MemoryQuotas(MemoryCollection[SkuId, Quota]):
    """The quotas; see the port."""

    table: ClassVar[str] = "quotas"
    key_columns: ClassVar[str] = "sku_id"

    def key(self, state: Quota) -> SkuId:
        """Its SKU."""
        return state.sku_id

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Those of these SKUs, ascending."""
        self._session.lock(15)
        return {sku: one for sku in sorted(set(sku_ids)) if (one := self.look(sku)) is not None}


class MemoryQuotaShares(MemoryCollection[tuple[OrderId, SkuId], QuotaShare]):
    """What orders have; see the port."""

    table: ClassVar[str] = "quota_shares"
    key_columns: ClassVar[str] = "order_id+sku_id"

    def key(self, state: QuotaShare) -> tuple[OrderId, SkuId]:
        """Order and SKU."""
        return state.order_id, state.sku_id

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """By SKU."""
        return tuple(sorted((one for one in self.every() if one.order_id == order_id), key=lambda one: one.sku_id))
