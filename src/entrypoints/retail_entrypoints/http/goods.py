"""How goods look from outside: to everybody, and to staff."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace

from retail_domain.catalog import (
    Basis,
    BrandView,
    CategoryView,
    ListBasis,
    ProductCard,
    ProductPage,
    ProductRating,
    ProductStatus,
    SkuView,
)
from retail_domain.notes import NoteDesk, ThingSort
from retail_entrypoints.http.notes import no_notes, notes_on
from retail_entrypoints.http.priced import OptionShape
from retail_entrypoints.http.shapes import Answer, Count, FactValue, Instant, MoneyShape, Uuid
from retail_entrypoints.http.shaping import derived, derived_with

Letters = Annotated[str, Meta(max_length=20_000, description="Text.")]
_SAYS_IMAGE = "An https address, or a path of this shop: /pictures/..."
Image = Annotated[str, Meta(max_length=500, description=_SAYS_IMAGE, examples=["https://images.example/tea.jpg"])]
Limit = Annotated[int, Meta(ge=1, le=1_000_000, description="Units a member can buy in all.", examples=[2])]


class BasisShape(Answer, frozen=True):
    """What a struck price rests on: the sort, and the day on which it was published or the offer began."""

    sort: ListBasis
    since: date

    of = derived(Basis)


def _struck(sku: SkuView, currency: str) -> MoneyShape | None:
    return None if sku.struck_minor is None else MoneyShape(minor=sku.struck_minor, currency=currency)


def _struck_basis(sku: SkuView, _currency: str) -> BasisShape | None:
    return None if sku.struck_minor is None or sku.basis is None else BasisShape.of(sku.basis)


class SkuShape(Answer, frozen=True):
    """One kind of goods: what it costs, and how many units one order could have at this moment."""

    sku_id: Uuid
    code: Letters
    options: list[OptionShape]
    price: MoneyShape
    list_price: MoneyShape | None
    image_url: Image | None
    weight_grams: Count
    volume_cm3: Count
    available: Count

    barcodes: list[Letters]
    list_price_basis: BasisShape | None

    of = derived_with(
        SkuView, "currency", str, sku_id="id", image_url="image", list_price=_struck, list_price_basis=_struck_basis
    )


class ProductShape(Answer, frozen=True):
    """Goods, with the kinds they come in."""

    product_id: Uuid
    code: Letters
    title: Letters
    subtitle: Letters
    unit: Letters
    image_urls: list[Image]
    category_id: Uuid | None
    brand_id: Uuid | None
    purchase_limit: Limit | None
    parameters: list[OptionShape]
    skus: list[SkuShape]

    of = derived_with(ProductCard, "currency", str, product_id="id", image_urls="images")


class RatingShape(Answer, frozen=True):
    """What buyers make of some goods: how many reviews can be read, from one star to five, and their mean times 100 or null."""

    count: Count
    histogram: list[Count]
    average_hundredths: Annotated[int, Meta(ge=100, le=500, examples=[467])] | None

    of = derived(ProductRating)


class ProductPageShape(Answer, frozen=True):
    """Goods with everything there is to tell about them."""

    product: ProductShape
    description: Letters
    category: Letters | None
    brand: Letters | None
    rating: RatingShape

    of = derived_with(ProductPage, "currency", str, product="card", category="category_name", brand="brand_name")


def _off_sale(card: ProductCard, _currency: str) -> list[UUID]:
    return [sku.id for sku in card.skus if not sku.on_sale]


class StaffProductShape(Answer, frozen=True):
    """Goods as staff see them: also those off sale, with what is not for members' eyes; `sku_notes` by id of the kind."""

    product: ProductShape
    status: ProductStatus
    sale_from: Instant | None
    sale_until: Instant | None
    arrived_at: Instant | None
    off_sale_sku_ids: list[Uuid]
    sold: int
    version: Count
    notes: dict[str, FactValue]
    sku_notes: dict[str, dict[str, FactValue]]

    of = derived_with(
        ProductCard, "currency", str, product=ProductShape.of, off_sale_sku_ids=_off_sale, notes=no_notes, sku_notes=no_notes
    )


async def with_notes(desk: NoteDesk, shown: Sequence[StaffProductShape]) -> Sequence[StaffProductShape]:
    """What programs keep with these goods and their kinds."""
    of_goods = await notes_on(desk, ThingSort.PRODUCT, (one.product.product_id for one in shown))
    skus = await notes_on(desk, ThingSort.SKU, (sku.sku_id for one in shown for sku in one.product.skus))
    return [
        replace(
            one, notes=of_goods[one.product.product_id],
            sku_notes={str(sku.sku_id): skus[sku.sku_id] for sku in one.product.skus if skus[sku.sku_id]},
        )
        for one in shown
    ]  # fmt: skip


class StaffProductPageShape(Answer, frozen=True):
    """One product as staff see it."""

    product: StaffProductShape
    description: Letters
    category: Letters | None
    brand: Letters | None
    freight_template_id: Uuid | None
    rating: RatingShape

    of = derived_with(ProductPage, "currency", str, product="card", category="category_name", brand="brand_name")


class CategoryShape(Answer, frozen=True):
    """A category; `depth` is 1 for a root."""

    category_id: Uuid
    code: Letters
    name: Letters
    parent_id: Uuid | None
    depth: Count

    of = derived(CategoryView, category_id="id")


class BrandShape(Answer, frozen=True):
    """A brand."""

    brand_id: Uuid
    name: Letters

    of = derived(BrandView, brand_id="id")
