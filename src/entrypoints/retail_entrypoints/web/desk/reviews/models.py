"""A review as whoever decides sees it, and what can be decided about it now."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from retail_domain.reviews import ReviewAction, ReviewCase, ReviewStatus

STATES: Final = (ReviewStatus.PENDING, ReviewStatus.PUBLISHED, ReviewStatus.HIDDEN, ReviewStatus.REJECTED, ReviewStatus.REMOVED)
_ACTIONS: Final = {
    ReviewStatus.PENDING: (ReviewAction.PUBLISH, ReviewAction.REJECT),
    ReviewStatus.PUBLISHED: (ReviewAction.HIDE,),
    ReviewStatus.HIDDEN: (ReviewAction.SHOW, ReviewAction.REMOVE),
}
_LOOKS: Final = {ReviewStatus.PENDING: "wait", ReviewStatus.PUBLISHED: "ok"}


@frozen
class CaseRow:
    """A review in the list."""

    case: ReviewCase
    look: str
    actions: tuple[ReviewAction, ...]
    can_be_answered: bool

    @classmethod
    def of(cls, case: ReviewCase) -> CaseRow:
        """Its life-cycle says what can be decided."""
        status = case.status
        return cls(case, _LOOKS.get(status, "idle"), _ACTIONS.get(status, ()), status is ReviewStatus.PUBLISHED)
