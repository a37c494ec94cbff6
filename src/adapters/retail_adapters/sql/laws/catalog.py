"""Laws of purchase limits: a counter counts what its member has, and nobody buys uncounted (ORD-I5)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, func, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.laws.terms import closed_unpaid
from retail_adapters.sql.tables.catalog import purchase_counters
from retail_adapters.sql.tables.ordering import order_lines, orders

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
)
