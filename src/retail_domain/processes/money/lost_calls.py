"""Lost calls (失联): a request that began an attempt, and whose caller was never told of it (R17).

A key is kept with an answer, never before: whoever is told to try again is decided anew. So which attempt a key has begun is
noted beside it, under a key of its own that names both.
"""

from __future__ import annotations

from attrs import evolve

from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.once import Once
from retail_domain.payments import Payment, PaymentState, StartPayment
from retail_domain.processes.money.settlement import PaymentChosen, SettlementWork


async def note_begun(work: SettlementWork, once: Once | None, payment: Payment, *, is_fresh: bool = False) -> None:
    """Stage that this attempt is asked for under this key, while there is no answer to keep under the key itself."""
    if once is None or payment.action is not None:
        return
    begun = _begun_under(evolve(once, witness=None), payment.id)
    if is_fresh or await work.answers.recall(begun, PaymentChosen) is None:
        work.answers.remember(begun, PaymentChosen(payment.id))


async def paid_under(work: SettlementWork, command: StartPayment) -> PaymentId | None:
    """The attempt that an earlier call under this key has begun, if it was paid and nobody could be told. Raises KeyReused."""
    if command.once is None:
        return None
    for one in await work.payments.claim_of_order(command.order_id):
        if one.state is PaymentState.SUCCEEDED:
            begun = await work.answers.recall(_begun_under(command.once, one.id), PaymentChosen)
            if begun is not None:
                return begun.payment_id
    return None


def _begun_under(once: Once, id: PaymentId) -> Once:
    return evolve(once, operation=f"{once.operation} begun", key=f"{once.key} {id.hex}")
