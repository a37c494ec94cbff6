"""`/desk/orders/{order}`: ship, call off, give money back, agree on another price, note, confirm money at the counter."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, URLEncodedBody

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.inventory import location_named
from retail_domain.kernel.ids import OrderId, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.kernel.places import Places
from retail_domain.ordering import (
    CloseOrder,
    OrderLineView,
    OrderNotFound,
    OrderOutcome,
    OrderSent,
    RefundOrder,
    RefundStarted,
    RepriceOrder,
    ShipOrder,
    Units,
    WriteMemo,
)
from retail_domain.payments import ConfirmCounterPayment, PaymentView
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.wallet import WALLET
from retail_entrypoints.web.amounts import counts_typed, minor_typed
from retail_entrypoints.web.desk.orders.looking import order_page
from retail_entrypoints.web.desk.showing import decide
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View


class ShipForm(Form, frozen=True):
    """With whom it goes and how it is followed; how many units of each line stands in fields of their own."""

    carrier: Typed = ""
    tracking_number: Typed = ""
    location: Typed = ""


class WhyForm(Form, frozen=True):
    """A reason."""

    reason: Typed = ""


class RefundForm(Form, frozen=True):
    """Why, and how much of the freight; how many units of each line stands in fields of their own."""

    reason: Typed = ""
    freight: Typed = ""
    wallet: Typed = ""
    """Ticked: the member wants what came from outside in their wallet."""


class PriceForm(Form, frozen=True):
    """What it costs from now on, what it was seen to cost, and why."""

    payable: Typed = ""
    was_minor: int | None = None
    reason: Typed = ""


class MemoForm(Form, frozen=True):
    """What to note."""

    text: Typed = ""


class CounterForm(Form, frozen=True):
    """What lies in the till."""

    payment_id: UUID
    amount: Typed = ""


def units_typed(view: View, lines: Sequence[OrderLineView], left: Callable[[OrderLineView], int]) -> tuple[Units, ...]:
    """The units of each line that were typed; none at all where all that is left was. Raises InvalidInput."""
    typed = counts_typed(view.request.fields, "units_", [line.number for line in lines])
    if all(typed.get(line.number, 0) == left(line) for line in lines):
        return ()
    return tuple(Units(line.sku_id, typed[line.number], line.number) for line in lines if typed.get(line.number))


def deciding_about_orders(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Each permission follows from what the use case brings about, as at the other doors (R35)."""
    return [*_parcels(retail), *_money(retail), *_words(retail)]


def _answers(retail: Retail) -> Callable[..., Awaitable[Response[bytes]]]:
    async def answer(
        view: View, order_id: UUID, tried: str, deed: Awaitable[Any], said: Callable[[Any], str]
    ) -> Response[bytes]:
        return await decide(
            view, deed, lambda outcome: view.go(f"/desk/orders/{order_id}", said(outcome)),
            lambda: order_page(retail, view, order_id, tried),
        )  # fmt: skip

    return answer


def _parcels(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/orders/{order_id:uuid}", permission=Permission.ORDERS_CHANGE, tag="desk")
    answer = _answers(retail)

    @pages.post("/ship", does=retail.ordering.ship, raises=[OrderNotFound])
    async def ship_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[ShipForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def ship() -> OrderSent:
            order = await retail.ordering.show.show(OrderId(order_id), within)
            place = await location_named(retail.inventory.show, data.location, within) if data.location else None
            return await retail.ordering.ship(
                ShipOrder(
                    order_id=order.order_id, carrier=data.carrier, tracking_number=data.tracking_number, actor=view.actor,
                    units=units_typed(view, order.lines, lambda line: line.unshipped), location_id=place, within=within,
                    once=once,
                )
            )  # fmt: skip

        return await answer(view, order_id, "ship", ship(), lambda _: "desk.said.shipped")

    @pages.post("/close", does=retail.ordering.close, raises=[OrderNotFound])
    async def close_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[WhyForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = CloseOrder(
            order_id=OrderId(order_id),
            reason=data.reason,
            actor=view.actor,
            granted=view.request.caller.granted(within),
            within=within,
            once=once,
        )

        def said(outcome: OrderOutcome) -> str:
            return "desk.said.closing" if outcome.is_closing else "desk.said.closed"

        return await answer(view, order_id, "close", retail.ordering.close(wish), said)

    return pages.all


def _money(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/orders/{order_id:uuid}", permission=Permission.ORDERS_CHANGE, tag="desk")
    answer = _answers(retail)

    @pages.post("/refund", does=retail.ordering.refund, raises=[OrderNotFound])
    async def refund_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[RefundForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def refund() -> RefundStarted:
            order = await retail.ordering.show.show(OrderId(order_id), within)
            freight = minor_typed(data.freight, "freight") if data.freight.strip() else 0
            units = units_typed(view, order.lines, lambda _: -1)
            return await retail.ordering.refund(
                RefundOrder(
                    order_id=order.order_id, reason=data.reason, actor=view.actor, units=units, freight_minor=freight,
                    into=WALLET if data.wallet else None, within=within, once=once,
                )
            )  # fmt: skip

        return await answer(view, order_id, "refund", refund(), lambda _: "desk.said.refunding")

    @pages.post("/price", does=retail.ordering.reprice, raises=[OrderNotFound])
    async def reprice_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[PriceForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def reprice() -> object:
            return await retail.ordering.reprice(
                RepriceOrder(
                    order_id=OrderId(order_id), payable_minor=minor_typed(data.payable, "payable"),
                    was_minor=data.was_minor, reason=data.reason, actor=view.actor, once=once,
                )
            )  # fmt: skip

        return await answer(view, order_id, "price", reprice(), lambda _: "desk.said.repriced")

    @pages.post("/counter", does=retail.payments.confirm_counter, raises=[OrderNotFound])
    async def confirm_counter_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[CounterForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def confirm() -> PaymentView:
            order = await retail.ordering.show.show(OrderId(order_id), within)
            amount = Money(minor_typed(data.amount, "amount"), order.payable.currency)
            return await retail.payments.confirm_counter(
                ConfirmCounterPayment(
                    payment_id=PaymentId(data.payment_id), amount=amount, actor=view.actor, within=within, once=once
                )
            )

        return await answer(view, order_id, "counter", confirm(), lambda _: "desk.said.counter")

    return pages.all


def _words(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/orders/{order_id:uuid}", permission=Permission.ORDERS_CHANGE, tag="desk")
    answer = _answers(retail)

    @pages.post("/memos", does=retail.ordering.write_memo, raises=[OrderNotFound])
    async def write_memo_at_desk(
        order_id: FromPath[UUID],
        data: URLEncodedBody[MemoForm],
        view: NamedDependency[View],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = WriteMemo(order_id=OrderId(order_id), text=data.text, actor=view.actor, within=within, once=once)
        return await answer(view, order_id, "memo", retail.ordering.write_memo(wish), lambda _: "desk.said.noted")

    return pages.all
