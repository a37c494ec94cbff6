"""Closing (关闭): an unpaid order ends only when none of its attempts can succeed any more (T10, PAY-R6, ORD-R9, R14)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import has_passed
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import MemberId, OrderId, PaymentId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.ordering import CancelOrder, CloseReason, Order, OrderOutcome, OrderStatus, claim_order, outcome
from retail_domain.payments import Payment
from retail_domain.processes.money.settlement import SettlementWork, save_payment
from retail_domain.processes.takings import Takings, Why


class ClosingWork(SettlementWork, Protocol):
    """The unit of work of closing."""


TIMER = Actor.system("pay_by")
"""The actor of a closing nobody asked for."""


@frozen(kw_only=True)
class CloseUnpaid:
    """Somebody, or time, wants an unpaid order closed; `asked` once the providers were asked about its attempts."""

    order_id: OrderId
    reason: CloseReason
    actor: Actor
    note: str = ""
    member_id: MemberId | None = None
    asked: bool = False
    once: Once | None = None


async def close_unpaid(work: ClosingWork, command: CloseUnpaid, means: Means, takings: Takings) -> OrderOutcome:
    """Closes at once when nothing can be paid any more, else notes that it shall be closed (ORD-R9).

    Answers how the order stands. Raises OrderNotFound, OrderWrongState, OrderNotDue.
    Locks limits, stock, order, attempts, in this order (GEN-R16).
    """
    at = means.clock.now()
    seen = _theirs(await work.orders.get(command.order_id), command)
    shared = await takings.lock(work, seen, Why.RELEASING)
    order = await claim_order(work.orders, command.order_id)
    change = order.begin_closing(command.reason, actor=command.actor, at=at, note=command.note)
    attempts = await work.payments.claim_of_order(order.id)
    if not _held_up(change.state, attempts, command, at):
        change = change.then(lambda one: one.close_unpaid(at=at))
        await takings.carry(work, shared, change, Why.RELEASING, at)
        for held in (attempt for attempt in attempts if attempt.is_held):
            save_payment(work, held.let_go(at=at), at)
    elif command.asked and _is_time_to_look(change.state, at):
        change = change.then(lambda one: one.extend_closing(at=at))
    work.orders.save(change)
    return outcome(change.state)


def _theirs(order: Order, command: CloseUnpaid) -> Order:
    return order if command.member_id is None else order.owned_by(command.member_id)


def _held_up(order: Order, attempts: tuple[Payment, ...], command: CloseUnpaid, at: datetime) -> bool:
    blocking = [attempt for attempt in attempts if attempt.holds_up_closing]
    extended = order.closing is not None and order.closing.extended
    if command.asked and extended and _is_time_to_look(order, at):
        # nobody answered twice: an expired attempt no longer counts (PAY-R6, PAY-R5)
        blocking = [one for one in blocking if not (one.is_open and has_passed(one.expires_at, at))]
    return bool(blocking)


def _is_time_to_look(order: Order, at: datetime) -> bool:
    return order.closing is not None and has_passed(order.closing.next_at, at)  # a rival's extension counts for all (R28)


async def cancel_order(command: CancelOrder, close: Called[CloseUnpaid, OrderOutcome]) -> OrderOutcome:
    """A member cancels: closed at once, or closing while an attempt is open. Answers how the order stands.

    Raises OrderNotFound, OrderWrongState.
    """
    wish = CloseUnpaid(
        order_id=command.order_id, reason=CloseReason.MEMBER, actor=Actor.member(command.member_id),
        member_id=command.member_id, once=command.once,
    )  # fmt: skip
    return await close(wish)


async def open_attempts(work: ClosingWork, order_id: OrderId) -> tuple[PaymentId, ...]:
    """Reads which attempts of an order are open."""
    await claim_order(work.orders, order_id)
    return tuple(one.id for one in await work.payments.claim_of_order(order_id) if one.is_open)


async def finish_closing(
    order_id: OrderId,
    close: Called[CloseUnpaid, OrderOutcome],
    attempts: Called[OrderId, tuple[PaymentId, ...]],
    close_attempt: Called[PaymentId, bool],
) -> OrderOutcome:
    """The timer's part: notes that an overdue order shall be closed, closes its attempts at their providers, closes it.

    A payment that arrives meanwhile wins. Repeating it is harmless (R28). Raises OrderWrongState, OrderNotDue.
    """
    command = CloseUnpaid(order_id=order_id, reason=CloseReason.TIMEOUT, actor=TIMER)
    stands = await close(command)
    if stands.status == OrderStatus.CLOSED.value:
        return stands
    for payment_id in await attempts(order_id):
        await close_attempt(payment_id)
    return await close(CloseUnpaid(order_id=order_id, reason=CloseReason.TIMEOUT, actor=TIMER, asked=True))
