"""Timers: what is due becomes ordinary use cases, at most once each, late rather than never (R28, R29)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias, TypeVar

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import OrderId, PaymentId, RefundId
from retail_domain.kernel.units import Begin
from retail_domain.ordering import OrderingWork, OrderNotDue, OrderStatus, OrderWrongState
from retail_domain.payments import GatewayError, MoneyState, Payment, PaymentNotSuspect, PaymentsWork
from retail_domain.processes.settlement import claim_payment

K = TypeVar("K")
BATCH: Final = 50
"""How many due things one round takes up."""

_LOST_RACE = (OrderWrongState, OrderNotDue, PaymentNotSuspect)


@frozen(kw_only=True)
class Round:
    """What one round of a timer came to; whatever failed is due again in a later round."""

    due: int
    done: int
    failed: tuple[str, ...] = ()


Timer: TypeAlias = Callable[[], Awaitable[Round]]


async def _go_round(due: Sequence[K], deal_with: Callable[[K], Awaitable[object]]) -> Round:
    done, failed = 0, []
    for id in due:
        try:
            await deal_with(id)
            done += 1
        except _LOST_RACE:
            continue  # somebody else was faster, or it is not due by this clock
        except Exception as error:  # noqa: BLE001 - one order's trouble must not keep the others waiting
            failed.append(f"{id}: {type(error).__name__} {getattr(error, 'code', '')}".strip())
    return Round(due=len(due), done=done, failed=tuple(failed))


@frozen(kw_only=True)
class DueOrders:
    """Takes up orders of one state whose deadline has been reached: to close, to sign, or to complete them."""

    begin: Begin[OrderingWork]
    clock: Clock
    status: OrderStatus
    deal_with: Callable[[OrderId], Awaitable[object]]

    async def __call__(self) -> Round:
        """One round."""
        async with self.begin() as work:
            due = await work.orders.due(self.status, self.clock.now(), BATCH)
        return await _go_round(due, self.deal_with)


@frozen(kw_only=True)
class NotePollHandler:
    """It is noted that an attempt's provider is about to be asked, and when it is asked next; answers the attempt."""

    begin: Begin[PaymentsWork]
    clock: Clock

    async def __call__(self, payment_id: PaymentId) -> Payment:
        """Carry it out."""
        async with self.begin() as work:
            payment = await claim_payment(work, payment_id)
            change = payment.polled(at=self.clock.now())
            work.payments.save(change)
            await work.commit()
        return change.state


@frozen(kw_only=True)
class PollPayments:
    """Asks providers about attempts they told nothing of, and applies money that was only recorded (R11, PAY-R8).

    What is held is given back once its order does not want it any more (R10).
    """

    begin: Begin[PaymentsWork]
    clock: Clock
    note: Callable[[PaymentId], Awaitable[Payment]]
    ask: Callable[[PaymentId], Awaitable[object]]
    apply: Callable[[PaymentId], Awaitable[object]]
    release: Callable[[PaymentId], Awaitable[object]]

    async def __call__(self) -> Round:
        """One round."""
        async with self.begin() as work:
            due = await work.payments.due_polls(self.clock.now(), BATCH)
        return await _go_round(due, self._poll)

    async def _poll(self, payment_id: PaymentId) -> None:
        payment = await self.note(payment_id)
        if payment.is_held:
            await self.release(payment_id)
        elif payment.money is MoneyState.UNAPPLIED:
            await self.apply(payment_id)
        elif payment.next_poll_at is not None or payment.money is MoneyState.SUSPECT:
            await self._ask(payment_id)

    async def _ask(self, payment_id: PaymentId) -> None:
        try:
            await self.ask(payment_id)
        except GatewayError:
            return  # it is asked again at the time that was noted


@frozen(kw_only=True)
class PushRefunds:
    """Sends refunds, and asks about those that were perhaps sent (PAY-R9)."""

    begin: Begin[PaymentsWork]
    clock: Clock
    push: Callable[[RefundId], Awaitable[None]]

    async def __call__(self) -> Round:
        """One round."""
        async with self.begin() as work:
            due = await work.refunds.due(self.clock.now(), BATCH)
        return await _go_round(due, self.push)


@refusal
class TimerTrouble(DomainError):
    """Some of what was due could not be done; it is due again."""

    code = "timer.trouble"
    kind = Kind.UNAVAILABLE
    done: int
    failed: tuple[str, ...]


def counted(timer: Timer) -> Callable[[], Awaitable[int]]:
    """One round that answers how much was done. Raises TimerTrouble when some of it failed, after doing the rest."""

    async def one_round() -> int:
        went = await timer()
        if went.failed:
            raise TimerTrouble(done=went.done, failed=went.failed)
        return went.done

    return one_round
