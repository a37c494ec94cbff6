"""Paying (支付): an attempt is written down, its provider called, the answer recorded: three named steps (rulings 13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import Ids, PaymentId
from retail_domain.kernel.money import Money
from retail_domain.kernel.units import Begin
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
    NotSent,
    Payment,
    PaymentGateway,
    PaymentNotAtCounter,
    PaymentSnapshot,
    PaymentState,
    PaymentStatus,
    PaymentView,
    Rejected,
    Standing,
    StartPayment,
    action_document,
    freight_of,
    left_to_ask,
    payment_view,
    payment_view_as_begun,
)
from retail_domain.processes.money.settlement import (
    SettlementWork,
    Settling,
    Told,
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
    fresh: tuple[Payment, str] | None = None
    """The attempt just written and the number of its order; one that stood before is to be read."""


@frozen
class PaymentChosen:
    """What is remembered under an idempotency key: which attempt it was."""

    payment_id: PaymentId


Record: TypeAlias = Callable[[Told], Awaitable[PaymentView]]


def offered(gateways: Gateways, code: str, flow: Flow, currency: str) -> PaymentGateway:
    """The gateway, if it takes this currency this way. Raises GatewayNotOffered."""
    gateway = gateways.get(code)
    if gateway is None or not gateway.capabilities.offers(flow, currency):
        raise GatewayNotOffered(gateway=code, flow=flow.value)
    return gateway


@frozen(kw_only=True)
class WriteAttemptHandler:
    """Step 1: the attempt and its reference are stored before any provider hears of them (R12).

    Where nobody has to be asked, as at the counter, it is begun in the same unit, which may well be run again, and no
    further step follows.
    The same way of paying finds its open attempt again. Raises OrderNotFound, OrderWrongState, OrderIsClosing,
    OrderPaymentOverdue, PaymentTooLate, UnknownKinds.
    """

    begin: Begin[SettlementWork]
    clock: Clock
    ids: Ids
    gateways: Gateways
    takings: Takings

    async def __call__(self, command: StartPayment) -> AttemptWritten:
        """Carry it out."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, PaymentChosen)
            if told is not None:
                return AttemptWritten(payment_id=told.payment_id, is_repeat=True)
            order = (await claim_order(work.orders, command.order_id)).owned_by(command.member_id)
            order.check_payable(at=at)
            self.takings.check_known(order)
            gateway = offered(self.gateways, command.gateway, command.flow, order.currency)
            attempts = await work.payments.claim_of_order(order.id)
            standing = next((one for one in attempts if one.is_open), None)
            if standing is not None and not _is_same_way(standing, command):
                return AttemptWritten(payment_id=standing.id, in_the_way=standing.id)
            fresh = await self._start(work, order, command, gateway, attempts) if standing is None else None
            payment = standing or fresh
            assert payment is not None
            work.answers.remember(command.once, PaymentChosen(payment.id))
            await work.commit()
        return AttemptWritten(payment_id=payment.id, fresh=(fresh, order.number) if fresh else None)

    async def _start(
        self, work: SettlementWork, order: Order, command: StartPayment, gateway: PaymentGateway, others: Sequence[Payment]
    ) -> Payment:
        left = Money(left_to_ask(order.payable_minor, others), order.currency)
        freight_minor = freight_of(left.minor, left.minor, order.freight_minor, others)
        attempt = Attempt(
            id=PaymentId(self.ids.new()), order_id=order.id, member_id=order.member_id, gateway=command.gateway,
            flow=command.flow, amount=left, freight_minor=freight_minor, pay_by=order.pay_by,
        )  # fmt: skip
        at = self.clock.now()
        change = Payment.started(attempt, at=at)
        if gateway.capabilities.settles_in_our_transaction:
            started = await gateway.begin(_charge(change.state, order.number, command))
            if started.snapshot.status is PaymentStatus.PENDING:  # with money in it, it is settled by the steps that follow
                change = change.then(lambda one: _begun(one, started, self.clock))
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


@frozen(kw_only=True)
class RecordBegunHandler:
    """Step 3: what the buyer must do next is stored, and whatever the provider said with it, short of money."""

    begin: Begin[SettlementWork]
    clock: Clock

    async def __call__(self, begun: Begun) -> PaymentView:
        """Carry it out."""
        async with self.begin() as work:
            change = _recorded(await claim_payment(work, begun.payment_id), begun, self.clock)
            save_payment(work, change, self.clock.now())
            await work.commit()
        return payment_view(change.state)


@frozen(kw_only=True)
class ReadPaymentHandler:
    """Reads an attempt without a lock, with the public number of its order: what is needed to call its provider."""

    begin: Begin[SettlementWork]

    async def __call__(self, payment_id: PaymentId) -> tuple[Payment, str]:
        """Carry it out."""
        async with self.begin() as work:
            payment = await work.payments.get(payment_id)
            return payment, (await work.orders.get(payment.order_id)).number


