"""Refunding (退款): units or all of an order are paid back; the money is reserved first and sent after the commit (PAY-R9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from attrs import frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import Ids, RefundId
from retail_domain.kernel.money import Money
from retail_domain.kernel.units import Begin
from retail_domain.ordering import (
    CloseOrder,
    CloseReason,
    Order,
    OrderOutcome,
    RefundOrder,
    RefundStarted,
    RefundWish,
    Returning,
    claim_order,
    outcome,
    refund_amount,
)
from retail_domain.payments import (
    PAID_BEFORE,
    GatewayError,
    Gateways,
    MoneyState,
    Part,
    Payment,
    PaymentGateway,
    PaymentsWork,
    Refund,
    RefundAnswer,
    RefundAside,
    RefundOrder as MoneyBack,
    RefundRequest,
    RefundSnapshot,
    RefundSource,
    RefundStatus,
    Rejected,
    split_refund,
)
from retail_domain.processes.money.closing import CloseUnpaid, ClosingWork
from retail_domain.processes.money.refunds_heard import RefundTold, is_paid_before
from retail_domain.processes.money.settlement import claim_payment, claim_refund, save_refund, send_back
from retail_domain.processes.takings import Own, Shared, Takings, Why

REASON_LETTERS_MAX = 200


@frozen(kw_only=True)
class RefundOrderHandler:
    """Staff pay back units and freight: order, what it took and brought, refunds and books in one transaction.

    Raises OrderNotFound, OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine, OrderGoodsInSeveralLines,
    RefundTooMuch, RefundOfNothing.
    """

    begin: Begin[ClosingWork]
    clock: Clock
    ids: Ids
    takings: Takings

    async def __call__(self, command: RefundOrder) -> RefundStarted:
        """Carry it out."""
        at, reason = self.clock.now(), plain_reason(command.reason)
        wish = RefundWish(units=command.units, freight_minor=command.freight_minor, reason=reason)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, RefundStarted)
            if told is not None:
                return told
            shared = await self.takings.lock(work, await work.orders.get(command.order_id), Why.RELEASING)
            order = await claim_order(work.orders, command.order_id)
            returning = order.returning(wish)
            own = await self.takings.own(work, order, Why.RELEASING)
            amount = _amount(self.takings, shared, own, order, returning)
            change = order.refund(returning, amount, actor=command.actor, at=at)
            refunds = await pay_back(work, change, reason, at, self.ids)
            shared, own = self.takings.follow(shared, own, change, at)
            self.takings.save(work, shared, [own])
            work.orders.save(change)
            answer = _answer(change, refunds)
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


@frozen(kw_only=True)
class ClosePaidHandler:
    """Staff call off a paid order of which nothing was shipped; everything is returned (T11).

    Raises OrderNotFound, OrderWrongState.
    """

    begin: Begin[ClosingWork]
    clock: Clock
    ids: Ids
    takings: Takings

    async def __call__(self, command: CloseOrder) -> OrderOutcome:
        """Carry it out."""
        at, reason = self.clock.now(), plain_reason(command.reason)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderOutcome)
            if told is not None:
                return told
            shared = await self.takings.lock(work, await work.orders.get(command.order_id), Why.RELEASING)
            order = await claim_order(work.orders, command.order_id)
            returning = order.returning_all(reason)
            own = await self.takings.own(work, order, Why.RELEASING)
            amount = _amount(self.takings, shared, own, order, returning)
            change = order.close_paid(returning, amount, actor=command.actor, at=at)
            await pay_back(work, change, reason, at, self.ids)
            shared, own = self.takings.follow(shared, own, change, at)
            self.takings.save(work, shared, [own])
            work.orders.save(change)
            work.answers.remember(command.once, outcome(change.state))
            await work.commit()
        return outcome(change.state)


def _amount(takings: Takings, shared: Shared, own: Own, order: Order, returning: Returning) -> Money:
    """What is paid back now: all that was returned is worth, less what is kept back of it, less what was paid back before."""
    return refund_amount(order.refunded_minor, returning, takings.kept_back(shared, own, order, returning))


@frozen(kw_only=True)
class CloseOrderHandler:
    """Staff close an order, paid or not. Raises OrderNotFound, OrderWrongState."""

    begin: Begin[ClosingWork]
    close_unpaid: Callable[[CloseUnpaid], Awaitable[OrderOutcome]]
    close_paid: Callable[[CloseOrder], Awaitable[OrderOutcome]]

    async def __call__(self, command: CloseOrder) -> OrderOutcome:
        """Carry it out."""
        reason = plain_reason(command.reason)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, OrderOutcome)
            order = await work.orders.get(command.order_id)
        if told is not None:
            return told
        if not order.awaits_payment:
            return await self.close_paid(command)
        wish = CloseUnpaid(
            order_id=order.id, reason=CloseReason.STAFF, actor=command.actor, note=reason, once=command.once
        )
        return await self.close_unpaid(wish)


async def pay_back(
    work: PaymentsWork, change: Change[Order], reason: str, at: datetime, ids: Ids
) -> tuple[Refund, ...]:
    """Stage the refunds of what an order's decision gives back, one a tender; none when it was worth nothing (RET-R5)."""
    before, after = change.before, change.state
    assert before is not None
    amount = after.refunded_minor - before.refunded_minor
    if amount == 0:
        return ()
    applied = [one for one in await work.payments.claim_of_order(after.id) if one.money is MoneyState.APPLIED]
    freight = min(amount, after.freight_refunded_minor - await _freight_so_far(work, before, applied))
    parts = split_refund(applied, amount, freight, after.refund_order)
    return tuple(_send_part(work, part, MoneyBack(
        id=RefundId(ids.new()), amount_minor=part.amount_minor, freight_minor=part.freight_minor, reason=reason
    ), at) for part in parts)  # fmt: skip


