"""What can be read of the catalogue without loading products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from attrs import frozen

from retail_domain.catalog.model import Basis, Listing, Option, PriceChange, ProductStatus, is_open, struck_minor
from retail_domain.catalog.words import EVERYTHING, Query
from retail_domain.kernel.by_name import made_by_name
from retail_domain.kernel.checked import checked
from retail_domain.kernel.grounds import Ground
from retail_domain.kernel.ids import BrandId, CategoryId, FreightTemplateId, ProductId, SkuId
from retail_domain.kernel.paging import Page, PageRequest


@frozen(kw_only=True)
class SkuFacts:
    """What quoting and placing need to know of one SKU, as it stands in the catalogue now (CAT-R1)."""

    sku_id: SkuId
    product_id: ProductId
    code: str
    title: str
    options: tuple[Option, ...]
    image: str | None
    unit: str
    price_minor: int
    price_version: int
    list_price_minor: int | None
    weight_grams: int
    volume_cm3: int
    category_id: CategoryId | None
    brand_id: BrandId | None
    freight_template_id: FreightTemplateId | None
    purchase_limit: int | None
    for_sale: bool
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    floor_minor: int | None = None
    """No offer takes a unit below it (PRC-R3)."""
    member_price_minor: int | None = None
    """What members are asked (会员价)."""

    def is_on_sale(self, at: datetime) -> bool:
        """Whether it can be bought now: kind and product for sale, inside the sales window (GEN-R6)."""
        return self.for_sale and is_open(self.sale_from, self.sale_until, at)


@frozen(kw_only=True)
class SkuTerms:
    """On which terms a SKU is sold now: all that placing an order must know of it (CAT-R1)."""

    product_id: ProductId
    price_version: int
    purchase_limit: int | None
    for_sale: bool
    sale_from: datetime | None
    sale_until: datetime | None
    grounds: tuple[Ground, ...] = ()
    """What its sale rests on besides its price, such as a campaign's quota."""

    def is_on_sale(self, at: datetime) -> bool:
        """Whether it can be bought now: kind and product for sale, inside the sales window (GEN-R6)."""
        return self.for_sale and is_open(self.sale_from, self.sale_until, at)


