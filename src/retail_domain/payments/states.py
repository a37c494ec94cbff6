"""The states of payments and refunds, and where received money can lie (PAY-R1)."""

from __future__ import annotations

from enum import Enum
from typing import Final


class PaymentState(Enum):
    """How far a payment attempt has come; SUCCEEDED never leaves, anything becomes SUCCEEDED on verified, equal money."""

    CREATED = "created"
    PENDING = "pending"
    HELD = "held"
    """An inside account was charged; it waits for the rest of the order's money."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CLOSED = "closed"


UNKNOWN_GATEWAY: Final = "unknown_gateway"
"""Why something waits that is the shop's own to do: whoever came by did not know its gateway, or its account (PAY-R18)."""

OPEN: Final = frozenset({PaymentState.CREATED, PaymentState.PENDING})
"""The states in which a buyer may still pay."""


class MoneyState(Enum):
    """What became of the money of an attempt: every received unit is in exactly one of these."""  # PAY-I2, R10

    NONE = "none"
    """Nothing was received."""
    APPLIED = "applied"
    """It paid the order."""
    EXTRA = "extra"
    """The order was paid already: refunded by itself (PAY-R4)."""
    LATE = "late"
    """The order was closed already, or costs something else by now: refunded by itself (PAY-R5, ORD-R4)."""
    SUSPECT = "suspect"
    """It is not the amount that was due: kept aside for staff (PAY-R2)."""
    UNAPPLIED = "unapplied"
    """It is right, but could not be applied yet: tried again (PAY-R8)."""


class Standing(Enum):
    """How the order of an attempt stands when its money arrives."""

    AWAITS_PAYMENT = "awaits_payment"
    PAID = "paid"
    CLOSED = "closed"
    COSTS_OTHERWISE = "costs_otherwise"
    """It waits for money, but not for this much (ORD-R4)."""


class RefundState(Enum):
    """How far a refund has come; all but CLOSED count against what was captured."""

    REQUESTED = "requested"
    """Decided, and surely not sent."""
    PENDING = "pending"
    """Sent, or perhaps sent."""
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    """Surely not refunded under this reference; another reference has taken its place."""
    NEEDS_ATTENTION = "needs_attention"


class RefundStage(Enum):
    """How far a refund has come, as everybody understands it: its decision is no result."""

    UNDER_WAY = "under_way"
    """Decided; the shop carries on by itself."""
    DONE = "done"
    """The money has gone back."""
    STUCK = "stuck"
    """It needs a person."""
    REPLACED = "replaced"
    """Nothing went back under its name; another refund stands in its place."""


class RefundSource(Enum):
    """Which money a refund gives back: what paid the order, or what never came to pay it."""

    ORDER = "order"
    ASIDE = "aside"


class Verdict(Enum):
    """What a notice or an answer of the provider came to."""

    APPLIED = "applied"
    EXTRA = "extra"
    LATE = "late"
    SUSPECT = "suspect"
    UNAPPLIED = "unapplied"
    NOTED = "noted"
    """Something short of money: pending, failed, closed, or news of a refund."""
    DUPLICATE = "duplicate"
    """Nothing new."""
    CONTRADICTED = "contradicted"
    """It contradicts what is known for certain, or cannot be read: shown to staff, changes nothing."""
    UNKNOWN_REF = "unknown_ref"
    """Nobody here knows this reference: shown to staff."""


GATEWAY: Final = "gateway"
"""The tender of every payment that a provider, or the counter, takes; accounts of the shop have tenders of their own."""
