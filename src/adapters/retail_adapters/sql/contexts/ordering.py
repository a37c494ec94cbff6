"""Ordering in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.queries.ordering import SqlOrderQueries
from retail_adapters.sql.repositories.order_memos import SqlOrderMemos
from retail_adapters.sql.repositories.ordering import SqlOrders
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.ordering import OrderQueries
from retail_domain.ordering.ports import OrderingWork


class Collections(SqlUnit):
    """What was ordered."""

    orders = collection(SqlOrders)
    order_memos = collection(SqlOrderMemos)


MANIFEST: Final = Manifest[OrderingWork, OrderQueries](Collections, SqlOrderQueries)
