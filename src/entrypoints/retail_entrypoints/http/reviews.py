"""`/v1/products/{id}/reviews`, `/v1/orders/{id}/lines/{line}/review`, `/v1/staff/reviews`: what buyers say of goods."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, field

from retail_domain.accounts import Permission
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, ReviewId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import OrderNotFound
from retail_domain.reviews import (
    DECIDED_AT_ONCE_MAX,
    PICTURES_MAX,
    TEXT_MAX,
    DecideReviews,
    EditReview,
    FollowUp,
    FollowUpReview,
    LaterWords,
    MyReview,
    PostReview,
    PublicReview,
    ReplyToReview,
    ReviewAction,
    ReviewCase,
    ReviewCases,
    ReviewChanged,
    ReviewDesk,
    ReviewExists,
    ReviewFilter,
    ReviewFollowedUp,
    ReviewNoSuchLine,
    ReviewNotFound,
    ReviewOutcome,
    ReviewPicturesUnavailable,
    ReviewReason,
    ReviewsDecided,
    ReviewSeen,
    ReviewStatus,
    ReviewTooEarly,
    ReviewTooLate,
    ReviewWrongState,
    SummaryView,
    Wording,
)
from retail_entrypoints.http.becoming import becoming
from retail_entrypoints.http.lists import PageShape, listing
from retail_entrypoints.http.routing import MEMBER, PUBLIC, Resource
from retail_entrypoints.http.shapes import Answer, Body, Count, Instant, LineNumber, Uuid
from retail_entrypoints.http.shaping import derived

Stars = Annotated[int, Meta(ge=1, le=5, description="From 1, bad, to 5, good.", examples=[5])]
Words = Annotated[
    str, Meta(min_length=1, max_length=TEXT_MAX, description="What there is to say.", examples=["茶很香，包装也好"])
]
Pictures = Annotated[list[Uuid], Meta(max_length=PICTURES_MAX, description="Ids of pictures sent before.", examples=[[]])]
ToRead = Annotated[str, Meta(max_length=TEXT_MAX, description="Words to be judged.", examples=["茶很香"])]
Version = Annotated[int, Meta(ge=1, le=10**9, description="Which version of the review it is.", examples=[1])]
StarsFilter = Annotated[int | None, QueryParameter(name="stars", ge=1, le=5, description="Only those of so many stars.")]
PicturesFilter = Annotated[bool, QueryParameter(name="with_pictures", description="Only those with pictures.")]
FollowUpFilter = Annotated[bool, QueryParameter(name="with_follow_up", description="Only those that were followed up.")]
StateFilter = Annotated[ReviewStatus | None, QueryParameter(name="status", description="Those in this state; else what waits.")]
WordsFilter = Annotated[
    str | None,
    QueryParameter(name="query", max_length=200, description="Those that say all of this, in any state unless one is named."),
]


class ReviewBody(Body, frozen=True):
    """Stars and words; pictures where the shop takes some. Who is `anonymous` is named to nobody."""

    stars: Stars
    text: Words
    pictures: Pictures = field(default_factory=list)
    anonymous: bool = False

    to_command = becoming(PostReview, "member_id", "order_id", "line", "once")
    to_edit = becoming(EditReview, "member_id", "order_id", "line", "once")


class FollowUpBody(Body, frozen=True):
    """What there is to add later."""

    text: Words
    pictures: Pictures = field(default_factory=list)

    to_command = becoming(FollowUpReview, "member_id", "order_id", "line", "once")


class ReviewOutcomeShape(Answer, frozen=True):
    """How the review stands, and in which version."""

    review_id: Uuid
    status: ReviewStatus
    version: Version

    of = derived(ReviewOutcome)


class LaterWordsShape(Answer, frozen=True):
    """A follow-up, or a reply of the shop."""

    text: Words
    at: Instant
    pictures: Pictures

    of = derived(LaterWords)


class PublicReviewShape(Answer, frozen=True):
    """A review as everybody reads it; `author` is the first letter of a name, or null."""

    review_id: Uuid
    product_id: Uuid
    sku_id: Uuid
    author: Annotated[str, Meta(max_length=3, description="A letter of a name.", examples=["梅**"])] | None
    stars: Stars
    text: Words
    pictures: Pictures
    follow_up: LaterWordsShape | None
    reply: LaterWordsShape | None
    at: Instant

    of = derived(PublicReview)


class ReviewSummaryShape(Answer, frozen=True):
    """How many reviews can be read: `histogram` from one star to five, their mean times 100 or null."""

    product_id: Uuid
    count: Count
    histogram: list[Count]
    average_hundredths: Annotated[int, Meta(ge=100, le=500, examples=[467])] | None
    with_pictures: Count
    with_follow_up: Count

    of = derived(SummaryView)


class WordingShape(Answer, frozen=True):
    """One version of a review."""

    stars: Stars
    text: Words
    pictures: Pictures

    of = derived(Wording)


class MyFollowUpShape(Answer, frozen=True):
    """My follow-up, and whether it is up."""

    text: Words
    at: Instant
    pictures: Pictures
    status: ReviewStatus

    of = derived(FollowUp)


class MyReviewShape(Answer, frozen=True):
    """My review: what is shown, what waits or was refused, and for which reason."""

    review_id: Uuid
    order_id: Uuid
    line: LineNumber
    product_id: Uuid
    sku_id: Uuid
    status: ReviewStatus
    anonymous: bool
    shown: WordingShape | None
    waiting: WordingShape | None
    follow_up: MyFollowUpShape | None
    reply: LaterWordsShape | None
    reason: ReviewReason | None
    at: Instant

    of = derived(MyReview)


class ReviewCaseShape(Answer, frozen=True):
    """A review to be decided by its words and pictures: who wrote it, and how many stars they gave, is no ground."""

    review_id: Uuid
    product_id: Uuid
    status: ReviewStatus
    text: ToRead
    text_shown: ToRead | None
    pictures: Pictures
    follow_up: LaterWordsShape | None
    follow_up_waits: bool
    reply: LaterWordsShape | None
    reason: ReviewReason | None
    at: Instant
    version: Version

    of = derived(ReviewCase)


class ReviewSeenBody(Body, frozen=True):
    """A review, and the version of it that was looked at."""

    review_id: Uuid
    version: Version

    to_seen = becoming(ReviewSeen)


def _seen(reviews: Sequence[ReviewSeenBody]) -> tuple[ReviewSeen, ...]:
    return tuple(one.to_seen() for one in reviews)


class DecideBody(Body, frozen=True):
    """Which reviews, and what becomes of them; keeping words from readers takes one of the reasons."""

    reviews: Annotated[list[ReviewSeenBody], Meta(min_length=1, max_length=DECIDED_AT_ONCE_MAX)]
    action: ReviewAction
    reason: ReviewReason | None = None

    to_command = becoming(DecideReviews, "actor", "once", reviews=_seen)


class ReviewsDecidedShape(Answer, frozen=True):
    """How they stand now."""

    reviews: list[ReviewOutcomeShape]

    of = derived(ReviewsDecided)


class ReplyBody(Body, frozen=True):
    """What the shop answers, for everybody to read."""

    text: Words

    to_command = becoming(ReplyToReview, "review_id", "actor", "once")


def review_routes(desk: ReviewDesk) -> Sequence[HTTPRouteHandler]:
    """All routes of reviews."""
    return [*_reading(desk), *_writing(desk), *_judging(desk)]


def _reading(desk: ReviewDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/products/{product_id:uuid}/reviews", permission=PUBLIC, tag="reviews")

    @routes.get(summary="What buyers say of some goods, the newest first")
    async def list_reviews(
        product_id: FromPath[UUID],
        page: NamedDependency[PageRequest],
        stars: StarsFilter = None,
        with_pictures: PicturesFilter = False,
        with_follow_up: FollowUpFilter = False,
    ) -> PageShape[PublicReviewShape]:
        """Of people who bought them and have them. Goods that nobody has reviewed, and goods that do not exist, have none."""
        wanted = ReviewFilter(stars=stars, with_pictures=with_pictures, with_follow_up=with_follow_up)
        return listing(await desk.show.of_product(ProductId(product_id), wanted, page), PublicReviewShape.of)

    @routes.get("/summary", summary="How many reviews some goods have, by their stars")
    async def show_review_summary(product_id: FromPath[UUID]) -> ReviewSummaryShape:
        """It counts what the list shows, and nothing that the shop said in anybody's name."""
        return ReviewSummaryShape.of(await desk.show.summary(ProductId(product_id)))

    return routes.all


