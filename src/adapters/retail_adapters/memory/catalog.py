"""The catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.inventory import MemoryInventoryQueries
from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_adapters.paging import cursor_of, key_after
from retail_adapters.ratings import rating_of
from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import Brand, Category, Product, ProductStatus, PurchaseCounter, PurchaseKey, Sku
from retail_domain.catalog.queries import (
    BrandView,
    CategoryView,
    ProductCard,
    ProductPage,
    ProductSearch,
    SkuFacts,
    SkuView,
    Sort,
)
from retail_domain.catalog.words import searchable
from retail_domain.kernel.errors import InvalidInput, Taken
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.kernel.reading import CODE

_OWNERS = "sku_code_owners"
_HOMES = "sku_homes"
_SOLD = "products_sold"
_NOTED = "product_sales"


class MemoryProducts(MemoryCollection[ProductId, Product]):
    """The goods; see the port for the promises."""

    table: ClassVar[str] = "products"
    unique: ClassVar[Mapping[str, Any]] = {"products.code": lambda one: one.code}

    async def get(self, id: ProductId) -> Product:
        """Staged or stored."""
        found = self.look(id)
        if found is None:
            raise ProductNotFound(product_id=id)
        return found

    async def claim(self, ids: Iterable[ProductId]) -> Mapping[ProductId, Product]:
        """Those there are."""
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: product for id, product in found if product is not None}

    async def claim_codes(self, codes: Iterable[str]) -> Mapping[str, Product]:
        """Those with these codes."""
        wanted = set(codes)
        held = self._session.memory.unique.get("products.code", {})
        found = {code: self.look(held[code]) for code in wanted if code in held}
        staged = {one.code: one for _, one in self._staged.values() if one.code in wanted}
        return {code: one for code, one in found.items() if one is not None} | staged

    async def owners_of_sku_codes(self, codes: Iterable[str]) -> Mapping[str, ProductId]:
        """Which product has a SKU of each code."""
        wanted, owners = set(codes), self._session.memory.table(_OWNERS)
        staged = {sku.code: one.id for _, one in self._staged.values() for sku in one.skus if sku.code in wanted}
        return {code: owners[code] for code in wanted if code in owners} | staged

    async def product_of(self, sku_id: SkuId) -> ProductId:
        """The product a SKU belongs to."""
        staged = (one.id for _, one in self._staged.values() if any(sku.id == sku_id for sku in one.skus))
        found = next(staged, None) or self._session.memory.table(_HOMES).get(sku_id)
        if found is None:
            raise SkuNotFound(sku_id=sku_id)
        return ProductId(found)

    async def skus_for_placing(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """What placing must know, as committed."""
        return sku_facts(self._session.memory, sku_ids)

    def check(self) -> None:
        """No two kinds have one code, whatever goods they belong to."""
        super().check()
        owners = self._session.memory.table(_OWNERS)
        claimed: dict[str, ProductId] = {}
        for _, product in self._staged.values():
            for sku in product.skus:
                if owners.get(sku.code, product.id) != product.id or claimed.setdefault(sku.code, product.id) != product.id:
                    raise Taken(table="skus", columns=("code",))

    def apply(self) -> None:
        """Products, and where their kinds are found."""
        super().apply()
        for _, product in self._staged.values():
            for sku in product.skus:
                self._session.memory.table(_OWNERS)[sku.code] = product.id
                self._session.memory.table(_HOMES)[sku.id] = product.id


class MemorySales:
    """What was sold; see the port for the promises."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def note(self, sold: Mapping[ProductId, int]) -> None:
        """Stage notes."""
        self._session.appended += [(_NOTED, note) for note in sold.items()]

    async def are_waiting(self) -> bool:
        """Any that is committed."""
        return bool(self._session.memory.log(_NOTED))

    async def add_up(self, most: int) -> int:
        """Stage the addition of the first ones; those that a rival has added up by then are not there any more."""
        notes, figures = self._session.memory.log(_NOTED), self._session.memory.table(_SOLD)
        first = notes[:most]

        def add() -> None:
            for product_id, units in notes[: len(first)]:
                if product_id in self._session.memory.table("products"):
                    figures[product_id] = figures.get(product_id, 0) + units
            del notes[: len(first)]

        self._session.at_commit.append(add)
        return len(first)


class MemoryCategories(MemoryCollection[CategoryId, Category]):
    """The tree of categories."""

    table: ClassVar[str] = "categories"
    unique: ClassVar[Mapping[str, Any]] = {"categories.code": lambda one: one.code}

    async def claim(self, ids: Iterable[CategoryId]) -> Mapping[CategoryId, Category]:
        """Those there are."""
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: one for id, one in found if one is not None}

    async def claim_tree(self) -> tuple[Category, ...]:
        """All of it."""
        return await self.all()

    async def all(self) -> tuple[Category, ...]:
        """Level by level."""
        return tuple(sorted(self.every(), key=_in_tree))


class MemoryBrands(MemoryCollection[BrandId, Brand]):
    """The brands."""

    table: ClassVar[str] = "brands"
    unique: ClassVar[Mapping[str, Any]] = {"brands.name": lambda one: one.name}

    async def claim(self, ids: Iterable[BrandId]) -> Mapping[BrandId, Brand]:
        """Those there are."""
        found = ((id, self.look(id)) for id in sorted(set(ids)))
        return {id: one for id, one in found if one is not None}

    async def of_names(self, names: Iterable[str]) -> Mapping[str, Brand]:
        """Those of these names."""
        wanted = set(names)
        return {one.name: one for one in self.every() if one.name in wanted}


