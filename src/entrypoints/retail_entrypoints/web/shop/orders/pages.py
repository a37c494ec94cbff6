"""`/orders`: what somebody has ordered, how far it is, and what they can do about it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Stream

from retail_domain.application import Retail
from retail_domain.kernel.ids import AddressId, MemberId, OrderId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import (
    CancelOrder,
    ConfirmReceipt,
    HideOrder,
    OrderNotFound,
    OrderOutcome,
    OrderStatus,
    OrderView,
    RedirectMyOrder,
)
from retail_domain.processes.purchase.carting import BuyAgain, FilledAgain
from retail_entrypoints.http.providers import CURSOR_PATTERN
from retail_entrypoints.http.refusals import TooBusy
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.web import policy
from retail_entrypoints.web.asking import FormRequest
from retail_entrypoints.web.forms import Form, NoFields
from retail_entrypoints.web.live import NOTHING, LookOut, heard_before
from retail_entrypoints.web.shop.checkout.models import DeliveryPlace
from retail_entrypoints.web.shop.orders.models import TABS, OrderCard, OrderModel
from retail_entrypoints.web.view import View

StatusTab = Annotated[OrderStatus | None, QueryParameter(name="state")]
Position = Annotated[int, QueryParameter(ge=0, le=2**62)]
Cursor = Annotated[str | None, QueryParameter(pattern=CURSOR_PATTERN, max_length=512)]
_PAGE = 10


class RedirectForm(Form, frozen=True):
    """Another of the member's addresses."""

    address: UUID


def order_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Orders of whoever is logged in."""
    look_out = LookOut(retail.events)
    return [*_looking(retail, look_out), *_deciding(retail), *_afterwards(retail), *_redirecting(retail)]


async def order_model(retail: Retail, member_id: MemberId, order_id: UUID) -> OrderModel:
    """Everything an order's page shows. Raises OrderNotFound."""
    order = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
    parcels = await retail.fulfilment.show.of_order(order.order_id) if order.shipped_at or _has_sent(order) else ()
    refunds = await retail.payments.show.refunds_of_order(order.order_id) if order.given_back.decided.minor else ()
    reviews = await retail.reviews.show.of_order(member_id, order.order_id) if order.signed_at else ()
    contact = await retail.accounts.show.order_contact(order.order_id)
    told = (contact.recipient, contact.phone.masked, f"{contact.region} {contact.detail}") if contact else ("", "", "")
    return OrderModel.of(order, parcels, told, refunds, reviews)


def _has_sent(order: OrderView) -> bool:
    return any(line.shipped for line in order.lines)


def _looking(retail: Retail, look_out: LookOut) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders", permission=MEMBER, tag="orders")

    @pages.get()
    async def show_orders(
        view: NamedDependency[View], member_id: NamedDependency[MemberId], status: StatusTab = None, cursor: Cursor = None
    ) -> Response[bytes]:
        found = await retail.ordering.show.mine(member_id, PageRequest(_PAGE, cursor), status)
        cards = tuple(OrderCard.of(order) for order in found.items)
        return view.page("shop/orders/list.html", cards=cards, tabs=TABS, state=status, next_cursor=found.next_cursor)

    @pages.get("/{order_id:uuid}", raises=[OrderNotFound])
    async def show_order(
        order_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        position = await look_out.position()  # before the order is read, so that nothing falls between
        model = await order_model(retail, member_id, order_id)
        return view.page("shop/orders/order.html", m=model, position=position, keeping=policy.NEVER)

    @pages.get("/{order_id:uuid}/live", raises=[OrderNotFound, TooBusy], opt={"is_file": True})
    async def follow_order(
        order_id: FromPath[UUID],
        member_id: NamedDependency[MemberId],
        client_address: NamedDependency[str],
        request: FormRequest,
        after: Position = NOTHING,
    ) -> Stream:
        await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        return look_out.stream(order_id, heard_before(request, after), client_address)

    @pages.get("/{order_id:uuid}/cancel", raises=[OrderNotFound])
    async def confirm_cancelling(
        order_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        model = await order_model(retail, member_id, order_id)
        if not model.can_be_cancelled:
            return view.go(f"/orders/{order_id}", "orders.too_late")
        return view.page("shop/orders/cancel.html", m=model)

    return pages.all


def _deciding(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders/{order_id:uuid}", permission=MEMBER, tag="orders")

    async def again(view: View, member_id: MemberId, order_id: UUID) -> Response[bytes]:
        model = await order_model(retail, member_id, order_id)
        return view.page("shop/orders/order.html", m=model, keeping=policy.NEVER)

    @pages.post("/cancel", raises=[OrderNotFound])
    async def cancel_from_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = CancelOrder(member_id=member_id, order_id=OrderId(order_id), once=once)

        def done(outcome: OrderOutcome) -> Response[bytes]:
            return view.go(f"/orders/{order_id}", "orders.closing" if outcome.is_closing else "orders.cancelled")

        return await view.decide(retail.ordering.cancel(wish), done, lambda: again(view, member_id, order_id))

    @pages.post("/receipt", raises=[OrderNotFound])
    async def confirm_receipt_from_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = ConfirmReceipt(member_id=member_id, order_id=OrderId(order_id), once=once)
        deed = retail.ordering.confirm_receipt(wish)
        return await view.decide(
            deed, lambda _: view.go(f"/orders/{order_id}", "orders.received"), lambda: again(view, member_id, order_id)
        )

    @pages.post("/hide", raises=[OrderNotFound])
    async def hide_from_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = HideOrder(member_id=member_id, order_id=OrderId(order_id), once=once)
        return await view.decide(
            retail.ordering.hide(wish), lambda _: view.go("/orders", "orders.hidden"), lambda: again(view, member_id, order_id)
        )

    return pages.all


def _afterwards(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders/{order_id:uuid}", permission=MEMBER, tag="orders")

    @pages.post("/again", raises=[OrderNotFound])
    async def buy_again_from_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[NoFields],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        def done(filled: FilledAgain) -> Response[bytes]:
            view.count(sum(line.quantity for line in filled.cart.basket.lines))
            return view.go("/cart", "orders.again_in_part" if filled.left_out else "cart.added")

        async def again() -> Response[bytes]:
            model = await order_model(retail, member_id, order_id)
            return view.page("shop/orders/order.html", m=model, keeping=policy.NEVER)

        wish = BuyAgain(member_id=member_id, order_id=OrderId(order_id), once=once)
        return await view.decide(retail.cart.buy_again(wish), done, again)

    return pages.all


def _redirecting(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/orders/{order_id:uuid}/address", permission=MEMBER, tag="orders")

    async def form(view: View, member_id: MemberId, order_id: UUID) -> Response[bytes]:
        order = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        book = await retail.accounts.show.address_book(member_id)
        places = tuple(DeliveryPlace.of(one, book.default_id) for one in book.addresses)
        return view.page("shop/orders/address.html", order=order, places=places, keeping=policy.NEVER)

    @pages.get(raises=[OrderNotFound])
    async def choose_other_address(
        order_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        return await form(view, member_id, order_id)

    @pages.post(raises=[OrderNotFound])
    async def redirect_from_page(
        order_id: FromPath[UUID],
        data: URLEncodedBody[RedirectForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = RedirectMyOrder(member_id=member_id, order_id=OrderId(order_id), address_id=AddressId(data.address), once=once)
        return await view.decide(
            retail.ordering.redirect_mine(wish),
            lambda _: view.go(f"/orders/{order_id}", "orders.redirected"),
            lambda: form(view, member_id, order_id),
        )

    return pages.all
