"""`/desk/orders/{order}/address`: send an order elsewhere, before its first parcel."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import Places
from retail_domain.ordering import OrderNotFound, OrderOutcome, RedirectOrder
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.orders.looking import order_page
from retail_entrypoints.web.desk.showing import decide
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View


class ElsewhereForm(Form, frozen=True):
    """Who receives it from now on, where, and why; whether the shop bears freight that costs more there."""

    recipient: Typed = ""
    phone: Typed = ""
    region_code: Typed = ""
    region: Typed = ""
    detail: Typed = ""
    reason: Typed = ""
    waive: str | None = None


def redirecting_orders(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """At one's places, as at the other doors."""
    pages = Resource("/desk/orders/{order_id:uuid}", permission=Permission.ORDERS_CHANGE, tag="desk")

    @pages.post("/address", does=retail.ordering.redirect, raises=[OrderNotFound])
    async def redirect_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[ElsewhereForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def redirect() -> OrderOutcome:
            try:
                phone = Phone.parse(data.phone)
            except ValueError:
                raise InvalidInput.of("phone", "format", "this is no phone number") from None
            wish = RedirectOrder(
                order_id=OrderId(order_id), recipient=data.recipient, phone=phone, region_code=data.region_code.strip(),
                region=data.region, detail=data.detail, reason=data.reason, waive_freight=data.waive is not None,
                actor=view.actor, within=within, once=once,
            )  # fmt: skip
            return await retail.ordering.redirect(wish)

        return await decide(
            view, redirect(), lambda _: view.go(f"/desk/orders/{order_id}", "desk.said.redirected"),
            lambda: order_page(retail, view, order_id, "address"),
        )  # fmt: skip

    return pages.all
