"""Facts of carts."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import CartId, SkuId


@frozen(kw_only=True)
class CartEvent(Event):
    """Something that happened to a cart."""

    cart_id: CartId

    @property
    def aggregate_id(self) -> UUID:
        """The cart."""
        return self.cart_id


@frozen(kw_only=True)
class CartLineSet(CartEvent):
    """A cart now holds so many units of some goods."""

    name: ClassVar[str] = "cart.line_set"

    sku_id: SkuId
    quantity: int


@frozen(kw_only=True)
class CartLineRemoved(CartEvent):
    """Some goods were taken out of a cart."""

    name: ClassVar[str] = "cart.line_removed"

    sku_id: SkuId


@frozen(kw_only=True)
class CartMerged(CartEvent):
    """The goods of a guest's cart came into a member's cart (CRT-R6)."""

    name: ClassVar[str] = "cart.merged"

    guest_cart_id: CartId


@frozen(kw_only=True)
class CartHandedOver(CartEvent):
    """A guest's cart gave its goods to a member's cart and is done (CRT-R6)."""

    name: ClassVar[str] = "cart.handed_over"

    into_cart_id: CartId


@frozen(kw_only=True)
class CartOrdered(CartEvent):
    """What was ordered was taken out of the cart."""

    name: ClassVar[str] = "cart.ordered"

    sku_ids: tuple[SkuId, ...]


EVENTS: Final[tuple[type[Event], ...]] = (CartLineSet, CartLineRemoved, CartMerged, CartHandedOver, CartOrdered)
