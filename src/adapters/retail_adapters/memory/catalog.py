"""The catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from retail_adapters.memory.store import Memory, MemoryCollection, MemorySession
from retail_domain.catalog.errors import ProductNotFound, SkuNotFound
from retail_domain.catalog.model import (
    Brand,
    Category,
    PriceChange,
    Product,
    ProductStatus,
    PurchaseCounter,
    PurchaseKey,
    Sku,
    barcode_key,
)
from retail_domain.catalog.queries import (
    SkuFacts,
)
from retail_domain.kernel.errors import Taken
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId, SkuId
from retail_domain.kernel.ranks import Rank

OWNERS = "sku_code_owners"
BARRED = "sku_barcodes"
PRICES = "price_changes"
HOMES = "sku_homes"
SOLD = "products_sold"
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
        wanted, owners = set(codes), self._session.memory.table(OWNERS)
        staged = {sku.code: one.id for _, one in self._staged.values() for sku in one.skus if sku.code in wanted}
        return {code: owners[code] for code in wanted if code in owners} | staged

    async def skus_barred(self, barcodes: Iterable[str]) -> Mapping[str, SkuId]:
        """Which kind has each barcode."""
        wanted, owners = set(map(barcode_key, barcodes)), self._session.memory.table(BARRED)
        staged = {key: sku.id for _, one in self._staged.values() for sku in one.skus for key in _keys(sku) if key in wanted}
        return {key: owners[key] for key in wanted if key in owners} | staged

    async def skus_named(self, names: Iterable[str]) -> Mapping[str, SkuId]:
        """By codes, then by barcodes."""
        owners, products = self._session.memory.table(OWNERS), self._session.memory.table("products")
        wanted = set(names)
        homes = [products[owners[name]] for name in wanted if name in owners]
        coded = {sku.code: sku.id for product in homes for sku in product.skus if sku.code in wanted}
        barred = await self.skus_barred(wanted)
        return {name: barred[key] for name in wanted if (key := barcode_key(name)) in barred} | coded

    async def product_of(self, sku_id: SkuId) -> ProductId:
        """The product a SKU belongs to."""
        staged = (one.id for _, one in self._staged.values() if any(sku.id == sku_id for sku in one.skus))
        found = next(staged, None) or self._session.memory.table(HOMES).get(sku_id)
        if found is None:
            raise SkuNotFound(sku_id=sku_id)
        return ProductId(found)

    async def skus_for_placing(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """What placing must know, as committed."""
        return sku_facts(self._session.memory, sku_ids)

    def check(self) -> None:
        """No two kinds have one code, whatever goods they belong to."""
        super().check()
        owners = self._session.memory.table(OWNERS)
        claimed: dict[str, ProductId] = {}
        for _, product in self._staged.values():
            for sku in product.skus:
                if owners.get(sku.code, product.id) != product.id or claimed.setdefault(sku.code, product.id) != product.id:
                    raise Taken(table="skus", columns=("code",))
        self._check_barcodes()

    def _check_barcodes(self) -> None:
        """No two kinds have one barcode; what those gave up that are staged is free."""
        staged = {sku.id for _, product in self._staged.values() for sku in product.skus}
        claimed = {key: id for key, id in self._session.memory.table(BARRED).items() if id not in staged}
        for _, product in self._staged.values():
            for sku in product.skus:
                for key in _keys(sku):
                    if claimed.setdefault(key, sku.id) != sku.id:
                        raise Taken(table="sku_barcodes", columns=("barcode",))

    def apply(self) -> None:
        """Products, and where their kinds are found."""
        super().apply()
        barred = self._session.memory.table(BARRED)
        staged = {sku.id for _, product in self._staged.values() for sku in product.skus}
        for key in [key for key, id in barred.items() if id in staged]:
            del barred[key]
        for _, product in self._staged.values():
            for sku in product.skus:
                barred.update(dict.fromkeys(_keys(sku), sku.id))
                self._session.memory.table(OWNERS)[sku.code] = product.id
                self._session.memory.table(HOMES)[sku.id] = product.id


class MemoryPriceChanges:
    """What was asked for goods; see the port for the promises."""

    def __init__(self, session: MemorySession) -> None:
        self._session = session

    def note(self, change: PriceChange) -> None:
        """Stage a line."""
        self._session.appended.append((PRICES, change))

    async def since(self, sku_id: SkuId, at: datetime) -> Sequence[PriceChange]:
        """By version."""
        told = told_of(self._session.memory, sku_id)
        first = max((one.price_version for one in told if one.at <= at), default=0)
        return [one for one in told if one.price_version >= first]


def told_of(memory: Memory, sku_id: SkuId) -> list[PriceChange]:
    """What was asked for a kind of goods, as committed, by version."""
    return sorted((one for one in memory.log(PRICES) if one.sku_id == sku_id), key=lambda one: one.price_version)


def _keys(sku: Sku) -> Iterable[str]:
    return map(barcode_key, sku.particulars.barcodes)


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
        notes, figures = self._session.memory.log(_NOTED), self._session.memory.table(SOLD)
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
        return tuple(sorted(self.every(), key=in_tree))


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


def sku_facts(memory: Memory, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
    """What quoting and placing need to know, as committed."""
    homes, products = memory.table(HOMES), memory.table("products")
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
        sale_until=listing.sale_until, floor_minor=sku.particulars.floor_minor,
        member_price_minor=sku.particulars.member_price_minor,
    )  # fmt: skip


def in_tree(one: Category) -> tuple[int, int, str, UUID]:
    """Level by level."""
    return (len(one.path), one.position, one.name, one.id)
