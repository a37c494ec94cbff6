"""Polling (查单): providers are asked about attempts they told nothing of (R11, PAY-R8)."""

from __future__ import annotations

from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.payments import GatewayError, MoneyState, Payment, PaymentsWork
from retail_domain.processes.money.settlement import claim_payment


async def note_poll(work: PaymentsWork, payment_id: PaymentId, means: Means) -> Payment:
    """It is noted that an attempt's provider is about to be asked, and when it is asked next; answers the attempt."""
    payment = await claim_payment(work, payment_id)
    change = payment.polled(at=means.clock.now())
    work.payments.save(change)
    return change.state


async def poll_payment(
    payment_id: PaymentId,
    note: Called[PaymentId, Payment],
    ask: Called[PaymentId, object],
    apply: Called[PaymentId, object],
    release: Called[PaymentId, object],
) -> None:
    """Asks the provider about an attempt, or applies money that was only recorded (R11, PAY-R8).

    What is held is given back once its order does not want it any more (R10).
    """
    payment = await note(payment_id)
    if payment.is_held:
        await release(payment_id)
    elif payment.money is MoneyState.UNAPPLIED:
        await apply(payment_id)
    elif payment.next_poll_at is not None or payment.money is MoneyState.SUSPECT:
        try:
            await ask(payment_id)
        except GatewayError:
            return  # it is asked again at the time that was noted
