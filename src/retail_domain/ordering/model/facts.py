"""What an order says of itself: its facts, what must hold of them whatever happens, and what follows from them."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from retail_domain.kernel.ids import CartId, MemberId, OrderId, QuoteId
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.ordering.lifecycle import OVER, PAID_AND_OPEN, WENT_ON, CloseReason, DeliveryMethod, OrderStatus, PaymentAxis
from retail_domain.ordering.model.line import OrderLine
from retail_domain.ordering.model.terms import Closing, Destination, OrderTimers, ToAddress


@frozen(kw_only=True)
class OrderFacts:
    """The facts of an order; `Order` decides what may become of them.

    `refunded_minor` counts what is paid back or about to be. `took` names the kinds of limited things that were taken when
    it was placed, and of what it may bring; empty where a release placed it that did not note them.
    """

    id: OrderId
    number: str
    member_id: MemberId
    quote_id: QuoteId
    cart_id: CartId | None = None
    cart_version: int | None = None
    goes: Destination
    status: OrderStatus = OrderStatus.PENDING_PAYMENT
    lines: tuple[OrderLine, ...]
    freight_minor: int
    currency: str
    timers: OrderTimers
    paid_minor: int = 0
    refunded_minor: int = 0
    freight_refunded_minor: int = 0
    kept_back_minor: int = 0
    """What was not paid back of what was returned: `refunded + kept back = worth of what was returned` (R5).

    True of every decision, and not checked here: who glances at an order without a lock may see its row and its lines at
    two moments.
    """
    closing: Closing | None = None
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    auto_sign_at: datetime | None = None
    signed_at: datetime | None = None
    complete_at: datetime | None = None
    completed_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    hidden: bool = False
    took: frozenset[str] = frozenset()
    """Kinds that have a say in whatever becomes of it: of what was taken for it, and of what it may bring.

    Final when it was placed; each kind keeps its own records.
    """
    refund_order: tuple[str, ...] = ()
    """Whose money goes back first, by tender (PAY-R10); empty where a release placed it that knew of one only."""
    open_slot: int | None = None
    """Which of its member's places for unpaid orders it took; it is free again once the order is paid or closed (STK-R12)."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.lines or any(line.number != at for at, line in enumerate(self.lines, 1)):
            raise ValueError("an order has at least one line, and they are numbered from 1")
        if not self.number or not 0 <= self.freight_refunded_minor <= self.freight_minor:
            raise ValueError("an order has a number, and refunds no more freight than it charged")
        payable = self.payable_minor
        if payable > MINOR_MAX:
            raise ValueError("an order costs more than the shop handles")
        if self.paid_minor != (0 if self.paid_at is None else payable):
            raise ValueError("an order is paid in full or not at all")
        if min(self.refunded_minor, self.kept_back_minor) < 0 or self.refunded_minor > self.paid_minor:
            raise ValueError("no more is paid back than was paid")
        if (self.status is OrderStatus.CLOSED) != (self.closed_at is not None and self.close_reason is not None):
            raise ValueError("a closed order says when and why")
        if self.closing is not None and self.status is not OrderStatus.PENDING_PAYMENT:
            raise ValueError("only an unpaid order can be closing")
        if (self.status is OrderStatus.PENDING_PAYMENT) and self.paid_at is not None:
            raise ValueError("a paid order does not wait for its payment")
        if self.status in PAID_AND_OPEN and self.paid_at is None:
            raise ValueError("an order is paid before anything else happens to it")
        if self.hidden and self.status not in OVER:
            raise ValueError("only an order that is over can be hidden")

    # ---- what it says ------------------------------------------------------------------------------------------------

    @property
    def payable_minor(self) -> int:
        """Goods and freight together (ORD-I2)."""
        return sum([line.payable_minor for line in self.lines]) + self.freight_minor

    @property
    def payable(self) -> Money:
        """What the order costs."""
        return Money(self.payable_minor, self.currency)

    @property
    def returned_minor(self) -> int:
        """What units and freight that were returned are worth, paid back or kept back."""
        return sum(line.refunded_minor for line in self.lines) + self.freight_refunded_minor

    @property
    def method(self) -> DeliveryMethod:
        """How the goods reach the member."""
        return DeliveryMethod.SHIP if isinstance(self.goes, ToAddress) else DeliveryMethod.PICKUP

    @property
    def region_code(self) -> str:
        """The region it goes to; empty when it is collected."""
        return self.goes.region_code if isinstance(self.goes, ToAddress) else ""

    @property
    def payment(self) -> PaymentAxis:
        """How it stands with its money."""
        if self.paid_at is None:
            return PaymentAxis.UNPAID
        if self.is_refunded and self.freight_refunded_minor == self.freight_minor:
            return PaymentAxis.REFUNDED
        touched = self.freight_refunded_minor or any(line.refunded for line in self.lines)
        return PaymentAxis.PARTLY_REFUNDED if touched else PaymentAxis.PAID

    @property
    def is_refunded(self) -> bool:
        """Whether every unit was paid back (T12)."""
        return not any(line.refundable for line in self.lines)

    @property
    def has_shipped(self) -> bool:
        """Whether any unit has left."""
        return any(line.shipped for line in self.lines)

    @property
    def awaits_payment(self) -> bool:
        """Whether a payment would settle it: unpaid, whether or not it is closing: money wins over closing (T2)."""
        return self.status is OrderStatus.PENDING_PAYMENT

    @property
    def went_on(self) -> bool:
        """Whether it is paid and waits for nothing, or not any more (T4)."""
        return self.status in WENT_ON

    @property
    def due_at(self) -> datetime | None:
        """When a timer must look at it next: to close, sign or complete it (GEN-R6)."""
        if self.status is OrderStatus.PENDING_PAYMENT:
            return self.closing.next_at if self.closing else self.pay_by
        if self.status is OrderStatus.SHIPPED:
            return self.auto_sign_at
        return self.complete_at if self.status is OrderStatus.SIGNED else None
