"""The catalogue, wired."""

from __future__ import annotations

from retail_adapters.assembly.parts import Parts
from retail_domain.catalog import Catalog, PublicCatalogue
from retail_domain.catalog.use_cases.arrange_shelves import create_brand, create_category, move_category
from retail_domain.catalog.use_cases.change_product import (
    add_sku,
    edit_product,
    edit_sku,
    reprice_sku,
    reprice_skus,
    set_on_sale,
    set_sales_window,
)
from retail_domain.catalog.use_cases.create_product import create_product
from retail_domain.catalog.use_cases.describe_sku import cost_sku, label_sku
from retail_domain.kernel.frames import bound, deciding
from retail_domain.processes.delivery.catalogue_import import import_catalogue, store_judged
from retail_domain.processes.delivery.striking import bound_price_as_paid


def catalog(parts: Parts) -> Catalog:
    """The catalogue of a shop made of these parts."""
    store = deciding(parts.begin, store_judged, parts.means)  # long, so it is not repeated by itself
    return Catalog(
        create=parts.deciding(create_product),
        edit=parts.deciding(edit_product),
        add_sku=parts.deciding(add_sku),
        edit_sku=parts.deciding(edit_sku),
        reprice=parts.deciding(reprice_sku),
        reprice_many=parts.deciding(reprice_skus),
        label=parts.deciding(label_sku),
        bound_price=parts.deciding(bound_price_as_paid),
        set_cost=parts.deciding(cost_sku),
        set_on_sale=parts.deciding(set_on_sale),
        set_sales_window=parts.deciding(set_sales_window),
        create_category=parts.deciding(create_category),
        move_category=parts.deciding(move_category),
        create_brand=parts.deciding(create_brand),
        import_goods=bound(import_catalogue, store, parts.policies.currency),
        window=PublicCatalogue(parts.reads.catalog, parts.clock),
        show=parts.reads.catalog,
    )
