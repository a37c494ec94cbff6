"""What the stock can promise, read within a unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from retail_adapters.sql.database import Database, Transaction
from retail_adapters.sql.queries.inventory import SqlInventoryQueries
from retail_domain.kernel.ids import SkuId


class SqlSellable:
    """See the port; it says what the read side of inventory says, in the unit's own transaction."""

    def __init__(self, transaction: Transaction) -> None:
        # A transaction reads rows just as a database does, and this query needs nothing else.
        self._stock = SqlInventoryQueries(cast(Database, transaction))

    async def of(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, int]:
        """The most that one online location can sell."""
        return await self._stock.sellable(sku_ids)
