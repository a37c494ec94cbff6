"""The catalogue's model: products and their kinds, categories, brands, and counters behind purchase limits."""

from retail_domain.catalog.model.barcodes import barcode_key, barcode_problems, is_trade_number
from retail_domain.catalog.model.category import DEPTH_MAX, Brand, Category, brand_problems, category_problems
from retail_domain.catalog.model.listing import IMAGES_MAX, Listing, Option
from retail_domain.catalog.model.particulars import (
    PLAIN,
    PRICE_MINOR_MAX,
    Basis,
    ListBasis,
    Particulars,
    struck_minor,
)
from retail_domain.catalog.model.prices import PriceChange, lowest_asked
from retail_domain.catalog.model.product import (
    SKUS_MAX,
    Decision,
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
    "PLAIN",
    "PRICE_MINOR_MAX",
    "SKUS_MAX",
    "Basis",
    "Brand",
    "Category",
    "Decision",
    "ListBasis",
    "Listing",
    "Option",
    "Particulars",
    "PriceChange",
    "Product",
    "ProductStatus",
    "PurchaseCounter",
    "PurchaseKey",
    "Sku",
    "SkuWish",
    "barcode_key",
    "barcode_problems",
    "brand_problems",
    "category_problems",
    "image_problems",
    "is_open",
    "is_trade_number",
    "lowest_asked",
    "problem",
    "product_problems",
    "struck_minor",
]
