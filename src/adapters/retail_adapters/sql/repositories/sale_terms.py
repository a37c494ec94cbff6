"""On what terms goods are sold now, for placing orders: the catalogue and the price book in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select

from retail_adapters.sql.repositories.pricing import THE_BOOK
from retail_adapters.sql.repositories.quotas import EDITION, grounds_of
from retail_adapters.sql.repositories.settings import NEWEST_SET, SqlSettingsBook
from retail_adapters.sql.session import SqlSession
from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.catalog import products, skus
from retail_adapters.sql.tables.pricing import price_books
from retail_domain.catalog import SkuTerms
from retail_domain.catalog.model import ProductStatus
from retail_domain.kernel.ids import SkuId
from retail_domain.processes.purchase.checkout import Terms

_VERSION = select(price_books.c.version).where(price_books.c.id == THE_BOOK).scalar_subquery().label("offers_version")
_TERMS: Final = Statement(
    "skus.terms",
    select(
        skus.c.id, skus.c.product_id, skus.c.price_version, skus.c.on_sale, products.c.status, products.c.purchase_limit,
        products.c.sale_from, products.c.sale_until, _VERSION, EDITION, NEWEST_SET,
    )
    .join(products, products.c.id == skus.c.product_id)
    .where(AnyOf(skus.c.id, "sku_ids")),
)  # fmt: skip


class SqlSaleTerms:
    """See the port for the promises."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self._settings = session.of(SqlSettingsBook)

    async def of(self, sku_ids: Iterable[SkuId]) -> Terms:
        """One statement, hence one moment; settings follow their version, and are looked up where it is another one."""
        rows = await self._session.tx.rows(_TERMS, sku_ids=sorted(set(sku_ids)))
        if not rows:
            return Terms(goods={}, offers_version=0)
        goods = {row["id"]: _terms(row) for row in rows}
        timetable = await self._settings.of_version(rows[0]["settings_version"])
        return Terms(goods=goods, offers_version=rows[0]["offers_version"] or 0, timetable=timetable)


def _terms(row: Row) -> SkuTerms:
    return SkuTerms(
        product_id=row["product_id"], price_version=row["price_version"], purchase_limit=row["purchase_limit"],
        for_sale=row["on_sale"] and row["status"] is ProductStatus.ON_SALE, sale_from=row["sale_from"],
        sale_until=row["sale_until"], grounds=grounds_of(row["id"], row["quota_edition"]),
    )  # fmt: skip