def _writing(desk: ReviewDesk) -> Sequence[HTTPRouteHandler]:
    own = Resource("/me/reviews", permission=MEMBER, tag="reviews")
    routes = Resource("/orders/{order_id:uuid}/lines/{line:int}/review", permission=MEMBER, tag="reviews")

    @own.get(summary="My reviews, the newest first")
    async def list_my_reviews(
        member_id: NamedDependency[MemberId], page: NamedDependency[PageRequest]
    ) -> PageShape[MyReviewShape]:
        """With what waits to be looked at, and what was refused."""
        return listing(await desk.show.mine(member_id, page), MyReviewShape.of)

    @routes.post(
        raises=[OrderNotFound, ReviewNoSuchLine, ReviewTooEarly, ReviewTooLate, ReviewExists, ReviewPicturesUnavailable],
        summary="Review a line of an order that has arrived",
    )
    async def post_review(
        order_id: FromPath[UUID],
        line: FromPath[int],
        data: JSONBody[ReviewBody],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> ReviewOutcomeShape:
        """Once a line. It is up at once, or when it was looked at."""
        wish = data.to_command(member_id=member_id, order_id=OrderId(order_id), line=line, once=once)
        return ReviewOutcomeShape.of(await desk.post(wish))

    @routes.put(raises=[ReviewNotFound, ReviewWrongState, ReviewPicturesUnavailable], summary="Put my review in other words")
    async def edit_review(
        order_id: FromPath[UUID],
        line: FromPath[int],
        data: JSONBody[ReviewBody],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> ReviewOutcomeShape:
        """What is up stays up until the new words are. Whether I am named changes at once."""
        wish = data.to_edit(member_id=member_id, order_id=OrderId(order_id), line=line, once=once)
        return ReviewOutcomeShape.of(await desk.edit(wish))

    @routes.post(
        "/follow-up", raises=[ReviewNotFound, ReviewWrongState, ReviewFollowedUp, ReviewPicturesUnavailable],
        summary="Say more about the goods, once",
    )  # fmt: skip
    async def follow_up_review(
        order_id: FromPath[UUID],
        line: FromPath[int],
        data: JSONBody[FollowUpBody],
        member_id: NamedDependency[MemberId],
        once: NamedDependency[Once | None],
    ) -> ReviewOutcomeShape:
        """After some time of use."""
        wish = data.to_command(member_id=member_id, order_id=OrderId(order_id), line=line, once=once)
        return ReviewOutcomeShape.of(await desk.follow_up(wish))

    return [*own.all, *routes.all]


def _judging(desk: ReviewDesk) -> Sequence[HTTPRouteHandler]:
    routes = Resource("/staff/reviews", permission=Permission.REVIEWS_SEE, tag="staff: reviews")

    @routes.get(summary="Reviews to be looked at, the oldest first")
    async def list_review_cases(
        page: NamedDependency[PageRequest], status: StateFilter = None, words: WordsFilter = None
    ) -> PageShape[ReviewCaseShape]:
        """What waits; or those in another state or with some words, the newest first."""
        return listing(await desk.show.cases(page, ReviewCases.asked(status, words or "")), ReviewCaseShape.of)

    @routes.post(
        "/decisions", does=desk.decide, status=200, raises=[ReviewNotFound, ReviewChanged, ReviewWrongState],
        summary="Decide about one review or many",
    )  # fmt: skip
    async def decide_reviews(
        data: JSONBody[DecideBody], actor: NamedDependency[Actor], once: NamedDependency[Once | None]
    ) -> ReviewsDecidedShape:
        """All of them or none, each named with the version that was looked at. That a review is bad is no reason."""
        return ReviewsDecidedShape.of(await desk.decide(data.to_command(actor=actor, once=once)))

    @routes.put(
        "/{review_id:uuid}/reply", does=desk.reply, raises=[ReviewNotFound, ReviewWrongState], summary="Reply to a review"
    )
    async def reply_to_review(
        review_id: FromPath[UUID],
        data: JSONBody[ReplyBody],
        actor: NamedDependency[Actor],
        once: NamedDependency[Once | None],
    ) -> ReviewOutcomeShape:
        """For everybody to read; a second reply takes the place of the first."""
        wish = data.to_command(review_id=ReviewId(review_id), actor=actor, once=once)
        return ReviewOutcomeShape.of(await desk.reply(wish))

    return routes.all
