"""Catalog in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.catalog import SqlCatalogReader
from retail_adapters.sql.repositories.catalog import SqlBrands, SqlCategories, SqlProducts, SqlPurchaseCounters
from retail_adapters.sql.repositories.price_changes import SqlPriceChanges
from retail_adapters.sql.repositories.sales import SqlSales
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.queries import CatalogReader


class Collections(SqlUnit):
    """The goods."""

    products = collection(SqlProducts)
    price_changes = collection(SqlPriceChanges)
    sales = collection(SqlSales)
    categories = collection(SqlCategories)
    brands = collection(SqlBrands)
    purchase_counters = collection(SqlPurchaseCounters)


MANIFEST: Final = Manifest[CatalogWork, CatalogReader](Collections, SqlCatalogReader)
