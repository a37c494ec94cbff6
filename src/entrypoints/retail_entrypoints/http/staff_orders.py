"""`/v1/staff/orders`: what staff do with orders."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field
from msgspec.structs import replace

from retail_domain.accounts import Permission, RegionUnknown
from retail_domain.application import Retail
from retail_domain.approvals import AwaitsSecondPerson
from retail_domain.inventory import LocationNotFound, location_named
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.effects import Granted
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.places import Places
from retail_domain.notes import ThingSort
from retail_domain.ordering import (
    CloseOrder,
    MemoWritten,
    OrderAmountDiffers,
    OrderClosePaysBack,
    OrderCosts,
    OrderCostsItsFreight,
    OrderGoodsInSeveralLines,
    OrderGoodsInSeveralPlaces,
    OrderHasManyMemos,
    OrderInOtherPlacesToo,
    OrderIsClosing,
    OrderMoneyIsHere,
    OrderNoSuchGoods,
    OrderNoSuchLine,
    OrderNotFound,
    OrderNotToBeHad,
    OrderPaymentOverdue,
    OrderSent,
    OrderStatus,
    OrderTooManyUnits,
    OrderWrongState,
    RedirectOrder,
    RefundOfNothing,
    RefundOrder,
    RefundStarted,
    RefundTooMuch,
    RepriceOrder,
    ShipOrder,
    Units,
    WriteMemo,
)
from retail_domain.payments import AttemptOpen, TenderNotOffered
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing, part_of
from retail_entrypoints.http.me import RegionCode
from retail_entrypoints.http.notes import notes_on
from retail_entrypoints.http.order_export import order_export_routes
from retail_entrypoints.http.order_shapes import (
    ContactShape,
    OrderMemoShape,
    OutcomeShape,
    StaffOrderShape,
    StaffOrderSummaryShape,
    TransitionShape,
)
from retail_entrypoints.http.orders import CLOSING, REDIRECTING, StatusFilter, contact_of, outcome, seen
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.http.shapes import (
    Answer,
    Body,
    Cents,
    Code,
    Count,
    LineNumber,
    MoneyShape,
    PhoneText,
    Quantity,
    Reason,
    Uuid,
)
from retail_entrypoints.http.shaping import derived

Carrier = Annotated[str, Meta(min_length=1, max_length=40, description="Who carries it.", examples=["SF Express"])]
FromPlace = Annotated[Code, Meta(description="Code of the place it left, where its units lie in several.", examples=["SH"])]
TrackingNumber = Annotated[str, Meta(min_length=1, max_length=64, description="How to follow it.", examples=["SF1000001"])]


def _number(line: int | None) -> int:
    return line or 0


class UnitsBody(Body, frozen=True):
    """So many units of one line of the order; the SKU alone is enough where it stands in one line."""

    sku_id: Uuid
    quantity: Quantity
    line: LineNumber | None = None

    to_units = becoming(Units, line=_number)


UnitsList = Annotated[list[UnitsBody], Meta(max_length=1_000)]
SomeUnits = Annotated[list[UnitsBody], Meta(min_length=1, max_length=1_000, description="Left out: everything that is left.")]


def _units(lines: Sequence[UnitsBody]) -> tuple[Units, ...]:
    """As the shop understands them. Raises InvalidInput where units of one line of the order are named twice."""
    named = Counter(line.sku_id for line in lines)
    numbered = {(line.sku_id, line.line) for line in lines}
    if len(numbered) < len(lines) or any(line.line is None and named[line.sku_id] > 1 for line in lines):
        raise InvalidInput.of("lines", "each_once", "name each SKU once, or each of its lines once by its number")
    return tuple(line.to_units() for line in lines)


class ShipBody(Body, frozen=True):
    """What left, from where, and with whom; without lines, everything that is left, or that is left in that place."""

    carrier: Carrier
    tracking_number: TrackingNumber
    lines: SomeUnits = field(default_factory=list)
    location: FromPlace | None = None

    to_command = becoming(ShipOrder, "order_id", "location_id", "actor", "within", "once", units=_units, beside=("location",))


class SentShape(Answer, frozen=True):
    """The parcel, and how the order stands now."""

    order_id: Uuid
    parcel_id: Uuid
    status: OrderStatus

    of = derived(OrderSent)


class CloseBody(Body, frozen=True):
    """Why it is called off."""

    reason: Reason

    to_command = becoming(CloseOrder, "order_id", "actor", "granted", "within", "once", left=("seconded_by",))


AccountWord = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)", description="An account of the shop's own.", examples=["wallet"])
]


class RefundBody(Body, frozen=True):
    """Which units are paid back, how much of the freight, and why. `into` names the account of the member with the shop, such
    as `wallet`, that what came from outside goes into, if the member wishes it so; else all of it goes back the way it came.
    """

    reason: Reason
    lines: UnitsList = field(default_factory=list)
    freight_minor: Cents = 0
    into: AccountWord | None = None

    to_command = becoming(RefundOrder, "order_id", "actor", "within", "once", units=_units, left=("seconded_by",))


class RefundStartedShape(Answer, frozen=True):
    """What is on its way back; `refund_id` is null when it was worth nothing."""

    order_id: Uuid
    status: OrderStatus
    amount: MoneyShape
    refund_id: Uuid | None

    of = derived(RefundStarted)


class RepriceOrderBody(Body, frozen=True):
    """What the order costs in all from now on, freight included, and why; `was_minor` is what it was seen to cost."""

    payable_minor: Cents
    reason: Reason
    was_minor: Cents | None = None

    to_command = becoming(RepriceOrder, "order_id", "actor", "once", left=("seconded_by",))


class OrderCostsShape(Answer, frozen=True):
    """What the order cost, what it costs now, and how it stands; one that costs nothing is paid."""

    order_id: Uuid
    status: OrderStatus
    before: MoneyShape
    payable: MoneyShape

    of = derived(OrderCosts)


class MemoBody(Body, frozen=True):
    """What to note about the order."""

    text: Annotated[str, Meta(min_length=1, max_length=2_000, description="500 characters at most.", examples=["buyer called"])]

    to_command = becoming(WriteMemo, "order_id", "actor", "within", "once")


class MemoWrittenShape(Answer, frozen=True):
    """Which memo of the order it is, counted from 1."""

    order_id: Uuid
    number: Count

    of = derived(MemoWritten)


class RedirectAnyBody(Body, frozen=True):
    """Whom and where the order goes to instead, and why; waiving, the shop bears freight that costs more there."""

    recipient: Annotated[str, Meta(min_length=1, max_length=50, examples=["韩梅梅"])]
    phone: PhoneText
    region_code: RegionCode
    detail: Annotated[str, Meta(min_length=1, max_length=200, examples=["科技园路 1 号"])]
    reason: Reason
    region: Annotated[str, Meta(max_length=100, examples=["广东省 深圳市 南山区"])] = ""
    waive_freight: bool = False

    to_command = becoming(RedirectOrder, "order_id", "actor", "within", "once")


def staff_order_routes(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """`/v1/staff/orders`; its money is in `payments.py`."""
    return [*order_export_routes(retail), *_looking(retail), *_deciding(retail)]


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/orders", permission=Permission.ORDERS_SEE, tag="staff: orders")
    raises = [OrderNotFound]

    @routes.get(summary="All orders, newest first")
    async def list_any_orders(
        page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
        status: StatusFilter = None,
    ) -> PageShape[StaffOrderSummaryShape]:
        """All states, or one; with what programs keep with them."""
        found = await retail.ordering.show.all(page, status, within)
        notes = await notes_on(retail.notes, ThingSort.ORDER, (one.order_id for one in found.items))
        return listing(found, lambda one: replace(StaffOrderSummaryShape.of(one), notes=notes[one.order_id]))

    @routes.get("/{order_id:uuid}", raises=raises, summary="One order")
    async def get_any_order(order_id: FromPath[UUID], within: NamedDependency[Places]) -> StaffOrderShape:
        """With its lines, parcels and money, and what programs keep with it."""
        view = await retail.ordering.show.show(OrderId(order_id), within)
        notes = await notes_on(retail.notes, ThingSort.ORDER, [view.order_id])
        shown = StaffOrderShape.of(view, await retail.fulfilment.show.of_order(view.order_id))
        return replace(shown, notes=notes[view.order_id])

    @routes.get("/{order_id:uuid}/history", raises=raises, summary="What happened to it")
    async def get_order_history(
        order_id: FromPath[UUID],
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[TransitionShape]:
        """Every change of state: when, by whom, and why."""
        view = await retail.ordering.show.show(OrderId(order_id), within)
        return part_of(await retail.ordering.show.history(view.order_id), short_page, TransitionShape.of)

    @routes.get("/{order_id:uuid}/memos", raises=raises, summary="What staff noted about it")
    async def list_order_memos(
        order_id: FromPath[UUID],
        short_page: NamedDependency[PageRequest],
        within: NamedDependency[Places],
    ) -> PageShape[OrderMemoShape]:
        """The oldest first. Its buyer never sees them."""
        view = await retail.ordering.show.show(OrderId(order_id), within)
        return part_of(await retail.ordering.show.memos(view.order_id), short_page, OrderMemoShape.of)

    @routes.get("/{order_id:uuid}/contact", does=ContactShape, raises=raises, summary="Whom it goes to")
    async def get_any_order_contact(
        order_id: FromPath[UUID],
        within: NamedDependency[Places],
    ) -> ContactShape:
        """In full; that somebody looked is written in the trail."""
        await seen(retail, OrderId(order_id), within)
        return await contact_of(retail, OrderId(order_id))

    return routes.all


def _deciding(retail: Retail) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/orders/{order_id:uuid}", permission=Permission.ORDERS_CHANGE, tag="staff: orders")
    named = [OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines]
    units = [OrderNotFound, OrderWrongState, *named]

    @routes.post(
        "/ship", does=retail.ordering.ship, raises=[*units, OrderGoodsInSeveralPlaces, LocationNotFound],
        summary="Units leave in a parcel",
    )  # fmt: skip
    async def ship_order(
        order_id: FromPath[UUID],
        data: JSONBody[ShipBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> SentShape:
        """In one parcel of several, or all at once. The order is shipped when its last unit is."""
        place = await location_named(retail.inventory.show, data.location, within) if data.location is not None else None
        command = data.to_command(order_id=OrderId(order_id), location_id=place, actor=actor, within=within, once=once)
        return SentShape.of(await retail.ordering.ship(command))

    @routes.post(
        "/close", does=retail.ordering.close, status=200, responses=CLOSING,
        raises=[OrderNotFound, OrderWrongState, OrderClosePaysBack, OrderInOtherPlacesToo, AwaitsSecondPerson],
        summary="Call it off",
    )  # fmt: skip
    async def close_order(  # noqa: PLR0913 - what it is about, who asks, and what they may
        order_id: FromPath[UUID],
        data: JSONBody[CloseBody],
        actor: NamedDependency[Actor],
        granted: NamedDependency[Granted],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> Response[OutcomeShape]:
        """An unpaid order gives its stock back. What was paid goes back where it came from."""
        command = data.to_command(order_id=OrderId(order_id), actor=actor, granted=granted, within=within, once=once)
        return outcome(await retail.ordering.close(command))

    @routes.post(
        "/refunds", does=retail.ordering.refund,
        raises=[*units, RefundTooMuch, RefundOfNothing, OrderInOtherPlacesToo, AwaitsSecondPerson, TenderNotOffered],
        summary="Pay units or freight back",
    )  # fmt: skip
    async def refund_order(
        order_id: FromPath[UUID],
        data: JSONBody[RefundBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> RefundStartedShape:
        """Decides what goes back; whether the money has arrived is told by the refund's `status`."""
        command = data.to_command(order_id=OrderId(order_id), actor=actor, within=within, once=once)
        return RefundStartedShape.of(await retail.ordering.refund(command))

    @routes.post(
        "/memos", does=retail.ordering.write_memo, raises=[OrderNotFound, OrderHasManyMemos], summary="Note something about it"
    )
    async def write_order_memo(
        order_id: FromPath[UUID],
        data: JSONBody[MemoBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> MemoWrittenShape:
        """For staff only, with who and when. It stays as it was written."""
        command = data.to_command(order_id=OrderId(order_id), actor=actor, within=within, once=once)
        return MemoWrittenShape.of(await retail.ordering.write_memo(command))

    @routes.put(
        "/price",
        does=retail.ordering.reprice,
        raises=[
            OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue, OrderAmountDiffers, OrderCostsItsFreight,
            OrderMoneyIsHere, OrderNotToBeHad, AttemptOpen, AwaitsSecondPerson,
        ],
        summary="Agree on another price, before it is paid",
    )  # fmt: skip
    async def reprice_order(
        order_id: FromPath[UUID],
        data: JSONBody[RepriceOrderBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> OrderCostsShape:
        """The freight stays; the goods bear the difference, in proportion. A payment that was begun is closed first."""
        command = data.to_command(order_id=OrderId(order_id), actor=actor, once=once)
        return OrderCostsShape.of(await retail.ordering.reprice(command))

    @routes.put(
        "/address",
        does=retail.ordering.redirect,
        raises=[*REDIRECTING, RegionUnknown, OrderInOtherPlacesToo],
        summary="Send it elsewhere, before its first parcel",
    )
    async def redirect_any_order(
        order_id: FromPath[UUID],
        data: JSONBody[RedirectAnyBody],
        actor: NamedDependency[Actor],
        within: NamedDependency[Places],
        once: NamedDependency[Once | None],
    ) -> OutcomeShape:
        """To somebody and somewhere that staff write down, with a reason; freight that costs more there the shop may bear."""
        command = data.to_command(order_id=OrderId(order_id), actor=actor, within=within, once=once)
        return OutcomeShape.of(await retail.ordering.redirect(command))

    return routes.all
