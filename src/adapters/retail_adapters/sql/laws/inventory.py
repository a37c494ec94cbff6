"""Laws of stock, promises and campaign quotas: what is on a shelf, who waits for it, and that each unit goes once."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, case, exists, func, not_, or_, select, union
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.law import law
from retail_adapters.sql.laws.terms import closed_unpaid, unshipped
from retail_adapters.sql.tables.inventory import quota_shares, quotas, reservations, stock_alerts, stock_items, stock_moves
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.outbox import deliveries
from retail_domain.inventory import QUOTA
from retail_domain.ordering import OrderStatus

_open = func.sum(reservations.c.open)
_reserved = (
    select(reservations.c.sku_id, reservations.c.location_id, _open.label("units"))
    .group_by(reservations.c.sku_id, reservations.c.location_id)
    .subquery("reserved")
)
_moved = (
    select(stock_moves.c.sku_id, stock_moves.c.location_id, func.sum(stock_moves.c.units).label("units"))
    .group_by(stock_moves.c.sku_id, stock_moves.c.location_id)
    .subquery("moved")
)
_shelf = (stock_items.c.sku_id, stock_items.c.location_id)


def _beside(other: Any) -> Any:
    return and_(other.c.sku_id == stock_items.c.sku_id, other.c.location_id == stock_items.c.location_id)


_line_of = and_(
    reservations.c.owner_kind == "order",
    reservations.c.order_id == order_lines.c.order_id,
    or_(
        reservations.c.line == order_lines.c.position + 1,
        and_(reservations.c.line == 0, reservations.c.sku_id == order_lines.c.sku_id),  # by the release before
    ),
)
_held = (  # a line may come from several places: what counts is their sum
    select(
        order_lines.c.order_id,
        order_lines.c.position,
        func.sum(reservations.c.open).label("open"),
        func.sum(reservations.c.consumed).label("consumed"),
        func.sum(reservations.c.quantity).label("quantity"),
    )
    .join(reservations, _line_of)
    .group_by(order_lines.c.order_id, order_lines.c.position)
    .subquery("held")
)
_should_be_open = case((closed_unpaid, 0), else_=unshipped)
_is_low = and_(
    stock_items.c.alert_threshold.is_not(None),
    stock_items.c.on_hand - stock_items.c.reserved - stock_items.c.safety <= stock_items.c.alert_threshold,
)
_has_alert = exists().where(_beside(stock_alerts))
_news_of_stock_under_way = exists().where(deliveries.c.aggregate_id == stock_items.c.sku_id, deliveries.c.done_at.is_(None))
_shelved = union(
    select(stock_moves.c.sku_id, stock_moves.c.location_id),
    select(reservations.c.sku_id, reservations.c.location_id),
).subquery("shelved")

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

LAWS: Final = (
    law(
        "R1",
        "units on hand and reserved lie within what can be shipped (STK-I1)",
        select(*_shelf, stock_items.c.on_hand, stock_items.c.reserved).where(
            or_(
                stock_items.c.on_hand < 0,
                stock_items.c.reserved < 0,
                stock_items.c.reserved > stock_items.c.on_hand + stock_items.c.backorder_limit + stock_items.c.shortfall,
            )
        ),
    ),
    law(
        "STK-I2",
        "reserved is the sum of the open reservations (R3)",
        select(*_shelf, stock_items.c.reserved, coalesce(_reserved.c.units, 0).label("promised"))
        .outerjoin(_reserved, _beside(_reserved))
        .where(stock_items.c.reserved != coalesce(_reserved.c.units, 0)),
    ),
    law(
        "STK-I3",
        "on hand is the sum of its moves (STK-R3)",
        select(*_shelf, stock_items.c.on_hand, coalesce(_moved.c.units, 0).label("moved"))
        .outerjoin(_moved, _beside(_moved))
        .where(stock_items.c.on_hand != coalesce(_moved.c.units, 0)),
    ),
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
        "R3",
        "a line holds exactly the units it must still ship, and a reservation ends once",
        select(order_lines.c.order_id, order_lines.c.sku_id, _should_be_open.label("must"), _held.c.open)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .outerjoin(_held, and_(_held.c.order_id == order_lines.c.order_id, _held.c.position == order_lines.c.position))
        .where(
            or_(
                _held.c.order_id.is_(None),
                _held.c.open != _should_be_open,
                _held.c.consumed != order_lines.c.shipped,
                _held.c.quantity != order_lines.c.quantity,
            )
        ),
    ),
    law(
        "R3-orphans",
        "no reservation without its order line",
        select(reservations.c.owner_kind, reservations.c.order_id, reservations.c.line)
        .outerjoin(order_lines, _line_of)
        .where(order_lines.c.order_id.is_(None)),
    ),
    law(
        "STK-I7",
        "an alert is open exactly when available is at or below the threshold",
        select(*_shelf, stock_items.c.alert_threshold).where(
            or_(and_(_is_low, not_(_has_alert)), and_(not_(_is_low), _has_alert)), not_(_news_of_stock_under_way)
        ),
    ),
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
