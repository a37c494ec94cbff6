"""Laws of goods: limits count what each member has (ORD-I5), figures what all have (CAT-R6), barcodes lead (CAT-R7)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Text, and_, case, cast, exists, func, not_, or_, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.laws.terms import closed_unpaid, is_paid
from retail_adapters.sql.tables.catalog import product_sales, products, purchase_counters, sku_barcodes, skus
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.outbox import deliveries

_counted_units = case(
    (closed_unpaid, 0), else_=order_lines.c.quantity - order_lines.c.refunded_shipped - order_lines.c.refunded_unshipped
)
_counted = (
    select(orders.c.member_id, order_lines.c.product_id, func.sum(_counted_units).label("units"))
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .where(order_lines.c.limited)
    .group_by(orders.c.member_id, order_lines.c.product_id)
    .subquery("counted")
)

_kept = (
    select(
        order_lines.c.product_id,
        func.sum(order_lines.c.quantity - order_lines.c.refunded_shipped - order_lines.c.refunded_unshipped).label("units"),
    )
    .join(orders, orders.c.id == order_lines.c.order_id)
    .where(is_paid)
    .group_by(order_lines.c.product_id)
    .subquery("kept")
)
_noted = (
    select(product_sales.c.product_id, func.sum(product_sales.c.units).label("units"))
    .group_by(product_sales.c.product_id)
    .subquery("noted")
)
_told = products.c.sold + coalesce(_noted.c.units, 0)
_is_being_counted = exists().where(
    order_lines.c.product_id == products.c.id,
    deliveries.c.aggregate_id == order_lines.c.order_id,
    deliveries.c.done_at.is_(None),
)
"""An order of it has something that still must follow, which may be that it is counted."""

_printed = cast(skus.c.barcodes, Text)
"""The barcodes of a kind, as JSON; none of them holds a quotation mark."""
_leading = (
    select(sku_barcodes.c.sku_id, func.count().label("units")).group_by(sku_barcodes.c.sku_id).subquery("leading_to")
)  # fmt: skip
_named = (func.length(_printed) - func.length(func.replace(_printed, '"', ""))) / 2
_is_number = and_(
    func.ltrim(skus.c.code, "0123456789") == "", or_(*(func.length(skus.c.code) == digits for digits in (8, 12, 13, 14)))
)
_code_as_barcode = case(
    (_is_number, func.substr("00000000000000", 1, 14 - func.length(skus.c.code)).concat(skus.c.code)), else_=skus.c.code
)

LAWS: Final = (
    law(
        "CAT-R7",
        "every barcode of a kind leads to it, and each to one kind alone",
        select(skus.c.id, skus.c.code, coalesce(_leading.c.units, 0).label("lead"))
        .outerjoin(_leading, _leading.c.sku_id == skus.c.id)
        .where(coalesce(_leading.c.units, 0) != _named),
    ),
    law(
        "CAT-R7-astray",
        "no barcode leads to a kind that does not have it, or that is not there",
        select(sku_barcodes.c.barcode, sku_barcodes.c.sku_id)
        .outerjoin(skus, skus.c.id == sku_barcodes.c.sku_id)
        .where(not_(coalesce(_printed, "").contains(func.ltrim(sku_barcodes.c.barcode, "0").concat('"')))),
    ),
    law(
        "CAT-R7-code",
        "no barcode of a kind is the code of another one",
        select(sku_barcodes.c.barcode, sku_barcodes.c.sku_id, skus.c.code)
        .join(skus, _code_as_barcode == sku_barcodes.c.barcode)
        .where(skus.c.id != sku_barcodes.c.sku_id),
    ),
    law(
        "ORD-I5",
        "a purchase counter counts the units of live orders, each given back once (GEN-R9, GEN-R11)",
        select(
            purchase_counters.c.member_id,
            purchase_counters.c.product_id,
            purchase_counters.c.taken,
            coalesce(_counted.c.units, 0).label("held"),
        )
        .outerjoin(
            _counted,
            and_(
                _counted.c.member_id == purchase_counters.c.member_id,
                _counted.c.product_id == purchase_counters.c.product_id,
            ),
        )
        .where(purchase_counters.c.taken != coalesce(_counted.c.units, 0)),
    ),
    law(
        "ORD-I5-uncounted",
        "no limited units were bought without being counted (GEN-R9)",
        select(_counted.c.member_id, _counted.c.product_id, _counted.c.units)
        .outerjoin(
            purchase_counters,
            and_(
                _counted.c.member_id == purchase_counters.c.member_id,
                _counted.c.product_id == purchase_counters.c.product_id,
            ),
        )
        .where(_counted.c.units > 0, purchase_counters.c.member_id.is_(None)),
    ),
    law(
        "CAT-R6",
        "what goods are said to have sold, with what is not added up yet, is what orders were paid for and kept",
        select(products.c.id, products.c.code, _told.label("told"), coalesce(_kept.c.units, 0).label("kept"))
        .outerjoin(_noted, _noted.c.product_id == products.c.id)
        .outerjoin(_kept, _kept.c.product_id == products.c.id)
        .where(_told != coalesce(_kept.c.units, 0), ~_is_being_counted),
    ),
)
