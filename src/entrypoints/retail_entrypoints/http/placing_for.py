"""`/v1/staff/orders`: staff order for a member, who agrees by paying."""

from collections.abc import Sequence
from typing import Annotated

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from retail_domain.accounts import MemberNotFound, Permission
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.once import Once
from retail_domain.ordering import OrderForBarredMember, OrderNeedsItsMember
from retail_domain.processes.purchase.placing_for import PlaceFor, QuoteFor
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.order_shapes import PlacedShape
from retail_entrypoints.http.orders import PLACING, QuoteHash, Remark
from retail_entrypoints.http.quotes import QUOTING, QuoteShape, WantedLineBody
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import Body, Uuid


class QuoteForBody(Body, frozen=True):
    """What a member would like to have; without an address, delivered to the default one of their address book."""

    member_id: Uuid
    lines: Annotated[list[WantedLineBody], Meta(min_length=1, max_length=1_000)]
    address_id: Uuid | None = None

    to_command = becoming(QuoteFor, "actor", "once")


class PlaceForBody(Body, frozen=True):
    """A quote that was made for this member, unchanged."""

    member_id: Uuid
    quote_id: Uuid
    hash: QuoteHash
    remark: Remark = ""

    to_command = becoming(PlaceFor, "actor", "once")


def placing_for_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/orders` and `/v1/staff/orders/quotes`."""
    routes = Resource("/staff/orders", permission=Permission.ORDERS_PLACE, tag="staff: orders")
    raises = (MemberNotFound, OrderForBarredMember)

    @routes.post(
        "/quotes", does=retail.checkout.quote_for, raises=[*raises, *QUOTING], summary="What does this cost a member?"
    )  # fmt: skip
    async def create_quote_for(
        data: JSONBody[QuoteForBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> QuoteShape:
        """The quote is the member's own: at their prices, within their limits, for some minutes."""
        return QuoteShape.of(await retail.checkout.quote_for(data.to_command(actor=actor, once=once)))

    @routes.post(does=retail.checkout.place_for, raises=[*raises, OrderNeedsItsMember, *PLACING], summary="Order for a member")
    async def place_order_for(
        data: JSONBody[PlaceForBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> PlacedShape:
        """It stands among the member's orders and waits until `pay_by`: they agree by paying it, or cancel it; staff may call
        it off as well. What costs nothing, they have to place themselves.
        """
        return PlacedShape.of(await retail.checkout.place_for(data.to_command(actor=actor, once=once)))

    return routes.all
