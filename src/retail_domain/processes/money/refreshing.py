"""Refreshing (刷新): a member wishes to know how a payment stands; noted, asked of its provider, told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from retail_domain.kernel.clock import Clock
from retail_domain.kernel.ids import PaymentId
from retail_domain.kernel.once import Once
from retail_domain.kernel.units import Begin
from retail_domain.payments import PaymentView, RefreshPayment
from retail_domain.processes.money.settlement import SettlementWork, claim_payment


@frozen(kw_only=True)
class NoteAskingHandler:
    """A member's wish to know is noted before the provider is asked; answers what was told before under the same key.

    Raises PaymentNotFound, AskedTooOften.
    """

    begin: Begin[SettlementWork]
    clock: Clock

    async def __call__(self, command: RefreshPayment) -> PaymentView | None:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(command.once, PaymentView)
            if told is not None:
                return told
            payment = (await claim_payment(work, command.payment_id)).owned_by(command.member_id)
            work.payments.save(payment.asked(at=self.clock.now()))
            await work.commit()
        return None


@frozen(kw_only=True)
class Refreshed:
    """What a provider had to say, as it is told to the member."""

    view: PaymentView
    once: Once


@frozen(kw_only=True)
class KeepRefreshedHandler:
    """Keeps what is told under a key, and answers it; of rivals with one key the first one's is told to all (R17).

    What the provider said is recorded before, in a unit of its own, with everything that follows from it. A crash in
    between loses no more than an answer that nobody was given.
    """

    begin: Begin[SettlementWork]

    async def __call__(self, refreshed: Refreshed) -> PaymentView:
        """Carry it out."""
        async with self.begin() as work:
            told = await work.answers.recall(refreshed.once, PaymentView)
            if told is not None:
                return told
            work.answers.remember(refreshed.once, refreshed.view)
            await work.commit()
        return refreshed.view


@frozen(kw_only=True)
class RefreshPaymentHandler:
    """Answers how a payment stands now. Raises PaymentNotFound, AskedTooOften, GatewayError."""

    note: Callable[[RefreshPayment], Awaitable[PaymentView | None]]
    ask: Callable[[PaymentId], Awaitable[PaymentView]]
    keep: Callable[[Refreshed], Awaitable[PaymentView]]

    async def __call__(self, command: RefreshPayment) -> PaymentView:
        """Carry it out."""
        told = await self.note(command)
        if told is not None:
            return told
        view = await self.ask(command.payment_id)
        return view if command.once is None else await self.keep(Refreshed(view=view, once=command.once))
