"""Ordering in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.ordering import MemoryOrderMemos, MemoryOrderQueries, MemoryOrders
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.ordering import OrderQueries
from retail_domain.ordering.ports import OrderingWork


class Collections(MemoryUnit):
    """What was ordered."""

    orders = collection(MemoryOrders)
    order_memos = collection(MemoryOrderMemos)


MANIFEST: Final = Manifest[OrderingWork, OrderQueries](Collections, MemoryOrderQueries)
