"""On what terms goods are sold now, in memory."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from retail_adapters.memory.catalog import sku_facts
from retail_adapters.memory.quotas import grounds_of
from retail_adapters.memory.settings import timetable_of
from retail_adapters.memory.store import MemorySession
from retail_domain.catalog import SkuFacts, SkuTerms
from retail_domain.kernel.ids import SkuId
from retail_domain.processes.purchase.checkout import Terms


class MemorySaleTerms:
    """See the port for the promises."""

    def __init__(self, session: MemorySession) -> None:
        self._memory = session.memory

    async def of(self, sku_ids: Iterable[SkuId]) -> Terms:
        """As committed."""
        goods = {sku_id: _terms(facts) for sku_id, facts in sku_facts(self._memory, sku_ids).items()}
        goods |= {sku_id: evolve(goods[sku_id], grounds=on) for sku_id, on in grounds_of(self._memory, goods).items()}
        books = self._memory.table("price_books").values()
        if not goods:
            return Terms(goods={}, offers_version=0)
        version = max((book.version for book in books), default=0)
        return Terms(goods=goods, offers_version=version, timetable=timetable_of(self._memory))


def _terms(facts: SkuFacts) -> SkuTerms:
    return SkuTerms(
        product_id=facts.product_id, price_version=facts.price_version, purchase_limit=facts.purchase_limit,
        for_sale=facts.for_sale, sale_from=facts.sale_from, sale_until=facts.sale_until,
    )  # fmt: skip
