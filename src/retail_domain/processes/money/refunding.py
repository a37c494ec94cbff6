"""Refunding (退款): units or all of an order are paid back; the money is reserved first and sent after the commit (PAY-R9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from attrs import frozen

from retail_domain.accounts import NEEDS, Members
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Answered, Called, RefusedAllTheSame
from retail_domain.kernel.ids import Ids, RefundId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.reading import LINE
from retail_domain.kernel.second_person import ALONE, REFUND, SecondPerson
from retail_domain.ordering import (
    CloseOrder,
    CloseReason,
    Order,
    OrderClosePaysBack,
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
    GatewayUnknownHere,
    MoneyBack,
    MoneyState,
    Payment,
    PaymentGateway,
    PaymentsWork,
    Refund,
    RefundAnswer,
    RefundAside,
    RefundPart,
    RefundRequest,
    RefundSnapshot,
    RefundSource,
    RefundStatus,
    Rejected,
    Tenders,
    split_refund,
)
from retail_domain.processes.money.closing import CloseUnpaid, ClosingWork
from retail_domain.processes.money.reaching import Reach, gateway_of
from retail_domain.processes.money.refunds_heard import RefundTold, is_paid_before
from retail_domain.processes.money.settlement import claim_payment, claim_refund, save_refund, send_back
from retail_domain.processes.takings import Own, Shared, Takings, Why

REASON_LETTERS_MAX = 200


class RefundingWork(ClosingWork, Protocol):
    """The unit of work of paying back."""

    @property
    def members(self) -> Members: ...


@brings(Effect.MONEY_BACK)
async def refund_order(  # noqa: PLR0913 - what it is bound with
    work: RefundingWork, command: RefundOrder, means: Means, takings: Takings, tenders: Tenders, second: SecondPerson = ALONE
) -> RefundStarted:
    """Staff pay back units and freight: order, what it took and brought, refunds and books in one transaction.

    Answers what goes back. Raises OrderNotFound, OrderWrongState, OrderTooManyUnits, OrderNoSuchGoods, OrderNoSuchLine,
    OrderGoodsInSeveralLines, RefundTooMuch, RefundOfNothing, UnknownKinds, InvalidInput, TenderNotOffered, NeedsSecondPerson;
    MemberNotFound where it shall go into an account of somebody who has left.
    """
    if command.into is not None:
        tenders.taking_in(command.into)
    at, reason = means.clock.now(), plain_reason(command.reason)
    wish = RefundWish(units=command.units, freight_minor=command.freight_minor, reason=reason)
    seen = await work.orders.get(command.order_id)
    if command.into is not None:  # of who has left nobody would be there to use it
        (await work.members.get(seen.member_id)).here()
    shared = await takings.lock(work, seen, Why.RELEASING)
    order = await claim_order(work.orders, command.order_id)
    returning = order.returning(wish)
    own = await takings.own(work, order, Why.RELEASING)
    amount = _amount(takings, shared, own, order, returning)
    change = order.refund(returning, amount, actor=command.actor, at=at)
    second.check(REFUND, change.state.refunded_minor, command)
    refunds = await pay_back(work, change, reason, at, means.ids, command.into)
    shared, own = takings.follow(shared, own, change, at)
    takings.save(work, shared, [own])
    work.orders.save(change)
    return _answer(change, refunds)


@brings(Effect.ORDER_CALLED_OFF, Effect.MONEY_BACK)
async def close_paid(
    work: ClosingWork, command: CloseOrder, means: Means, takings: Takings, second: SecondPerson = ALONE
) -> OrderOutcome:
    """Staff call off a paid order of which nothing was shipped; everything is returned (T11).

    Raises OrderNotFound, OrderWrongState, OrderClosePaysBack (R35), NeedsSecondPerson.
    """
    at, reason = means.clock.now(), plain_reason(command.reason)
    shared = await takings.lock(work, await work.orders.get(command.order_id), Why.RELEASING)
    order = await claim_order(work.orders, command.order_id)
    returning = order.returning_all(reason)
    own = await takings.own(work, order, Why.RELEASING)
    amount = _amount(takings, shared, own, order, returning)
    if amount.minor and Effect.MONEY_BACK not in command.granted:
        raise OrderClosePaysBack(order_id=order.id, permission=NEEDS[Effect.MONEY_BACK].value)
    change = order.close_paid(returning, amount, actor=command.actor, at=at)
    second.check(REFUND, change.state.refunded_minor, command)
    await pay_back(work, change, reason, at, means.ids)
    shared, own = takings.follow(shared, own, change, at)
    takings.save(work, shared, [own])
    work.orders.save(change)
    return outcome(change.state)


def _amount(takings: Takings, shared: Shared, own: Own, order: Order, returning: Returning) -> Money:
    """What is paid back now: all that was returned is worth, less what is kept back of it, less what was paid back before."""
    return refund_amount(order.refunded_minor, returning, takings.kept_back(shared, own, order, returning))


async def look_at_order(work: ClosingWork, command: CloseOrder) -> OrderOutcome | Order:
    """What was answered before, else the order. Raises OrderNotFound."""
    told = await work.answers.recall(command.once, OrderOutcome)
    order = await work.orders.get(command.order_id)
    return order if told is None else told


@brings(Effect.ORDER_CALLED_OFF, at_times=(Effect.MONEY_BACK,))
async def close_order(
    command: CloseOrder,
    look: Called[CloseOrder, OrderOutcome | Order],
    unpaid: Called[CloseUnpaid, OrderOutcome],
    paid: Called[CloseOrder, OrderOutcome],
) -> OrderOutcome:
    """Staff close an order, paid or not. Answers how it stands.

    Raises OrderNotFound, OrderWrongState, OrderClosePaysBack, InvalidInput.
    """
    reason = plain_reason(command.reason)
    found = await look(command)
    if isinstance(found, OrderOutcome):
        return found
    if not found.awaits_payment:
        return await paid(command)
    wish = CloseUnpaid(order_id=found.id, reason=CloseReason.STAFF, actor=command.actor, note=reason, once=command.once)
    return await unpaid(wish)


async def pay_back(  # noqa: PLR0913 - what goes back, why, when and where
    work: PaymentsWork, change: Change[Order], reason: str, at: datetime, ids: Ids, into: str | None = None
) -> tuple[Refund, ...]:
    """Stage the refunds of what an order's decision gives back, one a tender; none when it was worth nothing (RET-R5).

    What came from outside goes into the account of ours that the member chose, if they chose one.
    """
    before, after = change.before, change.state
    assert before is not None
    amount = after.refunded_minor - before.refunded_minor
    if amount == 0:
        return ()
    applied = [one for one in await work.payments.claim_of_order(after.id) if one.money is MoneyState.APPLIED]
    freight = min(amount, after.freight_refunded_minor - await _freight_so_far(work, before, applied))
    parts = split_refund(applied, amount, freight, after.refund_order)
    return tuple(_send_part(work, part, MoneyBack(
        id=RefundId(ids.new()), amount_minor=part.amount_minor, freight_minor=part.freight_minor, reason=reason,
        into=None if part.payment.is_inside else into,
    ), at) for part in parts)  # fmt: skip


async def _freight_so_far(work: PaymentsWork, order: Order, applied: Iterable[Payment]) -> int:
    """How much freight was paid back: all that was returned, but where something is kept back only the refunds know."""
    if not order.kept_back_minor:
        return order.freight_refunded_minor
    refunds = [one for payment in applied for one in await work.refunds.claim_of_payment(payment.id)]
    return sum(one.freight_minor for one in refunds if one.counts)


def _send_part(work: PaymentsWork, part: RefundPart, order: MoneyBack, at: datetime) -> Refund:
    return send_back(work, Change(part.payment, part.payment), order, at)


def _answer(change: Change[Order], refunds: tuple[Refund, ...]) -> RefundStarted:
    order = change.state
    return RefundStarted(
        order_id=order.id, status=order.status.value, refund_id=refunds[0].id if refunds else None,
        refunds=tuple(one.id for one in refunds), amount=Money(sum(one.amount.minor for one in refunds), order.currency),
    )  # fmt: skip


def plain_reason(text: str) -> str:
    """Why, in one line that may be shown. Raises InvalidInput."""
    return LINE.read(text, "reason", REASON_LETTERS_MAX, 1)


# ---- money that never paid an order ------------------------------------------------------------------------------------


@brings(Effect.MONEY_BACK, Effect.MONEY_IN_DOUBT)
async def refund_aside(work: PaymentsWork, command: RefundAside, means: Means, second: SecondPerson = ALONE) -> RefundAnswer:
    """Finance give back all that is left of money kept aside (PAY-R2, R10). Answers the refund.

    Raises PaymentNotFound, PaymentNotSuspect, InvalidInput, NeedsSecondPerson.
    """
    at, reason = means.clock.now(), plain_reason(command.reason)
    payment = await claim_payment(work, command.payment_id)
    payment.check_aside()
    second.check(REFUND, payment.refundable_minor, command)
    order = MoneyBack(
        id=RefundId(means.ids.new()), amount_minor=payment.refundable_minor, source=RefundSource.ASIDE, reason=reason
    )
    return refund_told(send_back(work, Change(payment, payment), order, at))


def refund_told(refund: Refund) -> RefundAnswer:
    """What is answered of a refund that is under way."""
    return RefundAnswer(refund_id=refund.id, state=refund.state.value, amount=refund.amount)


# ---- sending -------------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class RefundErrand:
    """A refund to be sent or asked about, and whether it was surely never sent before."""

    refund: Refund
    request: RefundRequest
    is_first: bool


async def note_sending(work: PaymentsWork, refund_id: RefundId, means: Means, reach: Reach) -> Answered[RefundErrand | None]:
    """Step 1: it is noted that the refund is about to be sent, so that a crash cannot make it look unsent (R12).

    Answers None when there is nothing to do any more. What went back before under an older reference is left to a person.
    Raises GatewayUnknownHere, and then that is noted and nothing counts as sent.
    """
    payment = await work.payments.get((await work.refunds.get(refund_id)).payment_id)
    refund = await claim_refund(work, refund_id)
    change = refund.sending(at=means.clock.now())
    if change.state is refund:
        return Answered.unchanged(None)
    if not reach.knows(refund):
        save_refund(work, refund.not_known_here(at=means.clock.now()), means.clock.now())
        raise RefusedAllTheSame(GatewayUnknownHere(gateway=refund.gateway))
    if await is_paid_before(work, refund):
        save_refund(work, refund.stuck(PAID_BEFORE, at=means.clock.now()), means.clock.now())
        return Answered(None)
    save_refund(work, change, means.clock.now())
    return Answered(RefundErrand(refund=change.state, request=refund.request_to(payment), is_first=refund.tries == 0))


@frozen(kw_only=True)
class Stuck:
    """A refund that a provider surely refuses, and why."""

    refund_id: RefundId
    trouble: str


async def note_stuck(work: PaymentsWork, command: Stuck, means: Means) -> None:
    """A person must look at a refund (R10)."""
    refund = await claim_refund(work, command.refund_id)
    save_refund(work, refund.stuck(command.trouble, at=means.clock.now()), means.clock.now())


@frozen(kw_only=True)
class Pushing:
    """The steps of sending a refund beside the call of its provider, each a unit of its own."""

    note: Called[RefundId, RefundErrand | None]
    record: Called[RefundTold, Refund]
    stuck: Called[Stuck, None]
    give_back: Called[RefundId, None]


async def push_refund(refund_id: RefundId, steps: Pushing, gateways: Gateways) -> None:
    """Sends a refund, or asks about one that was perhaps sent; always under its one stored reference (PAY-R9, R12).

    A provider that cannot be reached is tried again later; one that refuses leaves it to a person. What goes back into an
    account of ours is given back there. Raises GatewayUnknownHere.
    """
    errand = await steps.note(refund_id)
    if errand is None:
        return None
    if errand.refund.is_inside:
        return await steps.give_back(refund_id)
    gateway = gateway_of(gateways, errand.refund.gateway)
    try:
        snapshot = await _send(gateway, errand)
    except Rejected as refused:
        await steps.stuck(Stuck(refund_id=refund_id, trouble=f"rejected: {refused.reason}"[:100]))
    except GatewayError:
        return None  # perhaps sent: the next round asks about the same reference
    else:
        await steps.record(RefundTold(refund_id=refund_id, snapshot=snapshot))
    return None


async def _send(gateway: PaymentGateway, errand: RefundErrand) -> RefundSnapshot:
    request = errand.request
    if not errand.is_first:
        known = await gateway.query_refund(request.payment_ref, request.refund_ref)
        if known.status is not RefundStatus.NOT_FOUND:
            return known
    return await gateway.refund(request)  # the same reference and amount: never a second refund (R12)
