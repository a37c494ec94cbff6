"""Carts in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from retail_adapters.memory.store import MemoryCollection
from retail_domain.cart import Cart, CartNotFound, CartOwner
from retail_domain.kernel.ids import CartId


class MemoryCarts(MemoryCollection[CartId, Cart]):
    """The carts; see the port for the promises."""

    table: ClassVar[str] = "carts"
    unique: ClassVar[Mapping[str, Any]] = {
        "carts.member_id": lambda cart: cart.owner.member_id,
        "carts.token_hash": lambda cart: cart.owner.token_hash,
    }

    async def get(self, id: CartId) -> Cart:
        """Staged or stored. Raises CartNotFound."""
        found = self.look(id)
        if found is None:
            raise CartNotFound()
        return found

    async def of(self, owner: CartOwner) -> Cart | None:
        """Staged or stored, if there is one."""
        staged = [state for _, state in self._staged.values() if state.owner == owner]
        if staged:
            return staged[0]
        kind, value = ("member_id", owner.member_id) if owner.member_id else ("token_hash", owner.token_hash)
        key = self._session.memory.unique.get(f"carts.{kind}", {}).get(value)
        return self._committed().get(key) if key else None

    async def claim(self, owner: CartOwner) -> Cart | None:
        """The same: whoever loses a race is told so at commit."""
        return await self.of(owner)

    async def claim_id(self, id: CartId) -> Cart:
        """The same: whoever loses a race is told so at commit."""
        return await self.get(id)

    async def forget_guests(self, before: datetime, limit: int) -> int:
        """The one that was left first goes first."""
        left = (cart for cart in self.every() if cart.owner.member_id is None and cart.changed_at < before)
        return self.drop_first([(cart.changed_at, cart.id) for cart in left], limit)
