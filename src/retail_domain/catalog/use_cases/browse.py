"""Look at what is for sale, as members and guests do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from retail_domain.catalog.queries import CatalogReader, ProductCard, ProductPage, ProductSearch
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import ProductId
from retail_domain.kernel.paging import Page, PageRequest


@frozen
class PublicCatalogue:
    """The catalogue as everybody sees it: only what can be bought at this moment."""

    show: CatalogReader
    clock: Clock

    async def search(self, search: ProductSearch, page: PageRequest) -> Page[ProductCard]:
        """Goods that match and are for sale now."""
        return await self.show.search(evolve(search, on_sale_at=self.clock.now()), page)

    async def cards(self, ids: Iterable[ProductId]) -> Sequence[ProductCard]:
        """Those of these goods that are for sale now, in this order."""
        return await self.show.cards(ids, on_sale_at=self.clock.now())

    async def product(self, product_id: ProductId) -> ProductPage:
        """Some goods. Raises ProductNotFound, also for goods that are off sale."""
        return await self.show.product(product_id, on_sale_at=self.clock.now())
