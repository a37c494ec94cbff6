"""Cart in memory."""

from __future__ import annotations

from typing import Final

from retail_adapters.memory.cart import MemoryCarts
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.cart.ports import CartWork


class Collections(MemoryUnit):
    """What people mean to buy."""

    carts = collection(MemoryCarts)


MANIFEST: Final = Manifest[CartWork, None](Collections)
