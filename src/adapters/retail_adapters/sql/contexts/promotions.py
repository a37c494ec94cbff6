"""Offers in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select

from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Rows
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.promotions import promotions
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.sql.writes import insert_into, update_of
from retail_adapters.system.units import Manifest, collection
from retail_domain.kernel.ids import OfferId
from retail_domain.promotions import OfferNotFound, Promotion, PromotionsWork

_ROWS: Final = Rows(promotions, Promotion)
_GET: Final = Statement("promotions.get", select(promotions).where(promotions.c.id == bindparam("id")))
_ALL: Final = Statement(
    "promotions.all",
    select(promotions).order_by(promotions.c.made_at.desc(), promotions.c.id.desc()).limit(bindparam("most")),
)


class SqlPromotions(SqlCollection[OfferId, Promotion]):
    """The offers; see the port."""

    table = promotions

    def key(self, state: Promotion) -> OfferId:
        """Its id."""
        return state.id

    async def get(self, id: OfferId) -> Promotion:
        """Staged or stored. Raises OfferNotFound."""
        rows = await self._session.tx.rows(_GET, id=id)
        found = self.seen(id, _ROWS.state(rows[0]) if rows else None)
        if found is None:
            raise OfferNotFound(offer_id=id)
        return found

    async def all(self, most: int) -> Sequence[Promotion]:
        """The newest first."""
        return [_ROWS.state(row) for row in await self._session.tx.rows(_ALL, most=most)]

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, _ROWS.row(one)) for one in self.new()]
        changed = [updated(before, _ROWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(promotions), new), Flush(update_of(promotions), changed, "offer")]


class Collections(SqlUnit):
    """The offers that staff have written."""

    promotions = collection(SqlPromotions)


MANIFEST: Final = Manifest[PromotionsWork, None](Collections)