class Sort(Enum):
    """The order of a product list; products that are equal in it follow by id, newest first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    SALES = "sales"
    ARRIVALS = "arrivals"
    """By when buyers could have it for the first time, the latest first; what has not arrived yet comes last."""


@frozen(kw_only=True)
@checked
class ProductSearch:
    """Which products to list. `on_sale_at` shows only what members can buy at that time; None shows staff everything."""

    words: Query = EVERYTHING
    category_id: CategoryId | None = None
    brand_id: BrandId | None = None
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    on_sale_at: datetime | None = None
    in_stock: bool = False
    """Only goods of which some kind on sale could be ordered at this moment."""
    sort: Sort = Sort.RELEVANCE


@frozen(kw_only=True)
class SkuView:
    """One kind of goods in a list or on a page; `available` is what one order could have at this moment."""

    id: SkuId
    code: str
    options: tuple[Option, ...]
    price_minor: int
    list_price_minor: int | None
    image: str | None
    weight_grams: int
    volume_cm3: int
    on_sale: bool
    available: int
    barcodes: tuple[str, ...] = ()
    basis: Basis | None = None
    """What the struck price rests on; without it no buyer is shown one."""

    @property
    def struck_minor(self) -> int | None:
        """What a buyer is shown struck through (CAT-R9)."""
        return struck_minor(self.list_price_minor, self.price_minor, self.basis)


@frozen(kw_only=True)
class SkuSheet:
    """All that staff know of a kind of goods, but what it cost."""

    id: SkuId
    product_id: ProductId
    code: str
    price_minor: int | None
    price_version: int
    list_price_minor: int | None
    basis: Basis | None
    barcodes: tuple[str, ...]
    tax_code: str | None
    tax_rate_bp: int | None
    floor_minor: int | None
    member_price_minor: int | None
    version: int
    """That of the goods."""


@frozen
class SkuCost:
    """What a unit of a kind of goods cost the shop."""

    sku_id: SkuId
    code: str
    cost_minor: int | None


@frozen(kw_only=True)
class ProductCard:
    """A product in a list, with its kinds."""

    id: ProductId
    code: str
    title: str
    subtitle: str
    unit: str
    images: tuple[str, ...]
    category_id: CategoryId | None
    brand_id: BrandId | None
    purchase_limit: int | None
    status: ProductStatus
    sale_from: datetime | None
    sale_until: datetime | None
    sold: int
    skus: tuple[SkuView, ...]
    version: int
    parameters: tuple[Option, ...] = ()
    arrived_at: datetime | None = None

    def is_on_sale(self, at: datetime) -> bool:
        """Whether members can see it now (GEN-R6)."""
        return self.status is ProductStatus.ON_SALE and is_open(self.sale_from, self.sale_until, at)


@frozen(kw_only=True)
class ProductRating:
    """What buyers make of some goods: how many reviews are up, by their stars from one to five, and their mean times 100."""

    count: int = 0
    histogram: tuple[int, ...] = (0, 0, 0, 0, 0)
    average_hundredths: int | None = None


@frozen(kw_only=True)
class ProductPage:
    """A product with everything there is to show: its card, and what only the page of its own tells."""

    card: ProductCard
    description: str
    category_name: str | None
    brand_name: str | None
    freight_template_id: FreightTemplateId | None
    rating: ProductRating

    @property
    def listing(self) -> Listing:
        """How the goods are described: who changes some of it takes the rest from here."""
        return _LISTING(self.card, description=self.description, freight_template_id=self.freight_template_id)


_LISTING: Final = made_by_name(Listing, ProductCard, "description", "freight_template_id")


@frozen(kw_only=True)
class CategoryView:
    """A category in the tree; `depth` is 1 for a root."""

    id: CategoryId
    code: str
    name: str
    parent_id: CategoryId | None
    depth: int


@frozen(kw_only=True)
class BrandView:
    """A brand."""

    id: BrandId
    name: str


class CatalogReader(Protocol):
    """The catalogue for reading: committed state only, each answer from one moment."""

    async def search(self, search: ProductSearch, page: PageRequest) -> Page[ProductCard]:
        """Products that match everything asked for, in a stable order; kinds off sale are left out for members.

        The price bounds ask whether some kind for sale costs that much. Raises InvalidInput for a broken cursor.
        """
        ...

    async def cards(self, ids: Iterable[ProductId], *, on_sale_at: datetime | None = None) -> Sequence[ProductCard]:
        """These goods, in this order, each once; with a time, those that members can buy then. Others are left out."""
        ...

    async def product(self, product_id: ProductId, *, on_sale_at: datetime | None = None) -> ProductPage:
        """One product; with a time, only if members can buy it then. Raises ProductNotFound."""
        ...

    async def categories(self) -> Sequence[CategoryView]:
        """The whole tree, level by level, siblings by position, then name."""
        ...

    async def brands(self) -> Sequence[BrandView]:
        """All brands by name."""
        ...

    async def sku_facts(self, sku_ids: Iterable[SkuId]) -> Mapping[SkuId, SkuFacts]:
        """The facts of these SKUs in one statement; unknown ones are absent."""
        ...

    async def sku_coded(self, code: str) -> SkuId | None:
        """The SKU that staff call so, by its code or one of its barcodes, however it is spelled; a code goes first."""
        ...

    async def sku_sheet(self, sku_id: SkuId) -> SkuSheet:
        """All that staff know of a kind of goods, but what it cost. Raises SkuNotFound."""
        ...

    async def costs(self, product_id: ProductId) -> Sequence[SkuCost]:
        """What the kinds of some goods cost the shop, in their order. Raises ProductNotFound."""
        ...

    async def prices(self, sku_id: SkuId, page: PageRequest) -> Page[PriceChange]:
        """What was asked for a kind of goods, the latest first. Raises SkuNotFound; InvalidInput for a broken cursor."""
        ...

    async def product_coded(self, code: str) -> ProductId | None:
        """The product that staff call so, however the code is spelled."""
        ...
