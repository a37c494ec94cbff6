"""What reviews refuse."""

from __future__ import annotations

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_domain.kernel.ids import OrderId, ReviewId


@refusal
class ReviewNotFound(DomainError):
    """There is no such review."""

    code = "review.not_found"
    kind = Kind.MISSING
    review_id: ReviewId | None = None
    order_id: OrderId | None = None
    line: int | None = None


@refusal
class ReviewNoSuchLine(DomainError):
    """The order has no such line."""

    code = "review.no_such_line"
    kind = Kind.MISSING
    order_id: OrderId
    line: int


@refusal
class ReviewTooEarly(DomainError):
    """These goods can be reviewed once they have arrived."""

    code = "review.too_early"
    kind = Kind.CONFLICT
    order_id: OrderId
    line: int


@refusal
class ReviewTooLate(DomainError):
    """These goods were received too long ago to be reviewed."""

    code = "review.too_late"
    kind = Kind.CONFLICT
    order_id: OrderId
    line: int
    within_days: int


@refusal
class ReviewExists(DomainError):
    """This line of the order has its review; it can be edited, and followed up once."""

    code = "review.exists"
    kind = Kind.CONFLICT
    order_id: OrderId
    line: int


@refusal
class ReviewWrongState(DomainError):
    """The review does not stand where this can be done."""

    code = "review.wrong_state"
    kind = Kind.CONFLICT
    review_id: ReviewId
    status: str


@refusal
class ReviewChanged(DomainError):
    """The review is not what was looked at any more; please look again."""

    code = "review.changed"
    kind = Kind.CONFLICT
    review_id: ReviewId
    version: int


@refusal
class ReviewFollowedUp(DomainError):
    """A review is followed up once, and this one was."""

    code = "review.followed_up"
    kind = Kind.CONFLICT
    review_id: ReviewId


@refusal
class ReviewPicturesUnavailable(DomainError):
    """This shop takes no pictures with reviews yet; please send the words alone."""

    code = "review.pictures_unavailable"
    kind = Kind.REFUSED
    pictures: int
