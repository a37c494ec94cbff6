"""Laws about rows whose owner is gone or another one: a shelf, an order, a member (R43)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, select, union, union_all

from retail_adapters.sql.audit_law import law
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.tables.inventory import reservations, stock_items, stock_moves
from retail_adapters.sql.tables.ordering import order_lines, order_transitions, orders
from retail_adapters.sql.tables.payments import payments, refunds

_shelved = union(
    select(stock_moves.c.sku_id, stock_moves.c.location_id),
    select(reservations.c.sku_id, reservations.c.location_id),
).subquery("shelved")
_told_of = union(
    select(order_lines.c.order_id), select(order_transitions.c.order_id), select(payments.c.order_id)
).subquery("told_of")
_owned = union_all(
    *(
        select(table.c.order_id, table.c.member_id)
        for table in (order_lines, order_transitions, reservations, parcels, payments, refunds)
    )
).subquery("owned")

ORPHANS: Final = (
    law(
        "STK-I3-shelves",
        "no movement and no reservation without its shelf (STK-R3)",
        select(_shelved.c.sku_id, _shelved.c.location_id)
        .outerjoin(
            stock_items,
            and_(stock_items.c.sku_id == _shelved.c.sku_id, stock_items.c.location_id == _shelved.c.location_id),
        )
        .where(stock_items.c.sku_id.is_(None)),
    ),
    law(
        "ORD-I8-orders",
        "no line, no step of a history and no payment without its order",
        select(_told_of.c.order_id).outerjoin(orders, orders.c.id == _told_of.c.order_id).where(orders.c.id.is_(None)),
    ),
    law(
        "ORD-I8-owners",
        "what belongs to an order names the order's member, or nobody where 0.1.0 wrote it",
        select(_owned.c.order_id, _owned.c.member_id)
        .join(orders, orders.c.id == _owned.c.order_id)
        .where(_owned.c.member_id != orders.c.member_id),
    ),
)
