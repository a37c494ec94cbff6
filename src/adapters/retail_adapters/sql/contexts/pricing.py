"""Pricing in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.window import SqlShopWindow
from retail_adapters.sql.repositories.pricing import SqlPriceBookShelf, SqlQuotes
from retail_adapters.sql.repositories.sale_terms import SqlSaleTerms
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.pricing.ports import PricingWork


class Collections(SqlUnit):
    """What things cost, and on what terms they are sold."""

    quotes = collection(SqlQuotes)
    price_book = collection(SqlPriceBookShelf)
    sale_terms = collection(SqlSaleTerms)
    window = collection(SqlShopWindow)


MANIFEST: Final = Manifest[PricingWork, None](Collections)
