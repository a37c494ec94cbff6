"""Builders and strategies for products, their kinds and categories; use them to test rules and stores of your own."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from retail_domain.catalog import Category, Listing, Product, Sku, SkuWish
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import BrandId, CategoryId, MemberId, ProductId, SkuId

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""A time at which nothing in particular happens."""


def product_id(number: int) -> ProductId:
    """The product of that number."""
    return ProductId(UUID(int=0x1000 + number))


def sku_id(number: int) -> SkuId:
    """The kind of that number."""
    return SkuId(UUID(int=0x100000 + number))


def category_id(number: int) -> CategoryId:
    """The category of that number."""
    return CategoryId(UUID(int=0x2000 + number))


def brand_id(number: int) -> BrandId:
    """The brand of that number."""
    return BrandId(UUID(int=0x3000 + number))


def member_id(number: int) -> MemberId:
    """The member of that number."""
    return MemberId(UUID(int=0x4000 + number))


def a_kind(number: int = 1, *, price_minor: int = 1_000, color: str | None = None, on_sale: bool = True) -> Sku:
    """One kind of goods."""
    options = (("颜色", color),) if color else ()
    wish = SkuWish(code=f"sku-{number}", price_minor=price_minor, options=options, on_sale=on_sale)
    return Sku.wished(sku_id(number), wish)


def a_product(number: int = 1, *skus: Sku, listing: Listing | None = None, on_sale: bool = True) -> Change[Product]:
    """New goods, on sale unless told otherwise."""
    created = Product.created(
        id=product_id(number),
        code=f"product-{number}",
        listing=listing or Listing(title=f"商品 {number}"),
        skus=skus or (a_kind(number),),
        at=NOON,
    )
    return created.then(lambda product: product.put_on_sale(at=NOON)) if on_sale else created


def a_category(number: int = 1, *, below: Category | None = None) -> Change[Category]:
    """A category, a root unless told otherwise."""
    return Category.below(below, id=category_id(number), code=f"category-{number}", name=f"类目 {number}", position=number)


def titles() -> st.SearchStrategy[str]:
    """Titles as shops write them: Chinese, Latin letters, digits and signs in any order."""
    letters = st.sampled_from("轻奢纯棉刺绣水洗四件套加厚羊毛被手机壳abcXYZ019 -/（）·")
    return st.text(letters, min_size=1, max_size=60).filter(lambda text: bool(text.strip()))
