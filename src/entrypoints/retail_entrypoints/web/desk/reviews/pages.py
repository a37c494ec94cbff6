"""`/desk/reviews`: what buyers wrote, to be looked at. Who wrote it and how many stars it has is no ground, and not here."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from msgspec import Meta

from retail_domain.accounts import Permission
from retail_domain.application import Retail
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import ReviewId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.reviews import (
    DecideReviews,
    ReplyToReview,
    ReviewAction,
    ReviewCases,
    ReviewNotFound,
    ReviewReason,
    ReviewsDecided,
    ReviewSeen,
    ReviewStatus,
)
from retail_entrypoints.http.routing import Resource
from retail_entrypoints.web.desk.reviews.models import STATES, CaseRow
from retail_entrypoints.web.desk.showing import PAGE, Cursor, decide, show
from retail_entrypoints.web.forms import Form, Typed
from retail_entrypoints.web.view import View

Status = Annotated[ReviewStatus | None, QueryParameter(name="state")]
Words = Annotated[str | None, QueryParameter(name="words", max_length=100)]


class VerdictForm(Form, frozen=True):
    """What is decided about a review as it was seen, and for which of the reasons."""

    verdict: Typed = ""
    reason: Typed = ""
    version: int = 1

    def decided(self) -> tuple[ReviewAction, ReviewReason | None]:
        """Raises InvalidInput."""
        try:
            action = ReviewAction(self.verdict)
        except ValueError:
            raise InvalidInput.of("verdict", "unknown", "choose one of them") from None
        try:
            return action, ReviewReason(self.reason) if self.reason else None
        except ValueError:
            raise InvalidInput.of("reason", "unknown", "choose one of them") from None


class ReplyForm(Form, frozen=True):
    """What the shop answers, for everybody to read."""

    text: Annotated[str, Meta(max_length=5_000)] = ""


def desk_review_pages(retail: Retail) -> Sequence[HTTPRouteHandler]:
    """Reviews have no place, so whoever is bound to places is not let in."""
    return [*_looking(retail), *_judging(retail)]


async def _page(  # noqa: PLR0913 - what is looked for, and what was tried
    retail: Retail, view: View, status: ReviewStatus | None = None, words: str = "", cursor: str | None = None, tried: str = ""
) -> Response[bytes]:
    found = await retail.reviews.show.cases(PageRequest(PAGE, cursor), ReviewCases.asked(status, words))
    rows = tuple(CaseRow.of(one) for one in found.items)
    shown = status or (None if words else ReviewStatus.PENDING)
    return show(
        view, "reviews/list.html", rows=rows, states=STATES, state=shown, words=words, next_cursor=found.next_cursor,
        reasons=tuple(ReviewReason), tried=tried,
    )  # fmt: skip


def _looking(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/reviews", permission=Permission.REVIEWS_SEE, tag="desk")

    @pages.get()
    async def show_reviews_at_desk(
        view: NamedDependency[View], status: Status = None, words: Words = None, cursor: Cursor = None
    ) -> Response[bytes]:
        return await _page(retail, view, status, (words or "").strip(), cursor)

    return pages.all


def _judging(retail: Retail) -> Sequence[HTTPRouteHandler]:
    pages = Resource("/desk/reviews/{review_id:uuid}", permission=Permission.REVIEWS_SEE, tag="desk")

    @pages.post("/decide", does=retail.reviews.decide, raises=[ReviewNotFound])
    async def decide_review_at_desk(
        review_id: FromPath[UUID],
        data: URLEncodedBody[VerdictForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        async def judge() -> ReviewsDecided:
            action, reason = data.decided()
            seen = ReviewSeen(review_id=ReviewId(review_id), version=data.version)
            return await retail.reviews.decide(
                DecideReviews(reviews=(seen,), action=action, reason=reason, actor=view.actor, once=once)
            )

        return await decide(
            view, judge(), lambda _: view.go("/desk/reviews", "desk.said.judged"),
            lambda: _page(retail, view, tried=f"{review_id}"),
        )  # fmt: skip

    @pages.post("/reply", does=retail.reviews.reply, raises=[ReviewNotFound])
    async def reply_at_desk(
        review_id: FromPath[UUID],
        data: URLEncodedBody[ReplyForm],
        view: NamedDependency[View],
        once: NamedDependency[Once | None],
    ) -> Response[bytes]:
        wish = ReplyToReview(review_id=ReviewId(review_id), text=data.text, actor=view.actor, once=once)
        return await decide(
            view, retail.reviews.reply(wish), lambda _: view.go("/desk/reviews?state=published", "desk.said.replied"),
            lambda: _page(retail, view, ReviewStatus.PUBLISHED, tried=f"{review_id}-reply"),
        )  # fmt: skip

    return pages.all
