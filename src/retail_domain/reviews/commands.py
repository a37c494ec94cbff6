"""What members and staff may wish of reviews, and what they are told."""

from __future__ import annotations

from typing import Annotated, Final

from attrs import field, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.checked import Between, OneOrMore, Typed, checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import MemberId, OrderId, PictureId, ReviewId
from retail_domain.kernel.once import Once
from retail_domain.reviews.model import Review
from retail_domain.reviews.states import ReviewAction, ReviewReason

DECIDED_AT_ONCE_MAX: Final = 200
IMPORTED_AT_ONCE_MAX: Final = 500


@frozen(kw_only=True)
@checked
class PostReview:
    """Who bought a line says what it is like (评价)."""

    member_id: MemberId
    order_id: OrderId
    line: OneOrMore
    stars: Annotated[int, Between(1, 5)]
    text: Typed = field(repr=False)
    pictures: tuple[PictureId, ...] = ()
    anonymous: bool = False
    once: Once | None = None


@frozen(kw_only=True)
@checked
class EditReview:
    """The author puts it in other words; what is up stays up until they are passed."""

    member_id: MemberId
    order_id: OrderId
    line: OneOrMore
    stars: Annotated[int, Between(1, 5)]
    text: Typed = field(repr=False)
    pictures: tuple[PictureId, ...] = ()
    anonymous: bool = False
    once: Once | None = None


@frozen(kw_only=True)
@checked
class FollowUpReview:
    """The author says more, once (追评)."""

    member_id: MemberId
    order_id: OrderId
    line: OneOrMore
    text: Typed = field(repr=False)
    pictures: tuple[PictureId, ...] = ()
    once: Once | None = None


@frozen(kw_only=True)
class ReviewOutcome:
    """How the review stands now; whoever decides names the `version` they looked at."""

    review_id: ReviewId
    status: str
    version: int


def outcome_of(change: Change[Review]) -> ReviewOutcome:
    """How it stands once the change is stored; where nothing changed, as it stood."""
    review = change.state
    version = review.version + (review is not change.before)
    return ReviewOutcome(review_id=review.id, status=review.status.value, version=version)


@frozen(kw_only=True)
@checked
class ReviewSeen:
    """A review as somebody looked at it."""

    review_id: ReviewId
    version: OneOrMore


@frozen(kw_only=True)
@checked
class DecideReviews:
    """Staff decide about reviews that they looked at, one or many: all of them, or none.

    Reviews are named one by one, each with the version that was seen. There is no deciding by a filter, least of all by stars.
    """

    reviews: tuple[ReviewSeen, ...]
    action: ReviewAction
    actor: Actor
    reason: ReviewReason | None = None
    once: Once | None = None

    def __attrs_post_init__(self) -> None:
        named = {one.review_id for one in self.reviews}
        if not self.reviews or len(self.reviews) > DECIDED_AT_ONCE_MAX:
            raise InvalidInput.of("reviews", "length", f"name 1 to {DECIDED_AT_ONCE_MAX} reviews")
        if len(named) < len(self.reviews):
            raise InvalidInput.of("reviews", "each_once", "name each review once")


@frozen(kw_only=True)
class ReviewsDecided:
    """How they stand now, in the order in which they were named."""

    reviews: tuple[ReviewOutcome, ...]


@frozen(kw_only=True)
@checked
class ReplyToReview:
    """The shop answers a review, or says its answer in other words."""

    review_id: ReviewId
    text: Typed
    actor: Actor
    once: Once | None = None


@frozen(kw_only=True)
@checked
class ReviewRow:
    """A review from elsewhere, about a line of an order of this shop."""

    order_id: OrderId
    line: OneOrMore
    stars: Annotated[int, Between(1, 5)]
    text: Typed = field(repr=False)
    anonymous: bool = True


@frozen(kw_only=True)
@checked
class ImportReviews:
    """Many reviews at once, of whoever bought the lines; a line that has its review is passed over."""

    rows: tuple[ReviewRow, ...]
    actor: Actor
    once: Once | None = None

    def __attrs_post_init__(self) -> None:
        if not self.rows or len(self.rows) > IMPORTED_AT_ONCE_MAX:
            raise InvalidInput.of("rows", "length", f"1 to {IMPORTED_AT_ONCE_MAX} rows at once")
        if len({(one.order_id, one.line) for one in self.rows}) < len(self.rows):
            raise InvalidInput.of("rows", "each_once", "a line of an order has one review")


@frozen(kw_only=True)
class ReviewsImported:
    """What became of the rows."""

    published: int
    pending: int
    rejected: int
    known: int
    """Lines that had their review before."""
