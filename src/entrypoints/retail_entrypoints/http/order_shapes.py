"""What orders and parcels look like from outside."""

from typing import Annotated

from msgspec import Meta

from retail_domain.accounts import Contact
from retail_domain.fulfilment import Parcel
from retail_domain.kernel.actor import ActorKind
from retail_domain.ordering import (
    CloseReason,
    OrderLineView,
    OrderOutcome,
    OrderStatus,
    OrderSummary,
    OrderView,
    PaymentAxis,
    TransitionView,
)
from retail_domain.processes.purchase.checkout import Placed
from retail_entrypoints.http.shapes import Answer, Count, Instant, LineNumber, MoneyShape, Quantity, Uuid

OrderNumber = Annotated[
    str, Meta(description="The public number of the order; nobody can guess another.", examples=["260131824105937261"])
]


class PlacedShape(Answer, frozen=True):
    """A new order, and until when to pay it."""

    order_id: Uuid
    number: OrderNumber
    status: OrderStatus
    payable: MoneyShape
    pay_by: Instant

    @classmethod
    def of(cls, placed: Placed) -> "PlacedShape":
        """As it is sent."""
        return cls(
            placed.order_id, placed.number, OrderStatus(placed.status), MoneyShape.of(placed.payable), placed.pay_by
        )


class OrderSummaryShape(Answer, frozen=True):
    """An order in a list."""

    order_id: Uuid
    number: OrderNumber
    status: OrderStatus
    is_closing: bool
    payable: MoneyShape
    refunded: MoneyShape
    first_title: str
    units: Count
    placed_at: Instant
    pay_by: Instant

    @classmethod
    def of(cls, view: OrderSummary) -> "OrderSummaryShape":
        """As it is sent."""
        return cls(
            view.order_id, view.number, view.status, view.is_closing, MoneyShape.of(view.payable),
            MoneyShape.of(view.refunded), view.first_title, view.units, view.placed_at, view.pay_by,
        )  # fmt: skip


class OrderLineShape(Answer, frozen=True):
    """A line of an order: what it cost, and where its units went; its number tells it from others of the same SKU."""

    number: LineNumber
    sku_id: Uuid
    product_id: Uuid
    title: str
    options: str
    image_url: str | None
    quantity: Quantity
    unit_price: MoneyShape
    payable: MoneyShape
    shipped: Count
    refunded: Count
    unshipped: Count

    @classmethod
    def of(cls, view: OrderLineView) -> "OrderLineShape":
        """As it is sent."""
        return cls(
            view.number, view.sku_id, view.product_id, view.title, view.options, view.image_url, view.quantity,
            MoneyShape.of(view.unit_price), MoneyShape.of(view.payable), view.shipped, view.refunded, view.unshipped,
        )  # fmt: skip


class ContactShape(Answer, frozen=True):
    """Whom an order goes to, as it was written when it was placed."""

    recipient: str
    phone: str
    region_code: str
    region: str
    detail: str

    @classmethod
    def of(cls, contact: Contact) -> "ContactShape":
        """As it is sent."""
        return cls(contact.recipient, contact.phone.e164, contact.region_code, contact.region, contact.detail)


PackedLine = Annotated[
    int, Meta(ge=0, le=9_999, description="The number of a line of the order; 0 where lines had none yet.", examples=[1])
]


class PackedShape(Answer, frozen=True):
    """So many units of one line; `line` is 0 in parcels of a release that did not number lines."""

    sku_id: Uuid
    quantity: Quantity
    line: PackedLine


class ParcelShape(Answer, frozen=True):
    """What left, with whom, and how to follow it."""

    parcel_id: Uuid
    carrier: str
    tracking_number: str
    units: list[PackedShape]
    sent_at: Instant

    @classmethod
    def of(cls, parcel: Parcel) -> "ParcelShape":
        """As it is sent."""
        packed = [PackedShape(one.sku_id, one.quantity, one.line) for one in parcel.units]
        return cls(parcel.id, parcel.carrier, parcel.tracking_number, packed, parcel.sent_at)


class OrderShape(Answer, frozen=True):
    """Everything about an order but whom it goes to."""

    order_id: Uuid
    number: OrderNumber
    status: OrderStatus
    payment: PaymentAxis
    is_closing: bool
    lines: list[OrderLineShape]
    freight: MoneyShape
    payable: MoneyShape
    paid: MoneyShape
    refunded: MoneyShape
    region_code: str
    placed_at: Instant
    pay_by: Instant
    paid_at: Instant | None
    shipped_at: Instant | None
    auto_sign_at: Instant | None
    signed_at: Instant | None
    complete_at: Instant | None
    completed_at: Instant | None
    closed_at: Instant | None
    close_reason: CloseReason | None
    parcels: list[ParcelShape]

    @classmethod
    def of(cls, view: OrderView, parcels: tuple[Parcel, ...]) -> "OrderShape":
        """As it is sent."""
        return cls(
            order_id=view.order_id, number=view.number, status=view.status, payment=view.payment,
            is_closing=view.is_closing, lines=[OrderLineShape.of(line) for line in view.lines],
            freight=MoneyShape.of(view.freight), payable=MoneyShape.of(view.payable), paid=MoneyShape.of(view.paid),
            refunded=MoneyShape.of(view.refunded), region_code=view.region_code, placed_at=view.placed_at,
            pay_by=view.pay_by, paid_at=view.paid_at, shipped_at=view.shipped_at, auto_sign_at=view.auto_sign_at,
            signed_at=view.signed_at, complete_at=view.complete_at, completed_at=view.completed_at,
            closed_at=view.closed_at, close_reason=view.close_reason,
            parcels=[ParcelShape.of(parcel) for parcel in parcels],
        )  # fmt: skip


class OutcomeShape(Answer, frozen=True):
    """How an order stands now; while `is_closing`, a payment under way may still win (ORD-R9)."""

    order_id: Uuid
    status: OrderStatus
    is_closing: bool

    @classmethod
    def of(cls, outcome: OrderOutcome) -> "OutcomeShape":
        """As it is sent."""
        return cls(outcome.order_id, OrderStatus(outcome.status), outcome.is_closing)


class TransitionShape(Answer, frozen=True):
    """One step of an order's life: who, from where, to where, when and why (ORD-R7)."""

    event: str
    from_status: OrderStatus | None
    to_status: OrderStatus
    actor_kind: ActorKind
    actor: str
    reason: str
    at: Instant

    @classmethod
    def of(cls, view: TransitionView) -> "TransitionShape":
        """As it is sent."""
        return cls(
            view.event, view.from_status, view.to_status, view.actor.kind, view.actor.ref, view.reason, view.at
        )
