"""Paying (支付): an attempt is written down, its provider called, the answer recorded: three named steps (GEN-R17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.kernel.money import Money
from retail_domain.kernel.once import Once
from retail_domain.ordering import Order, claim_order
from retail_domain.payments import (
    OPEN,
    Attempt,
    AttemptOpen,
    ChargeRequest,
    ChargeStarted,
    ConfirmCounterPayment,
    CounterAmountDiffers,
    Flow,
    GatewayError,
    GatewayNotOffered,
    Gateways,
    GatewayUnknownHere,
    MoneyState,
    NotSent,
    Payment,
    PaymentGateway,
    PaymentNotAtCounter,
    PaymentSnapshot,
    PaymentState,
    PaymentStatus,
    PaymentView,
    ReferenceConflict,
    Rejected,
    Standing,
    StartPayment,
    action_document,
    freight_of,
    left_to_ask,
    payment_view,
    payment_view_as_begun,
)
from retail_domain.processes.money.lost_calls import note_begun, paid_under
from retail_domain.processes.money.reaching import gateway_of
from retail_domain.processes.money.settlement import (
    PaymentChosen,
    PaymentTold,
    SettlementWork,
    Settling,
    answer_chosen,
    claim_pair,
    claim_payment,
    hear_claimed,
    save_payment,
)
from retail_domain.processes.takings import Takings

COUNTER = "counter"
"""The gateway at which a clerk takes the money."""


@frozen(kw_only=True)
class AttemptWritten:
    """The attempt that now exists, or another one that is still in its way; whether a repeated request asks for it."""

    payment_id: PaymentId
    in_the_way: PaymentId | None = None
    is_repeat: bool = False
    is_kept: bool = False
    """Whether it is kept under the key already."""
    fresh: tuple[Payment, str] | None = None
    """The attempt just written and the number of its order; one that stood before is to be read."""


Record: TypeAlias = Called[PaymentTold, PaymentView]


def offered(gateways: Gateways, code: str, flow: Flow, currency: str) -> PaymentGateway:
    """The gateway, if it takes this currency this way. Raises GatewayNotOffered."""
    gateway = gateways.get(code)
    if gateway is None or not gateway.capabilities.offers(flow, currency):
        raise GatewayNotOffered(gateway=code, flow=flow.value)
    return gateway


async def write_attempt(
    work: SettlementWork, command: StartPayment, means: Means, gateways: Gateways, takings: Takings
) -> Answered[AttemptWritten]:
    """Step 1: the attempt and its reference are stored before any provider hears of them (R12).

    Where nobody has to be asked, as at the counter, it is begun in the same unit, which may well be run again, and no
    further step follows. Its key is kept once there is something to answer, here or with the provider's answer: a repeat
    after "try again" is decided anew (R17).
    Which attempt a key has begun is noted beside it: once that attempt has paid the order, it is what a repeat is told.
    The same way of paying finds its open attempt again. Raises OrderNotFound, OrderWrongState, OrderIsClosing,
    OrderPaymentOverdue, PaymentTooLate, UnknownKinds, GatewayNotOffered.
    """
    told = await work.answers.recall(command.once, PaymentChosen)
    if told is not None:
        return Answered.unchanged(AttemptWritten(payment_id=told.payment_id, is_repeat=True))
    order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
    try:
        order.check_payable(at=means.clock.now())
    except DomainError:
        paid = await paid_under(work, command)
        if paid is None:
            raise
        return Answered(AttemptWritten(payment_id=paid, is_repeat=True), remembered=PaymentChosen(paid))
    takings.check_known(order)
    gateway = offered(gateways, command.gateway, command.flow, order.currency)
    attempts = await work.payments.claim_of_order(order.id)
    standing = next((one for one in attempts if one.is_open), None)
    if standing is None:
        attempt = _attempt(order, command, attempts, PaymentId(means.ids.new()))
        fresh = await _started(work, attempt, gateway, means.clock, lambda one: _charge(one, order.number, command))
        await note_begun(work, command.once, fresh, is_fresh=True)
        return _written(fresh, (fresh, order.number))
    if _is_same_way(standing, command):
        await note_begun(work, command.once, standing)
        return _written(standing)
    return Answered.unchanged(AttemptWritten(payment_id=standing.id, in_the_way=standing.id))


def _written(payment: Payment, fresh: tuple[Payment, str] | None = None) -> Answered[AttemptWritten]:
    answers = PaymentChosen(payment.id) if payment.action is not None else None
    return Answered(AttemptWritten(payment_id=payment.id, is_kept=answers is not None, fresh=fresh), remembered=answers)


def _attempt(order: Order, command: StartPayment, others: Sequence[Payment], id: PaymentId) -> Attempt:
    left = Money(left_to_ask(order.payable_minor, others), order.currency)
    freight_minor = freight_of(left.minor, left.minor, order.freight_minor, others)
    return Attempt(
        id=id, order_id=order.id, member_id=order.member_id, gateway=command.gateway, flow=command.flow, amount=left,
        freight_minor=freight_minor, pay_by=order.pay_by,
    )  # fmt: skip


async def _started(
    work: SettlementWork,
    attempt: Attempt,
    gateway: PaymentGateway,
    clock: Clock,
    charge: Callable[[Payment], ChargeRequest],
) -> Payment:
    at = clock.now()
    change = Payment.started(attempt, at=at)
    if gateway.capabilities.settles_in_our_transaction:
        started = await gateway.begin(charge(change.state))
        if started.snapshot.status is PaymentStatus.PENDING:  # with money in it, it is settled by the steps that follow
            change = change.then(lambda one: _begun(one, started, clock))
    save_payment(work, change, at)
    return change.state


@frozen(kw_only=True)
class Begun:
    """What a provider answered to the beginning of an attempt; None when it surely did not take it up.

    A call that did not arrive says nothing of other calls under the same reference.
    """

    payment_id: PaymentId
    started: ChargeStarted | None
    has_arrived: bool = True
    chosen_under: Once | None = None


async def record_begun(work: SettlementWork, begun: Begun, means: Means) -> PaymentView:
    """Step 3: what the buyer must do next is stored, and whatever the provider said with it, short of money.

    Only an answer is kept under the key of the request (R17). Raises NotSent when a twin has given the attempt up meanwhile.
    """
    change = _recorded(await claim_payment(work, begun.payment_id), begun, means.clock)
    if begun.started is None:
        save_payment(work, change, means.clock.now())
        return payment_view(change.state)
    _check_not_given_up(change.state)
    answer = await answer_chosen(work, begun.chosen_under, change.state)
    save_payment(work, change, means.clock.now())
    return answer


def _check_not_given_up(payment: Payment) -> None:
    """Whoever waits for an attempt that failed before there was anything to show is told to try again. Raises NotSent (R17)."""
    if payment.state is PaymentState.FAILED and payment.action is None and payment.money is MoneyState.NONE:
        raise NotSent(gateway=payment.gateway, reason="given up meanwhile")


@frozen(kw_only=True)
class FoundDecided:
    """An attempt that a twin of the request has written, and that was decided or begun before this one came to begin it."""

    payment_id: PaymentId
    chosen_under: Once | None


async def keep_found(work: SettlementWork, found: FoundDecided, means: Means) -> PaymentView:
    """What is answered is kept under the key, also when nothing was left to do: else a repeat begins anew (R17).

    Raises NotSent when the attempt was given up before there was anything to show.
    """
    payment = await claim_payment(work, found.payment_id)
    _check_not_given_up(payment)
    return await answer_chosen(work, found.chosen_under, payment)


async def read_payment(work: SettlementWork, payment_id: PaymentId) -> tuple[Payment, str]:
    """Reads an attempt without a lock, with the public number of its order: what is needed to call its provider."""
    payment = await work.payments.get(payment_id)
    return payment, (await work.orders.get(payment.order_id)).number


@frozen(kw_only=True)
class Starting:
    """The steps of starting a payment beside the call of its provider, each a unit of its own."""

    write: Called[StartPayment, AttemptWritten]
    read: Called[PaymentId, tuple[Payment, str]]
    close: Called[PaymentId, bool]
    record: Called[Begun, PaymentView]
    found: Called[FoundDecided, PaymentView]
    settle: Record


async def start_payment(command: StartPayment, steps: Starting, gateways: Gateways) -> PaymentView:
    """Writes an attempt, begins it at its provider, records the answer. Answers what the buyer does next.

    An open attempt by another way is closed at its provider first.
    Raises AttemptOpen while that is not certain, OrderNotFound, OrderWrongState, OrderIsClosing, OrderPaymentOverdue,
    PaymentTooLate, UnknownKinds, GatewayNotOffered, GatewayUnknownHere, and GatewayError when the provider does not do it,
    which is NotSent when a twin of the request has given the attempt up.
    """
    written = await steps.write(command)
    if written.in_the_way is not None:
        if not await steps.close(written.in_the_way):
            raise AttemptOpen(payment_id=written.in_the_way)
        written = await steps.write(command)
        if written.in_the_way is not None:
            raise AttemptOpen(payment_id=written.in_the_way)
    payment, number = written.fresh or await steps.read(written.payment_id)
    if written.is_repeat and payment.action is not None:
        return payment_view_as_begun(payment)
    if written.is_repeat and not payment.is_open:
        return payment_view(payment)
    if not payment.is_open or payment.action is not None:
        return await _found(payment, written, command.once, steps)
    return await _begin(payment, _charge(payment, number, command), command.once, steps, gateways)


async def _found(payment: Payment, written: AttemptWritten, once: Once | None, steps: Starting) -> PaymentView:
    if written.is_kept or once is None:
        _check_not_given_up(payment)
        return payment_view(payment)
    return await steps.found(FoundDecided(payment_id=payment.id, chosen_under=once))


async def _begin(
    payment: Payment, request: ChargeRequest, once: Once | None, steps: Starting, gateways: Gateways
) -> PaymentView:
    gateway = gateway_of(gateways, payment.gateway)
    try:
        started = await gateway.begin(request)
    except (Rejected, NotSent) as refused:
        # Another request that is known under this reference may be paid all the same: it is closed, not forgotten.
        has_arrived = not isinstance(refused, NotSent | ReferenceConflict)
        await steps.record(Begun(payment_id=payment.id, started=None, has_arrived=has_arrived))
        raise
    if started.snapshot.status is PaymentStatus.SUCCEEDED:  # the money is here already: recorded whatever breaks (PAY-R8)
        paid = PaymentTold(
            payment_id=payment.id, snapshot=started.snapshot, actor=Actor.gateway(payment.gateway), chosen_under=once
        )
        return await steps.settle(paid)
    return await steps.record(Begun(payment_id=payment.id, started=started, chosen_under=once))


async def close_attempt(
    payment_id: PaymentId,
    gateways: Gateways,
    read: Called[PaymentId, tuple[Payment, str]],
    record: Record,
    mark: Called[PaymentId, object],
) -> bool:
    """Makes an attempt unpayable at its provider and records what came of it; answers whether it is decided now.

    A provider that cannot be reached leaves it undecided (PAY-R6); one that nobody here knows does too, and is marked.
    """
    payment, _ = await read(payment_id)
    if not payment.is_open:
        return True
    try:
        snapshot = await gateway_of(gateways, payment.gateway).close(payment.ref)
    except GatewayUnknownHere:
        await mark(payment_id)
        return False
    except GatewayError:
        return False
    view = await record(PaymentTold(payment_id=payment_id, snapshot=snapshot, actor=Actor.gateway(payment.gateway)))
    return view.status not in OPEN


async def ask_payment(
    payment_id: PaymentId,
    gateways: Gateways,
    clock: Clock,
    read: Called[PaymentId, tuple[Payment, str]],
    record: Record,
) -> PaymentView:
    """Asks an attempt's provider how it stands and records the answer: polls and refreshes alike (PAY-R7, R11).

    Once expiry and grace are over, or when it was given up, it is closed rather than asked after. Raises GatewayError,
    GatewayUnknownHere.
    """
    payment, _ = await read(payment_id)
    if payment.state is PaymentState.SUCCEEDED:
        return payment_view(payment)
    gateway = gateway_of(gateways, payment.gateway)
    is_over = payment.is_to_be_closed or (payment.is_open and payment.is_written_off(clock.now()))
    ask = gateway.close if is_over else gateway.query
    snapshot = await ask(payment.ref)
    return await record(PaymentTold(payment_id=payment_id, snapshot=snapshot, actor=Actor.gateway(payment.gateway)))


@brings(Effect.MONEY_TAKEN)
async def confirm_counter(work: SettlementWork, command: ConfirmCounterPayment, means: Means, takings: Takings) -> PaymentView:
    """Records money taken at the counter: the typed amount must be the amount due, to the cent (PAY-R2).

    Answers the payment. Raises PaymentNotFound, PaymentNotAtCounter, PaymentNotOpen, CounterAmountDiffers.
    """
    at = means.clock.now()
    met = await claim_pair(work, command.payment_id, takings)
    payment = met.payment
    _check_counter(payment, command)
    snapshot = PaymentSnapshot(ref=payment.ref, status=PaymentStatus.SUCCEEDED, amount=command.amount, occurred_at=at)
    told_us = PaymentTold(payment_id=payment.id, snapshot=snapshot, actor=command.actor)
    heard = await hear_claimed(work, met, told_us, at, Settling(ids=means.ids, takings=takings))
    return payment_view(heard.payment)


def _check_counter(payment: Payment, command: ConfirmCounterPayment) -> None:
    if payment.gateway != COUNTER:
        raise PaymentNotAtCounter(payment_id=payment.id)
    payment.check_open()
    if command.amount != payment.amount:
        raise CounterAmountDiffers(payment_id=payment.id)


def _recorded(payment: Payment, begun: Begun, clock: Clock) -> Change[Payment]:
    started = begun.started
    if started is None:
        at = clock.now()
        return payment.not_begun(at=at) if begun.has_arrived else payment.not_sent(at=at)
    return _begun(payment, started, clock)


def _begun(payment: Payment, started: ChargeStarted, clock: Clock) -> Change[Payment]:
    assert started.snapshot.status is not PaymentStatus.SUCCEEDED, "money that is here is settled with its order"
    change = payment.begun(action_document(started.action), started.action_expires_at)
    return change.then(lambda one: one.hear(started.snapshot, Standing.AWAITS_PAYMENT, at=clock.now()))


def _is_same_way(payment: Payment, command: StartPayment) -> bool:
    return payment.gateway == command.gateway and payment.flow is command.flow


def _charge(payment: Payment, number: str, command: StartPayment) -> ChargeRequest:
    return ChargeRequest(
        ref=payment.ref, amount=payment.amount, flow=payment.flow, description=f"Order {number}",
        expires_at=payment.expires_at, payer_ref=command.payer_ref, client_ip=command.client_ip,
        return_url=command.return_url,
    )  # fmt: skip
