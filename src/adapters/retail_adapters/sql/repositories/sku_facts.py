"""What quoting and placing read of the catalogue: one statement, inside a unit of work or outside of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from retail_adapters.sql.statement import AnyOf, Row, Statement
from retail_adapters.sql.tables.catalog import products, skus
from retail_domain.catalog.model import ProductStatus
from retail_domain.catalog.queries import SkuFacts
from retail_domain.kernel.ids import SkuId

FACTS = select(
    skus.c.id.label("sku_id"), skus.c.product_id, skus.c.code, products.c.title, skus.c.options,
    skus.c.image, products.c.images, products.c.unit, skus.c.price_minor, skus.c.price_version, skus.c.list_price_minor,
    skus.c.weight_grams, skus.c.volume_cm3, products.c.category_id, products.c.brand_id,
    products.c.freight_template_id, products.c.purchase_limit, skus.c.on_sale, products.c.status,
    products.c.sale_from, products.c.sale_until, skus.c.floor_minor,
    skus.c.member_price_minor,
).join(products, products.c.id == skus.c.product_id)  # fmt: skip
SKU_FACTS: Final = Statement("skus.facts", FACTS.where(AnyOf(skus.c.id, "sku_ids")))


def sku_facts(rows: Sequence[Row]) -> Mapping[SkuId, SkuFacts]:
    """The facts in rows of `SKU_FACTS`."""
    facts = {}
    for row in rows:
        values = dict(row)
        images, status, on_sale = values.pop("images"), values.pop("status"), values.pop("on_sale")
        values["options"] = tuple((name, value) for name, value in values["options"])
        values["image"] = values["image"] or next(iter(images), None)
        facts[row["sku_id"]] = SkuFacts(for_sale=on_sale and status is ProductStatus.ON_SALE, **values)
    return facts