async def _freight_so_far(work: PaymentsWork, order: Order, applied: Iterable[Payment]) -> int:
    """How much freight was paid back: all that was returned, but where something is kept back only the refunds know."""
    if not order.kept_back_minor:
        return order.freight_refunded_minor
    refunds = [one for payment in applied for one in await work.refunds.claim_of_payment(payment.id)]
    return sum(one.freight_minor for one in refunds if one.counts)


def _send_part(work: PaymentsWork, part: Part, order: MoneyBack, at: datetime) -> Refund:
    return send_back(work, Change(part.payment, part.payment), order, at)


def _answer(change: Change[Order], refunds: tuple[Refund, ...]) -> RefundStarted:
    order = change.state
    return RefundStarted(
        order_id=order.id, status=order.status.value, refund_id=refunds[0].id if refunds else None,
        refunds=tuple(one.id for one in refunds), amount=Money(sum(one.amount.minor for one in refunds), order.currency),
    )  # fmt: skip


def plain_reason(text: str) -> str:
    """Why, in one line that may be shown. Raises InvalidInput."""
    if not text.strip() or len(text) > REASON_LETTERS_MAX or not text.isprintable():
        raise InvalidInput.of("reason", "plain_text", f"1 to {REASON_LETTERS_MAX} printable letters")
    return text.strip()


# ---- money that never paid an order ------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RefundAsideHandler:
    """Finance give back all that is left of money kept aside (PAY-R2, R10). Raises PaymentNotFound, PaymentNotSuspect."""

    begin: Begin[PaymentsWork]
    clock: Clock
    ids: Ids

    async def __call__(self, command: RefundAside) -> RefundAnswer:
        """Carry it out."""
        at, reason = self.clock.now(), plain_reason(command.reason)
        async with self.begin() as work:
            told = await work.answers.recall(command.once, RefundAnswer)
            if told is not None:
                return told
            payment = await claim_payment(work, command.payment_id)
            payment.check_aside()
            order = MoneyBack(
                id=RefundId(self.ids.new()), amount_minor=payment.refundable_minor, source=RefundSource.ASIDE, reason=reason
            )
            answer = refund_told(send_back(work, Change(payment, payment), order, at))
            work.answers.remember(command.once, answer)
            await work.commit()
        return answer