class MemoryPurchaseCounters(MemoryCollection[PurchaseKey, PurchaseCounter]):
    """The counters behind purchase limits."""

    table: ClassVar[str] = "purchase_counters"
    key_columns: ClassVar[str] = "member_id+product_id"

    def key(self, state: PurchaseCounter) -> PurchaseKey:
        """Member and product."""
        return state.key

    async def claim(self, keys: Iterable[PurchaseKey]) -> Mapping[PurchaseKey, PurchaseCounter]:
        """Those that do not exist start now, so that rivals meet at the same row."""
        self._session.lock(Rank.LIMIT)
        wanted = sorted(set(keys))
        for key in wanted:
            self._committed().setdefault(key, PurchaseCounter(key=key, version=1))
        return {key: self.look(key) or self._committed()[key] for key in wanted}

    async def taken(self, member_id: MemberId, product_ids: Iterable[ProductId]) -> Mapping[ProductId, int]:
        """Without a lock."""
        counters = self._committed()
        keys = (PurchaseKey(member_id, product_id) for product_id in set(product_ids))
        return {key.product_id: counters[key].taken for key in keys if key in counters}


@frozen
class MemoryCatalogReader:
    """The read side of the catalogue; see the Protocol."""

    memory: Memory

    async def search(self, search: ProductSearch, page: PageRequest) -> Page[ProductCard]:
        """Look at every product."""
        found = sorted(((self._rank(search, one), one) for one in self._all() if self._answers(search, one)), key=_by_id)
        found.sort(key=lambda pair: pair[0] if search.sort is Sort.PRICE_ASC else -pair[0])
        if page.cursor is not None:
            found = _beyond(found, search.sort, page.cursor)
        cards = tuple([await self._card(one, search.on_sale_at is not None) for _, one in found[: page.limit]])
        last = found[page.limit - 1] if len(found) > page.limit else None
        return Page(cards, cursor_of(search.sort.value, last[0], last[1].id) if last else None)

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
            for one in sorted(self.memory.table("categories").values(), key=_in_tree)
        )

    async def brands(self) -> Sequence[BrandView]:
        """By name."""
        found = sorted(self.memory.table("brands").values(), key=lambda one: (one.name, one.id))
        return tuple(BrandView(id=one.id, name=one.name) for one in found)

    async def sku_facts(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """Those there are."""
        return sku_facts(self.memory, sku_ids)

    async def sku_coded(self, code: str) -> SkuId | None:
        """Its owner knows it."""
        spelled = CODE.spelled(code)
        owner = self.memory.table("products").get(self.memory.table(_OWNERS).get(spelled))
        return next((sku.id for sku in owner.skus if sku.code == spelled), None) if owner else None

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
            case Sort.SALES:
                return int(self.memory.table(_SOLD).get(one.id, 0))
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
            sale_until=listing.sale_until, sold=self.memory.table(_SOLD).get(one.id, 0), version=one.version,
            skus=tuple(_view(sku, available.get(sku.id, 0)) for sku in shown),
        )  # fmt: skip


def sku_facts(memory: Memory, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
    """What quoting and placing need to know, as committed."""
    homes, products = memory.table(_HOMES), memory.table("products")
    return {id: _facts(products[homes[id]], id) for id in set(sku_ids) if id in homes}


def _facts(product: Product, sku_id: SkuId) -> SkuFacts:
    sku, listing = product.sku(sku_id), product.listing
    return SkuFacts(
        sku_id=sku.id, product_id=product.id, code=sku.code, title=listing.title, options=sku.options,
        image=sku.image or next(iter(listing.images), None), unit=listing.unit, price_minor=sku.price_minor,
        price_version=sku.price_version, list_price_minor=sku.list_price_minor, weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3, category_id=listing.category_id, brand_id=listing.brand_id,
        freight_template_id=listing.freight_template_id, purchase_limit=listing.purchase_limit,
        for_sale=sku.on_sale and product.status is ProductStatus.ON_SALE, sale_from=listing.sale_from,
        sale_until=listing.sale_until,
    )  # fmt: skip


def _view(sku: Sku, available: int) -> SkuView:
    return SkuView(
        id=sku.id, code=sku.code, options=sku.options, price_minor=sku.price_minor,
        list_price_minor=sku.list_price_minor, image=sku.image, weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3, on_sale=sku.on_sale, available=available,
    )  # fmt: skip


def _costs(search: ProductSearch, sku: Sku) -> bool:
    cheapest, dearest = search.price_from_minor or 0, search.price_to_minor
    return sku.on_sale and sku.price_minor >= cheapest and (dearest is None or sku.price_minor <= dearest)


def _in_tree(one: Category) -> tuple[int, int, str, UUID]:
    return (len(one.path), one.position, one.name, one.id)


def _by_id(pair: tuple[int, Product]) -> int:
    return -pair[1].id.int


def _beyond(found: list[tuple[int, Product]], sort: Sort, cursor: str) -> list[tuple[int, Product]]:
    told, rank, id = key_after(cursor, ("", 0, UUID(int=0)))
    if told != sort.value:
        raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list")
    sign = 1 if sort is Sort.PRICE_ASC else -1
    return [(own, one) for own, one in found if (sign * own, -one.id.int) > (sign * rank, -id.int)]
