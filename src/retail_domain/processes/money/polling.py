"""Polling (查单): providers are asked about attempts they told nothing of (R11, PAY-R8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.units import Begin
from retail_domain.payments import GatewayError, MoneyState, Payment, PaymentsWork
from retail_domain.processes.money.settlement import claim_payment


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
class PollPaymentHandler:
    """Asks the provider about an attempt, or applies money that was only recorded (R11, PAY-R8).

    What is held is given back once its order does not want it any more (R10).
    """

    note: Callable[[PaymentId], Awaitable[Payment]]
    ask: Callable[[PaymentId], Awaitable[object]]
    apply: Callable[[PaymentId], Awaitable[object]]
    release: Callable[[PaymentId], Awaitable[object]]

    async def __call__(self, payment_id: PaymentId) -> None:
        """Carry it out."""
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
