"""What a cart refuses."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import SkuId


@refusal
class CartNotFound(DomainError):
    """There is no such cart."""

    code = "cart.not_found"
    kind = Kind.MISSING


@refusal
class CartLineNotFound(DomainError):
    """These goods are not in the cart."""

    code = "cart.line_not_found"
    kind = Kind.MISSING
    sku_id: SkuId


@refusal
class CartGoodsNotFound(DomainError):
    """The shop has no such goods."""

    code = "cart.goods_not_found"
    kind = Kind.MISSING
    sku_id: SkuId


@refusal
class CartGoodsOffSale(DomainError):
    """These goods are not on sale at the moment."""

    code = "cart.goods_off_sale"
    kind = Kind.REFUSED
    sku_id: SkuId


@refusal
class CartNotEnough(DomainError):
    """There are not that many of these goods left."""

    code = "cart.not_enough"
    kind = Kind.REFUSED
    sku_id: SkuId
    quantity: int
    sellable: int


@refusal
class CartTooManyLines(DomainError):
    """The cart is full; please take something out first."""

    code = "cart.too_many_lines"
    kind = Kind.REFUSED
    lines: int
    lines_max: int


@refusal
class CartQuantityTooLarge(DomainError):
    """The cart does not take that many units of one article."""

    code = "cart.quantity_too_large"
    kind = Kind.REFUSED
    sku_id: SkuId
    quantity: int
    quantity_max: int
