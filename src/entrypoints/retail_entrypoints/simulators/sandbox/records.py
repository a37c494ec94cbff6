"""What the simulated provider keeps: payments, refunds and the notices it owes."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Payment:
    """A payment under the merchant's reference."""

    ref: str
    provider_ref: str
    asked: str
    """The create call's parameters in one spelling; a repeat must be equal."""
    minor: int
    currency: str
    flow: str
    description: str
    expires_at: str
    notify_url: str
    return_url: str | None
    status: str = "pending"
    occurred_at: str | None = None


@frozen(kw_only=True)
class Refund:
    """A refund under the merchant's reference."""

    ref: str
    payment_ref: str
    provider_ref: str
    minor: int
    currency: str
    status: str


@frozen(kw_only=True)
class Notice:
    """Something the merchant is told until it acknowledges; the body is written once."""

    event_id: str
    kind: str
    ref: str
    url: str
    body: str
    attempts: int = 0
    acknowledged: bool = False
    last_status: int | None = None
