"""Noticing (回调): a provider's notice is verified; inbox, attempt, order and events are one transaction (ORD-I6, PAY-R8)."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from hashlib import sha256

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.clock import Clock
from retail_domain.kernel.frames import Answered, Called
from retail_domain.kernel.means import Means
from retail_domain.payments import (
    Ack,
    GatewayNotFound,
    NoticeKey,
    Notification,
    NotificationReader,
    NotificationReaders,
    NotificationRefused,
    NotificationUnreadable,
    PaymentSnapshot,
    RawNotification,
    RawReply,
    RefundSnapshot,
    TakeNotice,
    Verdict,
    noted,
    of_another,
    read_notification,
    unreadable_notice,
)
from retail_domain.processes.money.refunds_heard import RefundTold, hear_refund
from retail_domain.processes.money.settlement import (
    BUSY,
    PaymentTold,
    SettlementWork,
    Settling,
    claim_payment,
    hear_payment,
    save_payment,
)
from retail_domain.processes.takings import Takings


@frozen(kw_only=True)
class Verified:
    """A notice whose signature held, and the digest of its body."""

    key: NoticeKey
    notification: Notification


async def apply_notice(work: SettlementWork, notice: Verified, means: Means, takings: Takings) -> Answered[Verdict]:
    """Inbox and effect in one unit of work; a notice heard before has none (R8, R26, PAY-I3)."""
    at = means.clock.now()
    if await work.inbox.find(notice.key) is not None:
        return Answered.unchanged(Verdict.DUPLICATE)
    contradicts = await work.inbox.has_event(notice.key.gateway, notice.key.event_id)
    verdict, names_another = await _hear(work, notice, means, takings)
    record = noted(notice.key, notice.notification, verdict, at=at, contradicts=contradicts)
    work.inbox.add(of_another(record) if names_another else record)
    return Answered(verdict)


async def _hear(work: SettlementWork, notice: Verified, means: Means, takings: Takings) -> tuple[Verdict, bool]:
    """What it came to, and whether it names another payment than the one its refund belongs to."""
    subject, gateway, at = notice.notification.subject, notice.key.gateway, means.clock.now()
    settling = Settling(ids=means.ids, takings=takings)
    if isinstance(subject, PaymentSnapshot):
        return await _hear_payment(work, gateway, subject, at, settling), False
    return await _hear_refund(work, gateway, subject, at, settling)


async def _hear_payment(
    work: SettlementWork, gateway: str, snapshot: PaymentSnapshot, at: datetime, settling: Settling
) -> Verdict:
    payment = await work.payments.find(gateway, snapshot.ref)
    if payment is None:
        return Verdict.UNKNOWN_REF
    told = PaymentTold(payment_id=payment.id, snapshot=snapshot, actor=Actor.gateway(gateway))
    return (await hear_payment(work, told, at, settling)).verdict


async def _hear_refund(
    work: SettlementWork, gateway: str, snapshot: RefundSnapshot, at: datetime, settling: Settling
) -> tuple[Verdict, bool]:
    refund = await work.refunds.find(gateway, snapshot.refund_ref)
    if refund is None:
        return Verdict.UNKNOWN_REF, False
    heard = await hear_refund(work, RefundTold(refund_id=refund.id, snapshot=snapshot), at, settling.ids)
    return heard.verdict, heard.names_another


async def shelve_notice(work: SettlementWork, notice: Verified, means: Means) -> Verdict:
    """What could not be applied is at least recorded: inbox and attempt alone, to be tried again (PAY-R8)."""
    at, subject = means.clock.now(), notice.notification.subject
    if isinstance(subject, PaymentSnapshot):
        payment = await work.payments.find(notice.key.gateway, subject.ref)
        if payment is not None:
            claimed = await claim_payment(work, payment.id)
            save_payment(work, claimed.shelve(subject, at=at), at)
    work.inbox.add(noted(notice.key, notice.notification, Verdict.UNAPPLIED, at=at))
    return Verdict.UNAPPLIED


@frozen(kw_only=True)
class Unread:
    """A genuine notice that cannot be read, whose it is, and the digest of its body."""

    gateway: str
    digest: str
    told: NotificationUnreadable


async def keep_unread(work: SettlementWork, notice: Unread, means: Means) -> Answered[None]:
    """It is kept among the notices that nobody can place, where staff see it (GEN-R23, R10); a repetition changes nothing."""
    record = unreadable_notice(notice.gateway, notice.digest, notice.told, at=means.clock.now())
    if await work.inbox.find(record.key) is not None:
        return Answered.unchanged(None)
    work.inbox.add(record)
    return Answered(None)


async def take_notice(
    command: TakeNotice,
    readers: NotificationReaders,
    clock: Clock,
    record: Called[Verified, Verdict],
    keep: Called[Unread, None],
) -> RawReply:
    """Answers the provider's own acknowledgement, `DONE` only after a commit.

    What is genuine and cannot be read, or not be stored on every store, is kept for staff and acknowledged too: the same
    notice again would be no better.

    Raises GatewayNotFound for a provider nobody configured (PAY-R16).
    """
    reader = readers.get(command.gateway)
    if reader is None:
        raise GatewayNotFound(gateway=command.gateway)
    received_at, digest = command.received_at or clock.now(), sha256(command.body).hexdigest()
    raw = RawNotification(headers=command.headers, body=command.body, query=command.query, received_at=received_at)
    try:
        # Before any look-up: a forged one costs one verification (R9).
        notification = read_notification(reader, raw, command.gateway)
    except NotificationUnreadable as odd:
        return await _acknowledged(reader, keep(Unread(gateway=command.gateway, digest=digest, told=odd)))
    except NotificationRefused:
        return reader.reply(Ack.REFUSED)
    key = NoticeKey(command.gateway, notification.event_id, digest)
    return await _acknowledged(reader, record(Verified(key=key, notification=notification)))


async def _acknowledged(reader: NotificationReader, step: Awaitable[object]) -> RawReply:
    try:
        await step
    except BUSY:
        return reader.reply(Ack.RETRY_LATER)
    return reader.reply(Ack.DONE)
