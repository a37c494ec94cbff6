"""On what terms goods are sold now, in memory."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from retail_adapters.memory.catalog import sku_facts
from retail_adapters.memory.store import Memory
from retail_domain.catalog import SkuFacts, SkuTerms
from retail_domain.kernel.ids import SkuId
from retail_domain.processes.checkout import Terms
from retail_domain.processes.takings import quota


@frozen
class MemorySaleTerms:
    """See the port for the promises."""

    memory: Memory

    async def of(self, sku_ids: Iterable[SkuId]) -> Terms:
        """As committed."""
        goods = {sku_id: _terms(facts) for sku_id, facts in sku_facts(self.memory, sku_ids).items()}
        with_quota = self.memory.table("quotas")
        goods = {
            sku_id: evolve(terms, needs=frozenset({quota.KIND})) if sku_id in with_quota else terms
            for sku_id, terms in goods.items()
        }
        books = self.memory.table("price_books").values()
        return Terms(goods=goods, offers_version=max((book.version for book in books), default=0) if goods else 0)


def _terms(facts: SkuFacts) -> SkuTerms:
    return SkuTerms(
        product_id=facts.product_id, price_version=facts.price_version, purchase_limit=facts.purchase_limit,
        for_sale=facts.for_sale, sale_from=facts.sale_from, sale_until=facts.sale_until,
    )  # fmt: skip
