"""Laws of campaign quotas: what is taken of one is in orders, and is given back with the stock (STK-R7)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.audit_law import law
from retail_adapters.sql.tables.inventory import quota_shares, quotas, reservations
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_domain.inventory import QUOTA
from retail_domain.ordering import OrderStatus

_in_orders = (
    select(quota_shares.c.sku_id, func.sum(quota_shares.c.open + quota_shares.c.used).label("units"))
    .group_by(quota_shares.c.sku_id)
    .subquery("in_orders")
)
_released = (
    select(reservations.c.order_id, reservations.c.line, func.sum(reservations.c.released).label("units"))
    .where(reservations.c.owner_kind == "order")
    .group_by(reservations.c.order_id, reservations.c.line)
    .subquery("released")
)
_awaits_payment = orders.c.status == OrderStatus.PENDING_PAYMENT
_took_quota = (" " + orders.c.took + " ").contains(f" {QUOTA} ")
_shared = quota_shares.alias("shared")
_other_line_has_one = exists().where(_shared.c.order_id == order_lines.c.order_id, _shared.c.sku_id == order_lines.c.sku_id)

QUOTAS: Final = (
    law(
        "STK-R7",
        "what is taken of a quota is what orders have of it, open or used, and no more than there is",
        select(quotas.c.sku_id, quotas.c.size, quotas.c.taken, coalesce(_in_orders.c.units, 0).label("in_orders"))
        .outerjoin(_in_orders, _in_orders.c.sku_id == quotas.c.sku_id)
        .where(or_(quotas.c.taken != coalesce(_in_orders.c.units, 0), quotas.c.taken > quotas.c.size)),
    ),
    law(
        "STK-R7-shares",
        "a share is of its line; it is open exactly while the order is unpaid, and goes back with the units of stock",
        select(
            quota_shares.c.order_id, quota_shares.c.line, quota_shares.c.quantity, quota_shares.c.open, quota_shares.c.used,
            quota_shares.c.back, _released.c.units.label("released"),
        )
        .join(orders, orders.c.id == quota_shares.c.order_id)
        .outerjoin(
            order_lines,
            and_(
                order_lines.c.order_id == quota_shares.c.order_id,
                order_lines.c.position + 1 == quota_shares.c.line,
                order_lines.c.sku_id == quota_shares.c.sku_id,
            ),
        )
        .outerjoin(
            _released, and_(_released.c.order_id == quota_shares.c.order_id, _released.c.line == quota_shares.c.line)
        )
        .where(
            or_(
                order_lines.c.order_id.is_(None),
                quota_shares.c.quantity != order_lines.c.quantity,
                quota_shares.c.quantity != quota_shares.c.open + quota_shares.c.used + quota_shares.c.back,
                quota_shares.c.open != case((_awaits_payment, quota_shares.c.quantity), else_=0),
                quota_shares.c.back != coalesce(_released.c.units, 0),
            )
        ),
    ),
    law(
        "STK-R7-orders",
        "an order has shares exactly when it says that it took of a quota, and of all its lines of one SKU or of none",
        select(order_lines.c.order_id, order_lines.c.position, order_lines.c.sku_id, orders.c.took)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .outerjoin(
            quota_shares,
            and_(
                quota_shares.c.order_id == order_lines.c.order_id,
                quota_shares.c.line == order_lines.c.position + 1,
            ),
        )
        .where(
            or_(
                and_(quota_shares.c.order_id.is_(None), _other_line_has_one),
                and_(quota_shares.c.order_id.is_not(None), ~_took_quota),
                and_(_took_quota, ~exists().where(_shared.c.order_id == orders.c.id)),
            )
        ),
    ),
    law(
        "STK-R7-orphans",
        "no share without its quota and its order",
        select(quota_shares.c.order_id, quota_shares.c.line, quota_shares.c.sku_id)
        .outerjoin(quotas, quotas.c.sku_id == quota_shares.c.sku_id)
        .outerjoin(orders, orders.c.id == quota_shares.c.order_id)
        .where(or_(quotas.c.sku_id.is_(None), orders.c.id.is_(None))),
    ),
)  # fmt: skip
