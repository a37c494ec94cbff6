"""Repricing (改价): an unpaid order costs something else, and nothing that is under way at the old price pays it (ORD-R4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from retail_domain.accounts import AuditTrail, StaffAction
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.second_person import ALONE, PRICE_CUT, SecondPerson
from retail_domain.ordering import (
    SYSTEM,
    Order,
    OrderCosts,
    OrderMoneyIsHere,
    OrderNotToBeHad,
    RepriceOrder,
    Repricing,
    claim_order,
    cut_in_all,
)
from retail_domain.payments import AttemptOpen, Payment, left_to_ask
from retail_domain.processes.money.settlement import SettlementWork, get_ready, pay_order
from retail_domain.processes.takings import Paid, Shared, Takings, Why

C = TypeVar("C")
A = TypeVar("A")


class RepricingWork(SettlementWork, Protocol):
    """The unit of work of repricing."""

    @property
    def audit_trail(self) -> AuditTrail: ...


@brings(Effect.SELLING_PRICE)
async def reprice_order(
    command: RepriceOrder, reprice: Called[RepriceOrder, OrderCosts], close: Called[PaymentId, bool]
) -> OrderCosts:
    """Staff change what an unpaid order costs. An open attempt, which asks for the old sum, is closed at its provider first.

    Answers what it cost and costs. Raises OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue, InvalidInput,
    OrderAmountDiffers, OrderCostsItsFreight, OrderMoneyIsHere, OrderNotToBeHad, UnknownKinds, and AttemptOpen while the
    attempt cannot be closed for certain.
    """
    return await closing_what_is_open(command, reprice, close)


async def closing_what_is_open(command: C, decide: Called[C, A], close: Called[PaymentId, bool]) -> A:
    """Decide; where an open attempt stands in the way, close it at its provider and decide anew.

    Raises what `decide` raises, AttemptOpen while the attempt cannot be closed for certain.
    """
    try:
        return await decide(command)
    except AttemptOpen as standing:
        if not await close(standing.payment_id):
            raise
    return await decide(command)


async def reprice_unpaid(
    work: RepricingWork, command: RepriceOrder, means: Means, takings: Takings, second: SecondPerson = ALONE
) -> OrderCosts:
    """Changes the price of an order that has no open attempt; one that costs nothing then is paid at once (T3).

    An attempt is begun by who holds the order's lock, so none at the old price can begin beside this (R13).
    Raises the same, AttemptOpen for any attempt that is open, and NeedsSecondPerson: all that was taken off counts, so that
    two small cuts are one large one.
    """
    at = means.clock.now()
    shared: Shared = {}
    if command.payable_minor == 0 and takings.locks_for(Why.PAYING):
        shared = await takings.lock(work, await work.orders.get(command.order_id), Why.PAYING)
    order = await claim_order(work.orders, command.order_id)
    change = order.reprice(_wish(command), actor=command.actor, at=at)
    after = change.state
    if after is not order:
        if after.payable_minor < order.payable_minor:
            second.check(PRICE_CUT, cut_in_all(after.lines), command)
        _check_nothing_pays_the_old_price(after, await work.payments.claim_of_order(order.id))
        work.orders.save(change)
        work.audit_trail.note(_noted(command, change))
    if not after.payable_minor:
        ready = await get_ready(work, after, shared, takings, at)
        if ready.said is Paid.REFUSED:
            raise OrderNotToBeHad(order_id=order.id)
        after = pay_order(work, ready, after.payable, SYSTEM, at)
    return OrderCosts(order_id=order.id, status=after.status.value, before=order.payable, payable=after.payable)


def _wish(command: RepriceOrder) -> Repricing:
    reason = LINE.read(command.reason, "reason", 200, 1)
    return Repricing(payable_minor=command.payable_minor, was_minor=command.was_minor, reason=reason)


def _check_nothing_pays_the_old_price(after: Order, attempts: Sequence[Payment]) -> None:
    """What an account paid stays, if the rest of the new price can be asked for. Raises AttemptOpen, OrderMoneyIsHere."""
    for one in attempts:
        if one.is_open:
            raise AttemptOpen(payment_id=one.id)
        if one.holds_up_closing:
            raise OrderMoneyIsHere(order_id=after.id)
    held = [one for one in attempts if one.is_held]
    unborne = after.freight_minor - sum(one.freight_minor for one in held)
    if held and left_to_ask(after.payable_minor, held) < max(1, unborne):
        least = sum(one.amount.minor for one in held) + max(1, unborne)
        raise OrderMoneyIsHere(order_id=after.id, least_minor=least)


def _noted(command: RepriceOrder, change: Change[Order]) -> StaffAction:
    assert change.before is not None
    told = f"{command.order_id} {change.before.payable} -> {change.state.payable}"
    return StaffAction(actor=command.actor, action="orders.reprice", object=told, at=change.events[-1].at)
