"""Catalog in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.catalog import (
    MemoryBrands,
    MemoryCategories,
    MemoryPriceChanges,
    MemoryProducts,
    MemoryPurchaseCounters,
    MemorySales,
)
from retail_adapters.memory.catalog_reader import MemoryCatalogReader
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.catalog.ports import CatalogWork
from retail_domain.catalog.queries import CatalogReader


class Collections(MemoryUnit):
    """The goods."""

    products = collection(MemoryProducts)
    price_changes = collection(MemoryPriceChanges)
    sales = collection(MemorySales)
    categories = collection(MemoryCategories)
    brands = collection(MemoryBrands)
    purchase_counters = collection(MemoryPurchaseCounters)


MANIFEST: Final = Manifest[CatalogWork, CatalogReader](Collections, MemoryCatalogReader)
