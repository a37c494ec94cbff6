"""Holding (预扣): accounts of the shop's own pay their part of an order, and get back what it does not want (PAY-R10, R11).

An account is shared by all orders of a member, so it is locked before the order; holding, releasing and paying back are
units of their own that begin with it. Capturing needs no account: it was charged when its part was held.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import PaymentId, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Order, claim_order
from retail_domain.payments import (
    AccountEmpty,
    Attempt,
    AttemptOpen,
    Flow,
    Movement,
    PayFromAccount,
    Payment,
    PaymentsWork,
    PaymentView,
    RefundSnapshot,
    RefundStatus,
    Tenders,
    freight_of,
    left_to_ask,
    payment_view,
)
from retail_domain.processes.money.settlement import (
    SettlementWork,
    Settling,
    begin_giving_up,
    claim_payment,
    claim_refund,
    get_ready,
    pay_order,
    save_payment,
    save_refund,
)
from retail_domain.processes.takings import Paid, Shared, Why


@frozen(kw_only=True)
class ChargeAccountHandler:
    """An account pays as much as it has and the order still needs: held, or at once when nothing is left to ask for.

    The same tender finds again what it holds. Raises TenderNotOffered, OrderNotFound, OrderWrongState, OrderIsClosing,
    OrderPaymentOverdue, PaymentTooLate, UnknownKinds, AccountEmpty, and AttemptOpen while an attempt asks for money that
    would be held.
    """

    begin: Begin[SettlementWork]
    clock: Clock
    means: Settling
    tenders: Tenders

    async def __call__(self, command: PayFromAccount) -> PaymentView:
        """Carry it out."""
        at, tender = self.clock.now(), self.tenders.of(command.tender)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, PaymentView)
            if told is not None:
                return told
            shared: Shared = {}
            if self.means.takings.locks_for(Why.PAYING):
                shared = await self.means.takings.lock(work, await work.orders.get(command.order_id), Why.PAYING)
            account = await tender.claim(work, command.member_id)
            order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
            order.check_payable(at=at)
            self.means.takings.check_known(order)
            attempts = await work.payments.claim_of_order(order.id)
            payment = next((one for one in attempts if one.is_held and one.tender == tender.name), None)
            if payment is None:
                _check_none_is_open(attempts)
                left = left_to_ask(order.payable_minor, attempts)
                minor = _part(command, tender.available(account, order.currency), left)
                held = self._held(command, order, minor, attempts, at)
                tender.save(work, tender.charge(account, _movement(held.state, held.state.ref, at)))
                if minor == left:
                    held = await self._pay(work, order, shared, (*_those_held(attempts), held), at)
                save_payment(work, held, at)
                payment = held.state
            view = payment_view(payment)
            work.answers.remember(command.once, view)
            await work.commit()
        return view

    def _held(
        self, command: PayFromAccount, order: Order, minor: int, attempts: Sequence[Payment], at: datetime
    ) -> Change[Payment]:
        left = left_to_ask(order.payable_minor, attempts)
        attempt = Attempt(
            id=PaymentId(self.means.ids.new()), order_id=order.id, member_id=order.member_id, gateway=command.tender,
            tender=command.tender, flow=Flow.WALLET, amount=Money(minor, order.currency), pay_by=order.pay_by,
            freight_minor=freight_of(minor, left, order.freight_minor, attempts),
        )  # fmt: skip
        return Payment.started(attempt, at=at).then(lambda one: one.held())

    async def _pay(
        self, work: SettlementWork, order: Order, shared: Shared, held: Sequence[Change[Payment]], at: datetime
    ) -> Change[Payment]:
        """Nothing is left to ask for: all of them pay now, or, when what they pay for is gone, wait for the closing."""
        *others, last = held
        ready = await get_ready(work, order, shared, self.means.takings, at)
        if ready.said is Paid.REFUSED:
            begin_giving_up(work, order, at)
            return last
        for other in others:
            save_payment(work, other.then(lambda one: one.capture(at=at)), at)
        pay_order(work, ready, order.payable, Actor.member(order.member_id), at)
        return last.then(lambda one: one.capture(at=at))


@frozen(kw_only=True)
class PayFromAccountHandler:
    """Holds; an attempt that is open is closed at its provider first, as it asks for too much. Raises what holding raises."""

    charge: Callable[[PayFromAccount], Awaitable[PaymentView]]
    close: Callable[[PaymentId], Awaitable[bool]]

    async def __call__(self, command: PayFromAccount) -> PaymentView:
        """Carry it out."""
        try:
            return await self.charge(command)
        except AttemptOpen as standing:
            if not await self.close(standing.payment_id):
                raise
        return await self.charge(command)


@frozen(kw_only=True)
class ReleaseHeldHandler:
    """Gives back to its account what an order does not want: it was closed, or paid without it. Once (GEN-R11)."""

    begin: Begin[SettlementWork]
    clock: Clock
    tenders: Tenders

    async def __call__(self, payment_id: PaymentId) -> None:
        """Carry it out. While the order waits for money, nothing happens. Raises TenderNotOffered."""
        at = self.clock.now()
        async with self.begin() as work:
            seen = await work.payments.get(payment_id)
            tender = self.tenders.of(seen.tender)
            account = await tender.claim(work, seen.member_id)
            order = await claim_order(work.orders, seen.order_id)
            payment = await claim_payment(work, payment_id)
            if order.awaits_payment or not payment.is_held:
                return
            tender.save(work, tender.give_back(account, _movement(payment, payment.ref, at)))
            save_payment(work, payment.release(at=at), at)
            await work.commit()


@frozen(kw_only=True)
class GiveBackHandler:
    """Pays a refund into the account that had paid, and records that it succeeded, in one transaction. Once (PAY-R11)."""

    begin: Begin[PaymentsWork]
    clock: Clock
    tenders: Tenders

    async def __call__(self, refund_id: RefundId) -> None:
        """Carry it out. Raises TenderNotOffered."""
        at = self.clock.now()
        async with self.begin() as work:
            seen = await work.refunds.get(refund_id)
            tender = self.tenders.of(seen.tender)
            account = await tender.claim(work, seen.member_id)
            payment = await claim_payment(work, seen.payment_id)
            refund = await claim_refund(work, refund_id)
            if not refund.is_under_way:
                return
            back = Movement(reference=refund.ref, order_id=refund.order_id, amount=refund.amount, at=at)
            tender.save(work, tender.give_back(account, back))
            done = RefundSnapshot(
                refund_ref=refund.ref, payment_ref=payment.ref, status=RefundStatus.SUCCEEDED, amount=refund.amount
            )
            save_refund(work, refund.hear(done, at=at), at)
            work.payments.save(payment.refund_succeeded(refund.amount.minor))
            await work.commit()


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
