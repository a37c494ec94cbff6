"""Laws of what is counted of sales: limits count what each member has (ORD-I5), figures of goods what all have (CAT-R6)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.laws.terms import closed_unpaid, is_paid
from retail_adapters.sql.tables.catalog import product_sales, products, purchase_counters
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

LAWS: Final = (
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
