"""`/cart`: of members and guests; a guest's cart begins with the first thing put into it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from attrs import evolve
from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.cart import CartLine, CartNotFound, CartOwner
from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.once import Once
from retail_domain.processes.purchase.carting import (
    AddToCart,
    CartView,
    CreateGuestCart,
    RemoveFromCart,
    SetCartQuantity,
    ShowCart,
)
from retail_entrypoints.http.caller import Caller
from retail_entrypoints.http.cart import owner_of
from retail_entrypoints.http.routing import PUBLIC, Resource
from retail_entrypoints.web.asking import CART
from retail_entrypoints.web.forms import Form, NoFields, Path, Quantity
from retail_entrypoints.web.shop.cart.models import CartModel
from retail_entrypoints.web.view import View

_LASTS = timedelta(days=30)


class AddForm(Form, frozen=True):
    """So many units of the kind that was chosen."""

    sku: UUID
    quantity: Quantity = 1
    then: Path = ""


class QuantityForm(Form, frozen=True):
    """How many of it there shall be."""

    quantity: Quantity


def cart_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """The cart, and what is put into it."""
    pages = Resource("/cart", permission=PUBLIC, tag="cart")

    async def of(caller: Caller) -> CartModel | None:
        if caller.member_id is None and caller.cart_token is None:
            return None
        try:
            return CartModel.of(await retail.cart.show(ShowCart(owner_of(caller))))
        except CartNotFound:
            return None

    async def shown(view: View) -> Response[bytes]:
        model = await of(view.request.caller)
        view.count(model.units if model else 0)
        return view.page("shop/cart/cart.html", m=model)

    async def owner(view: View, client: str, once: Once | None) -> CartOwner:
        caller = view.request.caller
        if caller.member_id is not None or caller.cart_token is not None:
            return owner_of(caller)
        made = await retail.cart.create_guest_cart(
            CreateGuestCart(client=client, once=evolve(once, operation="begin_guest_cart") if once else None)
        )
        view.cookies.append(view.request.jar.kept(CART, made.token, _LASTS))
        return CartOwner.guest(made.token)

    def after(view: View, cart: CartView, saying: str, then: str = "/cart") -> Response[bytes]:
        view.count(sum(line.quantity for line in cart.basket.lines))
        return view.go(then, saying)

    @pages.get()
    async def show_cart_page(view: NamedDependency[View]) -> Response[bytes]:
        return await shown(view)

    @pages.post("/lines")
    async def put_into_cart(
        data: URLEncodedBody[AddForm],
        view: NamedDependency[View],
        client_address: NamedDependency[str],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def put() -> CartView:
            line = CartLine(sku_id=SkuId(data.sku), quantity=data.quantity)
            return await retail.cart.put(AddToCart(owner=await owner(view, client_address, once), line=line, once=once))

        then = view.onward(data.then, "/cart")
        return await view.decide(put(), lambda cart: after(view, cart, "cart.added", then), lambda: shown(view))

    @pages.post("/lines/{sku_id:uuid}")
    async def set_quantity_in_cart(
        sku_id: FromPath[UUID],
        data: URLEncodedBody[QuantityForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        line = CartLine(sku_id=SkuId(sku_id), quantity=data.quantity)
        wish = SetCartQuantity(owner=owner_of(view.request.caller), line=line, once=once)
        return await view.decide(retail.cart.put(wish), lambda cart: after(view, cart, "cart.changed"), lambda: shown(view))

    @pages.post("/lines/{sku_id:uuid}/remove")
    async def take_out_of_cart(
        sku_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RemoveFromCart(owner=owner_of(view.request.caller), sku_id=SkuId(sku_id), once=once)
        return await view.decide(retail.cart.remove(wish), lambda cart: after(view, cart, "cart.removed"), lambda: shown(view))

    return pages.all
