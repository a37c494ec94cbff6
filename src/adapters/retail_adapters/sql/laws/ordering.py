"""Laws of orders: what they cost, where they stand, how they came there, and what is theirs."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, exists, func, not_, or_, select, union, union_all
from sqlalchemy.sql.functions import coalesce

from retail_adapters.sql.laws.histories import HISTORIES
from retail_adapters.sql.laws.law import Law, before_grace, law, one_of
from retail_adapters.sql.laws.terms import is_paid, unshipped
from retail_adapters.sql.tables.fulfilment import parcels
from retail_adapters.sql.tables.inventory import reservations
from retail_adapters.sql.tables.ordering import order_lines, order_memos, order_transitions, orders
from retail_adapters.sql.tables.payments import payments, refunds
from retail_domain.ordering import OrderStatus
from retail_domain.payments import RefundSource, RefundState

_waits_for_time = one_of(orders.c.status, OrderStatus.PENDING_PAYMENT, OrderStatus.SHIPPED, OrderStatus.SIGNED)
_worth_of_refunded = (order_lines.c.payable_minor * (order_lines.c.refunded_shipped + order_lines.c.refunded_unshipped)).op(
    "/"
)(order_lines.c.quantity)  # GEN-R5: whole numbers divide downwards on both databases
_sums = (
    select(
        order_lines.c.order_id,
        func.sum(order_lines.c.payable_minor).label("goods"),
        func.sum(order_lines.c.freight_minor).label("freight"),
        func.sum(_worth_of_refunded).label("refunded"),
        func.sum(order_lines.c.shipped).label("shipped"),
        func.sum(unshipped).label("unshipped"),
    )
    .group_by(order_lines.c.order_id)
    .subquery("sums")
)
_back = (
    select(refunds.c.order_id, func.sum(refunds.c.amount_minor).label("minor"))
    .where(refunds.c.state != RefundState.CLOSED, refunds.c.source == RefundSource.ORDER)
    .group_by(refunds.c.order_id)
    .subquery("back")
)
_returned = _sums.c.refunded + orders.c.freight_refunded_minor
_last = (
    select(order_transitions.c.order_id, func.max(order_transitions.c.version).label("version"))
    .group_by(order_transitions.c.order_id)
    .subquery("last")
)
_IN_ORDER: Final[dict[str, Any]] = {
    "partition_by": order_transitions.c.order_id, "order_by": (order_transitions.c.version, order_transitions.c.step)
}  # fmt: skip
_prices = (
    select(
        order_transitions.c.order_id,
        order_transitions.c.before_minor,
        order_transitions.c.after_minor,
        func.lag(order_transitions.c.after_minor).over(**_IN_ORDER).label("was"),
        func.lead(order_transitions.c.after_minor).over(**_IN_ORDER).label("following"),
    )
    .where(order_transitions.c.after_minor.is_not(None))
    .subquery("prices")
)
_PARCELS_OF_SHIPPED = exists().where(parcels.c.order_id == orders.c.id)
_told_of = union(
    select(order_lines.c.order_id),
    select(order_transitions.c.order_id),
    select(order_memos.c.order_id),
    select(payments.c.order_id),
).subquery("told_of")
_owned = union_all(
    *(
        select(table.c.order_id, table.c.member_id)
        for table in (order_lines, order_memos, order_transitions, reservations, parcels, payments, refunds)
    )
).subquery("owned")

LAWS: Final[tuple[Law, ...]] = (
    HISTORIES,
    law(
        "R4",
        "an order costs the sum of its lines and the freight, and its lines know their share of the freight (ORD-I2)",
        select(orders.c.id, orders.c.payable_minor, orders.c.freight_minor)
        .join(_sums, _sums.c.order_id == orders.c.id)
        .where(
            or_(
                orders.c.payable_minor != _sums.c.goods + orders.c.freight_minor,
                orders.c.freight_minor != _sums.c.freight,
            )
        ),
    ),
    law(
        "ORD-R4",
        "an order costs what it was last agreed to cost, and each price it was given took the place of the one before",
        select(orders.c.id, orders.c.payable_minor, _prices.c.was, _prices.c.before_minor, _prices.c.after_minor)
        .join(_prices, _prices.c.order_id == orders.c.id)
        .where(
            or_(
                and_(_prices.c.following.is_(None), _prices.c.after_minor != orders.c.payable_minor),
                _prices.c.was != _prices.c.before_minor,
            )
        ),
    ),
    law(
        "R5",
        "what was returned of an order is paid back or kept back, and its refunds say the same (ORD-I4)",
        select(orders.c.id, orders.c.refunded_minor, _sums.c.refunded, coalesce(_back.c.minor, 0).label("refunds"))
        .join(_sums, _sums.c.order_id == orders.c.id)
        .outerjoin(_back, _back.c.order_id == orders.c.id)
        .where(
            or_(
                and_(is_paid, orders.c.refunded_minor + orders.c.kept_back_minor != _returned),
                orders.c.kept_back_minor < 0,
                orders.c.refunded_minor != coalesce(_back.c.minor, 0),
                orders.c.refunded_minor > orders.c.paid_minor,
            )
        ),
    ),
    law(
        "R13",
        "an order's state fits its units: shipped ones left in a parcel, nothing waits in a finished order (T6, T6b)",
        select(orders.c.id, orders.c.status, _sums.c.shipped, _sums.c.unshipped)
        .join(_sums, _sums.c.order_id == orders.c.id)
        .where(
            or_(
                and_(_sums.c.shipped > 0, not_(_PARCELS_OF_SHIPPED)),
                and_(orders.c.status == OrderStatus.TO_SHIP, _sums.c.shipped > 0),
                and_(
                    one_of(orders.c.status, OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED),
                    _sums.c.unshipped > 0,
                ),
                and_(orders.c.status == OrderStatus.PENDING_PAYMENT, is_paid),
            )
        ),
    ),
    law(
        "ORD-I8",
        "every order has its history",
        select(orders.c.id, orders.c.status).outerjoin(_last, _last.c.order_id == orders.c.id).where(_last.c.version.is_(None)),
    ),
    law(
        "ORD-I8-orders",
        "no line, no step of a history, no memo and no payment without its order",
        select(_told_of.c.order_id).outerjoin(orders, orders.c.id == _told_of.c.order_id).where(orders.c.id.is_(None)),
    ),
    law(
        "ORD-I8-owners",
        "what belongs to an order names the order's member, or nobody where 0.1.0 wrote it",
        select(_owned.c.order_id, _owned.c.member_id)
        .join(orders, orders.c.id == _owned.c.order_id)
        .where(_owned.c.member_id != orders.c.member_id),
    ),
    law(
        "R28",
        "no deadline is missed for long",
        select(orders.c.id, orders.c.status, orders.c.due_at).where(orders.c.due_at < before_grace, _waits_for_time),
    ),
    law(
        "R28-undated",
        "what a timer must look at has a time for it",
        select(orders.c.id, orders.c.status).where(orders.c.due_at.is_(None), _waits_for_time),
    ),
)
