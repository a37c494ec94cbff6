"""`/v1/orders`: members place, follow, cancel and receive their orders."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta

from retail_domain.accounts import AddressNotFound
from retail_domain.application import Retail
from retail_domain.cart import CartTooManyLines
from retail_domain.catalog import PurchaseLimitReached, SkuNotOnSale
from retail_domain.inventory import SoldOut
from retail_domain.kernel.ids import MemberId, OrderId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.ordering import (
    CancelOrder,
    ConfirmReceipt,
    HideOrder,
    OrderFreightWouldRise,
    OrderIsClosing,
    OrderNotFound,
    OrderOutcome,
    OrderStatus,
    OrderUndeliverable,
    OrderWrongState,
    RedirectMyOrder,
    TooManyOpenOrders,
)
from retail_domain.pricing import (
    QuoteExpired,
    QuoteHashMismatch,
    QuoteNotFound,
    QuotePriceChanged,
    QuoteRegionNotServed,
)
from retail_domain.processes.purchase.carting import BuyAgain, FilledAgain
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.cart import CartShape
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.order_shapes import ContactShape, OrderShape, OrderSummaryShape, OutcomeShape, PlacedShape
from retail_entrypoints.http.priced import UnavailableShape
from retail_entrypoints.http.routing import MEMBER, Resource
from retail_entrypoints.http.shapes import Answer, Body, Uuid
from retail_entrypoints.http.shaping import derived

PLACING = (
    QuoteNotFound, QuoteExpired, QuoteHashMismatch, QuotePriceChanged, SkuNotOnSale, PurchaseLimitReached, SoldOut,
    TooManyOpenOrders, QuoteRegionNotServed,
)  # fmt: skip
"""What placing may meet."""

REDIRECTING = (OrderNotFound, OrderWrongState, OrderIsClosing, OrderUndeliverable, OrderFreightWouldRise)
"""What sending an order elsewhere may meet (ORD-R5)."""

StatusFilter = Annotated[OrderStatus | None, QueryParameter(description="Only orders in this state.")]
QuoteHash = Annotated[
    str,
    Meta(min_length=64, max_length=64, description="The `hash` of the quote: exactly what is agreed to.", examples=["5e" * 32]),
]
Remark = Annotated[
    str, Meta(max_length=1_000, description="What the shop should know: 200 characters at most.", examples=["请放在门口"])
]
CLOSING = {202: ResponseSpec(OutcomeShape, description="Closing: an open payment attempt has the last word")}
"""The second answer of whatever closes an order (ORD-R9)."""


class PlaceOrderBody(Body, frozen=True):
    """What a member agrees to: a quote, unchanged (CRT-R7)."""

    quote_id: Uuid
    hash: QuoteHash

    remark: Remark = ""

    to_command = becoming(PlaceOrder, "member_id", "once", left=("placed_by",))


class FilledAgainShape(Answer, frozen=True):
    """My cart, and what of the order it does not hold in full: why, and how many units could be had."""

    cart: CartShape
    left_out: list[UnavailableShape]

    of = derived(FilledAgain)


class RedirectBody(Body, frozen=True):
    """Another entry of the member's address book."""

    address_id: Uuid

    to_command = becoming(RedirectMyOrder, "member_id", "order_id", "once")


def order_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """What members do with orders."""
    return [*_looking(retail), *_deciding(retail)]


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/orders", permission=MEMBER, tag="orders")
    raises = (OrderNotFound,)

    @routes.get(summary="My orders, newest first")
    async def list_orders(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest], status: StatusFilter = None
    ) -> PageShape[OrderSummaryShape]:
        """All states, or one. Orders that were hidden are not among them."""
        return listing(await retail.ordering.show.mine(member_id, page, status), OrderSummaryShape.of)

    @routes.get("/{order_id:uuid}", raises=raises, summary="One of my orders")
    async def get_order(order_id: FromPath[UUID], member_id: NamedDependency[MemberId]) -> OrderShape:
        """With its lines, parcels and money."""
        view = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        return OrderShape.of(view, await retail.fulfilment.show.of_order(view.order_id))

    @routes.get("/{order_id:uuid}/contact", raises=raises, summary="Where one of my orders goes")
    async def get_order_contact(order_id: FromPath[UUID], member_id: NamedDependency[MemberId]) -> ContactShape:
        """In full."""
        view = await retail.ordering.show.show_mine(member_id, OrderId(order_id))
        return await contact_of(retail, view.order_id)

    return routes.all


