"""Who is who: one id type per thing, all UUIDv7, minted at the doors (decision 0013)."""

from __future__ import annotations

from typing import NewType, Protocol
from uuid import UUID

MemberId = NewType("MemberId", UUID)
StaffId = NewType("StaffId", UUID)
SessionId = NewType("SessionId", UUID)
ChallengeId = NewType("ChallengeId", UUID)
AddressId = NewType("AddressId", UUID)
ProductId = NewType("ProductId", UUID)
SkuId = NewType("SkuId", UUID)
CategoryId = NewType("CategoryId", UUID)
BrandId = NewType("BrandId", UUID)
LocationId = NewType("LocationId", UUID)
CartId = NewType("CartId", UUID)
QuoteId = NewType("QuoteId", UUID)
FreightTemplateId = NewType("FreightTemplateId", UUID)
OfferId = NewType("OfferId", UUID)
OrderId = NewType("OrderId", UUID)
ParcelId = NewType("ParcelId", UUID)
PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
EventId = NewType("EventId", UUID)
PictureId = NewType("PictureId", UUID)
MessageId = NewType("MessageId", UUID)
WebhookId = NewType("WebhookId", UUID)
KeyId = NewType("KeyId", UUID)
ReviewId = NewType("ReviewId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
CouponId = NewType("CouponId", UUID)
CouponTemplateId = NewType("CouponTemplateId", UUID)
JobId = NewType("JobId", UUID)
WithdrawalId = NewType("WithdrawalId", UUID)


class Ids(Protocol):
    """Mints ids."""

    def new(self) -> UUID:
        """A UUIDv7 that was never given out before; later ones sort after earlier ones within a process."""
        ...


class Luck(Protocol):
    """Where unguessable things come from: codes, tokens, order numbers."""

    def digits(self, count: int) -> str:
        """That many decimal digits from a cryptographic source."""
        ...

    def token(self, size_bytes: int) -> str:
        """That many random bytes as URL-safe text without padding."""
        ...
