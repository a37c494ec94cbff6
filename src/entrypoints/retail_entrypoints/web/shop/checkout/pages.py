"""`/checkout`: a quote of the cart or of one thing, shown on a page of its own, and ordered unchanged."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.application import Retail
from retail_domain.kernel.coupon_terms import COUPON
from retail_domain.kernel.ids import AddressId, MemberId, QuoteId, SkuId
from retail_domain.kernel.once import Once
from retail_domain.ordering import TooManyOpenOrders
from retail_domain.points import POINTS_MAX
from retail_domain.pricing import (
    POINTS,
    QuoteExpired,
    QuoteHashMismatch,
    QuoteNotFound,
    QuotePriceChanged,
    ShowQuote,
    WantedLine,
    Wish,
)
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.purchase.quoting import QuoteAgain, QuoteBasket
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.web import policy
from retail_entrypoints.web.forms import Form, Hash, Quantity, Typed
from retail_entrypoints.web.shop.checkout.models import CheckoutModel, PointsAtHand
from retail_entrypoints.web.shop.checkout.onward import anew, to_checkout, wanted
from retail_entrypoints.web.shop.coupons.models import ChosenTicket
from retail_entrypoints.web.view import View


class QuoteForm(Form, frozen=True):
    """What to order: the cart, or so many of one kind; and where to."""

    sku: UUID | None = None
    quantity: Quantity = 1
    address: UUID | None = None

    @property
    def lines(self) -> tuple[WantedLine, ...]:
        """What is wanted; nothing means what lies in the cart."""
        return () if self.sku is None else (WantedLine(SkuId(self.sku), self.quantity),)


class AgreeForm(Form, frozen=True):
    """What is agreed to, and a word to the shop about it."""

    hash: Hash
    remark: Typed = ""


class CouponsForm(Form, frozen=True):
    """Which coupons to use: one for goods, one for freight, or none."""

    goods: UUID | None = None
    freight: UUID | None = None

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """As a quote takes them."""
        return tuple(Wish(COUPON, str(one)) for one in (self.goods, self.freight) if one is not None)


class PointsForm(Form, frozen=True):
    """Whether to use points: as many as go, or none."""

    use: Literal["all", "none"]

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """As a quote takes them."""
        return (Wish(POINTS, "", POINTS_MAX),) if self.use == "all" else ()


class MoveForm(Form, frozen=True):
    """Another address for the same goods."""

    address: UUID


def checkout_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """From the cart to an order."""
    pages = Resource("/checkout", permission=MEMBER, tag="checkout")

    async def shown(view: View, member_id: MemberId, quote_id: UUID) -> Response[bytes]:
        quote = await retail.quoting.show(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id)))
        book = await retail.accounts.show.address_book(member_id)
        choices = await retail.coupons.on_quote(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id)))
        coupons = [ChosenTicket.of(one, quote.basket.currency, view.lang) for one in choices]
        pay = await retail.points.pay()
        available = (await retail.points.balance(member_id)).available if pay.unit_worth_minor else 0
        model = CheckoutModel.of(quote, book, coupons, PointsAtHand.of(quote, available, pay))
        return view.page("shop/checkout/checkout.html", m=model, keeping=policy.NEVER)

    async def wishing(  # noqa: PLR0913 - what every form of the checkout tells
        view: View, member_id: MemberId, quote_id: UUID, kind: str, wishes: tuple[Wish, ...], once: Once | None
    ) -> Response[bytes]:
        """The same goods with other wishes of one kind."""
        before = await retail.quoting.show(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id)))
        others = tuple(one for one in before.wishes if one.kind != kind)
        wish = QuoteBasket(
            member_id=member_id, address_id=before.delivery.address_id, from_cart=before.cart is not None,
            lines=() if before.cart is not None else before.wanted, wishes=(*wishes, *others), once=once,
        )  # fmt: skip
        return await view.decide(
            retail.quoting.quote(wish), lambda quote: view.go(f"/checkout/{quote.id}"), lambda: shown(view, member_id, quote_id)
        )

    @pages.get("/{quote_id:uuid}", raises=[QuoteNotFound])
    async def show_checkout(
        quote_id: FromPath[UUID], view: NamedDependency[View], member_id: NamedDependency[MemberId]
    ) -> Response[bytes]:
        return await shown(view, member_id, quote_id)

    @pages.post("/{quote_id:uuid}/move")
    async def quote_elsewhere(
        quote_id: FromPath[UUID],
        data: URLEncodedBody[MoveForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        before = await retail.quoting.show(ShowQuote(member_id=member_id, quote_id=QuoteId(quote_id)))
        wish = QuoteBasket(
            member_id=member_id, address_id=AddressId(data.address), from_cart=before.cart is not None,
            lines=() if before.cart is not None else before.wanted, wishes=before.wishes, once=once,
        )  # fmt: skip
        return await view.decide(
            retail.quoting.quote(wish), lambda quote: view.go(f"/checkout/{quote.id}"), lambda: shown(view, member_id, quote_id)
        )

    @pages.post("/{quote_id:uuid}/coupons")
    async def quote_with_coupons(
        quote_id: FromPath[UUID],
        data: URLEncodedBody[CouponsForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        return await wishing(view, member_id, quote_id, COUPON, data.wishes, once)

    @pages.post("/{quote_id:uuid}/points")
    async def quote_with_points(
        quote_id: FromPath[UUID],
        data: URLEncodedBody[PointsForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        return await wishing(view, member_id, quote_id, POINTS, data.wishes, once)

    @pages.post("/{quote_id:uuid}/place", raises=[QuoteNotFound, TooManyOpenOrders])
    async def place_from_checkout(
        quote_id: FromPath[UUID],
        data: URLEncodedBody[AgreeForm],
        view: NamedDependency[View],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def place() -> Response[bytes]:
            wish = PlaceOrder(
                member_id=member_id, quote_id=QuoteId(quote_id), hash=data.hash, remark=data.remark, once=once
            )  # fmt: skip
            try:
                order = await retail.checkout.place(wish)
            except (QuotePriceChanged, QuoteExpired, QuoteHashMismatch):
                quote = await retail.quoting.again(QuoteAgain(member_id=member_id, quote_id=QuoteId(quote_id)))
                return view.go(f"/checkout/{quote.id}", "checkout.price_changed")
            view.count(0)
            return view.go(
                f"/orders/{order.order_id}/pay" if order.payable.minor else f"/orders/{order.order_id}", "checkout.placed"
            )

        return await view.decide(place(), lambda answer: answer, lambda: shown(view, member_id, quote_id))

    return [*pages.all, *_beginning(retail)]


def _beginning(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/checkout", permission=PUBLIC, tag="checkout")

    @pages.post()
    async def quote_for_checkout(
        data: URLEncodedBody[QuoteForm], view: NamedDependency[View], once: NamedDependency[Once | None]
    ) -> Response[bytes]:
        member_id = view.request.caller.member_id
        if member_id is None:
            return view.go(view.address("/enter", then=anew(data.lines)), "enter.first")
        address = AddressId(data.address) if data.address else None
        return await to_checkout(retail, view, MemberId(member_id), data.lines, once, address)

    members = Resource("/checkout", permission=MEMBER, tag="checkout")

    @members.get("/new")
    async def begin_checkout(view: NamedDependency[View]) -> Response[bytes]:
        return view.page("shop/checkout/new.html", lines=wanted(view.path) or ())

    return [*pages.all, *members.all]
