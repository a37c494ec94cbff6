"""What providers say, read like what clients send: no store is handed what another would refuse (GEN-R23)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import attrs
from attrs import frozen

from retail_domain.kernel import reading
from retail_domain.payments.gateway.charges import Capabilities, ChargeRequest, NextAction
from retail_domain.payments.gateway.errors import NotificationUnreadable, OutcomeUnknown
from retail_domain.payments.gateway.notices import Notification, RawNotification
from retail_domain.payments.gateway.ports import NotificationReader, PaymentGateway
from retail_domain.payments.gateway.references import MerchantRef, RefundRef
from retail_domain.payments.gateway.snapshots import ChargeStarted, PaymentSnapshot, RefundRequest, RefundSnapshot

S = TypeVar("S", bound=PaymentSnapshot | RefundSnapshot)

_ACTION_TEXT_MAX = 20_000


def check_told(subject: PaymentSnapshot | RefundSnapshot) -> None:
    """Raises Misread for what cannot be stored as it was told; amounts are Money, and read already."""
    if isinstance(subject, RefundSnapshot):
        refs: tuple[str | None, ...] = (subject.refund_ref, subject.payment_ref, subject.provider_ref)
    else:
        refs = (subject.ref, subject.provider_ref)
        if subject.occurred_at is not None:
            reading.instant(subject.occurred_at)
    for ref in refs:
        if ref is not None:
            reading.reference(ref)


def check_notification(notification: Notification) -> None:
    """Raises Misread as `check_told` does, for the notice's own name too."""
    reading.reference(notification.event_id)
    check_told(notification.subject)


def read_notification(reader: NotificationReader, raw: RawNotification, gateway: str) -> Notification:
    """What a provider tells, once it is known to be genuine and fit to be stored.

    Raises what the reader raises, NotificationUnreadable for a genuine one that no store could hold.
    """
    notification = reader.read(raw)
    try:
        check_notification(notification)
    except reading.Misread as no:
        subject = notification.subject
        ref = subject.ref if isinstance(subject, PaymentSnapshot) else subject.refund_ref
        raise NotificationUnreadable(gateway=gateway, reason=no.rule, event_id=notification.event_id, ref=ref) from None
    return notification


@frozen
class CarefulGateway:
    """A gateway whose answers are read before anybody uses them.

    Side facts that cannot be read are left out; what cannot be read of the money itself leaves the outcome unknown.
    """

    gateway: PaymentGateway

    @property
    def code(self) -> str:
        """The gateway's own."""
        return self.gateway.code

    @property
    def capabilities(self) -> Capabilities:
        """The gateway's own."""
        return self.gateway.capabilities

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """See `PaymentGateway.begin`."""
        started = await self.gateway.begin(request)
        self._read(started.snapshot)
        try:
            _check_action(started.action)
        except reading.Misread:
            raise self._unreadable() from None
        return started

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.query`."""
        return self._read(await self.gateway.query(ref))

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """See `PaymentGateway.close`."""
        return self._read(await self.gateway.close(ref))

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """See `PaymentGateway.refund`."""
        return self._read(await self.gateway.refund(request))

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """See `PaymentGateway.query_refund`."""
        return self._read(await self.gateway.query_refund(payment_ref, refund_ref))

    def _read(self, snapshot: S) -> S:
        snapshot = _without_odd_sides(snapshot)
        try:
            check_told(snapshot)
        except reading.Misread:
            raise self._unreadable() from None
        return snapshot

    def _unreadable(self) -> OutcomeUnknown:
        return OutcomeUnknown(gateway=self.code, reason="answer_unreadable")


def careful(gateways: Mapping[str, PaymentGateway]) -> Mapping[str, PaymentGateway]:
    """The same gateways, each behind a careful reader."""
    return {
        code: gateway if isinstance(gateway, CarefulGateway) else CarefulGateway(gateway) for code, gateway in gateways.items()
    }


def _without_odd_sides(snapshot: S) -> S:
    """What stands beside the money (when it came, what the provider calls it) never keeps the money from being heard."""
    told: Any = snapshot
    if not _can_be(reading.reference, snapshot.provider_ref):
        told = attrs.evolve(told, provider_ref=None)
    if isinstance(snapshot, PaymentSnapshot) and not _can_be(reading.instant, snapshot.occurred_at):
        told = attrs.evolve(told, occurred_at=None)
    return cast(S, told)


def _can_be(read: Callable[[object], object], told: object) -> bool:
    try:
        return told is None or read(told) is not None
    except reading.Misread:
        return False


def _check_action(action: NextAction) -> None:
    for value in attrs.asdict(action, recurse=False).values():
        texts = [*value.keys(), *value.values()] if isinstance(value, Mapping) else [value]
        for text in texts:
            reading.storable(text, _ACTION_TEXT_MAX)