def refund_told(refund: Refund) -> RefundAnswer:
    """What is answered of a refund that is under way."""
    return RefundAnswer(refund_id=refund.id, state=refund.state.value, amount=refund.amount)


# ---- sending -------------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Errand:
    """A refund to be sent or asked about, and whether it was surely never sent before."""

    refund: Refund
    request: RefundRequest
    is_first: bool


@frozen(kw_only=True)
class NoteSendingHandler:
    """Step 1: it is noted that the refund is about to be sent, so that a crash cannot make it look unsent (R12).

    Answers None when there is nothing to do any more. What went back before under an older reference is left to a person.
    """

    begin: Begin[PaymentsWork]
    clock: Clock

    async def __call__(self, refund_id: RefundId) -> Errand | None:
        """Carry it out."""
        async with self.begin() as work:
            payment = await work.payments.get((await work.refunds.get(refund_id)).payment_id)
            refund = await claim_refund(work, refund_id)
            change = refund.sending(at=self.clock.now())
            if change.state is refund:
                return None
            is_stopped = await is_paid_before(work, refund)
            if is_stopped:
                change = refund.stuck(PAID_BEFORE, at=self.clock.now())
            save_refund(work, change, self.clock.now())
            await work.commit()
        if is_stopped:
            return None
        return Errand(refund=change.state, request=refund.request_to(payment), is_first=refund.tries == 0)


@frozen(kw_only=True)
class Stuck:
    """A refund that a provider surely refuses, and why."""

    refund_id: RefundId
    trouble: str


@frozen(kw_only=True)
class NoteStuckHandler:
    """A person must look at a refund (R10)."""

    begin: Begin[PaymentsWork]
    clock: Clock

    async def __call__(self, command: Stuck) -> None:
        """Carry it out."""
        async with self.begin() as work:
            refund = await claim_refund(work, command.refund_id)
            save_refund(work, refund.stuck(command.trouble, at=self.clock.now()), self.clock.now())
            await work.commit()


@frozen(kw_only=True)
class PushRefundHandler:
    """Sends a refund, or asks about one that was perhaps sent; always under its one stored reference (PAY-R9, R12).

    A provider that cannot be reached is tried again later; one that refuses leaves it to a person. What goes back into an
    account of ours is given back there.
    """

    gateways: Gateways
    note: Callable[[RefundId], Awaitable[Errand | None]]
    record: Callable[[RefundTold], Awaitable[Refund]]
    stuck: Callable[[Stuck], Awaitable[None]]
    give_back: Callable[[RefundId], Awaitable[None]]

    async def __call__(self, refund_id: RefundId) -> None:
        """Carry it out."""
        errand = await self.note(refund_id)
        if errand is not None and errand.refund.is_inside:
            return await self.give_back(refund_id)
        gateway = self.gateways.get(errand.refund.gateway) if errand is not None else None
        if errand is None or gateway is None:
            return None
        try:
            snapshot = await _send(gateway, errand)
        except Rejected as refused:
            await self.stuck(Stuck(refund_id=refund_id, trouble=f"rejected: {refused.reason}"[:100]))
        except GatewayError:
            return None  # perhaps sent: the next round asks about the same reference
        else:
            await self.record(RefundTold(refund_id=refund_id, snapshot=snapshot))
        return None


async def _send(gateway: PaymentGateway, errand: Errand) -> RefundSnapshot:
    request = errand.request
    if not errand.is_first:
        known = await gateway.query_refund(request.payment_ref, request.refund_ref)
        if known.status is not RefundStatus.NOT_FOUND:
            return known
    return await gateway.refund(request)  # the same reference and amount: never a second refund (R12)
