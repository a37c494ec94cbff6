"""Order: from placing to completion, one decision a transition (订单)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import CartId, MemberId, OrderId, QuoteId
from retail_domain.kernel.money import MINOR_MAX, Money
from retail_domain.ordering.errors import (
    OrderAmountDiffers,
    OrderIsClosing,
    OrderNotDue,
    OrderNotFound,
    OrderPaymentOverdue,
    OrderWrongState,
    RefundOfNothing,
    RefundTooMuch,
)
from retail_domain.ordering.events import (
    OrderClosed,
    OrderClosingBegun,
    OrderCompleted,
    OrderEvent,
    OrderPaid,
    OrderPlaced,
    OrderRedirected,
    OrderRefunded,
    OrderShipped,
    OrderSigned,
    Units,
)
from retail_domain.ordering.lifecycle import (
    BEFORE_PARCELS,
    NEXT,
    OVER,
    PAID_AND_OPEN,
    CloseReason,
    DeliveryMethod,
    OrderStatus,
    PaymentAxis,
)
from retail_domain.ordering.model.line import OrderLine, decided, named
from retail_domain.ordering.model.terms import Closing, OrderTimers, Placement, Redirection, RefundWish, Shipment

SYSTEM = Actor.system("ordering")
"""The actor of what an order does by itself."""


@frozen(kw_only=True)
class Order:
    """What a member bought, at frozen prices, and how far it has come (订单).

    Whom it goes to is not here: contacts live in one table (rulings 35). `refunded_minor` counts what is paid back or
    about to be.
    """

    id: OrderId
    number: str
    member_id: MemberId
    quote_id: QuoteId
    cart_id: CartId | None = None
    cart_version: int | None = None
    method: DeliveryMethod = DeliveryMethod.SHIP
    region_code: str
    status: OrderStatus = OrderStatus.PENDING_PAYMENT
    lines: tuple[OrderLine, ...]
    freight_minor: int
    currency: str
    timers: OrderTimers
    paid_minor: int = 0
    refunded_minor: int = 0
    freight_refunded_minor: int = 0
    kept_back_minor: int = 0
    """What refunds did not pay of what the units were worth, since the buyer keeps something else for it."""
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
    """Kinds of limited things that were taken for it; each kind keeps its own records."""
    version: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.lines or any(line.number != at for at, line in enumerate(self.lines, 1)):
            raise ValueError("an order has at least one line, and they are numbered from 1")
        if not self.number or not 0 <= self.freight_refunded_minor <= self.freight_minor:
            raise ValueError("an order has a number, and refunds no more freight than it charged")
        if self.payable_minor > MINOR_MAX:
            raise ValueError("an order costs more than the shop handles")
        if self.paid_minor != (0 if self.paid_at is None else self.payable_minor):
            raise ValueError("an order is paid in full or not at all")
        if not 0 <= self.refunded_minor <= self.paid_minor:
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
        return sum(line.payable_minor for line in self.lines) + self.freight_minor

    @property
    def payable(self) -> Money:
        """What the order costs."""
        return Money(self.payable_minor, self.currency)

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
        """Whether a payment would settle it: unpaid, whether or not it is closing (rulings 11)."""
        return self.status is OrderStatus.PENDING_PAYMENT

    @property
    def due_at(self) -> datetime | None:
        """When a timer must look at it next: to close, sign or complete it (GEN-R6)."""
        if self.status is OrderStatus.PENDING_PAYMENT:
            return self.closing.next_at if self.closing else self.pay_by
        if self.status is OrderStatus.SHIPPED:
            return self.auto_sign_at
        return self.complete_at if self.status is OrderStatus.SIGNED else None

    def line(self, number: int) -> OrderLine:
        """The line of that number."""
        return self.lines[number - 1]

    def owned_by(self, member_id: MemberId) -> Order:
        """This order, if it is that member's. Raises OrderNotFound otherwise (GEN-R14, ORD-I9, R33)."""
        if self.member_id != member_id:
            raise OrderNotFound(order_id=self.id)
        return self

    # ---- placing and paying ------------------------------------------------------------------------------------------

    @classmethod
    def placed(cls, placement: Placement, *, at: datetime) -> Change[Order]:
        """A member orders; what costs nothing is paid at once (T1, T3)."""
        order = cls(
            id=placement.id,
            number=placement.number,
            member_id=placement.member_id,
            quote_id=placement.quote_id,
            cart_id=placement.cart_id,
            cart_version=placement.cart_version,
            method=placement.method,
            region_code=placement.region_code,
            lines=placement.lines,
            freight_minor=placement.freight_minor,
            currency=placement.currency,
            timers=placement.timers,
            took=placement.took,
            placed_at=at,
            pay_by=at + timedelta(seconds=placement.timers.pay_seconds),
        )
        placed = OrderPlaced(
            at=at, order_id=order.id, member_id=order.member_id, actor=placement.actor, from_status=None,
            to_status=order.status, number=order.number, payable=order.payable, pay_by=order.pay_by,
            units=tuple(Units(line.sku_id, line.quantity, line.number) for line in order.lines), cart_id=order.cart_id,
        )  # fmt: skip
        change = Change(None, order, (placed,))
        return change if order.payable_minor else change.then(lambda free: free.pay(free.payable, actor=SYSTEM, at=at))

    def check_payable(self, *, at: datetime) -> None:
        """A payment may be started now. Raises OrderWrongState, OrderIsClosing, OrderPaymentOverdue (rulings 11)."""
        self._must_be(OrderStatus.PENDING_PAYMENT)
        self._must_not_be_closing()
        if has_passed(self.pay_by, at):
            raise OrderPaymentOverdue(order_id=self.id)

    def pay(self, amount: Money, *, actor: Actor, at: datetime) -> Change[Order]:
        """The money is here, equal to the cent; it wins over closing (T2, rulings 11).

        Raises OrderWrongState when the order does not wait for money, OrderAmountDiffers.
        """
        self._must_be(OrderStatus.PENDING_PAYMENT)
        if amount != self.payable:
            raise OrderAmountDiffers(order_id=self.id, payable_minor=self.payable_minor)
        to = OrderStatus.TO_SHIP if self.method is DeliveryMethod.SHIP else OrderStatus.READY_FOR_PICKUP
        paid = self._to(to, paid_at=at, paid_minor=self.payable_minor, closing=None)
        return Change(self, paid, (self._event(OrderPaid, paid, actor, at=at, paid=amount),))

    # ---- closing unpaid ----------------------------------------------------------------------------------------------

    def begin_closing(self, reason: CloseReason, *, actor: Actor, at: datetime, note: str = "") -> Change[Order]:
        """It shall be closed: no new payment attempt may start (rulings 11). Beginning twice changes nothing.

        Raises OrderWrongState when it is paid or closed, OrderNotDue when the timer comes before its time (R28, R29).
        """
        self._must_be(OrderStatus.PENDING_PAYMENT)
        if self.closing is not None:
            return Change(self, self)
        if reason is CloseReason.TIMEOUT and not has_passed(self.pay_by, at):
            raise OrderNotDue(order_id=self.id)
        closing = Closing(reason=reason, actor=actor, note=note, at=at, next_at=at)
        begun = evolve(self, closing=closing)
        told = self._event(OrderClosingBegun, begun, actor, at=at, reason=note or reason.value)
        return Change(self, begun, (told,))

    def extend_closing(self, *, at: datetime) -> Change[Order]:
        """An attempt is still open: look again a little later (PAY-R6)."""
        return Change(self, evolve(self, closing=self._closing().extend(at)))

    def close_unpaid(self, *, at: datetime) -> Change[Order]:
        """No attempt can succeed any more: the order is over (T10). Raises OrderWrongState unless it is closing."""
        closing = self._closing()
        return self._closed(closing.reason, actor=closing.actor, at=at, note=closing.note)

    # ---- after paying ------------------------------------------------------------------------------------------------

    def ship(self, shipment: Shipment, *, actor: Actor, at: datetime) -> Change[Order]:
        """Units leave in a parcel (T6, ORD-R3, ORD-I7). Raises OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods."""
        self._must_be(OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
        if not shipment.units:
            raise InvalidInput.of("units", "not_empty", "a parcel holds at least one unit")
        sent = named(self.lines, shipment.units)
        lines = decided(self.lines, sent, lambda line, units: line.ship(units))
        shipped = self._to(_shipped_so_far(lines), lines=lines, shipped_at=at, **self._sign_timer(lines, at))
        told = self._event(
            OrderShipped, shipped, actor, at=at, parcel_id=shipment.parcel_id, units=tuple(sorted(sent))
        )
        return Change(self, shipped, (told,))

    def sign(self, *, actor: Actor, at: datetime) -> Change[Order]:
        """The goods have arrived; the after-sale window starts (T8). Raises OrderWrongState."""
        self._must_be(OrderStatus.SHIPPED)
        ends = at + timedelta(seconds=self.timers.after_sale_seconds)
        signed = self._to(OrderStatus.SIGNED, signed_at=at, complete_at=ends)
        return Change(self, signed, (self._event(OrderSigned, signed, actor, at=at),))

    def sign_by_timer(self, *, at: datetime) -> Change[Order]:
        """Nobody complained: it counts as arrived (T8). Raises OrderWrongState, OrderNotDue."""
        self._must_be(OrderStatus.SHIPPED)
        self._must_be_due(self.auto_sign_at, at)
        return self.sign(actor=Actor.system("auto_sign"), at=at)

    def complete(self, *, at: datetime) -> Change[Order]:
        """The after-sale window is over (T9). Raises OrderWrongState, OrderNotDue."""
        self._must_be(OrderStatus.SIGNED)
        self._must_be_due(self.complete_at, at)
        done = self._to(OrderStatus.COMPLETED, completed_at=at)
        return Change(self, done, (self._event(OrderCompleted, done, Actor.system("complete"), at=at),))

    # ---- paying back -------------------------------------------------------------------------------------------------

    def refund(self, wish: RefundWish, *, actor: Actor, at: datetime, kept_back_minor: int = 0) -> Change[Order]:
        """Pay back units, unshipped ones first, and freight if staff so decide (rulings 14, GEN-R5).

        When nothing was shipped and every unit is paid back, the freight goes with them (RET-R3). The last unshipped
        units make a partly shipped order shipped (T6b); the last unit closes the order (T12) unless it is completed.
        The amount is `state.refunded_minor - before.refunded_minor`.

        Raises OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, RefundTooMuch, RefundOfNothing.
        """
        self._must_be(*PAID_AND_OPEN)
        if not wish.units and not wish.freight_minor:
            raise RefundOfNothing(order_id=self.id)
        back = named(self.lines, wish.units)
        lines = decided(self.lines, back, lambda line, units: line.refund(units))
        freight = self._freight_back(lines, wish.freight_minor)
        goods = sum(line.refunded_minor for line in lines) - sum(line.refunded_minor for line in self.lines)
        if not 0 <= kept_back_minor <= goods + freight:
            raise RefundTooMuch(order_id=self.id, refundable_minor=goods + freight)
        amount = Money(goods + freight - kept_back_minor, self.currency)
        refunded = self._after_refund(lines, at=at, refunded_minor=self.refunded_minor + amount.minor, kept_back_minor=self.kept_back_minor + kept_back_minor,
                                      freight_refunded_minor=self.freight_refunded_minor + freight)  # fmt: skip
        told = self._event(
            OrderRefunded, refunded, actor, at=at, reason=wish.reason, units=tuple(sorted(back)), amount=amount
        )
        change = Change(self, refunded, (told,))
        if refunded.is_refunded and OrderStatus.CLOSED in NEXT[refunded.status]:
            return change.then(lambda order: order._closed(CloseReason.REFUNDED, actor=actor, at=at, note=wish.reason))
        return change

    def close_paid(self, *, actor: Actor, at: datetime, reason: str) -> Change[Order]:
        """Staff call off a paid order of which nothing was shipped: all of it is paid back (T11).

        Raises OrderWrongState.
        """
        self._must_be(OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP)
        left = self.paid_minor - self.refunded_minor
        lines = tuple(line.refund(line.refundable) if line.refundable else line for line in self.lines)
        whole = evolve(self, lines=lines, refunded_minor=self.paid_minor, freight_refunded_minor=self.freight_minor)
        back = tuple(sorted(Units(line.sku_id, line.refundable, line.number) for line in self.lines if line.refundable))
        told = self._event(
            OrderRefunded, whole, actor, at=at, reason=reason, units=back, amount=Money(left, self.currency)
        )
        change = Change(self, whole, (told,))
        return change.then(lambda order: order._closed(CloseReason.STAFF, actor=actor, at=at, note=reason))

    # ---- where it goes, and who sees it ------------------------------------------------------------------------------

    def check_redirectable(self) -> None:
        """It may still go elsewhere: no parcel has left and it is not closing. Raises OrderWrongState, OrderIsClosing."""
        self._must_be(*BEFORE_PARCELS)
        self._must_not_be_closing()

    def redirect(self, there: Redirection, *, actor: Actor, at: datetime) -> Change[Order]:
        """It goes to another address (ORD-R5, rulings 17). The freight stays as agreed: what is cheaper there is not
        paid back, what is dearer is refused unless it is waived; then the shop bears it.

        Raises OrderWrongState, OrderIsClosing, OrderUndeliverable, OrderFreightWouldRise.
        """
        self.check_redirectable()
        there.check(self.id, self.freight_minor)
        moved = evolve(self, region_code=there.region_code)
        told = self._event(
            OrderRedirected, moved, actor, at=at, reason=there.reason, freight_waived=there.waive_freight
        )
        return Change(self, moved, (told,))

    def hide(self) -> Change[Order]:
        """Its owner does not want to see it in the list any more; hiding twice changes nothing (ORD-R6).

        Raises OrderWrongState unless it is over.
        """
        self._must_be(*OVER)
        return Change(self, self if self.hidden else evolve(self, hidden=True))

    # ---- helpers -----------------------------------------------------------------------------------------------------

    def _must_be(self, *allowed: OrderStatus) -> None:
        if self.status not in allowed:
            raise OrderWrongState(order_id=self.id, status=self.status.value)

    def _must_not_be_closing(self) -> None:
        if self.closing is not None:
            raise OrderIsClosing(order_id=self.id)

    def _must_be_due(self, deadline: datetime | None, at: datetime) -> None:
        if not has_passed(deadline, at):
            raise OrderNotDue(order_id=self.id)

    def _closing(self) -> Closing:
        if self.closing is None:
            raise OrderWrongState(order_id=self.id, status=self.status.value)
        return self.closing

    def _to(self, status: OrderStatus, **changes: Any) -> Order:
        if status not in NEXT[self.status]:
            raise OrderWrongState(order_id=self.id, status=self.status.value)
        return evolve(self, status=status, **changes)

    def _closed(self, why: CloseReason, *, actor: Actor, at: datetime, note: str) -> Change[Order]:
        closed = self._to(OrderStatus.CLOSED, closed_at=at, close_reason=why, closing=None)
        told = self._event(
            OrderClosed, closed, actor, at=at, reason=note or why.value, close_reason=why, was_paid=self.paid_at is not None
        )
        return Change(self, closed, (told,))

    def _freight_back(self, lines: tuple[OrderLine, ...], wished: int) -> int:
        left = self.freight_minor - self.freight_refunded_minor
        if not 0 <= wished <= left:
            raise RefundTooMuch(order_id=self.id, refundable_minor=left)
        whole = not self.has_shipped and not any(line.refundable for line in lines)
        return left if whole else wished

    def _after_refund(self, lines: tuple[OrderLine, ...], *, at: datetime, **changes: Any) -> Order:
        if self.status is OrderStatus.PARTLY_SHIPPED and not any(line.unshipped for line in lines):
            return self._to(OrderStatus.SHIPPED, lines=lines, **changes, **self._sign_timer(lines, at))  # T6b
        return evolve(self, lines=lines, **changes)

    def _sign_timer(self, lines: tuple[OrderLine, ...], at: datetime) -> dict[str, datetime]:
        if any(line.unshipped for line in lines):
            return {}
        return {"auto_sign_at": at + timedelta(seconds=self.timers.auto_sign_seconds)}

    def _event(self, kind: type[OrderEvent], after: Order, actor: Actor, **facts: Any) -> OrderEvent:
        return kind(
            order_id=self.id, member_id=self.member_id, actor=actor, from_status=self.status, to_status=after.status, **facts
        )


def _shipped_so_far(lines: tuple[OrderLine, ...]) -> OrderStatus:
    return OrderStatus.PARTLY_SHIPPED if any(line.unshipped for line in lines) else OrderStatus.SHIPPED
