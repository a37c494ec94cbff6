"""Holding (预扣): accounts of the shop's own pay their part of an order, and get back what it does not want (PAY-R10, R11).

An account is shared by all orders of a member, so it is locked before the order; holding, releasing and paying back are
units of their own that begin with it. Capturing needs no account: it was charged when its part was held.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import PaymentId, RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.ordering import Order, claim_order
from retail_domain.payments import (
    AccountEmpty,
    Attempt,
    AttemptOpen,
    Flow,
    Movement,
    NothingHeld,
    PayFromAccount,
    Payment,
    PaymentsWork,
    PaymentView,
    RefundSnapshot,
    RefundStatus,
    TakeBackHeld,
    Tenders,
    freight_of,
    left_to_ask,
    payment_view,
)
from retail_domain.processes.money.settlement import (
    Ready,
    SettlementWork,
    begin_giving_up,
    claim_payment,
    claim_refund,
    get_ready,
    pay_order,
    save_payment,
    save_refund,
)
from retail_domain.processes.takings import Paid, Shared, Takings, Why


async def charge_account(
    work: SettlementWork, command: PayFromAccount, means: Means, tenders: Tenders, takings: Takings
) -> PaymentView:
    """An account pays as much as it has and the order still needs: held, or at once when nothing is left to ask for.

    Answers the payment; the same tender finds again what it holds.
    Raises TenderNotOffered, OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue, PaymentTooLate,
    UnknownKinds, AccountEmpty, and AttemptOpen while an attempt asks for money that would be held.
    """
    at, tender = means.clock.now(), tenders.of(command.tender)
    shared: Shared = {}
    if takings.locks_for(Why.PAYING):
        shared = await takings.lock(work, await work.orders.get(command.order_id), Why.PAYING)
    account = await tender.claim(work, command.member_id, command.order_id)
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    order.check_payable(at=at)
    takings.check_known(order)
    attempts = await work.payments.claim_of_order(order.id)
    payment = next((one for one in attempts if one.is_held and one.tender == tender.name), None)
    if payment is None:
        _check_none_is_open(attempts)
        left = left_to_ask(order.payable_minor, attempts)
        minor = _part(command, tender.available(account, order.currency), left)
        attempt = _attempt(command, order, minor, attempts, PaymentId(means.ids.new()))
        held = Payment.started(attempt, at=at).then(lambda one: one.held())
        tender.save(work, tender.charge(account, _movement(held.state, held.state.ref, at)))
        if minor == left:
            ready = await get_ready(work, order, shared, takings, at)
            held = _paid(work, ready, (*_those_held(attempts), held), at)
        save_payment(work, held, at)
        payment = held.state
    return payment_view(payment)


def _attempt(command: PayFromAccount, order: Order, minor: int, attempts: Sequence[Payment], id: PaymentId) -> Attempt:
    left = left_to_ask(order.payable_minor, attempts)
    return Attempt(
        id=id, order_id=order.id, member_id=order.member_id, gateway=command.tender,
        tender=command.tender, flow=Flow.WALLET, amount=Money(minor, order.currency), pay_by=order.pay_by,
        freight_minor=freight_of(minor, left, order.freight_minor, attempts),
    )  # fmt: skip


def _paid(work: SettlementWork, ready: Ready, held: Sequence[Change[Payment]], at: datetime) -> Change[Payment]:
    """Nothing is left to ask for: all of them pay now, or, when what they pay for is gone, wait for the closing."""
    *others, last = held
    if ready.said is Paid.REFUSED:
        begin_giving_up(work, ready.order, at)
        return last
    for other in others:
        save_payment(work, other.then(lambda one: one.capture(at=at)), at)
    pay_order(work, ready, ready.order.payable, Actor.member(ready.order.member_id), at)
    return last.then(lambda one: one.capture(at=at))


async def pay_from_account(
    command: PayFromAccount, charge: Called[PayFromAccount, PaymentView], close: Called[PaymentId, bool]
) -> PaymentView:
    """An account of the shop's own pays its part; an open attempt, which asks for too much, is closed at its provider first.

    Answers the payment. Raises TenderNotOffered, OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue,
    PaymentTooLate, UnknownKinds, AccountEmpty, and AttemptOpen while the attempt cannot be closed for certain.
    """
    try:
        return await charge(command)
    except AttemptOpen as standing:
        if not await close(standing.payment_id):
            raise
    return await charge(command)


async def take_back(work: SettlementWork, command: TakeBackHeld, means: Means, tenders: Tenders) -> PaymentView:
    """An account gets back what it holds for an order that still waits for money: its member wants to pay otherwise.

    Answers the payment, which is closed.
    Raises TenderNotOffered, OrderNotFound, OrderWrongState, NothingHeld, and AttemptOpen while an attempt asks for the rest.
    """
    at, tender = means.clock.now(), tenders.of(command.tender)
    account = await tender.claim(work, command.member_id, command.order_id)
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    order.check_payable(at=at)
    attempts = await work.payments.claim_of_order(order.id)
    payment = next((one for one in attempts if one.is_held and one.tender == tender.name), None)
    if payment is None:
        raise NothingHeld(tender=tender.name)
    _check_none_is_open(attempts)
    tender.save(work, tender.give_back(account, _movement(payment, payment.ref, at)))
    released = payment.release(at=at)
    save_payment(work, released, at)
    return payment_view(released.state)


async def take_back_held(
    command: TakeBackHeld, release: Called[TakeBackHeld, PaymentView], close: Called[PaymentId, bool]
) -> PaymentView:
    """The same; an open attempt, which asks for too little, is closed at its provider first.

    Answers the payment. Raises TenderNotOffered, OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue,
    PaymentTooLate, NothingHeld, and AttemptOpen while the attempt cannot be closed for certain.
    """
    try:
        return await release(command)
    except AttemptOpen as standing:
        if not await close(standing.payment_id):
            raise
    return await release(command)


async def release_held(work: SettlementWork, payment_id: PaymentId, means: Means, tenders: Tenders) -> Answered[None]:
    """Gives back to its account what an order does not want: it was closed, or paid without it. Once (GEN-R11).

    While the order waits for money, nothing happens. Raises TenderNotOffered.
    """
    at = means.clock.now()
    seen = await work.payments.get(payment_id)
    tender = tenders.of(seen.tender)
    account = await tender.claim(work, seen.member_id, seen.order_id)
    order = await claim_order(work.orders, seen.order_id)
    payment = await claim_payment(work, payment_id)
    if order.awaits_payment or not payment.is_held:
        return Answered.unchanged(None)
    tender.save(work, tender.give_back(account, _movement(payment, payment.ref, at)))
    save_payment(work, payment.release(at=at), at)
    return Answered(None)


async def give_back(work: PaymentsWork, refund_id: RefundId, means: Means, tenders: Tenders) -> Answered[None]:
    """Pays a refund into the account that had paid, or into one that its member chose, and records that it succeeded, in one
    transaction. Once (PAY-R11).

    Raises TenderNotOffered.
    """
    at = means.clock.now()
    seen = await work.refunds.get(refund_id)
    tender = tenders.of(seen.tender)
    account = await tender.claim(work, seen.member_id, seen.order_id)
    payment = await claim_payment(work, seen.payment_id)
    refund = await claim_refund(work, refund_id)
    if not refund.is_under_way:
        return Answered.unchanged(None)
    back = Movement(reference=refund.ref, order_id=refund.order_id, amount=refund.amount, at=at)
    came_back = refund.tender == payment.tender
    tender.save(work, tender.give_back(account, back) if came_back else tender.take_in(account, back))
    done = RefundSnapshot(refund_ref=refund.ref, payment_ref=payment.ref, status=RefundStatus.SUCCEEDED, amount=refund.amount)
    save_refund(work, refund.hear(done, at=at), at)
    work.payments.save(payment.refund_succeeded(refund.amount.minor))
    return Answered(None)


def _those_held(attempts: Sequence[Payment]) -> Sequence[Change[Payment]]:
    return [Change(one, one) for one in attempts if one.is_held]


def _check_none_is_open(attempts: Sequence[Payment]) -> None:
    standing = next((one for one in attempts if one.is_open), None)
    if standing is not None:
        raise AttemptOpen(payment_id=standing.id)


def _part(command: PayFromAccount, available_minor: int, left_minor: int) -> int:
    most = left_minor if command.most_minor is None else command.most_minor
    minor = min(available_minor, left_minor, most)
    if minor <= 0:
        raise AccountEmpty(tender=command.tender)
    return minor


def _movement(payment: Payment, reference: str, at: datetime) -> Movement:
    return Movement(reference=reference, order_id=payment.order_id, amount=payment.amount, at=at)
