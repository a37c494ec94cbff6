"""The two ports: a way of taking money, and a reader of its notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

from retail_domain.payments.gateway.charges import Capabilities, ChargeRequest
from retail_domain.payments.gateway.notices import Ack, Notification, RawNotification, RawReply
from retail_domain.payments.gateway.references import MerchantRef, RefundRef
from retail_domain.payments.gateway.snapshots import ChargeStarted, PaymentSnapshot, RefundRequest, RefundSnapshot


class PaymentGateway(Protocol):
    """One way of taking money.

    Every verb may raise `NotSent` (surely not processed: repeat with the same reference), `OutcomeUnknown` (it may have been
    processed: `query` with the same reference until it is decided, and never mint a new one) or `Misconfigured` (take the
    gateway out of offer and alert). No adapter retries by itself: that is decided with the stored reference in hand (R12).
    """

    @property
    def code(self) -> str:
        """The gateway's name in settings, addresses and the ledger: `sandbox`, `counter`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it offers; constant for the life of the process."""
        ...

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """Start a payment, or find it started.

        Idempotent in `request.ref`: an equal request gives an equal or refreshed action and never a second charge. The caller
        has stored reference, amount, gateway and expiry before. The expiry reaches the provider as an absolute time. A gateway
        that settles in our transaction makes no call and is awaited inside the unit of work.

        Raises:
            ReferenceConflict: another request was made under this reference.
            Rejected: surely not begun, and final for this reference.
        """
        ...

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """How the payment stands: the authority. Reads only; `NOT_FOUND` means that nothing is known *yet*."""
        ...

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """Make sure the payment can no longer be paid, and tell how it stands now.

        Idempotent. Answers CLOSED or FAILED, SUCCEEDED when the buyer was faster, or NOT_FOUND as `query` does; never raises
        because it was closed or paid already.
        """
        ...

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """Give money back; PENDING is a normal answer.

        Idempotent in `refund_ref` with an equal amount. The caller has reserved the amount against the payment before.

        Raises:
            ReferenceConflict: another refund was made under this reference.
            Rejected: surely not refunded.
        """
        ...

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """How the refund stands, as `query`."""
        ...


class NotificationReader(Protocol):
    """Reads one provider's notices: pure, synchronous, no input or output, no logging of bodies."""

    def read(self, raw: RawNotification) -> Notification:
        """The notice, if and only if it is genuine, fresh and ours (R9).

        The signature holds over the raw bytes under a configured key with the configured algorithm, the time is fresh where
        the protocol carries one, and our merchant is addressed. Promises nothing about amounts: the application compares
        amount, currency, reference and gateway with the stored attempt.

        Raises:
            NotificationForged, NotificationStale, NotificationForAnother: not believed; nothing is looked up or kept.
            NotificationUnreadable: genuine, fresh and ours, and it makes no sense; it is kept where staff see it.
        """
        ...

    def reply(self, ack: Ack) -> RawReply:
        """The provider's exact acknowledgement; `DONE` is said only after a commit."""
        ...


Gateways: TypeAlias = Mapping[str, PaymentGateway]
"""The gateways on offer, by code."""

NotificationReaders: TypeAlias = Mapping[str, NotificationReader]
"""Who reads the notices of which gateway, by code; the counter sends none."""