@frozen(kw_only=True)
class StartPaymentHandler:
    """Writes an attempt, begins it at its provider, records the answer. Answers what the buyer does next.

    An open attempt by another way is closed at its provider first; while that is not certain AttemptOpen is raised.
    Raises what WriteAttemptHandler raises, and GatewayError when the provider does not do it.
    """

    gateways: Gateways
    write: Callable[[StartPayment], Awaitable[AttemptWritten]]
    read: Callable[[PaymentId], Awaitable[tuple[Payment, str]]]
    close: Callable[[PaymentId], Awaitable[bool]]
    record: Callable[[Begun], Awaitable[PaymentView]]
    settle: Record

    async def __call__(self, command: StartPayment) -> PaymentView:
        """Carry it out."""
        written = await self.write(command)
        if written.in_the_way is not None:
            if not await self.close(written.in_the_way):
                raise AttemptOpen(payment_id=written.in_the_way)
            written = await self.write(command)
            if written.in_the_way is not None:
                raise AttemptOpen(payment_id=written.in_the_way)
        payment, number = written.fresh or await self.read(written.payment_id)
        if written.is_repeat and payment.action is not None:
            return payment_view_as_begun(payment)
        if not payment.is_open or payment.action is not None:
            return payment_view(payment)
        return await self._begin(payment, _charge(payment, number, command))

    async def _begin(self, payment: Payment, request: ChargeRequest) -> PaymentView:
        gateway = self.gateways[payment.gateway]
        try:
            started = await gateway.begin(request)
        except (Rejected, NotSent) as refused:
            has_arrived = not isinstance(refused, NotSent)
            await self.record(Begun(payment_id=payment.id, started=None, has_arrived=has_arrived))
            raise
        if started.snapshot.status is PaymentStatus.SUCCEEDED:  # the money is here already: recorded whatever breaks (X3)
            paid = Told(payment_id=payment.id, snapshot=started.snapshot, actor=Actor.gateway(payment.gateway))
            return await self.settle(paid)
        return await self.record(Begun(payment_id=payment.id, started=started))


@frozen(kw_only=True)
class CloseAttemptHandler:
    """Makes an attempt unpayable at its provider and records what came of it; answers whether it is decided now.

    A provider that cannot be reached leaves it undecided (PAY-R6).
    """

    gateways: Gateways
    read: Callable[[PaymentId], Awaitable[tuple[Payment, str]]]
    record: Record

    async def __call__(self, payment_id: PaymentId) -> bool:
        """Carry it out."""
        payment, _ = await self.read(payment_id)
        gateway = self.gateways.get(payment.gateway)
        if not payment.is_open or gateway is None:
            return not payment.is_open
        try:
            snapshot = await gateway.close(payment.ref)
        except GatewayError:
            return False
        view = await self.record(Told(payment_id=payment_id, snapshot=snapshot, actor=Actor.gateway(payment.gateway)))
        return view.status not in OPEN


@frozen(kw_only=True)
class AskPaymentHandler:
    """Asks an attempt's provider how it stands and records the answer: polls and refreshes alike (PAY-R7, R11).

    Once expiry and grace are over, or when it was given up, it is closed rather than asked after. Raises GatewayError.
    """

    gateways: Gateways
    clock: Clock
    read: Callable[[PaymentId], Awaitable[tuple[Payment, str]]]
    record: Record

    async def __call__(self, payment_id: PaymentId) -> PaymentView:
        """Carry it out."""
        payment, _ = await self.read(payment_id)
        gateway = self.gateways.get(payment.gateway)
        if gateway is None or payment.state is PaymentState.SUCCEEDED:
            return payment_view(payment)
        is_over = payment.is_to_be_closed or (payment.is_open and payment.is_written_off(self.clock.now()))
        ask = gateway.close if is_over else gateway.query
        snapshot = await ask(payment.ref)
        return await self.record(Told(payment_id=payment_id, snapshot=snapshot, actor=Actor.gateway(payment.gateway)))


@frozen(kw_only=True)
class ConfirmCounterHandler:
    """Records money taken at the counter: the typed amount must be the amount due, to the cent (PAY-R2).

    Raises PaymentNotFound, PaymentNotAtCounter, PaymentNotOpen, CounterAmountDiffers.
    """

    begin: Begin[SettlementWork]
    clock: Clock
    means: Settling

    async def __call__(self, command: ConfirmCounterPayment) -> PaymentView:
        """Carry it out."""
        at = self.clock.now()
        async with self.begin() as work:
            told = await work.answers.recall(command.once, PaymentView)
            if told is not None:
                return told
            met = await claim_pair(work, command.payment_id, self.means.takings)
            payment = met.payment
            _check_counter(payment, command)
            snapshot = PaymentSnapshot(
                ref=payment.ref, status=PaymentStatus.SUCCEEDED, amount=command.amount, occurred_at=at
            )
            told_us = Told(payment_id=payment.id, snapshot=snapshot, actor=command.actor)
            heard = await hear_claimed(work, met, told_us, at, self.means)
            view = payment_view(heard.payment)
            work.answers.remember(command.once, view)
            await work.commit()
        return view


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
