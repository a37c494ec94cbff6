"""What was asked for goods, in SQL: rows that are only added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows, spread
from retail_adapters.sql.session import SqlSession, Staging
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.catalog import price_changes
from retail_adapters.sql.writes import insert_into
from retail_domain.catalog.model import PriceChange
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import SkuId

PRICE_CHANGES: Final = Rows(price_changes, PriceChange, parts={"actor": spread(Actor, "actor_kind", "actor_ref")})
_OWN: Final = price_changes.c.sku_id == bindparam("sku_id")
_FIRST: Final = (
    select(func.coalesce(func.max(price_changes.c.price_version), 0))
    .where(_OWN, price_changes.c.at <= bindparam("at"))
    .scalar_subquery()
)
_SINCE: Final = Statement(
    "price_changes.since",
    select(price_changes).where(_OWN, price_changes.c.price_version >= _FIRST).order_by(price_changes.c.price_version),
)
_INSERT: Final = insert_into(price_changes)


class SqlPriceChanges(Staging):
    """What was asked for goods; see the port."""

    table = price_changes

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._noted: list[PriceChange] = []
        session.join(self)

    def note(self, change: PriceChange) -> None:
        """Stage a row."""
        self._noted.append(change)

    async def since(self, sku_id: SkuId, at: datetime) -> Sequence[PriceChange]:
        """By version."""
        rows = await self._session.tx.rows(_SINCE, sku_id=sku_id, at=at)
        return [PRICE_CHANGES.state(row) for row in rows]

    def flushes(self) -> Sequence[Flush]:
        """What is new."""
        return [Flush(_INSERT, [PRICE_CHANGES.row(one) for one in self._noted])]
