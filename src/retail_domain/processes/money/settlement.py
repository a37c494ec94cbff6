"""Settlement (结算): what a provider says meets the order it is about, in one transaction (PAY-R1 to R8).

Notices, polls, refreshes, closings and the counter all end here, so it does not matter which comes first (PAY-R7).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol, TypeAlias, TypeVar

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import CommitUnknown, Retry, Stale, Unavailable
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import Ids, PaymentId, RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import SYSTEM, CloseReason, Order, Orders, OrderStatus, claim_order
from retail_domain.payments import (
    MoneyBack,
    MoneyState,
    Payment,
    PaymentNotFound,
    PaymentSnapshot,
    PaymentStatus,
    PaymentsWork,
    PaymentView,
    Refund,
    RefundNotFound,
    RefundSource,
    Standing,
    Verdict,
    answered,
    payment_posting,
    payment_view,
    payment_view_as_begun,
    refund_posting,
    verdict,
    who_pay,
)
from retail_domain.processes.takings import Own, Paid, Shared, Takings, TakingsWork, Why

BUSY: Final = (Retry, Stale, Unavailable, CommitUnknown)
"""The store could not do it now: trying again is all there is to do. After anything else the money is recorded (PAY-R8)."""

Broke: TypeAlias = Callable[[Exception], None]
"""Tells whoever runs the shop what was in the way of money that could only be recorded: nobody else hears of it."""

T = TypeVar("T")
A = TypeVar("A")


class SettlementWork(PaymentsWork, TakingsWork, Protocol):
    """The unit of work of settlement."""

    @property
    def orders(self) -> Orders: ...


@frozen(kw_only=True)
class PaymentTold:
    """What a provider says of an attempt, and who told us."""

    payment_id: PaymentId
    snapshot: PaymentSnapshot
    actor: Actor
    chosen_under: Once | None = None
    """The key of the request that this answers, if it does: it is kept with the answer, never before (R17)."""


@frozen
class PaymentChosen:
    """What is remembered under an idempotency key: which attempt it was."""

    payment_id: PaymentId


async def answer_chosen(work: PaymentsWork, once: Once | None, payment: Payment) -> PaymentView:
    """This attempt answers the request and is kept under its key, unless its twin was answered with another one (R17).

    Then that one answers both: the first answer stands.
    """
    told = None if once is None else await work.answers.recall(once, PaymentChosen)
    if told is None:
        work.answers.remember(once, PaymentChosen(payment.id))
    elif told.payment_id != payment.id:
        return payment_view_as_begun(await work.payments.get(told.payment_id))
    return payment_view(payment)


@frozen(kw_only=True)
class Settling:
    """What settling takes from outside: ids for what follows, and the kinds of things that orders have taken."""

    ids: Ids
    takings: Takings


@frozen(kw_only=True)
class Met:
    """An attempt and its order, locked, and what orders share that paying this one needs."""

    order: Order
    payment: Payment
    shared: Shared


@frozen(kw_only=True)
class Heard:
    """What it came to."""

    verdict: Verdict
    payment: Payment


def standing_of(order: Order) -> Standing:
    """How an order stands towards money that arrives now."""
    if order.status is OrderStatus.CLOSED:
        return Standing.CLOSED
    return Standing.AWAITS_PAYMENT if order.awaits_payment else Standing.PAID


async def hear_payment(work: SettlementWork, told: PaymentTold, at: datetime, settling: Settling) -> Heard:
    """Stage everything that follows from what a provider says of an attempt.

    Locks the order, then the attempt (R13). What contradicts certain knowledge changes nothing (PAY-I5).
    """
    return await hear_claimed(work, await claim_pair(work, told.payment_id, settling.takings), told, at, settling)


async def hear_claimed(work: SettlementWork, met: Met, told: PaymentTold, at: datetime, settling: Settling) -> Heard:
    """The same for an order and an attempt that are locked already."""
    payment, snapshot = met.payment, told.snapshot
    if payment.contradicted_by(snapshot) or await _is_anothers_deal(work, payment, snapshot):
        return Heard(verdict=Verdict.CONTRADICTED, payment=payment)
    pays = snapshot.status is PaymentStatus.SUCCEEDED and snapshot.amount == payment.amount
    ready = await _ready_for(work, met, settling, at) if pays else _not_asked(met, settling)
    change = payment.hear(snapshot, ready.standing, at=at)
    return await _settle(work, _Case(ready=ready, change=change, actor=told.actor), at, settling)


async def claim_pair(work: SettlementWork, payment_id: PaymentId, takings: Takings) -> Met:
    """An attempt and its order, both locked, and before them what paying it needs of what orders share.

    The attempt is read first to learn whose it is; the order only if some kind must be locked for paying (R13).
    """
    seen = await work.payments.get(payment_id)
    shared: Shared = {}
    if takings.locks_for(Why.PAYING):
        shared = await takings.lock(work, await work.orders.get(seen.order_id), Why.PAYING)
    order = await claim_order(work.orders, seen.order_id)
    return Met(order=order, payment=await claim_payment(work, payment_id), shared=shared)


async def claim_payment(work: PaymentsWork, id: PaymentId) -> Payment:
    """This attempt, locked. Raises PaymentNotFound."""
    claimed = await work.payments.claim([id])
    if id not in claimed:
        raise PaymentNotFound(payment_id=id)
    return claimed[id]


async def claim_refund(work: PaymentsWork, id: RefundId) -> Refund:
    """This refund, locked. Raises RefundNotFound."""
    claimed = await work.refunds.claim([id])
    if id not in claimed:
        raise RefundNotFound(refund_id=id)
    return claimed[id]


def save_payment(work: PaymentsWork, change: Change[Payment], at: datetime) -> None:
    """Stage a decision about an attempt and what it means for the books; once an attempt and unit."""
    work.payments.save(change)
    posting = payment_posting(change, at)
    if posting is not None:
        work.ledger.post(posting)


def save_refund(work: PaymentsWork, change: Change[Refund], at: datetime) -> None:
    """Stage a decision about a refund and what it means for the books; once a refund and unit."""
    work.refunds.save(change)
    posting = refund_posting(change, at)
    if posting is not None:
        work.ledger.post(posting)


def send_back(work: PaymentsWork, change: Change[Payment], order: MoneyBack, at: datetime) -> Refund:
    """Reserve money of an attempt and stage its refund; the worker sends it after the commit (PAY-R9)."""
    reserved = change.then(lambda payment: payment.reserve_refund(order.amount_minor))
    save_payment(work, reserved, at)
    refund = Refund.requested(reserved.state, order, at=at)
    save_refund(work, refund, at)
    return refund.state


@frozen(kw_only=True)
class Ready:
    """How an order stands towards money that arrives now, and what was taken for it as it is once it is paid."""

    order: Order
    standing: Standing
    takings: Takings
    shared: Shared
    own: Own
    said: Paid = Paid.FIRM
    held: tuple[Payment, ...] = ()
    """What is held for it, where an attempt alone does not pay all of it."""
    together: tuple[Payment, ...] = ()
    """Those of them that pay it together with the attempt."""


def _not_asked(met: Met, settling: Settling) -> Ready:
    return Ready(order=met.order, standing=standing_of(met.order), takings=settling.takings, shared=met.shared, own={})


async def _ready_for(work: SettlementWork, met: Met, settling: Settling, at: datetime) -> Ready:
    """An attempt pays what the order costs now, alone or with what is held, or it does not pay it (PAY-R10, ORD-R4).

    It asks for what was left when it was begun. Money that came at a price the order does not have any more is as late as
    money for a closed one: it goes back by itself, and the order waits for what it costs.
    """
    order, payment, takings = met.order, met.payment, settling.takings
    if not order.awaits_payment or payment.amount == order.payable:
        return await get_ready(work, order, met.shared, takings, at)
    held = tuple(one for one in await work.payments.claim_of_order(order.id) if one.is_held)
    left = order.payable_minor - payment.amount.minor
    together = who_pay(held, left, order.freight_minor - payment.freight_minor)
    if together is None:
        return evolve(_not_asked(met, settling), standing=Standing.COSTS_OTHERWISE)
    return evolve(await get_ready(work, order, met.shared, takings, at), held=held, together=together)


async def get_ready(work: SettlementWork, order: Order, shared: Shared, takings: Takings, at: datetime) -> Ready:
    """The kinds are asked before the payment learns its standing, inside what is shelved when it fails (PAY-R8)."""
    standing = standing_of(order)
    if standing is not Standing.AWAITS_PAYMENT:
        return Ready(order=order, standing=standing, takings=takings, shared=shared, own={})
    own = await takings.own(work, order, Why.PAYING)
    shared, own, said = takings.paid(shared, own, order, at)
    if said is Paid.REFUSED:  # what it pays for is gone: the money is late, and goes back by itself
        standing = Standing.CLOSED
    return Ready(order=order, standing=standing, takings=takings, shared=shared, own=own, said=said)


@frozen(kw_only=True)
class _Case:
    ready: Ready
    change: Change[Payment]
    actor: Actor


async def _settle(work: SettlementWork, case: _Case, at: datetime, settling: Settling) -> Heard:
    change, payment, before = case.change, case.change.state, case.change.before
    heard = Heard(verdict=verdict(change), payment=payment)
    if payment is before:
        return heard
    moved = before is not None and before.money is not payment.money
    if moved and payment.money is MoneyState.APPLIED:
        pay_order(work, case.ready, payment.amount + _capture(work, case.ready, at), case.actor, at)
    if moved and case.ready.said is Paid.REFUSED:
        begin_giving_up(work, case.ready.order, at)
    if moved and payment.refunds_itself:
        send_back(work, change, _all_of(payment, RefundId(settling.ids.new())), at)
    else:
        save_payment(work, change, at)
    return heard


def pay_order(work: SettlementWork, ready: Ready, paid: Money, actor: Actor, at: datetime) -> Order:
    """Stage an order that is paid, and what was taken for it. Answers the order."""
    order = ready.order.pay(paid, actor=actor, at=at, waits=ready.said is Paid.WAITS)
    shared, own = ready.takings.follow(ready.shared, ready.own, order, at)
    work.orders.save(order)
    ready.takings.save(work, shared, [own])
    return order.state


def begin_giving_up(work: SettlementWork, order: Order, at: datetime) -> None:
    """What was taken is gone: closing gives back the rest, in its own unit, since it ranks below the order that is locked."""
    work.orders.save(order.begin_closing(CloseReason.GONE, actor=SYSTEM, at=at))


def _capture(work: SettlementWork, ready: Ready, at: datetime) -> Money:
    """An attempt asks for what is left: what is held pays the rest, in the transaction in which it is paid (PAY-R10).

    An attempt that was begun before something more was held brings more than was left: what it leaves over is let go.
    """
    for one in ready.held:
        save_payment(work, one.capture(at=at) if one in ready.together else one.let_go(at=at), at)
    return Money(sum(one.amount.minor for one in ready.together), ready.order.currency)


def _all_of(payment: Payment, id: RefundId) -> MoneyBack:
    return MoneyBack(
        id=id, amount_minor=payment.captured_minor, source=RefundSource.ASIDE, reason=f"{payment.money.value} payment"
    )


async def _is_anothers_deal(work: PaymentsWork, payment: Payment, snapshot: PaymentSnapshot) -> bool:
    if snapshot.status is not PaymentStatus.SUCCEEDED or snapshot.provider_ref is None:
        return False
    return await work.payments.find_deal(payment.gateway, snapshot.provider_ref) not in (None, payment.id)


async def record_answer(work: SettlementWork, told: PaymentTold, means: Means, takings: Takings) -> PaymentView:
    """Records what a provider answered about an attempt: one unit of work (R8). Answers the payment.

    What contradicts certain knowledge is kept among the notices, where staff see it (R10).
    """
    at = means.clock.now()
    heard = await hear_payment(work, told, at, Settling(ids=means.ids, takings=takings))
    if heard.verdict is Verdict.CONTRADICTED:
        work.inbox.add(answered(heard.payment.gateway, told.snapshot, heard.verdict, at=at))
    return await answer_chosen(work, told.chosen_under, heard.payment)


async def shelve_answer(work: PaymentsWork, told: PaymentTold, means: Means) -> PaymentView:
    """What could not be applied is at least recorded, without its order, to be tried again (PAY-R8)."""
    at = means.clock.now()
    change = (await claim_payment(work, told.payment_id)).shelve(told.snapshot, at=at)
    save_payment(work, change, at)
    return await answer_chosen(work, told.chosen_under, change.state)


async def record_or_shelve(told: T, record: Called[T, A], shelve: Called[T, A], broke: Broke) -> A:
    """Records an answer with all that follows, or at least that the money is here (PAY-R7, PAY-R8)."""
    try:
        return await record(told)
    except BUSY:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a kind of the host's breaks with, the money is here (PAY-R8)
        broke(error)
        return await shelve(told)


async def apply_money(work: SettlementWork, payment_id: PaymentId, means: Means, takings: Takings) -> Verdict:
    """Tries again to apply money that was only recorded (PAY-R8). Raises PaymentNotSuspect when there is none."""
    at, settling = means.clock.now(), Settling(ids=means.ids, takings=takings)
    met = await claim_pair(work, payment_id, takings)
    ready = await _ready_for(work, met, settling, at)
    change = met.payment.settle(ready.standing, at=at)
    case = _Case(ready=ready, change=change, actor=Actor.gateway(met.payment.gateway))
    return (await _settle(work, case, at, settling)).verdict
