"""The shop window in SQL: one statement tells of goods, of their stock, and which edition of the price book is in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, case, func, select

from retail_adapters.sql.repositories.pricing import THE_BOOK, SqlPriceBookShelf
from retail_adapters.sql.repositories.quotas import EDITION as QUOTA_EDITION, grounds_of
from retail_adapters.sql.repositories.sku_facts import FACTS, sku_facts
from retail_adapters.sql.session import Session
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.catalog import skus
from retail_adapters.sql.tables.inventory import locations, stock_items
from retail_adapters.sql.tables.pricing import price_books
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import SkuId
from retail_domain.pricing import PriceBook
from retail_domain.processes.window import Shown

_FREE = stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety + stock_items.c.backorder_limit
_EDITION = select(price_books.c.version).where(price_books.c.id == THE_BOOK).scalar_subquery()


def _look(name: str, sellable: ColumnElement[int]) -> Statement:
    units = (
        select(sellable)
        .join(locations, locations.c.id == stock_items.c.location_id)
        .where(stock_items.c.sku_id == skus.c.id, locations.c.sells_online)
        .scalar_subquery()
    )
    seen = FACTS.add_columns(units.label("sellable"), _EDITION.label("edition"), QUOTA_EDITION)
    return Statement(name, seen.where(AnyOf(skus.c.id, "sku_ids")))


_LOOK: Final = _look("window.look", func.max(_FREE))
_LOOK_IN_ALL: Final = _look("window.look_in_all", func.sum(case((_FREE > 0, _FREE), else_=0)))


class SqlShopWindow:
    """See the port."""

    def __init__(self, session: Session, shelf: SqlPriceBookShelf) -> None:
        self._session = session
        self._shelf = shelf

    async def look(self, sku_ids: Iterable[SkuId], *, split: bool = False) -> Shown:
        """The most that one online location can sell, or with `split` all of them together.

        The price book is kept as long as its edition is in force.
        """
        sellable: dict[SkuId, int] = {}
        grounds: dict[SkuId, tuple[Ground, ...]] = {}
        edition, facts = None, []
        for row in await self._session.tx.rows(_LOOK_IN_ALL if split else _LOOK, sku_ids=sorted(set(sku_ids))):
            fact = dict(row)
            units, edition, quota = fact.pop("sellable"), fact.pop("edition"), fact.pop("quota_edition")
            facts.append(fact)
            if units is not None:
                sellable[fact["sku_id"]] = max(0, int(units))
            if quota is not None:
                grounds[fact["sku_id"]] = grounds_of(fact["sku_id"], quota)
        return Shown(facts=sku_facts(facts), sellable=sellable, grounds=grounds, book=await self._book(edition))

    async def _book(self, edition: int | None) -> PriceBook:
        kept: PriceBook | None = self._session.tools.kept.book
        if kept is not None and kept.version == edition:
            return kept
        book = await self._shelf.get()
        if self._session.may_hope:  # in a host's transaction it may be a book that never comes into force
            self._session.tools.kept.book = book
        return book
