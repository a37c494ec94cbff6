"""What the catalogue needs from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from retail_domain.catalog.model import Brand, Category, PriceChange, Product, PurchaseCounter, PurchaseKey
from retail_domain.catalog.queries import SkuFacts
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId, SkuId
from retail_domain.kernel.once import Answers


class Products(Protocol):
    """The goods."""

    async def get(self, id: ProductId) -> Product:
        """The product of this id. Raises ProductNotFound; sees staged ones."""
        ...

    async def claim(self, ids: Iterable[ProductId]) -> Mapping[ProductId, Product]:
        """Lock these products until the unit ends, ascending by id, in one statement; unknown ones are absent."""
        ...

    async def claim_codes(self, codes: Iterable[str]) -> Mapping[str, Product]:
        """Lock the products with these codes; codes nobody has are absent."""
        ...

    async def owners_of_sku_codes(self, codes: Iterable[str]) -> Mapping[str, ProductId]:
        """Which product has a SKU of each code; codes nobody has are absent. Sees staged products."""
        ...

    async def skus_barred(self, barcodes: Iterable[str]) -> Mapping[str, SkuId]:
        """Which kind of goods has each barcode, by `barcode_key`; barcodes nobody has are absent. Sees staged products."""
        ...

    async def skus_named(self, names: Iterable[str]) -> Mapping[str, SkuId]:
        """Which kind of goods staff call so, by its code, else by a barcode; names as they are spelled, unknown ones absent."""
        ...

    async def product_of(self, sku_id: SkuId) -> ProductId:
        """The product a SKU belongs to. Raises SkuNotFound."""
        ...

    async def skus_for_placing(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """What placing must know of these SKUs, in one statement within the unit; unknown ones are absent."""
        ...

    def save(self, change: Change[Product]) -> None:
        """Stage a change together with its search terms; a code in use raises `Taken` at commit."""
        ...


class PriceChanges(Protocol):
    """What was asked for goods, kept for good (CAT-R10)."""

    def note(self, change: PriceChange) -> None:
        """Stage a line; there is one of each version of a price."""
        ...

    async def since(self, sku_id: SkuId, at: datetime) -> Sequence[PriceChange]:
        """What is stored since then, and the last one before or at that moment, by version."""
        ...


class Categories(Protocol):
    """The tree of categories; there are at most a few thousand."""

    async def claim(self, ids: Iterable[CategoryId]) -> Mapping[CategoryId, Category]:
        """Lock these categories until the unit ends; unknown ones are absent."""
        ...

    async def claim_tree(self) -> tuple[Category, ...]:
        """Lock the whole tree, then read it, parents before children: who moves a category sees all others."""
        ...

    async def all(self) -> tuple[Category, ...]:
        """Every category, parents before children; sees staged ones."""
        ...

    def save(self, change: Change[Category]) -> None:
        """Stage a change; a code in use raises `Taken` at commit."""
        ...


class Brands(Protocol):
    """The brands."""

    async def claim(self, ids: Iterable[BrandId]) -> Mapping[BrandId, Brand]:
        """Lock these brands until the unit ends; unknown ones are absent."""
        ...

    async def of_names(self, names: Iterable[str]) -> Mapping[str, Brand]:
        """The brands of these names; names nobody has are absent. Sees staged ones."""
        ...

    def save(self, change: Change[Brand]) -> None:
        """Stage a change; a name in use raises `Taken` at commit."""
        ...


class PurchaseCounters(Protocol):
    """The counters behind purchase limits (GEN-R9)."""

    async def claim(self, keys: Iterable[PurchaseKey]) -> Mapping[PurchaseKey, PurchaseCounter]:
        """Lock these counters until the unit ends, ascending; one that does not exist yet starts at nothing taken.

        Two units that claim the same new key wait for each other like on an old one: every key is in the answer.
        """
        ...

    async def taken(self, member_id: MemberId, product_ids: Iterable[ProductId]) -> Mapping[ProductId, int]:
        """How many units of each of these a member has, without a lock; what nobody counted yet is absent.

        It is what was stored when it was looked at: only `claim` decides.
        """
        ...

    def save(self, change: Change[PurchaseCounter]) -> None:
        """Stage a change; `0 <= taken <= ceiling` is a CHECK in the store as well."""
        ...


class Sales(Protocol):
    """What was sold: noted as it happens, and added up into the figures of goods a moment later (CAT-R6)."""

    def note(self, sold: Mapping[ProductId, int]) -> None:
        """Stage that so many more units were sold (negative: came back). It waits for nobody, and nobody for it."""
        ...

    async def are_waiting(self) -> bool:
        """Whether anything that was noted is not added up yet."""
        ...

    async def add_up(self, most: int) -> int:
        """Add so many notes to the figures of their goods, and strike them out in the same commit; how many.

        Each note counts once, however many do this at once; it changes no version of goods. Notes of unknown goods go.
        """
        ...


class CatalogWork(Protocol):
    """The unit of work of the catalogue."""

    @property
    def products(self) -> Products:
        """The goods."""
        ...

    @property
    def price_changes(self) -> PriceChanges:
        """What was asked for them."""
        ...

    @property
    def sales(self) -> Sales:
        """What was sold."""
        ...

    @property
    def categories(self) -> Categories:
        """The tree of categories."""
        ...

    @property
    def brands(self) -> Brands:
        """The brands."""
        ...

    @property
    def purchase_counters(self) -> PurchaseCounters:
        """The counters behind purchase limits."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
