"""The inbox: which notices of providers were heard, and what they came to (PAY-R16)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel import reading
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import Notification, NotificationUnreadable, PaymentSnapshot, RefundSnapshot
from retail_domain.payments.states import Verdict

UNREADABLE: Final = "unreadable"
"""The status of a genuine notice that cannot be read, or holds what cannot be stored."""
OF_ANOTHER: Final = "_of_another"
"""Ends the status of a notice that names another payment than the one its refund belongs to."""


class NoticeKind(Enum):
    """What a notice is about."""

    PAYMENT = "payment"
    REFUND = "refund"


@frozen(order=True)
class NoticeKey:
    """A notice: whose, which, and the digest of its body; the same event with another body is another notice."""

    gateway: str
    event_id: str
    digest: str


@frozen(kw_only=True)
class Notice:
    """A verified notice as the shop keeps it: its facts, no body and no personal data (R40)."""

    key: NoticeKey
    kind: NoticeKind
    ref: str
    status: str
    amount: Money | None
    provider_ref: str | None
    verdict: Verdict
    contradicts: bool = False
    received_at: datetime


def noted(key: NoticeKey, notification: Notification, verdict: Verdict, *, at: datetime, contradicts: bool = False) -> Notice:
    """The record of a notice."""
    subject = notification.subject
    record = _of(key, subject, verdict, at)
    return evolve(record, contradicts=contradicts)


def unreadable_notice(gateway: str, digest: str, told: NotificationUnreadable, *, at: datetime) -> Notice:
    """The record of a genuine notice that makes no sense: what could be read of it, for staff to ask the provider about.

    It says nothing of money, so it changes nothing; the same notice again is the same record.
    """
    key = NoticeKey(gateway, _readable(told.event_id) or f"{UNREADABLE}:{digest[:16]}", digest)
    return Notice(
        key=key, kind=NoticeKind.PAYMENT, ref=_readable(told.ref) or "", status=UNREADABLE, amount=None, provider_ref=None,
        verdict=Verdict.CONTRADICTED, received_at=at,
    )  # fmt: skip


def _readable(text: str | None) -> str | None:
    try:
        return reading.reference(text)
    except reading.Misread:
        return None


def answered(gateway: str, subject: PaymentSnapshot | RefundSnapshot, verdict: Verdict, *, at: datetime) -> Notice:
    """The record of an answer to a question of ours, where staff must see it: the same answer again is the same record."""
    told = (subject.status.value, subject.amount, subject.provider_ref, _payment_ref(subject))
    digest = sha256("|".join(map(str, told)).encode()).hexdigest()
    return _of(NoticeKey(gateway, f"answer:{_ref(subject)}", digest), subject, verdict, at)


def of_another(record: Notice) -> Notice:
    """The record of what names our refund and another payment, or the other way round: it says nothing of the refund itself."""
    return evolve(record, status=f"{record.status}{OF_ANOTHER}")


def _of(key: NoticeKey, subject: PaymentSnapshot | RefundSnapshot, verdict: Verdict, at: datetime) -> Notice:
    kind = NoticeKind.PAYMENT if isinstance(subject, PaymentSnapshot) else NoticeKind.REFUND
    return Notice(
        key=key, kind=kind, ref=_ref(subject), status=subject.status.value, amount=subject.amount,
        provider_ref=subject.provider_ref, verdict=verdict, received_at=at,
    )  # fmt: skip


def _ref(subject: PaymentSnapshot | RefundSnapshot) -> str:
    return subject.ref if isinstance(subject, PaymentSnapshot) else subject.refund_ref


def _payment_ref(subject: PaymentSnapshot | RefundSnapshot) -> str:
    return subject.ref if isinstance(subject, PaymentSnapshot) else subject.payment_ref
