"""Campaign quotas in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from attrs import asdict
from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement, insert_into, update_of
from retail_adapters.sql.tables.quotas import quota_shares, quotas
from retail_domain.kernel.ids import OrderId, SkuId
from retail_domain.processes.takings.quota import Quota, QuotaShare

_CLAIM: Final = Statement(
    "quotas.claim", select(quotas).where(AnyOf(quotas.c.sku_id, "sku_ids")).order_by(quotas.c.sku_id).with_for_update()
)
_OF_ORDER: Final = Statement(
    "quota_shares.of_order",
    select(quota_shares).where(quota_shares.c.order_id == bindparam("order_id")).order_by(quota_shares.c.sku_id),
)


class SqlQuotas(SqlCollection[SkuId, Quota]):
    """The quotas; see the port."""

    order: ClassVar[int] = 12
    rank: ClassVar[int] = 15

    def key(self, state: Quota) -> SkuId:
        """Its SKU."""
        return state.sku_id

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        found = [Quota(**row) for row in await self._session.tx.rows(_CLAIM, sku_ids=sorted(set(sku_ids)))]
        return {one.sku_id: self.seen(one.sku_id, one) or one for one in found}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, asdict(one)) for one in self.new()]
        changed = [updated(before, asdict(one)) for before, one in self.changed()]
        return [Flush(insert_into(quotas), new), Flush(update_of(quotas), changed, "quota")]


class SqlQuotaShares(SqlCollection[tuple[OrderId, SkuId], QuotaShare]):
    """What orders have; see the port."""

    order: ClassVar[int] = 23

    def key(self, state: QuotaShare) -> tuple[OrderId, SkuId]:
        """Order and SKU."""
        return state.order_id, state.sku_id

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """Stored and staged ones, by SKU."""
        rows = [QuotaShare(**row) for row in await self._session.tx.rows(_OF_ORDER, order_id=order_id)]
        found = {self.key(one): one for one in rows} | {
            key: state for key, (_, state) in self._staged.items() if state.order_id == order_id
        }
        return tuple(found[key] for key in sorted(found))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, asdict(one)) for one in self.new()]
        changed = [updated(before, asdict(one)) for before, one in self.changed()]
        return [Flush(insert_into(quota_shares), new), Flush(update_of(quota_shares), changed, "quota share")]
