"""Our names for payment attempts and refunds, as every provider can take them (R12)."""

from __future__ import annotations

import re
from typing import Final, NewType
from uuid import UUID

from retail_domain.kernel.money import Money

MerchantRef = NewType("MerchantRef", str)
"""Our name for one payment attempt, `[0-9A-Za-z]{8,32}`, stored before the provider hears it and never reused (R12)."""

RefundRef = NewType("RefundRef", str)
"""Our name for one refund decision, `[0-9A-Za-z]{8,32}`, stored before the provider hears it and never reused (R12)."""

_REF: Final = re.compile(r"[0-9A-Za-z]{8,32}")


def merchant_ref(id: UUID) -> MerchantRef:
    """The reference under which a payment attempt is known to every provider: its id in 32 hexadecimal digits."""
    return MerchantRef(id.hex)


def refund_ref(id: UUID) -> RefundRef:
    """The reference under which a refund is known to every provider: its id in 32 hexadecimal digits."""
    return RefundRef(id.hex)


def check_asked(ref: str, amount: Money) -> None:
    """What every request to a provider must satisfy. Raises ValueError."""
    if not _REF.fullmatch(ref):
        raise ValueError("a reference is 8 to 32 letters and digits")
    if amount.minor <= 0:
        raise ValueError("a provider moves more than nothing")
