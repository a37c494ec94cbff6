"""Facts of reviews. None says who wrote, how many stars, or which words: whoever follows learns only that it happened."""

from __future__ import annotations

from typing import ClassVar, Final
from uuid import UUID

from attrs import frozen

from retail_domain.kernel.events import Event
from retail_domain.kernel.ids import ProductId, ReviewId


@frozen(kw_only=True)
class ReviewEvent(Event):
    """Something that happened to a review (REV-R7)."""

    review_id: ReviewId
    product_id: ProductId

    @property
    def aggregate_id(self) -> UUID:
        """The review."""
        return self.review_id


@frozen(kw_only=True)
class ReviewPosted(ReviewEvent):
    """Somebody who bought the goods has written about them."""

    name: ClassVar[str] = "review.posted"


@frozen(kw_only=True)
class ReviewPublished(ReviewEvent):
    """It is up for the first time: what an award may follow (PTS-R6)."""

    name: ClassVar[str] = "review.published"


@frozen(kw_only=True)
class ReviewEdited(ReviewEvent):
    """Other words are up, or a follow-up."""

    name: ClassVar[str] = "review.edited"


@frozen(kw_only=True)
class ReviewRejected(ReviewEvent):
    """What waited does not go up."""

    name: ClassVar[str] = "review.rejected"

    reason: str


@frozen(kw_only=True)
class ReviewHidden(ReviewEvent):
    """It is taken down until it is looked into."""

    name: ClassVar[str] = "review.hidden"

    reason: str


@frozen(kw_only=True)
class ReviewShown(ReviewEvent):
    """What was hidden is up again."""

    name: ClassVar[str] = "review.shown"


@frozen(kw_only=True)
class ReviewRemoved(ReviewEvent):
    """It is gone for good: an award is taken back (PTS-R6)."""

    name: ClassVar[str] = "review.removed"

    reason: str


@frozen(kw_only=True)
class ReviewReplied(ReviewEvent):
    """The shop has answered it."""

    name: ClassVar[str] = "review.replied"


EVENTS: Final[tuple[type[Event], ...]] = (
    ReviewPosted, ReviewPublished, ReviewEdited, ReviewRejected, ReviewHidden, ReviewShown, ReviewRemoved, ReviewReplied,
)  # fmt: skip
