"""Pay at the counter: no outside service; a clerk takes the money and confirms it in the application (PAY-R17)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from attrs import field, frozen

from retail_domain.payments.gateway import (
    Capabilities,
    ChargeRequest,
    ChargeStarted,
    Flow,
    MerchantRef,
    PayAtCounter,
    PaymentSnapshot,
    PaymentStatus,
    RefundRef,
    RefundRequest,
    RefundSnapshot,
    RefundStatus,
    Rejected,
)

CODE: Final = "counter"
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that can be misread or misheard
_CODE_LENGTH: Final = 10


def counter_gateway(secret: str) -> CounterGateway:
    """Paying at the counter; the codes are derived from this secret, so nobody can guess them."""
    return CounterGateway(secret.encode())


@frozen
class CounterGateway:
    """Settles in our own transaction: the only book about this money is ours, so there is nobody to ask."""

    _secret: bytes = field(repr=False)

    def __attrs_post_init__(self) -> None:
        if len(self._secret) < 16:
            raise ValueError("the secret for counter codes has at least 16 bytes")

    @property
    def code(self) -> str:
        """`counter`."""
        return CODE

    @property
    def capabilities(self) -> Capabilities:
        """Cash or card over the counter, in any currency."""
        return Capabilities(flows=frozenset({Flow.COUNTER}), settles_in_our_transaction=True, notification_carries_time=False)

    def code_for(self, ref: MerchantRef) -> str:
        """What the buyer tells the clerk: ten unguessable signs, the same for the same attempt."""
        digest = hmac.new(self._secret, f"counter\n{ref}".encode(), hashlib.sha256).digest()
        number = int.from_bytes(digest, "big")
        return "".join(_SIGNS[number // len(_SIGNS) ** place % len(_SIGNS)] for place in range(_CODE_LENGTH))

    async def begin(self, request: ChargeRequest) -> ChargeStarted:
        """A code to show; the payment stays pending until a clerk confirms the typed amount."""
        if not self.capabilities.offers(request.flow, request.amount.currency):
            raise Rejected(gateway=CODE, reason="not_offered")
        return ChargeStarted(
            action=PayAtCounter(self.code_for(request.ref)),
            snapshot=PaymentSnapshot(ref=request.ref, status=PaymentStatus.PENDING, amount=request.amount),
            action_expires_at=request.expires_at,
        )

    async def query(self, ref: MerchantRef) -> PaymentSnapshot:
        """NOT_FOUND, always: what the clerk confirmed stands in our own books and nowhere else."""
        return PaymentSnapshot(ref=ref, status=PaymentStatus.NOT_FOUND)

    async def close(self, ref: MerchantRef) -> PaymentSnapshot:
        """CLOSED: whether a clerk was faster is decided by the lock on the attempt, not here."""
        return PaymentSnapshot(ref=ref, status=PaymentStatus.CLOSED)

    async def refund(self, request: RefundRequest) -> RefundSnapshot:
        """SUCCEEDED at once: the clerk who asks for it hands the cash back."""
        return RefundSnapshot(
            refund_ref=request.refund_ref,
            payment_ref=request.payment_ref,
            status=RefundStatus.SUCCEEDED,
            amount=request.amount,
        )

    async def query_refund(self, payment_ref: MerchantRef, refund_ref: RefundRef) -> RefundSnapshot:
        """NOT_FOUND, always; asking for the refund again is harmless."""
        return RefundSnapshot(refund_ref=refund_ref, payment_ref=payment_ref, status=RefundStatus.NOT_FOUND)
