"""Polling (查单): providers are asked about attempts they told nothing of (R11, PAY-R8)."""

from __future__ import annotations

from retail_domain.kernel.frames import Answered, Called, RefusedAllTheSame
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.payments import GatewayError, GatewayUnknownHere, MoneyState, Payment, PaymentsWork
from retail_domain.processes.money.reaching import Reach
from retail_domain.processes.money.settlement import claim_payment


async def note_poll(work: PaymentsWork, payment_id: PaymentId, means: Means, reach: Reach) -> Answered[Payment]:
    """It is noted that an attempt's provider is about to be asked, and when it is asked next; answers the attempt.

    Raises GatewayUnknownHere, and then that is noted; money that is here already needs nobody.
    """
    payment, at = await claim_payment(work, payment_id), means.clock.now()
    if payment.money is not MoneyState.UNAPPLIED and not reach.knows(payment):
        work.payments.save(payment.not_known_here(at=at))
        raise RefusedAllTheSame(GatewayUnknownHere(gateway=payment.gateway))
    change = payment.polled(at=at)
    work.payments.save(change)
    return Answered(change.state)


async def poll_payment(
    payment_id: PaymentId,
    note: Called[PaymentId, Payment],
    ask: Called[PaymentId, object],
    apply: Called[PaymentId, object],
    release: Called[PaymentId, object],
) -> None:
    """Asks the provider about an attempt, or applies money that was only recorded (R11, PAY-R8).

    What is held is given back once its order does not want it any more (R10). Raises GatewayUnknownHere.
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
