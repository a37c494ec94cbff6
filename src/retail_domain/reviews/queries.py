"""What is shown of reviews: to everybody, to their author, and to whoever decides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Protocol

from attrs import frozen

from retail_domain.kernel.checked import Between, checked
from retail_domain.kernel.ids import MemberId, OrderId, PictureId, ProductId, ReviewId, SkuId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.reviews.model import FollowUp, Reply, Review, Wording
from retail_domain.reviews.spelling import sought
from retail_domain.reviews.states import ReviewReason, ReviewStatus
from retail_domain.reviews.summary import ReviewSummary


@frozen(kw_only=True)
@checked
class ReviewFilter:
    """Which reviews of a product a reader wants."""

    stars: Annotated[int, Between(1, 5)] | None = None
    with_pictures: bool = False
    with_follow_up: bool = False


@frozen(kw_only=True)
@checked
class ReviewCases:
    """Which reviews staff want to look at: those in a state, or in any, in which all of these words stand (REV-R11)."""

    status: ReviewStatus | None = ReviewStatus.PENDING
    words: tuple[str, ...] = ()
    """As `sought` reads them."""

    @classmethod
    def asked(cls, status: ReviewStatus | None, words: str) -> ReviewCases:
        """As somebody typed it: who looks for words and names no state looks in all; who asks for nothing sees what waits."""
        wanted = sought(words)
        return cls(status=status or (None if wanted else ReviewStatus.PENDING), words=wanted)

    @property
    def is_queue(self) -> bool:
        """Whether it is what waits, the oldest first."""
        return self.status is ReviewStatus.PENDING

    def holds(self, review: Review) -> bool:
        """Whether a review is one of them."""
        return self.status in (None, review.status) and all(word in review.words for word in self.words)


@frozen(kw_only=True)
class ReviewOrigin:
    """Whose a review is and of which line: all that an award may know of it (PTS-R6). It has no stars and no words."""

    review_id: ReviewId
    order_id: OrderId
    line: int
    member_id: MemberId
    product_id: ProductId
    sku_id: SkuId
    status: ReviewStatus


@frozen(kw_only=True)
class LaterWords:
    """A follow-up, or a reply of the shop, as everybody reads it."""

    text: str
    at: datetime
    pictures: tuple[PictureId, ...] = ()


@frozen(kw_only=True)
class PublicReview:
    """A review as everybody reads it. It does not know whose it is: `author` is a letter of a name, or nothing (REV-R3)."""

    review_id: ReviewId
    product_id: ProductId
    sku_id: SkuId
    author: str | None
    stars: int
    text: str
    pictures: tuple[PictureId, ...]
    follow_up: LaterWords | None
    reply: LaterWords | None
    at: datetime


@frozen(kw_only=True)
class SummaryView:
    """How many reviews are up, by their stars from one to five, and their mean times 100."""

    product_id: ProductId
    count: int
    histogram: tuple[int, ...]
    average_hundredths: int | None
    with_pictures: int
    with_follow_up: int


@frozen(kw_only=True)
class MyReview:
    """A review as its author sees it: what is up, and what waits or was refused, with the reason."""

    review_id: ReviewId
    order_id: OrderId
    line: int
    product_id: ProductId
    sku_id: SkuId
    status: ReviewStatus
    anonymous: bool
    shown: Wording | None
    waiting: Wording | None
    follow_up: FollowUp | None
    reply: LaterWords | None
    reason: ReviewReason | None
    at: datetime


@frozen(kw_only=True)
class ReviewCase:
    """A review as whoever decides sees it: words and pictures. Stars and author are no ground, and not here (REV-R5)."""

    review_id: ReviewId
    product_id: ProductId
    status: ReviewStatus
    text: str
    """What waits, or else what is up."""
    text_shown: str | None
    """What everybody reads meanwhile."""
    pictures: tuple[PictureId, ...]
    follow_up: LaterWords | None
    follow_up_waits: bool
    """Whether it is the follow-up that is to be looked at."""
    reply: LaterWords | None
    reason: ReviewReason | None
    at: datetime
    version: int


WAITING: Final = ReviewCases()
"""What is to be looked at."""


class ReviewQueries(Protocol):
    """Reads reviews; the newest first in lists."""

    async def of_product(self, product_id: ProductId, wanted: ReviewFilter, page: PageRequest) -> Page[PublicReview]:
        """Those that are up."""
        ...

    async def summary(self, product_id: ProductId) -> SummaryView:
        """What they come to; of goods that nobody reviewed, nothing."""
        ...

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[MyReview]:
        """A member's own, without automatic ones."""
        ...

    async def of_order(self, member_id: MemberId, order_id: OrderId) -> tuple[MyReview, ...]:
        """What a member said of the lines of one order, by line, without automatic ones; of somebody else's order nothing."""
        ...

    async def cases(self, page: PageRequest, wanted: ReviewCases = WAITING) -> Page[ReviewCase]:
        """For staff; the queue of what waits comes the oldest first, everything else the newest first."""
        ...


def author_of(review: Review, name: str | None) -> str | None:
    """The first letter of a name, and that there is more; nothing of who wishes so, or has told no name (REV-R3)."""
    return None if review.anonymous or not name else f"{name[0]}**"


def public_review(review: Review, name: str | None) -> PublicReview:
    """What everybody reads of a review that is up. Raises ValueError for one that is not."""
    up = review.up
    if up is None:
        raise ValueError("only what is up is shown")
    return PublicReview(
        review_id=review.id, product_id=review.product_id, sku_id=review.sku_id, author=author_of(review, name),
        stars=up.stars, text=up.text, pictures=up.pictures, follow_up=_later(review.follow_up_shown),
        reply=_later(review.reply), at=review.created_at,
    )  # fmt: skip


def my_review(review: Review) -> MyReview:
    """What its author sees."""
    return MyReview(
        review_id=review.id, order_id=review.order_id, line=review.line, product_id=review.product_id, sku_id=review.sku_id,
        status=review.status, anonymous=review.anonymous, shown=review.shown, waiting=review.waiting,
        follow_up=review.follow_up, reply=_later(review.reply), reason=review.reason, at=review.created_at,
    )  # fmt: skip


def review_case(review: Review) -> ReviewCase:
    """What whoever decides sees."""
    looked_at = review.waiting or review.shown
    return ReviewCase(
        review_id=review.id, product_id=review.product_id, status=review.status,
        text=looked_at.text if looked_at else "", text_shown=review.up.text if review.up else None,
        pictures=looked_at.pictures if looked_at else (), follow_up=_later(review.follow_up),
        follow_up_waits=review.follow_up_waits, reply=_later(review.reply), reason=review.reason, at=review.created_at,
        version=review.version,
    )  # fmt: skip


def review_origin(review: Review) -> ReviewOrigin:
    """What follows from its events may know."""
    return ReviewOrigin(
        review_id=review.id, order_id=review.order_id, line=review.line, member_id=review.member_id,
        product_id=review.product_id, sku_id=review.sku_id, status=review.status,
    )  # fmt: skip


def summary_view(summary: ReviewSummary) -> SummaryView:
    """As everybody reads it."""
    return SummaryView(
        product_id=summary.product_id, count=summary.count, histogram=summary.histogram,
        average_hundredths=summary.average_hundredths, with_pictures=summary.with_pictures,
        with_follow_up=summary.with_follow_up,
    )  # fmt: skip


def _later(words: FollowUp | Reply | None) -> LaterWords | None:
    if words is None:
        return None
    return LaterWords(text=words.text, at=words.at, pictures=words.pictures if isinstance(words, FollowUp) else ())
