"""What the catalogue shows, from memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.catalog import BARRED, HOMES, OWNERS, SOLD, in_tree, sku_facts, told_of
from retail_adapters.memory.inventory import MemoryInventoryQueries
from retail_adapters.memory.store import Memory
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.ratings import rating_of
from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import (
    PriceChange,
    Product,
    Sku,
    barcode_key,
)
from retail_domain.catalog.queries import (
    BrandView,
    CategoryView,
    ProductCard,
    ProductPage,
    ProductSearch,
    SkuCost,
    SkuFacts,
    SkuSheet,
    SkuView,
    Sort,
)
from retail_domain.catalog.words import searchable
from retail_domain.kernel.checked import EARLIEST
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CategoryId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.reading import CODE, WHOLE_MAX


@frozen
class MemoryCatalogReader:
    """The read side of the catalogue; see the Protocol."""

    memory: Memory

    async def search(self, search: ProductSearch, page: PageRequest) -> Page[ProductCard]:
        """Look at every product."""
        answers = [one for one in self._all() if self._answers(search, one)]
        if search.in_stock:
            left = await MemoryInventoryQueries(self.memory).sellable([sku.id for one in answers for sku in one.skus])
            answers = [one for one in answers if any(sku.on_sale and left.get(sku.id, 0) > 0 for sku in one.skus)]
        found = sorted(((self._rank(search, one), one) for one in answers), key=_by_id)
        found.sort(key=lambda pair: pair[0] if search.sort is Sort.PRICE_ASC else -pair[0])
        if page.cursor is not None:
            found = _beyond(found, search.sort, page.cursor)
        cards = tuple([await self._card(one, search.on_sale_at is not None) for _, one in found[: page.limit]])
        last = found[page.limit - 1] if len(found) > page.limit else None
        return Page(cards, cursor_of(search.sort.value, last[0], last[1].id) if last else None)

    async def cards(self, ids: Iterable[ProductId], *, on_sale_at: datetime | None = None) -> Sequence[ProductCard]:
        """One by one."""
        known = [self.memory.table("products").get(id) for id in dict.fromkeys(ids)]
        there = [one for one in known if one is not None and (on_sale_at is None or one.is_on_sale(on_sale_at))]
        return tuple([await self._card(one, on_sale_at is not None) for one in there])

    async def product(self, product_id: ProductId, *, on_sale_at: datetime | None = None) -> ProductPage:
        """One product."""
        found = self.memory.table("products").get(product_id)
        if found is None or (on_sale_at is not None and not found.is_on_sale(on_sale_at)):
            raise ProductNotFound(product_id=product_id)
        category = self.memory.table("categories").get(found.listing.category_id)
        brand = self.memory.table("brands").get(found.listing.brand_id)
        return ProductPage(
            card=await self._card(found, on_sale_at is not None),
            description=found.listing.description,
            category_name=category.name if category else None,
            brand_name=brand.name if brand else None,
            freight_template_id=found.listing.freight_template_id,
            rating=rating_of(self.memory.table("review_summaries").get(product_id)),
        )

    async def categories(self) -> Sequence[CategoryView]:
        """The tree, level by level."""
        return tuple(
            CategoryView(id=one.id, code=one.code, name=one.name, parent_id=one.parent_id, depth=len(one.path))
            for one in sorted(self.memory.table("categories").values(), key=in_tree)
        )

    async def brands(self) -> Sequence[BrandView]:
        """By name."""
        found = sorted(self.memory.table("brands").values(), key=lambda one: (one.name, one.id))
        return tuple(BrandView(id=one.id, name=one.name) for one in found)

    async def sku_facts(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """Those there are."""
        return sku_facts(self.memory, sku_ids)

    async def sku_coded(self, code: str) -> SkuId | None:
        """Its owner knows it; else it may be a barcode."""
        spelled = CODE.spelled(code)
        owner = self.memory.table("products").get(self.memory.table(OWNERS).get(spelled))
        coded = next((sku.id for sku in owner.skus if sku.code == spelled), None) if owner else None
        return coded or self.memory.table(BARRED).get(barcode_key(spelled))

    async def sku_sheet(self, sku_id: SkuId) -> SkuSheet:
        """What its goods say of it."""
        owner = self.memory.table("products").get(self.memory.table(HOMES).get(sku_id))
        if owner is None:
            raise SkuNotFound(sku_id=sku_id)
        sku, known = owner.sku(sku_id), owner.sku(sku_id).particulars
        return SkuSheet(
            id=sku.id, product_id=owner.id, code=sku.code, price_minor=sku.price_minor or None,
            price_version=sku.price_version, list_price_minor=sku.list_price_minor, basis=known.basis,
            barcodes=known.barcodes, tax_code=known.tax_code, tax_rate_bp=known.tax_rate_bp,
            floor_minor=known.floor_minor, member_price_minor=known.member_price_minor,
            version=owner.version,
        )  # fmt: skip

    async def costs(self, product_id: ProductId) -> Sequence[SkuCost]:
        """In the order of the kinds."""
        found = self.memory.table("products").get(product_id)
        if found is None:
            raise ProductNotFound(product_id=product_id)
        return tuple(SkuCost(sku.id, sku.code, sku.particulars.cost_minor) for sku in found.skus)

    async def prices(self, sku_id: SkuId, page: PageRequest) -> Page[PriceChange]:
        """The latest first."""
        (before,) = key_after(page.cursor, (WHOLE_MAX,))
        await self.sku_sheet(sku_id)
        told = [one for one in reversed(told_of(self.memory, sku_id)) if one.price_version < before]
        shown = tuple(told[: page.limit])
        return Page(shown, cursor_of(shown[-1].price_version) if len(told) > page.limit else None)

    async def product_coded(self, code: str) -> ProductId | None:
        """As the index of codes says."""
        return self.memory.unique.get("products.code", {}).get(CODE.spelled(code))

    def _all(self) -> Iterable[Product]:
        products: Iterable[Product] = self.memory.table("products").values()
        return products

    def _answers(self, search: ProductSearch, one: Product) -> bool:
        asked = search.price_from_minor is not None or search.price_to_minor is not None
        return (
            search.words.matches(one.words)
            and (search.on_sale_at is None or one.is_on_sale(search.on_sale_at))
            and (search.category_id is None or self._is_below(one, search.category_id))
            and (search.brand_id is None or one.listing.brand_id == search.brand_id)
            and (not asked or any(_costs(search, sku) for sku in one.skus))
        )

    def _is_below(self, one: Product, category_id: CategoryId) -> bool:
        category = self.memory.table("categories").get(one.listing.category_id)
        return category is not None and category_id in category.path

    def _rank(self, search: ProductSearch, one: Product) -> int:
        match search.sort:
            case Sort.RELEVANCE:
                return search.words.relevance(searchable(one.listing.title))
            case Sort.NEWEST:
                return 0
            case Sort.ARRIVALS:
                return ((one.arrived_at or EARLIEST) - EARLIEST) // timedelta(microseconds=1)
            case Sort.SALES:
                return int(self.memory.table(SOLD).get(one.id, 0))
            case Sort.PRICE_ASC | Sort.PRICE_DESC:
                return one.price_from_minor

    async def _card(self, one: Product, only_for_sale: bool) -> ProductCard:
        shown = [sku for sku in one.skus if sku.on_sale or not only_for_sale]
        available = await MemoryInventoryQueries(self.memory).sellable([sku.id for sku in shown])
        listing = one.listing
        return ProductCard(
            id=one.id, code=one.code, title=listing.title, subtitle=listing.subtitle, unit=listing.unit,
            images=listing.images, category_id=listing.category_id, brand_id=listing.brand_id,
            purchase_limit=listing.purchase_limit, status=one.status, sale_from=listing.sale_from,
            sale_until=listing.sale_until, sold=self.memory.table(SOLD).get(one.id, 0), version=one.version,
            parameters=listing.parameters, arrived_at=one.arrived_at,
            skus=tuple(_view(sku, available.get(sku.id, 0)) for sku in shown),
        )  # fmt: skip


def _view(sku: Sku, available: int) -> SkuView:
    return SkuView(
        id=sku.id, code=sku.code, options=sku.options, price_minor=sku.price_minor,
        list_price_minor=sku.list_price_minor, image=sku.image, weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3, on_sale=sku.on_sale, available=available,
        barcodes=sku.particulars.barcodes, basis=sku.particulars.basis,
    )  # fmt: skip


def _costs(search: ProductSearch, sku: Sku) -> bool:
    cheapest, dearest = search.price_from_minor or 0, search.price_to_minor
    return sku.on_sale and sku.price_minor >= cheapest and (dearest is None or sku.price_minor <= dearest)


def _by_id(pair: tuple[int, Product]) -> int:
    return -pair[1].id.int


def _beyond(found: list[tuple[int, Product]], sort: Sort, cursor: str) -> list[tuple[int, Product]]:
    told, rank, id = key_after(cursor, ("", 0, UUID(int=0)))
    if told != sort.value:
        raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list")
    sign = 1 if sort is Sort.PRICE_ASC else -1
    return [(own, one) for own, one in found if (sign * own, -one.id.int) > (sign * rank, -id.int)]
