"""The catalogue, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
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
from retail_domain.processes.delivery.catalogue_import import ImportCatalogueHandler


def catalog(parts: Parts) -> Catalog:
    """The catalogue of a shop made of these parts."""
    return Catalog(
        create=parts.unit(CreateProductHandler(parts.begin, parts.clock, parts.ids)),
        edit=parts.unit(EditProductHandler(parts.begin, parts.clock)),
        add_sku=parts.unit(AddSkuHandler(parts.begin, parts.clock, parts.ids)),
        edit_sku=parts.unit(EditSkuHandler(parts.begin, parts.clock)),
        reprice=parts.unit(RepriceSkuHandler(parts.begin, parts.clock)),
        reprice_many=parts.unit(RepriceSkusHandler(parts.begin, parts.clock)),
        set_on_sale=parts.unit(SetOnSaleHandler(parts.begin, parts.clock)),
        create_category=parts.unit(CreateCategoryHandler(parts.begin, parts.ids)),
        move_category=parts.unit(MoveCategoryHandler(parts.begin)),
        create_brand=parts.unit(CreateBrandHandler(parts.begin, parts.ids)),
        # long, so it is not repeated by itself
        import_goods=ImportCatalogueHandler(
            begin=parts.begin, clock=parts.clock, ids=parts.ids, currency=parts.policies.currency
        ),
        window=ShopWindow(parts.reads.catalog, parts.clock),
        show=parts.reads.catalog,
    )
