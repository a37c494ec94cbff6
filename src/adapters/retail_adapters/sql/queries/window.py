"""The shop window in SQL: one statement tells of goods, of their stock, and which edition of the price book is in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select

from retail_adapters.sql.repositories.pricing import THE_BOOK, SqlPriceBookShelf
from retail_adapters.sql.repositories.quotas import grounds_of
from retail_adapters.sql.repositories.settings import NEWEST_SET, SqlSettingsBook
from retail_adapters.sql.repositories.sku_facts import FACTS, sku_facts
from retail_adapters.sql.session import SqlSession
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.catalog import skus
from retail_adapters.sql.tables.inventory import locations, quotas, stock_items
from retail_adapters.sql.tables.pricing import price_books
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import SkuId
from retail_domain.pricing import PriceBook
from retail_domain.processes.purchase.window import OnDisplay

_FREE = stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety + stock_items.c.backorder_limit
_EDITION = select(price_books.c.version).where(price_books.c.id == THE_BOOK).scalar_subquery()


def _look(name: str, sellable: ColumnElement[int]) -> Statement:
    units = (
        select(sellable)
        .join(locations, locations.c.id == stock_items.c.location_id)
        .where(stock_items.c.sku_id == skus.c.id, locations.c.sells_online)
        .scalar_subquery()
    )
    quota = (quotas.c.edition.label("quota_edition"), (quotas.c.size - quotas.c.taken).label("quota_left"))
    seen = FACTS.add_columns(units.label("sellable"), _EDITION.label("edition"), NEWEST_SET, *quota)
    of_campaign = seen.outerjoin(quotas, and_(quotas.c.sku_id == skus.c.id, quotas.c.is_open))
    return Statement(name, of_campaign.where(AnyOf(skus.c.id, "sku_ids")))


_LOOK: Final = _look("window.look", func.max(_FREE))
_LOOK_IN_ALL: Final = _look("window.look_in_all", func.sum(case((_FREE > 0, _FREE), else_=0)))


class SqlShopWindow:
    """See the port."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._shelf = session.of(SqlPriceBookShelf)
        self._settings = session.of(SqlSettingsBook)

    async def look(self, sku_ids: Iterable[SkuId], *, split: bool = False) -> OnDisplay:
        """The most that one online location can sell, or with `split` all together, and no more than a campaign has left.

        The price book is kept as long as its edition is in force, and settings as long as nobody has changed any.
        """
        sellable: dict[SkuId, int] = {}
        grounds: dict[SkuId, tuple[Ground, ...]] = {}
        edition, version, facts = None, None, []
        for row in await self._session.tx.rows(_LOOK_IN_ALL if split else _LOOK, sku_ids=sorted(set(sku_ids))):
            fact = dict(row)
            units, edition, left = fact.pop("sellable"), fact.pop("edition"), fact.pop("quota_left")
            quota, version = fact.pop("quota_edition"), fact.pop("settings_version")
            facts.append(fact)
            if quota is not None:
                grounds[fact["sku_id"]] = grounds_of(fact["sku_id"], quota)
            if units is not None:
                most = int(units) if quota is None else min(int(units), left)
                sellable[fact["sku_id"]] = max(0, most)
        return OnDisplay(
            facts=sku_facts(facts), sellable=sellable, grounds=grounds, book=await self._book(edition),
            timetable=await self._settings.of_version(version),
        )  # fmt: skip

    async def _book(self, edition: int | None) -> PriceBook:
        kept: PriceBook | None = self._session.tools.kept.book
        if kept is not None and kept.version == edition:
            return kept
        book = await self._shelf.get()
        if self._session.may_hope:  # in a host's transaction it may be a book that never comes into force
            self._session.tools.kept.book = book
        return book
