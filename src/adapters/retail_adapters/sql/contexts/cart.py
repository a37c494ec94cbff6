"""Cart in SQL."""

from __future__ import annotations

from typing import Final

from retail_adapters.sql.repositories.cart import SqlCarts
from retail_adapters.sql.unit import SqlUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.cart.ports import CartWork


class Collections(SqlUnit):
    """What people mean to buy."""

    carts = collection(SqlCarts)


MANIFEST: Final = Manifest[CartWork, None](Collections)
