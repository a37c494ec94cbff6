"""What pages show of reviews: what others say of some goods, and how somebody's own review stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from attrs import field, frozen

from retail_domain.kernel.ids import OrderId, PictureId, ProductId
from retail_domain.ordering import OrderLineView, OrderView
from retail_domain.pictures import PictureState, PictureView
from retail_domain.reviews import (
    LaterWords,
    MyReview,
    PublicReview,
    ReviewFilter,
    ReviewReason,
    ReviewStatus,
    SummaryView,
    Wording,
)
from retail_entrypoints.web.images import shown_image

_EDITABLE = (ReviewStatus.PENDING, ReviewStatus.PUBLISHED, ReviewStatus.REJECTED)


@frozen(kw_only=True)
class ShownPicture:
    """A picture of a review: a small one, and the large one that it leads to. Neither is there until it is prepared."""

    picture_id: PictureId
    small: str | None
    large: str | None

    @property
    def is_ready(self) -> bool:
        """Whether it can be seen."""
        return self.small is not None

    @classmethod
    def of(cls, id: PictureId, view: PictureView | None) -> ShownPicture:
        """As far as it is prepared."""
        files = view.files if view is not None and view.state is PictureState.READY else ()
        webp = [f"/pictures/{file.name}" for file in files if file.name.endswith(".webp")]
        return cls(picture_id=id, small=webp[0] if webp else None, large=webp[-1] if webp else None)


def pictures_of(ids: Sequence[PictureId], known: Mapping[PictureId, PictureView]) -> tuple[ShownPicture, ...]:
    """These pictures, in their order; those that are gone are left out."""
    return tuple(ShownPicture.of(id, known[id]) for id in ids if id in known)


def ready(pictures: Iterable[ShownPicture]) -> tuple[ShownPicture, ...]:
    """Those that can be seen."""
    return tuple(one for one in pictures if one.is_ready)


@frozen(kw_only=True)
class Addition:
    """What was added later by its author, or replied by the shop."""

    text: str
    at: datetime
    pictures: tuple[ShownPicture, ...] = ()

    @classmethod
    def of(cls, later: LaterWords | None, known: Mapping[PictureId, PictureView]) -> Addition | None:
        """As everybody reads it."""
        if later is None:
            return None
        return cls(text=later.text, at=later.at, pictures=ready(pictures_of(later.pictures, known)))


@frozen(kw_only=True)
class ReadReview:
    """A review as everybody reads it."""

    author: str | None
    stars: int
    text: str
    at: datetime
    pictures: tuple[ShownPicture, ...]
    follow_up: Addition | None
    reply: Addition | None

    @classmethod
    def of(cls, review: PublicReview, known: Mapping[PictureId, PictureView]) -> ReadReview:
        """With the pictures that are prepared."""
        return cls(
            author=review.author, stars=review.stars, text=review.text, at=review.at,
            pictures=ready(pictures_of(review.pictures, known)), follow_up=Addition.of(review.follow_up, known),
            reply=Addition.of(review.reply, known),
        )  # fmt: skip


def pictures_in(reviews: Iterable[PublicReview]) -> set[PictureId]:
    """Every picture that these show."""
    parts = [part for one in reviews for part in (one, one.follow_up) if part is not None]
    return {id for part in parts for id in part.pictures}


@frozen(kw_only=True)
class StarShare:
    """How many reviews give so many stars, and how many of a hundred that is."""

    stars: int
    count: int
    percent: int


@frozen(kw_only=True)
class ReviewVerdict:
    """What all reviews of some goods come to."""

    count: int
    average: str
    """Such as 4.7; empty where nobody has said anything."""
    shares: tuple[StarShare, ...]
    with_pictures: int
    with_follow_up: int

    @classmethod
    def of(cls, summary: SummaryView) -> ReviewVerdict:
        """From five stars down to one."""
        mean = summary.average_hundredths
        tenths = None if mean is None else (mean + 5) // 10
        return cls(
            count=summary.count, average="" if tenths is None else f"{tenths // 10}.{tenths % 10}",
            shares=tuple(
                StarShare(stars=stars, count=many, percent=round(100 * many / summary.count) if summary.count else 0)
                for stars, many in reversed(tuple(enumerate(summary.histogram, 1)))
            ),
            with_pictures=summary.with_pictures, with_follow_up=summary.with_follow_up,
        )  # fmt: skip


PICTURES, MORE = "pictures", "more"


def filter_of(which: str | None) -> ReviewFilter:
    """Which reviews an address asks for: a number of stars, those with pictures, those that were followed up; else all."""
    stars = int(which) if which in ("1", "2", "3", "4", "5") else None
    return ReviewFilter(stars=stars, with_pictures=which == PICTURES, with_follow_up=which == MORE)


@frozen(kw_only=True)
class ReviewList:
    """A page of what buyers say of some goods, and which of it was asked for."""

    product_id: ProductId
    title: str
    verdict: ReviewVerdict
    which: str
    reviews: tuple[ReadReview, ...]
    next_cursor: str | None

    def address(self, which: str = "", cursor: str = "") -> str:
        """The same list with something else asked of it."""
        told = {name: value for name, value in (("which", which), ("cursor", cursor)) if value}
        path = f"/p/{self.product_id}/reviews"
        return f"{path}?{urlencode(told)}" if told else path


@frozen(kw_only=True)
class ReviewedLine:
    """The line of an order that is reviewed."""

    order_id: OrderId
    number: int
    product_id: ProductId
    title: str
    options: str
    image: str | None

    @classmethod
    def of(cls, order: OrderView, line: OrderLineView) -> ReviewedLine:
        """As the form shows it."""
        return cls(
            order_id=order.order_id, number=line.number, product_id=line.product_id, title=line.title, options=line.options,
            image=shown_image([line.image_url]),
        )  # fmt: skip


@frozen(kw_only=True)
class OwnReview:
    """Somebody's own review: how it stands, why it was refused, and what they can still do."""

    status: str
    reason: str | None
    wording: Wording | None
    """What waits or was refused, else what is up."""
    is_up: bool
    anonymous: bool
    follow_up: str | None
    follow_up_status: str | None
    reply: str | None
    pictures: tuple[PictureId, ...] = field(factory=tuple)
    can_be_edited: bool
    can_be_followed_up: bool

    @classmethod
    def of(cls, review: MyReview) -> OwnReview:
        """As its author sees it."""
        wording, later = review.waiting or review.shown, review.follow_up
        is_up = review.shown is not None and review.status in (ReviewStatus.PENDING, ReviewStatus.PUBLISHED)
        return cls(
            status=review.status.value, reason=told_reason(review.reason), wording=wording, is_up=is_up,
            anonymous=review.anonymous, follow_up=later.text if later else None,
            follow_up_status=later.status.value if later else None, reply=review.reply.text if review.reply else None,
            pictures=wording.pictures if wording else (), can_be_edited=review.status in _EDITABLE,
            can_be_followed_up=is_up and (later is None or later.status is ReviewStatus.REJECTED),
        )  # fmt: skip


def told_reason(reason: ReviewReason | None) -> str | None:
    """The name of a reason, for its sentence."""
    return reason.value if reason is not None else None


@frozen(kw_only=True)
class MyReviewCard:
    """One of somebody's reviews in their list."""

    order_id: OrderId
    line: int
    product_id: ProductId
    status: str
    stars: int
    text: str
    at: datetime

    @classmethod
    def of(cls, review: MyReview) -> MyReviewCard:
        """With what waits, else with what is up."""
        wording = review.waiting or review.shown
        return cls(
            order_id=review.order_id, line=review.line, product_id=review.product_id, status=review.status.value,
            stars=wording.stars if wording else 0, text=wording.text if wording else "", at=review.at,
        )  # fmt: skip
