"""The catalogue as embedders call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.catalog.importing import ImportCatalogue, ImportReport
from retail_domain.catalog.queries import CatalogReader
from retail_domain.catalog.use_cases.arrange_shelves import (
    BrandReceipt,
    CategoryReceipt,
    CreateBrand,
    CreateCategory,
    MoveCategory,
)
from retail_domain.catalog.use_cases.browse import PublicCatalogue
from retail_domain.catalog.use_cases.change_product import (
    AddSku,
    EditProduct,
    EditSku,
    ProductState,
    Repriced,
    RepriceSku,
    RepriceSkus,
    SetOnSale,
    SetSalesWindow,
)
from retail_domain.catalog.use_cases.create_product import CreateProduct, ProductReceipt
from retail_domain.catalog.use_cases.describe_sku import BoundPrice, CostSku, LabelSku


@frozen(kw_only=True)
class Catalog:
    """Goods, their kinds and prices, categories and brands (商品)."""

    create: Callable[[CreateProduct], Awaitable[ProductReceipt]]
    edit: Callable[[EditProduct], Awaitable[ProductState]]
    add_sku: Callable[[AddSku], Awaitable[ProductState]]
    edit_sku: Callable[[EditSku], Awaitable[ProductState]]
    reprice: Callable[[RepriceSku], Awaitable[ProductState]]
    reprice_many: Callable[[RepriceSkus], Awaitable[Repriced]]
    label: Callable[[LabelSku], Awaitable[ProductState]]
    bound_price: Callable[[BoundPrice], Awaitable[ProductState]]
    set_cost: Callable[[CostSku], Awaitable[ProductState]]
    set_on_sale: Callable[[SetOnSale], Awaitable[ProductState]]
    set_sales_window: Callable[[SetSalesWindow], Awaitable[ProductState]]
    create_category: Callable[[CreateCategory], Awaitable[CategoryReceipt]]
    move_category: Callable[[MoveCategory], Awaitable[None]]
    create_brand: Callable[[CreateBrand], Awaitable[BrandReceipt]]
    import_goods: Callable[[ImportCatalogue], Awaitable[ImportReport]]
    window: PublicCatalogue
    show: CatalogReader
