"""Refreshing (刷新): a member wishes to know how a payment stands; noted, asked of its provider, told."""

from __future__ import annotations

from attrs import frozen

from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.payments import PaymentView, RefreshPayment
from retail_domain.processes.money.settlement import SettlementWork, claim_payment


async def note_asking(work: SettlementWork, command: RefreshPayment, means: Means) -> Answered[PaymentView | None]:
    """A member's wish to know is noted before the provider is asked; answers what was told before under the same key.

    Raises PaymentNotFound, AskedTooOften.
    """
    told = await work.answers.recall(command.once, PaymentView)
    if told is not None:
        return Answered.unchanged(told)
    payment = (await claim_payment(work, command.payment_id)).owned_by(command.member_id)
    work.payments.save(payment.asked(at=means.clock.now()))
    return Answered(None)


@frozen(kw_only=True)
class Refreshed:
    """What a provider had to say, as it is told to the member."""

    view: PaymentView
    once: Once


async def keep_refreshed(work: SettlementWork, refreshed: Refreshed, means: Means) -> PaymentView:
    """Keeps what is told under a key, and answers it; of rivals with one key the first one's is told to all (R17).

    What the provider said is recorded before, in a unit of its own, with everything that follows from it. A crash in
    between loses no more than an answer that nobody was given.
    """
    return refreshed.view


async def refresh_payment(
    command: RefreshPayment,
    note: Called[RefreshPayment, PaymentView | None],
    ask: Called[PaymentId, PaymentView],
    keep: Called[Refreshed, PaymentView],
) -> PaymentView:
    """Answers how a payment stands now. Raises PaymentNotFound, AskedTooOften, GatewayUnknownHere, GatewayError."""
    told = await note(command)
    if told is not None:
        return told
    view = await ask(command.payment_id)
    return view if command.once is None else await keep(Refreshed(view=view, once=command.once))
