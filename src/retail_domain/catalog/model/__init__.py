"""The catalogue's model: products and their kinds, categories, brands, and counters behind purchase limits."""

from retail_domain.catalog.model.category import DEPTH_MAX, Brand, Category, brand_problems, category_problems
from retail_domain.catalog.model.product import (
    IMAGES_MAX,
    PRICE_MINOR_MAX,
    SKUS_MAX,
    Decision,
    Listing,
    Option,
    Product,
    ProductStatus,
    Sku,
    SkuWish,
    is_open,
    product_problems,
)
from retail_domain.catalog.model.purchases import PurchaseCounter, PurchaseKey
from retail_domain.catalog.model.wording import image_problems, problem

__all__ = [
    "DEPTH_MAX",
    "IMAGES_MAX",
    "PRICE_MINOR_MAX",
    "SKUS_MAX",
    "Brand",
    "Category",
    "Decision",
    "Listing",
    "Option",
    "Product",
    "ProductStatus",
    "PurchaseCounter",
    "PurchaseKey",
    "Sku",
    "SkuWish",
    "brand_problems",
    "category_problems",
    "image_problems",
    "is_open",
    "problem",
    "product_problems",
]
