"""What orders and parcels look like from outside."""

from typing import Annotated

from msgspec import Meta

from retail_domain.accounts import Contact
from retail_domain.fulfilment import PackedUnits, Parcel
from retail_domain.kernel.actor import ActorKind
from retail_domain.kernel.effects import Effect, brings
from retail_domain.ordering import (
    CloseReason,
    GivenBack,
    OrderLineView,
    OrderMemo,
    OrderOutcome,
    OrderStatus,
    OrderSummary,
    OrderView,
    PaymentAxis,
    TransitionView,
)
from retail_domain.processes.purchase.checkout import Placed
from retail_entrypoints.http.notes import no_notes
from retail_entrypoints.http.shapes import Answer, Count, FactValue, Instant, LineNumber, MoneyShape, Quantity, Uuid
from retail_entrypoints.http.shaping import derived, derived_with

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

    of = derived(Placed)


class GivenBackShape(Answer, frozen=True):
    """Money that goes back, by how far it has come; `decided` is the sum of the others, `stuck` waits for a person."""

    decided: MoneyShape
    under_way: MoneyShape
    done: MoneyShape
    stuck: MoneyShape

    of = derived(GivenBack)


class OrderSummaryShape(Answer, frozen=True):
    """An order in a list; `refunded` is what has gone back."""

    order_id: Uuid
    number: OrderNumber
    status: OrderStatus
    is_closing: bool
    payable: MoneyShape
    refunded: MoneyShape
    given_back: GivenBackShape
    first_title: str
    units: Count
    placed_at: Instant
    pay_by: Instant

    of = derived(OrderSummary)


class StaffOrderSummaryShape(OrderSummaryShape, frozen=True):
    """An order in a list of staff."""

    notes: dict[str, FactValue]

    of = derived(OrderSummary, notes=no_notes)


class OrderLineShape(Answer, frozen=True):
    """A line of an order: what it cost, and where its units went; its number tells it from others of the same SKU.

    `refunded` counts units taken back; whether their money has gone back is told by `given_back` of the order.
    """

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

    of = derived(OrderLineView)


@brings(Effect.PERSONAL_DATA)
class ContactShape(Answer, frozen=True):
    """Whom an order goes to, as it was written when it was placed."""

    recipient: str
    phone: str
    region_code: str
    region: str
    detail: str

    of = derived(Contact, phone="phone.e164")


PackedLine = Annotated[
    int, Meta(ge=0, le=9_999, description="The number of a line of the order; 0 where lines had none yet.", examples=[1])
]


class PackedShape(Answer, frozen=True):
    """So many units of one line; `line` is 0 in parcels of a release that did not number lines."""

    sku_id: Uuid
    quantity: Quantity
    line: PackedLine

    of = derived(PackedUnits)


class ParcelShape(Answer, frozen=True):
    """What left, with whom, and how to follow it."""

    parcel_id: Uuid
    carrier: str
    tracking_number: str
    units: list[PackedShape]
    sent_at: Instant

    of = derived(Parcel, parcel_id="id")


class OrderShape(Answer, frozen=True):
    """Everything about an order but whom it goes to; `refunded` is what has gone back.

    One that `is_placed_by_shop` was placed by staff for its buyer, who agrees by paying it, or cancels it.
    """

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
    given_back: GivenBackShape
    region_code: str
    placed_at: Instant
    remark: Annotated[str, Meta(description="What its buyer told the shop.", examples=["请放在门口"])]
    pay_by: Instant
    paid_at: Instant | None
    shipped_at: Instant | None
    auto_sign_at: Instant | None
    signed_at: Instant | None
    complete_at: Instant | None
    completed_at: Instant | None
    closed_at: Instant | None
    close_reason: CloseReason | None
    is_placed_by_shop: bool
    parcels: list[ParcelShape]

    of = derived_with(OrderView, "parcels", tuple[Parcel, ...])


class StaffOrderShape(OrderShape, frozen=True):
    """An order as staff see it."""

    notes: dict[str, FactValue]

    of = derived_with(OrderView, "parcels", tuple[Parcel, ...], notes=no_notes)


class OutcomeShape(Answer, frozen=True):
    """How an order stands now; while `is_closing`, a payment under way may still win (ORD-R9)."""

    order_id: Uuid
    status: OrderStatus
    is_closing: bool

    of = derived(OrderOutcome)


class OrderMemoShape(Answer, frozen=True):
    """What somebody of staff noted about an order."""

    number: Count
    text: Annotated[str, Meta(description="What was noted.", examples=["buyer called: after six"])]
    actor_kind: ActorKind
    actor: str
    at: Instant

    of = derived(OrderMemo, actor_kind="by.kind", actor="by.ref")


class TransitionShape(Answer, frozen=True):
    """One step of an order's life: who, from where, to where, when and why; what it cost before and after, if that changed."""

    event: str
    from_status: OrderStatus | None
    to_status: OrderStatus
    actor_kind: ActorKind
    actor: str
    reason: str
    at: Instant
    payable_before: MoneyShape | None
    payable_after: MoneyShape | None

    of = derived(TransitionView, actor_kind="actor.kind", actor="actor.ref")
