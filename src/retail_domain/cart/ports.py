"""What carts need from a store."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from retail_domain.cart.model import Cart, CartOwner
from retail_domain.kernel.change import Change
from retail_domain.kernel.ids import CartId
from retail_domain.kernel.once import Answers


class Carts(Protocol):
    """The carts of members and guests."""

    async def get(self, id: CartId) -> Cart:
        """The cart of this id. Raises CartNotFound; sees staged carts."""
        ...

    async def of(self, owner: CartOwner) -> Cart | None:
        """The owner's cart, if there is one yet; sees staged carts."""
        ...

    async def claim(self, owner: CartOwner) -> Cart | None:
        """The same, for a change; a guest's cart is claimed before a member's.

        Rivals who change it wait, or else the commit of this change raises `Stale`.
        """
        ...

    async def claim_id(self, id: CartId) -> Cart:
        """The cart of this id, locked for a change. Raises CartNotFound."""
        ...

    async def forget_guests(self, before: datetime, limit: int) -> int:
        """Delete up to so many guests' carts, with what lies in them, that nobody changed since a time; how many went.

        The one that was left first goes first; one that a rival changes just now stays.
        """
        ...

    def save(self, change: Change[Cart]) -> None:
        """Stage a change. A rival's change makes the commit raise `Stale`, a second cart of one owner `Taken`."""
        ...


class CartWork(Protocol):
    """The unit of work of carts."""

    @property
    def carts(self) -> Carts:
        """The carts."""
        ...

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
