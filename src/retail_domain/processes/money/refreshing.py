"""Refreshing (刷新): a member wishes to know how a payment stands; noted, asked of its provider, told."""

from __future__ import annotations

from attrs import evolve, frozen

from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import DONE, Done, Once
from retail_domain.payments import AskedTooOften, PaymentView, RefreshPayment
from retail_domain.processes.money.settlement import SettlementWork, claim_payment


async def note_asking(work: SettlementWork, command: RefreshPayment, means: Means) -> Answered[PaymentView | None]:
    """A member's wish to know is noted before the provider is asked; answers what was told before under the same key.

    A request whose answer got lost, and that comes again under its key, is not turned away by its own note, but once.
    Raises PaymentNotFound, AskedTooOften.
    """
    told = await work.answers.recall(command.once, PaymentView)
    if told is not None:
        return Answered.unchanged(told)
    payment = (await claim_payment(work, command.payment_id)).owned_by(command.member_id)
    at, note = means.clock.now(), _ASKED
    try:
        change = payment.asked(at=at)
    except AskedTooOften:
        if not await _comes_again(work, command.once):
            raise
        change, note = payment.asked_again(at=at), _ASKED_AGAIN
    work.payments.save(change)
    if command.once is not None and await work.answers.recall(_noted(command.once, note), Done) is None:
        work.answers.remember(_noted(command.once, note), DONE)
    return Answered(None)


_ASKED, _ASKED_AGAIN = "asked", "asked again"


async def _comes_again(work: SettlementWork, once: Once | None) -> bool:
    """Whether it was this very request that asked before, and it has not come again yet."""
    if once is None or await work.answers.recall(_noted(once, _ASKED), Done) is None:
        return False
    return await work.answers.recall(_noted(once, _ASKED_AGAIN), Done) is None


def _noted(once: Once, what: str) -> Once:
    """Where it is kept that a request under this key had its provider asked: that is no answer to anybody."""
    return evolve(once, operation=f"{once.operation} {what}", witness=None)


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
