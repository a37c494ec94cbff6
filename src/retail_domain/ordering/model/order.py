"""Order: from placing to completion, one decision a transition (订单)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.by_name import made_by_name
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.money import Money
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
    OrderReady,
    OrderRedirected,
    OrderRefunded,
    OrderRepriced,
    OrderShipped,
    OrderSigned,
    Units,
)
from retail_domain.ordering.lifecycle import BEFORE_PARCELS, NEXT, OVER, PAID_AND_OPEN, CloseReason, OrderStatus
from retail_domain.ordering.model.facts import OrderFacts
from retail_domain.ordering.model.line import OrderLine, decided, named
from retail_domain.ordering.model.repricing import Repricing, repriced
from retail_domain.ordering.model.returning import Returning
from retail_domain.ordering.model.terms import Closing, Placement, Redirection, RefundWish, Shipment, ToAddress

SYSTEM = Actor.system("ordering")
"""The actor of what an order does by itself."""


@frozen(kw_only=True)
class Order(OrderFacts):
    """What a member bought, at frozen prices, and how far it has come (订单): one decision a transition.

    Whom it goes to is not here: contacts are kept apart, in one place.
    """

    def line(self, number: int) -> OrderLine:
        """The line of that number."""
        return self.lines[number - 1]

    def named(self, units: Sequence[Units]) -> tuple[Units, ...]:
        """Units with the number of their line: a SKU alone is enough where it stands in one line.

        Raises OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines.
        """
        return named(self.lines, units)

    def owned_by(self, member_id: MemberId) -> Order:
        """This order, if it is that member's. Raises OrderNotFound otherwise (GEN-R14, ORD-I9, R33)."""
        if self.member_id != member_id:
            raise OrderNotFound(order_id=self.id)
        return self

    # ---- placing and paying ------------------------------------------------------------------------------------------

    @classmethod
    def placed(cls, placement: Placement, *, actor: Actor, at: datetime, held_until: datetime | None = None) -> Change[Order]:
        """A member orders (T1). What costs nothing is to be paid at once, by who asks whether it can be (T3).

        What was taken for it is held no longer than `held_until`: then it is to be paid by then, if not before.
        """
        pay_by = _earlier(at + timedelta(seconds=placement.timers.pay_seconds), held_until)
        order = _begun(placement, placed_at=at, pay_by=pay_by)
        placed = OrderPlaced(
            at=at, order_id=order.id, member_id=order.member_id, actor=actor, from_status=None,
            to_status=order.status, number=order.number, payable=order.payable, pay_by=order.pay_by,
            units=tuple(Units(line.sku_id, line.quantity, line.number) for line in order.lines), cart_id=order.cart_id,
            cart_version=order.cart_version,
            gifts=tuple(line.number for line in order.lines if line.gift),
        )  # fmt: skip
        return Change(None, order, (placed,))

    def check_payable(self, *, at: datetime) -> None:
        """A payment may be started now. Raises OrderWrongState, OrderIsClosing, OrderPaymentOverdue (ORD-R9)."""
        self._must_be(OrderStatus.PENDING_PAYMENT)
        self._must_not_be_closing()
        if has_passed(self.pay_by, at):
            raise OrderPaymentOverdue(order_id=self.id)

    def pay(self, amount: Money, *, actor: Actor, at: datetime, waits: bool = False) -> Change[Order]:
        """The money is here, equal to the cent; it wins over closing (T2). With `waits` it cannot be shipped yet.

        Raises OrderWrongState when the order does not wait for money, OrderAmountDiffers.
        """
        self._must_be(OrderStatus.PENDING_PAYMENT)
        if amount != self.payable:
            raise OrderAmountDiffers(order_id=self.id, payable_minor=self.payable_minor)
        to = OrderStatus.AWAITING_GROUP if waits else self._ready
        paid = self._to(to, paid_at=at, paid_minor=self.payable_minor, closing=None)
        return Change(self, paid, (self._event(OrderPaid, paid, actor, at=at, paid=amount),))

    def go_on(self, *, actor: Actor, at: datetime) -> Change[Order]:
        """What it waited for is there (T4). Raises OrderWrongState."""
        self._must_be(OrderStatus.AWAITING_GROUP)
        ready = self._to(self._ready)
        return Change(self, ready, (self._event(OrderReady, ready, actor, at=at),))

    @property
    def _ready(self) -> OrderStatus:
        return OrderStatus.TO_SHIP if isinstance(self.goes, ToAddress) else OrderStatus.READY_FOR_PICKUP

    def reprice(self, wish: Repricing, *, actor: Actor, at: datetime) -> Change[Order]:
        """It costs something else in all; the freight stays, the goods bear the difference (ORD-R4). Until when it is to be
        paid stays too. What costs nothing now is to be paid at once, by who asks whether it can be (T3).

        Raises OrderWrongState, OrderIsClosing, OrderPaymentOverdue, OrderAmountDiffers, OrderCostsItsFreight.
        """
        self.check_payable(at=at)
        wish.check(self.id, self.payable_minor, self.freight_minor)
        if wish.payable_minor == self.payable_minor:
            return Change(self, self)
        after = evolve(self, lines=repriced(self.lines, wish.payable_minor - self.freight_minor))
        told = self._event(OrderRepriced, after, actor, at=at, reason=wish.reason, was=self.payable, payable=after.payable)
        return Change(self, after, (told,))

    # ---- closing unpaid ----------------------------------------------------------------------------------------------

    def begin_closing(self, reason: CloseReason, *, actor: Actor, at: datetime, note: str = "") -> Change[Order]:
        """It shall be closed: no new payment attempt may start (ORD-R9). Beginning twice changes nothing.

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
        """Units leave in a parcel (T6, ORD-R3, ORD-I7).

        Raises OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines.
        """
        self._must_be(OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
        if not shipment.units:
            raise InvalidInput.of("units", "not_empty", "a parcel holds at least one unit")
        sent = named(self.lines, shipment.units)
        lines = decided(self.lines, sent, lambda line, units: line.ship(units))
        shipped = self._to(_shipped_so_far(lines), lines=lines, shipped_at=at, **self._sign_timer(lines, at))
        told = self._event(
            OrderShipped, shipped, actor, at=at, parcel_id=shipment.parcel_id, units=tuple(sorted(sent)),
            location_id=shipment.location_id,
        )  # fmt: skip
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

    def returning(self, wish: RefundWish) -> Returning:
        """What would be returned: units, unshipped ones first, and freight if staff so decide (GEN-R5).

        When nothing was shipped and every unit is returned, the freight goes with them; what is left of it may go back after
        the last unit has closed the order (RET-R3).
        Raises OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines, RefundTooMuch,
        RefundOfNothing.
        """
        if self.paid_at is None or self.status is not OrderStatus.CLOSED or wish.units:
            self._must_be(*PAID_AND_OPEN)
        if not wish.units and not wish.freight_minor:
            raise RefundOfNothing(order_id=self.id)
        units = self.named(wish.units)
        lines = decided(self.lines, units, lambda line, many: line.refund(many))
        freight = self.freight_refunded_minor + self._freight_back(lines, wish.freight_minor)
        return self._returning(units, lines, freight, wish.reason)

    def returning_all(self, reason: str) -> Returning:
        """What would be returned if a paid order of which nothing was shipped is called off (T11). Raises OrderWrongState."""
        self._must_be(OrderStatus.AWAITING_GROUP, OrderStatus.TO_SHIP, OrderStatus.READY_FOR_PICKUP)
        units = tuple(Units(line.sku_id, line.refundable, line.number) for line in self.lines if line.refundable)
        lines = tuple(line.refund(line.refundable) if line.refundable else line for line in self.lines)
        return self._returning(units, lines, self.freight_minor, reason)

    def refund(self, returning: Returning, amount: Money, *, actor: Actor, at: datetime) -> Change[Order]:
        """What is returned is given up, and the amount paid back: all it is worth, or what is left after what is kept back.

        The last unshipped units make a partly shipped order shipped (T6b); the last unit closes the order (T12) unless it
        is completed. Raises RefundTooMuch when more would be paid back than what was returned is worth.
        """
        refunded_minor = self.refunded_minor + amount.minor
        if amount.minor < 0 or refunded_minor > returning.worth_minor:
            raise RefundTooMuch(order_id=self.id, refundable_minor=returning.worth_minor - self.refunded_minor)
        refunded = self._after_refund(
            returning.lines, at=at, refunded_minor=refunded_minor, freight_refunded_minor=returning.freight_minor,
            kept_back_minor=returning.worth_minor - refunded_minor,
        )  # fmt: skip
        change = Change(self, refunded, (self._refunded(refunded, returning, amount, actor, at),))
        if refunded.is_refunded and OrderStatus.CLOSED in NEXT[refunded.status]:
            return change.then(lambda order: order._closed(CloseReason.REFUNDED, actor=actor, at=at, note=returning.reason))
        return change

    def close_paid(self, returning: Returning, amount: Money, *, actor: Actor, at: datetime) -> Change[Order]:
        """Staff call off a paid order of which nothing was shipped: all of it is returned (T11). Raises OrderWrongState."""
        refunded_minor = self.refunded_minor + amount.minor
        whole = evolve(
            self, lines=returning.lines, refunded_minor=refunded_minor, freight_refunded_minor=returning.freight_minor,
            kept_back_minor=returning.worth_minor - refunded_minor,
        )  # fmt: skip
        change = Change(self, whole, (self._refunded(whole, returning, amount, actor, at),))
        return change.then(lambda order: order._closed(CloseReason.STAFF, actor=actor, at=at, note=returning.reason))

    # ---- where it goes, and who sees it ------------------------------------------------------------------------------

    def check_redirectable(self) -> None:
        """It may still go elsewhere: no parcel has left and it is not closing. Raises OrderWrongState, OrderIsClosing."""
        self._must_be(*BEFORE_PARCELS)
        if not isinstance(self.goes, ToAddress):
            raise OrderWrongState(order_id=self.id, status=self.status.value)
        self._must_not_be_closing()

    def redirect(self, there: Redirection, *, actor: Actor, at: datetime) -> Change[Order]:
        """It goes to another address (ORD-R5). The freight stays as agreed: what is cheaper there is not
        paid back, what is dearer is refused unless it is waived; then the shop bears it.

        Raises OrderWrongState, OrderIsClosing, OrderUndeliverable, OrderFreightWouldRise.
        """
        self.check_redirectable()
        there.check(self.id, self.freight_minor)
        moved = evolve(self, goes=ToAddress(there.region_code))
        told = self._event(OrderRedirected, moved, actor, at=at, reason=there.reason, freight_waived=there.waive_freight)
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

    def _returning(self, units: Sequence[Units], lines: tuple[OrderLine, ...], freight: int, reason: str) -> Returning:
        return Returning(units=tuple(sorted(units)), lines=lines, freight_minor=freight, currency=self.currency, reason=reason)

    def _refunded(self, after: Order, back: Returning, amount: Money, actor: Actor, at: datetime) -> OrderEvent:
        return self._event(OrderRefunded, after, actor, at=at, reason=back.reason, units=back.units, amount=amount)

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


_begun: Final = made_by_name(Order, Placement, "placed_at", "pay_by")


def _earlier(deadline: datetime, other: datetime | None) -> datetime:
    return deadline if other is None else min(deadline, other)


def _shipped_so_far(lines: tuple[OrderLine, ...]) -> OrderStatus:
    return OrderStatus.PARTLY_SHIPPED if any(line.unshipped for line in lines) else OrderStatus.SHIPPED
