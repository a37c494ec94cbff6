"""The life of a review as one table, and the closed list of why one is kept from readers (REV-R4, REV-R5)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class ReviewStatus(Enum):
    """Where a review stands."""

    PENDING = "pending"
    """Something of it waits to be looked at; what was up before stays up."""
    PUBLISHED = "published"
    HIDDEN = "hidden"
    REJECTED = "rejected"
    REMOVED = "removed"
    AUTOMATIC = "automatic"
    """Nobody said anything within the time: no stars, no words, and none who wrote (ORD-R8)."""


UNREAD: Final = frozenset({ReviewStatus.HIDDEN, ReviewStatus.REJECTED, ReviewStatus.REMOVED})
"""Where nobody may read it."""


class ReviewReason(Enum):
    """Why words are kept from readers. That a review is bad is no reason, and no reason may be added that says so."""

    ADVERTISING = "advertising"
    ABUSE = "abuse"
    PERSONAL_DATA = "personal_data"
    ILLEGAL = "illegal"
    OFF_TOPIC = "off_topic"
    UNREADABLE = "unreadable"
    INFRINGING = "infringing"
    PAID_FOR = "paid_for"


class ReviewAction(Enum):
    """What staff decide."""

    PUBLISH = "publish"
    REJECT = "reject"
    HIDE = "hide"
    SHOW = "show"
    REMOVE = "remove"


NEEDS_REASON: Final = frozenset({ReviewAction.REJECT, ReviewAction.HIDE, ReviewAction.REMOVE})
"""What is not done without one of the reasons."""

NEXT: Final[Mapping[ReviewStatus | None, frozenset[ReviewStatus]]] = {
    None: frozenset({ReviewStatus.PENDING, ReviewStatus.AUTOMATIC}),
    ReviewStatus.AUTOMATIC: frozenset({ReviewStatus.PENDING}),
    ReviewStatus.PENDING: frozenset({ReviewStatus.PENDING, ReviewStatus.PUBLISHED, ReviewStatus.REJECTED, ReviewStatus.HIDDEN}),
    ReviewStatus.REJECTED: frozenset({ReviewStatus.PENDING}),
    ReviewStatus.PUBLISHED: frozenset({ReviewStatus.PENDING, ReviewStatus.PUBLISHED, ReviewStatus.HIDDEN}),
    ReviewStatus.HIDDEN: frozenset({ReviewStatus.PUBLISHED, ReviewStatus.PENDING, ReviewStatus.REMOVED}),
    ReviewStatus.REMOVED: frozenset(),
}
"""Every transition there is; what is not listed cannot happen."""
