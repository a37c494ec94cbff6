"""Where points stand, where they come from, and what moved them (PTS-R1, PTS-R2)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen


class PointsSource(Enum):
    """What brought points."""

    PURCHASE = "purchase"
    CHECK_IN = "check_in"
    REVIEW = "review"
    CAMPAIGN = "campaign"
    MANUAL = "manual"
    MOVED_IN = "moved_in"
    """They had them before, in another system."""


class PointsAre(Enum):
    """Where points stand; every entry moves some from one to another, so that none comes or goes unseen."""

    OUTSIDE = "outside"
    """They were not there before."""
    FROZEN = "frozen"
    """To be seen, not to be spent: their order is not completed yet."""
    FREE = "free"
    """To be spent, until they expire."""
    LOCKED = "locked"
    """An order that is not paid yet wants to spend them."""
    SPENT = "spent"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """Taken back: what they were for was undone."""
    OWED = "owed"
    """The other side of a debt (欠分): below nothing while it is open, what repaid it beside it."""


HELD: Final = frozenset({PointsAre.FROZEN, PointsAre.FREE, PointsAre.LOCKED, PointsAre.OWED})
"""What a balance is the sum of (PTS-I1)."""


class Because(Enum):
    """What an entry was written for."""

    ORDER = "order"
    """An order that brings, spends or gives back points."""
    CHECK_IN = "check_in"
    REVIEW = "review"
    CAMPAIGN = "campaign"
    COUPON = "coupon"
    """A coupon that was taken for them (PTS-R10)."""
    MOVED_IN = "moved_in"
    """A file that moved members in."""
    STAFF = "staff"
    TIME = "time"
    """They have expired."""


@frozen
class PointsCause:
    """What moved points: a kind, and the id of whatever it was."""

    because: Because
    ref: str = ""


EXPIRY: Final = PointsCause(Because.TIME)
