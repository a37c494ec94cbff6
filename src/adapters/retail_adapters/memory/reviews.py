"""Reviews in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from attrs import frozen

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_adapters.paging import cursor_of, key_after
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, ReviewId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.kernel.ranks import Rank
from retail_domain.reviews import (
    WAITING,
    MyReview,
    PublicReview,
    Review,
    ReviewCase,
    ReviewCases,
    ReviewFilter,
    ReviewNotFound,
    ReviewStatus,
    ReviewSummary,
    SummaryView,
    my_review,
    public_review,
    review_case,
    summary_view,
)

V = TypeVar("V")

_NEWEST: Final = (UUID(int=2**128 - 1),)
_OLDEST: Final = (UUID(int=0),)


class MemoryReviews(MemoryCollection[ReviewId, Review]):
    """The reviews; see the port."""

    table: ClassVar[str] = "reviews"
    unique: ClassVar[Mapping[str, Any]] = {
        "reviews.member_id+order_id+line": lambda one: (one.member_id, one.order_id, one.line)
    }

    async def get(self, id: ReviewId) -> Review:
        """Staged or stored."""
        found = self.look(id)
        if found is None:
            raise ReviewNotFound(review_id=id)
        return found

    async def of_lines(self, order_ids: Iterable[OrderId]) -> Mapping[tuple[OrderId, int], Review]:
        """Staged or stored."""
        wanted = set(order_ids)
        return {(one.order_id, one.line): one for one in self.every() if one.order_id in wanted}

    async def claim(self, ids: Iterable[ReviewId]) -> Mapping[ReviewId, Review]:
        """Ascending."""
        wanted = sorted(set(ids))
        self._session.lock(Rank.REVIEW, wanted)
        found = ((id, self.look(id)) for id in wanted)
        return {id: one for id, one in found if one is not None}

    async def of_member(self, member_id: MemberId) -> Sequence[ReviewId]:
        """Staged or stored."""
        return sorted(one.id for one in self.every() if one.member_id == member_id)

    async def unreviewed(self, after: datetime, before: datetime, limit: int) -> Sequence[OrderId]:
        """Stored ones."""
        said = {(one.order_id, one.line) for one in self.every()}
        orders = self._session.memory.table("orders").values()
        found = [
            (order.signed_at, order.id) for order in orders
            if order.signed_at is not None and after < order.signed_at <= before
            and any(line.shipped and (order.id, line.number) not in said for line in order.lines)
        ]  # fmt: skip
        return [id for _, id in sorted(found)[:limit]]


class MemoryReviewSummaries(MemoryCollection[ProductId, ReviewSummary]):
    """What they come to; see the port."""

    table: ClassVar[str] = "review_summaries"
    key_columns: ClassVar[str] = "product_id"

    def key(self, state: ReviewSummary) -> ProductId:
        """The product."""
        return state.product_id

    async def claim(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, ReviewSummary]:
        """Ascending."""
        wanted = sorted(set(product_ids))
        self._session.lock(Rank.REVIEW_SUMMARY, wanted)
        found = ((id, self.look(id)) for id in wanted)
        return {id: one for id, one in found if one is not None}


@frozen
class MemoryReviewQueries:
    """The read side of reviews; see the Protocol."""

    memory: Memory

    async def of_product(self, product_id: ProductId, wanted: ReviewFilter, page: PageRequest) -> Page[PublicReview]:
        """Those that are up, newest first."""
        found = [
            one for one in self._all()
            if one.product_id == product_id and one.up is not None and wanted.stars in (None, one.up.stars)
            and (one.has_pictures or not wanted.with_pictures) and (one.has_follow_up or not wanted.with_follow_up)
        ]  # fmt: skip
        return _newest(found, page, lambda one: public_review(one, self._name(one)))

    async def summary(self, product_id: ProductId) -> SummaryView:
        """What they come to."""
        found = self.memory.table("review_summaries").get(product_id)
        return summary_view(found or ReviewSummary(product_id=product_id))

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[MyReview]:
        """A member's own, newest first."""
        own = [one for one in self._all() if one.member_id == member_id and one.status is not ReviewStatus.AUTOMATIC]
        return _newest(own, page, my_review)

    async def of_order(self, member_id: MemberId, order_id: OrderId) -> tuple[MyReview, ...]:
        """By line."""
        own = [
            one for one in self._all()
            if (one.member_id, one.order_id) == (member_id, order_id) and one.status is not ReviewStatus.AUTOMATIC
        ]  # fmt: skip
        return tuple(my_review(one) for one in sorted(own, key=lambda one: one.line))

    async def cases(self, page: PageRequest, wanted: ReviewCases = WAITING) -> Page[ReviewCase]:
        """For staff."""
        found = [one for one in self._all() if wanted.holds(one)]
        if not wanted.is_queue:
            return _newest(found, page, review_case)
        (after,) = key_after(page.cursor, _OLDEST)
        return _paged(sorted((one for one in found if one.id > after), key=_id), page, review_case)

    def _all(self) -> list[Review]:
        return list(self.memory.table("reviews").values())

    def _name(self, review: Review) -> str | None:
        member = None if review.anonymous else self.memory.table("members").get(review.member_id)
        return member.name if member is not None else None


def _id(review: Review) -> ReviewId:
    return review.id


def _newest(found: Sequence[Review], page: PageRequest, shown: Callable[[Review], V]) -> Page[V]:
    (before,) = key_after(page.cursor, _NEWEST)
    return _paged(sorted((one for one in found if one.id < before), key=_id, reverse=True), page, shown)


def _paged(found: Sequence[Review], page: PageRequest, shown: Callable[[Review], V]) -> Page[V]:
    some = found[: page.limit]
    return Page(tuple(map(shown, some)), cursor_of(some[-1].id) if len(found) > page.limit else None)
