"""Notices of a provider: as they come in, as they are read, and what we answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from attrs import field, frozen

from retail_domain.payments.gateway.snapshots import PaymentSnapshot, RefundSnapshot


@frozen(kw_only=True)
class RawNotification:
    """A notice as it came in at the door: nothing parsed, nothing believed."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    query: Mapping[str, str] = field(factory=dict)
    received_at: datetime


@frozen(kw_only=True)
class Notification:
    """A genuine notice to us; `event_id` is the provider's and the same in every redelivery."""

    event_id: str
    subject: PaymentSnapshot | RefundSnapshot
    signed_at: datetime | None = None


class Ack(Enum):
    """What we tell the provider about its notice."""

    DONE = "done"
    """Stored by a commit; do not send it again."""
    RETRY_LATER = "retry_later"
    """Genuine, but we could not store it."""
    REFUSED = "refused"
    """Not believed."""


@frozen
class RawReply:
    """The provider's exact acknowledgement, for the door to send as it is."""

    status: int
    body: bytes
    media_type: str
