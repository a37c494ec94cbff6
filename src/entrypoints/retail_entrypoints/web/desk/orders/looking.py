"""`/desk/orders`: the list, one order, whom it goes to, and what is printed of it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.effects import Effect
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.ordering import OrderNotFound, OrderStatus
from retail_entrypoints.http.order_shapes import ContactShape
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.orders.models import OrderAtDesk, OrderRow, ShownContact
from retail_entrypoints.web.desk.people import names_for
from retail_entrypoints.web.desk.showing import PAGE, Cursor, show
from retail_entrypoints.web.forms import NoFields
from retail_entrypoints.web.view import View

State = Annotated[OrderStatus | None, QueryParameter(name="state")]
Number = Annotated[str | None, QueryParameter(name="number", max_length=64)]
STATES = (
    OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED, OrderStatus.PENDING_PAYMENT, OrderStatus.AWAITING_GROUP,
    OrderStatus.READY_FOR_PICKUP, OrderStatus.SHIPPED, OrderStatus.SIGNED, OrderStatus.COMPLETED, OrderStatus.CLOSED,
)  # fmt: skip
"""As staff go through them: what waits for the shop comes first."""


async def order_at_desk(retail: Retail, view: View, order_id: UUID, *, clear: bool = False) -> OrderAtDesk:
    """Everything that an order's page shows to whoever looks. Raises OrderNotFound, also for one of other places."""
    within = view.within("show_order_at_desk")
    order = await retail.ordering.show.show(OrderId(order_id), within)
    contact = await retail.accounts.show.order_contact(order.order_id)
    sees_money = view.may("show_refunds_at_desk")
    granted = view.request.caller.granted(within)
    return OrderAtDesk.of(
        order,
        contact=(ShownContact.clear if clear else ShownContact.masked)(contact) if contact else None,
        parcels=await retail.fulfilment.show.of_order(order.order_id),
        payments=await retail.payments.show.of_order(order.order_id) if sees_money else (),
        refunds=await retail.payments.show.refunds_of_order(order.order_id) if sees_money else (),
        history=await retail.ordering.show.history(order.order_id),
        memos=await retail.ordering.show.memos(order.order_id),
        names=await names_for(retail, view),
        may=view.may,
        gives_back=Effect.MONEY_BACK in granted,
    )


async def order_page(retail: Retail, view: View, order_id: UUID, tried: str = "", *, clear: bool = False) -> Response[bytes]:
    """The page; `tried` is the form that was refused, which stands open with what was filled in."""
    model = await order_at_desk(retail, view, order_id, clear=clear)
    places = await retail.inventory.show.locations(view.within("ship_at_desk")) if model.can_be_shipped else ()
    return show(view, "orders/order.html", m=model, tried=tried, places=places)


def looking_at_orders(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """What needs no more than seeing orders; whoever is bound to places sees theirs."""
    pages = Resource("/desk/orders", permission=Permission.ORDERS_SEE, tag="desk")

    @pages.get()
    async def show_orders_at_desk(
        view: NamedDependency[View],
        within: NamedDependency[Places],
        status: State = None,
        number: Number = None,
        cursor: Cursor = None,
    ) -> Response[bytes]:
        wanted = "".join((number or "").split())
        if wanted:
            try:
                found = await retail.ordering.show.by_number(wanted, within)
            except OrderNotFound:
                return show(view, "orders/list.html", rows=(), states=STATES, state=None, number=wanted, next_cursor=None)
            return view.go(f"/desk/orders/{found.order_id}")
        listed = await retail.ordering.show.all(PageRequest(PAGE, cursor), status, within)
        rows = tuple(OrderRow.of(one) for one in listed.items)
        cursor = listed.next_cursor
        return show(view, "orders/list.html", rows=rows, states=STATES, state=status, number="", next_cursor=cursor)

    @pages.get("/{order_id:uuid}", raises=[OrderNotFound])
    async def show_order_at_desk(
        order_id: FromPath[UUID], view: NamedDependency[View], within: NamedDependency[Places]
    ) -> Response[bytes]:
        return await order_page(retail, view, order_id)

    @pages.get("/{order_id:uuid}/picking", raises=[OrderNotFound])
    async def print_picking_list(
        order_id: FromPath[UUID], view: NamedDependency[View], within: NamedDependency[Places]
    ) -> Response[bytes]:
        order = await retail.ordering.show.show(OrderId(order_id), within)
        facts = await retail.catalog.show.sku_facts({line.sku_id for line in order.lines})
        codes = {sku_id: one.code for sku_id, one in facts.items()}
        return show(view, "orders/picking.html", order=order, codes=codes)

    return [*pages.all, *_contacts(retail)]


def _contacts(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Looks at personal data: buttons, not links, and each of them is in the trail before anything is shown (R35, R40)."""
    pages = Resource("/desk/orders/{order_id:uuid}", permission=Permission.MEMBERS_CONTACT, tag="desk")

    @pages.post("/contact", does=ContactShape, raises=[OrderNotFound])
    async def look_at_contact_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        within: NamedDependency[Places],
    ) -> Response[bytes]:
        await retail.ordering.show.show(OrderId(order_id), within)
        return await order_page(retail, view, order_id, clear=True)

    @pages.post("/label", does=ContactShape, raises=[OrderNotFound])
    async def print_packing_label(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        within: NamedDependency[Places],
    ) -> Response[bytes]:
        order = await retail.ordering.show.show(OrderId(order_id), within)
        contact = await retail.accounts.show.order_contact(order.order_id)
        if contact is None:
            raise OrderNotFound(order_id=order.order_id)
        parcels = await retail.fulfilment.show.of_order(order.order_id)
        return show(view, "orders/label.html", order=order, contact=ShownContact.clear(contact), parcels=parcels)

    return pages.all
