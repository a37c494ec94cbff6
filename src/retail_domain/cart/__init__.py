"""Carts (购物车); the use cases are in `processes.purchase.carting`, since a cart is shown with prices and stock."""

from retail_domain.cart.errors import (
    CartGoodsNotFound,
    CartGoodsOffSale,
    CartLineNotFound,
    CartNotEnough,
    CartNotFound,
    CartQuantityTooLarge,
    CartTooManyLines,
)
from retail_domain.cart.events import EVENTS, CartHandedOver, CartLineRemoved, CartLineSet, CartMerged, CartOrdered
from retail_domain.cart.model import Cart, CartLine, CartOwner, merged_quantities, open_cart
from retail_domain.cart.ports import Carts, CartWork

__all__ = [
    "EVENTS",
    "Cart",
    "CartGoodsNotFound",
    "CartGoodsOffSale",
    "CartHandedOver",
    "CartLine",
    "CartLineNotFound",
    "CartLineRemoved",
    "CartLineSet",
    "CartMerged",
    "CartNotEnough",
    "CartNotFound",
    "CartOrdered",
    "CartOwner",
    "CartQuantityTooLarge",
    "CartTooManyLines",
    "CartWork",
    "Carts",
    "merged_quantities",
    "open_cart",
]
