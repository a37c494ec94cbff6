"""Campaign quotas in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.catalog import skus
from retail_adapters.sql.tables.inventory import quota_shares, quotas
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.inventory import Quota, QuotaShare, QuotaShareKey, quota_ground
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import OrderId, SkuId

_CLAIM: Final = Statement(
    "quotas.claim", select(quotas).where(AnyOf(quotas.c.sku_id, "sku_ids")).order_by(quotas.c.sku_id).with_for_update()
)
_OF_ORDER: Final = Statement(
    "quota_shares.of_order",
    select(quota_shares).where(quota_shares.c.order_id == bindparam("order_id")).order_by(quota_shares.c.line),
)
_QUOTAS: Final = Rows(quotas, Quota)
_SHARES: Final = Rows(quota_shares, QuotaShare)

EDITION: Final = (
    select(quotas.c.edition).where(quotas.c.sku_id == skus.c.id, quotas.c.is_open).scalar_subquery().label("quota_edition")
)
"""For statements about SKUs: the edition of the open quota of each, if it has one."""


def grounds_of(sku_id: SkuId, edition: int | None) -> tuple[Ground, ...]:
    """What selling a SKU rests on besides its price."""
    return () if edition is None else (quota_ground(sku_id, edition),)


class SqlQuotas(SqlCollection[SkuId, Quota]):
    """The quotas; see the port."""

    table = quotas

    def key(self, state: Quota) -> SkuId:
        """Its SKU."""
        return state.sku_id

    async def claim(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, Quota]:
        """Locked, ascending."""
        self._session.lock(self.rank)
        found = map(_QUOTAS.state, await self._session.tx.rows(_CLAIM, sku_ids=sorted(set(sku_ids))))
        return {one.sku_id: self.seen(one.sku_id, one) or one for one in found}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _QUOTAS.row(one)) for one in self.new()]
        changed = [updated(before, _QUOTAS.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(quotas), new), Flush(update_of(quotas), changed, "quota")]


class SqlQuotaShares(SqlCollection[QuotaShareKey, QuotaShare]):
    """What orders have; see the port."""

    table = quota_shares

    def key(self, state: QuotaShare) -> QuotaShareKey:
        """Its line."""
        return state.key

    async def of_order(self, order_id: OrderId) -> tuple[QuotaShare, ...]:
        """Stored and staged ones, by line."""
        rows = map(_SHARES.state, await self._session.tx.rows(_OF_ORDER, order_id=order_id))
        found = {one.key: one for one in rows}
        found |= {key: state for key, (_, state) in self._staged.items() if state.order_id == order_id}
        return tuple(found[key] for key in sorted(found))

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _SHARES.row(one)) for one in self.new()]
        changed = [updated(before, _SHARES.row(one)) for before, one in self.changed()]
        return [Flush(insert_into(quota_shares), new), Flush(update_of(quota_shares), changed, "quota share")]
