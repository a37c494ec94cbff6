"""How goods look from outside: to everybody, and to staff."""

from typing import Annotated

from msgspec import Meta

from retail_domain.catalog import BrandView, CategoryView, ProductCard, ProductPage, ProductStatus, SkuView
from retail_entrypoints.http.priced import OptionShape
from retail_entrypoints.http.shapes import Answer, Count, Instant, MoneyShape, Uuid

Letters = Annotated[str, Meta(max_length=20_000, description="Text.", examples=["轻奢纯棉四件套"])]
Image = Annotated[str, Meta(max_length=500, description="An https address.", examples=["https://images.example/tea.jpg"])]
Limit = Annotated[int, Meta(ge=1, le=1_000_000, description="Units a member can buy in all.", examples=[2])]


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

    @classmethod
    def of(cls, view: SkuView, currency: str) -> "SkuShape":
        """As it is sent."""
        return cls(
            sku_id=view.id,
            code=view.code,
            options=[OptionShape(name, value) for name, value in view.options],
            price=MoneyShape(view.price_minor, currency),
            list_price=None if view.list_price_minor is None else MoneyShape(view.list_price_minor, currency),
            image_url=view.image,
            weight_grams=view.weight_grams,
            volume_cm3=view.volume_cm3,
            available=view.available,
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
    skus: list[SkuShape]

    @classmethod
    def of(cls, card: ProductCard, currency: str) -> "ProductShape":
        """As it is sent."""
        return cls(
            product_id=card.id,
            code=card.code,
            title=card.title,
            subtitle=card.subtitle,
            unit=card.unit,
            image_urls=list(card.images),
            category_id=card.category_id,
            brand_id=card.brand_id,
            purchase_limit=card.purchase_limit,
            skus=[SkuShape.of(sku, currency) for sku in card.skus],
        )


class ProductPageShape(Answer, frozen=True):
    """Goods with everything there is to tell about them."""

    product: ProductShape
    description: Letters
    category: Letters | None
    brand: Letters | None

    @classmethod
    def of(cls, page: ProductPage, currency: str) -> "ProductPageShape":
        """As it is sent."""
        return cls(ProductShape.of(page.card, currency), page.description, page.category_name, page.brand_name)


class StaffProductShape(Answer, frozen=True):
    """Goods as staff see them: also those off sale, with what is not for members' eyes."""

    product: ProductShape
    status: ProductStatus
    sale_from: Instant | None
    sale_until: Instant | None
    off_sale_sku_ids: list[Uuid]
    sold: int
    version: Count

    @classmethod
    def of(cls, card: ProductCard, currency: str) -> "StaffProductShape":
        """As it is sent."""
        return cls(
            product=ProductShape.of(card, currency),
            status=card.status,
            sale_from=card.sale_from,
            sale_until=card.sale_until,
            off_sale_sku_ids=[sku.id for sku in card.skus if not sku.on_sale],
            sold=card.sold,
            version=card.version,
        )


class StaffProductPageShape(Answer, frozen=True):
    """One product as staff see it."""

    product: StaffProductShape
    description: Letters
    category: Letters | None
    brand: Letters | None
    freight_template_id: Uuid | None

    @classmethod
    def of(cls, page: ProductPage, currency: str) -> "StaffProductPageShape":
        """As it is sent."""
        product = StaffProductShape.of(page.card, currency)
        return cls(product, page.description, page.category_name, page.brand_name, page.freight_template_id)


class CategoryShape(Answer, frozen=True):
    """A category; `depth` is 1 for a root."""

    category_id: Uuid
    code: Letters
    name: Letters
    parent_id: Uuid | None
    depth: Count

    @classmethod
    def of(cls, view: CategoryView) -> "CategoryShape":
        """As it is sent."""
        return cls(view.id, view.code, view.name, view.parent_id, view.depth)


class BrandShape(Answer, frozen=True):
    """A brand."""

    brand_id: Uuid
    name: Letters

    @classmethod
    def of(cls, view: BrandView) -> "BrandShape":
        """As it is sent."""
        return cls(view.id, view.name)
