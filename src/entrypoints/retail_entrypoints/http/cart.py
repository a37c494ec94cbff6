"""`/v1/carts` and `/v1/cart`: carts of members and guests (CRT-R8)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from retail_domain.cart import (
    CartGoodsNotFound,
    CartGoodsOffSale,
    CartLine,
    CartLineNotFound,
    CartNotEnough,
    CartNotFound,
    CartOwner,
    CartQuantityTooLarge,
    CartTooManyLines,
)
from retail_domain.kernel.counting import TooOften
from retail_domain.kernel.ids import MemberId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.processes.purchase.carting import (
    AddToCart,
    Carting,
    CartView,
    CreateGuestCart,
    GuestCart,
    MergeGuestCart,
    RemoveFromCart,
    SetCartQuantity,
    ShowCart,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.priced import PricedLineShape, RejectedOfferShape, UnavailableShape
from retail_entrypoints.http.routing import GUEST_OR_MEMBER, MEMBER, PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, MoneyShape, NoWords, Quantity, Uuid
from retail_entrypoints.http.shaping import derived

_PUTTING = (
    CartGoodsNotFound, CartGoodsOffSale, CartNotEnough, CartTooManyLines, CartQuantityTooLarge, CartNotFound,
)  # fmt: skip


class NewGuestCart(Answer, frozen=True):
    """A guest's cart and the token that opens it: to be sent as `X-Cart-Token`, and shown only now."""

    cart_id: Uuid
    cart_token: Annotated[str, Meta(min_length=1, max_length=200)]

    of = derived(GuestCart, cart_token="token")  # noqa: S106 - where it lies


class CartShape(Answer, frozen=True):
    """A cart at today's prices; what cannot be sold now is listed apart (CRT-R4). Freight comes with the quote."""

    cart_id: Uuid | None
    lines: list[PricedLineShape]
    unavailable: list[UnavailableShape]
    goods_total: MoneyShape
    rejected_offers: list[RejectedOfferShape]

    of = derived(CartView, within="basket", currency="basket.currency", goods_total="basket.goods_minor")


class CartLineBody(Body, frozen=True):
    """So many units of some goods."""

    sku_id: Uuid
    quantity: Quantity

    to_line = becoming(CartLine, left=("wished_in",))


class CartQuantityBody(Body, frozen=True):
    """So many units; to have none, DELETE the line."""

    quantity: Quantity

    to_line = becoming(CartLine, "sku_id", left=("wished_in",))


def owner_of(caller: Caller) -> CartOwner:
    """Whose cart this request is about: a member's own, else the one that the cart token opens."""
    if caller.member_id is not None:
        return CartOwner.member(caller.member_id)
    return CartOwner.guest(caller.cart_token or "")


def guest_of(caller: Caller) -> CartOwner:
    """The guest's cart to merge. Raises CartNotFound without a cart token."""
    if caller.cart_token is None:
        raise CartNotFound()
    return CartOwner.guest(caller.cart_token)


def cart_routes(cart: Carting) -> Sequence[HTTPRouteHandler]:
    """`/v1/carts`, `/v1/cart`."""
    return [*_carts(cart), *_cart(cart), *_lines(cart)]


def _carts(cart: Carting) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/carts", permission=PUBLIC, tag="cart")

    @routes.post(raises=[TooOften], summary="Begin a guest's cart")
    async def create_guest_cart(
        once: NamedDependency[Once | None],
        client_address: NamedDependency[str],
        data: JSONBody[NoWords | None] = None,
    ) -> NewGuestCart:
        """Answers a token, which is told this once and belongs into X-Cart-Token."""
        return NewGuestCart.of(await cart.create_guest_cart(CreateGuestCart(client=client_address, once=once)))

    return routes.all


def _cart(cart: Carting) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/cart", permission=GUEST_OR_MEMBER, tag="cart")

    @routes.get(raises=[CartNotFound], summary="My cart at today's prices")
    async def show_cart(caller: NamedDependency[Caller]) -> CartShape:
        """Shows each line at the price and stock of this moment, and why a line cannot be ordered."""
        return CartShape.of(await cart.show(ShowCart(owner_of(caller))))

    @routes.post(
        "/merge", permission=MEMBER, raises=[CartNotFound, CartTooManyLines], status=200,
        summary="Bring the cart of X-Cart-Token along",
    )  # fmt: skip
    async def merge_cart(
        member_id: NamedDependency[MemberId], caller: NamedDependency[Caller], once: NamedDependency[Once | None]
    ) -> CartShape:
        """Moves the guest's lines into the member's cart. The guest's cart is gone afterwards."""
        return CartShape.of(await cart.merge(MergeGuestCart(member_id=member_id, guest=guest_of(caller), once=once)))

    return routes.all


def _lines(cart: Carting) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/cart/lines", permission=GUEST_OR_MEMBER, tag="cart")

    @routes.post(raises=_PUTTING, status=200, summary="Add to my cart")
    async def add_to_cart(
        data: JSONBody[CartLineBody], caller: NamedDependency[Caller], once: NamedDependency[Once | None]
    ) -> CartShape:
        """Adds units to what is there already. Nothing is reserved by it."""
        return CartShape.of(await cart.put(AddToCart(owner=owner_of(caller), line=data.to_line(), once=once)))

    @routes.put("/{sku_id:uuid}", raises=_PUTTING, summary="Set a quantity")
    async def set_cart_quantity(
        sku_id: FromPath[UUID],
        data: JSONBody[CartQuantityBody],
        caller: NamedDependency[Caller],
        once: NamedDependency[Once | None],
    ) -> CartShape:
        """Sets the quantity, whatever it was."""
        line = data.to_line(sku_id=SkuId(sku_id))
        return CartShape.of(await cart.put(SetCartQuantity(owner=owner_of(caller), line=line, once=once)))

    @routes.delete("/{sku_id:uuid}", raises=[CartLineNotFound, CartNotFound], status=200, summary="Take something out")
    async def remove_from_cart(
        sku_id: FromPath[UUID], caller: NamedDependency[Caller], once: NamedDependency[Once | None]
    ) -> CartShape:
        """Takes the goods out, whatever their quantity."""
        return CartShape.of(await cart.remove(RemoveFromCart(owner=owner_of(caller), sku_id=SkuId(sku_id), once=once)))

    return routes.all
