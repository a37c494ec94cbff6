"""What the laws of several contexts say of orders."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_

from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_domain.ordering import OrderStatus

is_paid: Final[ColumnElement[bool]] = orders.c.paid_at.is_not(None)
closed_unpaid: Final[ColumnElement[bool]] = and_(orders.c.status == OrderStatus.CLOSED, orders.c.paid_at.is_(None))
unshipped: Final[ColumnElement[int]] = order_lines.c.quantity - order_lines.c.shipped - order_lines.c.refunded_unshipped
