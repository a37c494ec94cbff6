"""The catalogue, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_adapters.system.retry import retrying
from retail_domain.catalog import (
    AddSkuHandler,
    Catalog,
    CreateBrandHandler,
    CreateCategoryHandler,
    CreateProductHandler,
    EditProductHandler,
    EditSkuHandler,
    MoveCategoryHandler,
    RepriceSkuHandler,
    RepriceSkusHandler,
    SetOnSaleHandler,
    ShopWindow,
)
from retail_domain.processes.catalogue_import import ImportCatalogueHandler


def catalog(parts: Parts) -> Catalog:
    """The catalogue of a shop made of these parts."""
    return Catalog(
        create=retrying(CreateProductHandler(parts.begin, parts.clock, parts.ids)),
        edit=retrying(EditProductHandler(parts.begin, parts.clock)),
        add_sku=retrying(AddSkuHandler(parts.begin, parts.clock, parts.ids)),
        edit_sku=retrying(EditSkuHandler(parts.begin, parts.clock)),
        reprice=retrying(RepriceSkuHandler(parts.begin, parts.clock)),
        reprice_many=retrying(RepriceSkusHandler(parts.begin, parts.clock)),
        set_on_sale=retrying(SetOnSaleHandler(parts.begin, parts.clock)),
        create_category=retrying(CreateCategoryHandler(parts.begin, parts.ids)),
        move_category=retrying(MoveCategoryHandler(parts.begin)),
        create_brand=retrying(CreateBrandHandler(parts.begin, parts.ids)),
        # long, so it is not repeated by itself
        import_goods=ImportCatalogueHandler(
            begin=parts.begin, clock=parts.clock, ids=parts.ids, currency=parts.policies.currency
        ),
        window=ShopWindow(parts.reads.catalog, parts.clock),
        show=parts.reads.catalog,
    )
