"""Pricing in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.pricing import MemoryPriceBookShelf, MemoryQuotes, MemoryShopWindow
from retail_adapters.memory.sale_terms import MemorySaleTerms
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.pricing.ports import PricingWork


class Collections(MemoryUnit):
    """What things cost, and on what terms they are sold."""

    quotes = collection(MemoryQuotes)
    price_book = collection(MemoryPriceBookShelf)
    sale_terms = collection(MemorySaleTerms)
    window = collection(MemoryShopWindow)


MANIFEST: Final = Manifest[PricingWork, None](Collections)
