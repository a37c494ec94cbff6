"""Noticing (回调): a provider's notice is verified, then inbox, attempt, order and events are one transaction (rulings 10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.units import Begin
from retail_domain.payments import (
    Ack,
    GatewayNotFound,
    NoticeKey,
    Notification,
    NotificationReaders,
    NotificationRefused,
    PaymentSnapshot,
    RawNotification,
    RawReply,
    RefundSnapshot,
    TakeNotice,
    Verdict,
    noted,
    of_another,
)
from retail_domain.processes.money.refunds_heard import RefundTold, hear_refund
from retail_domain.processes.money.settlement import (
    BUSY,
    Broke,
    SettlementWork,
    Settling,
    Told,
    claim_payment,
    hear_payment,
    save_payment,
)


@frozen(kw_only=True)
class Verified:
    """A notice whose signature held, and the digest of its body."""

    key: NoticeKey
    notification: Notification


@frozen(kw_only=True)
class ApplyNoticeHandler:
    """Inbox and effect in one unit of work; a notice heard before has none (R8, R26, PAY-I3)."""

    begin: Begin[SettlementWork]
    clock: Clock
    means: Settling

    async def __call__(self, notice: Verified) -> Verdict:
        """Carry it out."""
        at = self.clock.now()
        async with self.begin() as work:
            if await work.inbox.find(notice.key) is not None:
                return Verdict.DUPLICATE
            contradicts = await work.inbox.has_event(notice.key.gateway, notice.key.event_id)
            verdict, names_another = await self._hear(work, notice)
            record = noted(notice.key, notice.notification, verdict, at=at, contradicts=contradicts)
            work.inbox.add(of_another(record) if names_another else record)
            await work.commit()
        return verdict

    async def _hear(self, work: SettlementWork, notice: Verified) -> tuple[Verdict, bool]:
        """What it came to, and whether it names another payment than the one its refund belongs to."""
        subject, gateway = notice.notification.subject, notice.key.gateway
        if isinstance(subject, PaymentSnapshot):
            return await self._hear_payment(work, gateway, subject), False
        return await self._hear_refund(work, gateway, subject)

    async def _hear_payment(self, work: SettlementWork, gateway: str, snapshot: PaymentSnapshot) -> Verdict:
        payment = await work.payments.find(gateway, snapshot.ref)
        if payment is None:
            return Verdict.UNKNOWN_REF
        told = Told(payment_id=payment.id, snapshot=snapshot, actor=Actor.gateway(gateway))
        return (await hear_payment(work, told, self.clock.now(), self.means)).verdict

    async def _hear_refund(self, work: SettlementWork, gateway: str, snapshot: RefundSnapshot) -> tuple[Verdict, bool]:
        refund = await work.refunds.find(gateway, snapshot.refund_ref)
        if refund is None:
            return Verdict.UNKNOWN_REF, False
        told = RefundTold(refund_id=refund.id, snapshot=snapshot)
        heard = await hear_refund(work, told, self.clock.now(), self.means.ids)
        return heard.verdict, heard.names_another


@frozen(kw_only=True)
class ShelveNoticeHandler:
    """What could not be applied is at least recorded: inbox and attempt alone, to be tried again (PAY-R8, rulings 10)."""

    begin: Begin[SettlementWork]
    clock: Clock

    async def __call__(self, notice: Verified) -> Verdict:
        """Carry it out."""
        at, subject = self.clock.now(), notice.notification.subject
        async with self.begin() as work:
            if isinstance(subject, PaymentSnapshot):
                payment = await work.payments.find(notice.key.gateway, subject.ref)
                if payment is not None:
                    claimed = await claim_payment(work, payment.id)
                    save_payment(work, claimed.shelve(subject, at=at), at)
            work.inbox.add(noted(notice.key, notice.notification, Verdict.UNAPPLIED, at=at))
            await work.commit()
        return Verdict.UNAPPLIED


@frozen(kw_only=True)
class TakeNoticeHandler:
    """Answers the provider's own acknowledgement, `DONE` only after a commit.

    Raises GatewayNotFound for a provider nobody configured (integrations 2).
    """

    readers: NotificationReaders
    apply: Callable[[Verified], Awaitable[Verdict]]
    shelve: Callable[[Verified], Awaitable[Verdict]]
    clock: Clock
    broke: Broke

    async def __call__(self, command: TakeNotice) -> RawReply:
        """Carry it out."""
        reader = self.readers.get(command.gateway)
        if reader is None:
            raise GatewayNotFound(gateway=command.gateway)
        received_at = command.received_at or self.clock.now()
        raw = RawNotification(
            headers=command.headers, body=command.body, query=command.query, received_at=received_at
        )
        try:
            notification = reader.read(raw)  # before any look-up: a forged notice costs us one verification (R9)
        except NotificationRefused:
            return reader.reply(Ack.REFUSED)
        key = NoticeKey(command.gateway, notification.event_id, sha256(command.body).hexdigest())
        return reader.reply(await self._record(Verified(key=key, notification=notification)))

    async def _record(self, notice: Verified) -> Ack:
        try:
            try:
                await self.apply(notice)
            except BUSY:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a kind of the host's breaks with, the money is here (X3)
                self.broke(error)
                await self.shelve(notice)
        except BUSY:
            return Ack.RETRY_LATER
        return Ack.DONE