def _deciding(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/orders", permission=MEMBER, tag="orders")
    raises = (OrderNotFound, OrderWrongState)

    @routes.post(
        "/{order_id:uuid}/again", raises=[OrderNotFound, CartTooManyLines], status=200, summary="Fill my cart with it once more"
    )
    async def buy_again(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> FilledAgainShape:
        """At today's prices. What cannot be had now, or not in full, is in `left_out` with the reason. Asked twice, the cart
        holds no more.
        """
        command = BuyAgain(member_id=member_id, order_id=OrderId(order_id), once=once)
        return FilledAgainShape.of(await retail.cart.buy_again(command))

    @routes.post(raises=PLACING, summary="Place an order")
    async def place_order(
        data: JSONBody[PlaceOrderBody], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> PlacedShape:
        """Accepts a quote unchanged: what it says is what it costs. Stock is reserved, and the order waits for its payment
        until `pay_by`. A quote becomes one order, however often it is sent.
        """
        return PlacedShape.of(await retail.checkout.place(data.to_command(member_id=member_id, once=once)))

    @routes.post(
        "/{order_id:uuid}/cancel", raises=raises, status=200, responses=CLOSING, summary="Cancel an order that is not paid",
    )  # fmt: skip
    async def cancel_order(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> Response[OutcomeShape]:
        """Gives the stock back. While a payment is open at its provider, the order is closing, and what the provider says
        last counts.
        """
        command = CancelOrder(member_id=member_id, order_id=OrderId(order_id), once=once)
        return outcome(await retail.ordering.cancel(command))

    @routes.post("/{order_id:uuid}/receipt", raises=raises, status=200, summary="Confirm that the goods have arrived")
    async def confirm_receipt(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> OutcomeShape:
        """The order is signed for; without it that happens by itself some days after shipping."""
        command = ConfirmReceipt(member_id=member_id, order_id=OrderId(order_id), once=once)
        return OutcomeShape.of(await retail.ordering.confirm_receipt(command))

    @routes.put(
        "/{order_id:uuid}/address", raises=[*REDIRECTING, AddressNotFound],
        summary="Have an order sent to another of my addresses, before its first parcel",
    )  # fmt: skip
    async def redirect_order(
        order_id: FromPath[UUID],
        data: JSONBody[RedirectBody],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> OutcomeShape:
        """Refused where the freight would rise."""
        command = data.to_command(member_id=member_id, order_id=OrderId(order_id), once=once)
        return OutcomeShape.of(await retail.ordering.redirect_mine(command))

    @routes.delete("/{order_id:uuid}", raises=raises, summary="Take an order that is over out of my list")
    async def hide_order(
        order_id: FromPath[UUID], member_id: NamedDependency[MemberId], once: NamedDependency[Once | None]
    ) -> None:
        """It stays in the books."""
        await retail.ordering.hide(HideOrder(member_id=member_id, order_id=OrderId(order_id), once=once))

    return routes.all


def outcome(reached: OrderOutcome) -> Response[OutcomeShape]:
    """200, or 202 while the order is still closing (ORD-R9)."""
    return Response(OutcomeShape.of(reached), status_code=202 if reached.is_closing else 200)


async def contact_of(retail: Retail, order_id: OrderId) -> ContactShape:
    """Where an order goes. Raises OrderNotFound when there is no such order, or its contact was erased."""
    contact = await retail.accounts.show.order_contact(order_id)
    if contact is None:
        raise OrderNotFound(order_id=order_id)
    return ContactShape.of(contact)


async def seen(retail: Retail, order_id: OrderId, within: Places) -> None:
    """Whoever is bound to places is shown what hangs on an order only if it is one of theirs. Raises OrderNotFound."""
    if not within.is_everywhere:
        await retail.ordering.show.show(order_id, within)
