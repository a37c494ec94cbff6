"""What is shown of reviews, in SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeVar
from uuid import UUID

from attrs import frozen
from sqlalchemy import bindparam, case, select, true

from retail_adapters.paging import cursor_of, key_after
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.reviews import REVIEWS, SUMMARIES
from retail_adapters.sql.statement import Row, Statement
from retail_adapters.sql.tables.accounts import members
from retail_adapters.sql.tables.reviews import review_summaries, reviews
from retail_adapters.sql.types import Words
from retail_domain.kernel.ids import MemberId, OrderId, ProductId
from retail_domain.kernel.paging import Page, PageRequest
from retail_domain.reviews import (
    WAITING,
    MyReview,
    PublicReview,
    ReviewCase,
    ReviewCases,
    ReviewFilter,
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
# The name of whoever wishes not to be named is not even read.
_NAME: Final = case((reviews.c.anonymous, None), else_=members.c.name).label("author_name")


@cache
def _of_product(with_stars: bool, with_pictures: bool, with_follow_up: bool) -> Statement:
    found = select(reviews, _NAME).outerjoin(members, members.c.id == reviews.c.member_id)
    found = found.where(
        reviews.c.product_id == bindparam("product_id"), reviews.c.is_up == true(), reviews.c.id < bindparam("before")
    )
    if with_stars:
        found = found.where(reviews.c.stars == bindparam("stars"))
    if with_pictures:
        found = found.where(reviews.c.has_pictures)
    if with_follow_up:
        found = found.where(reviews.c.has_follow_up)
    return Statement("reviews.of_product", found.order_by(reviews.c.id.desc()).limit(bindparam("most")))


_MINE: Final = Statement(
    "reviews.mine",
    select(reviews)
    .where(
        reviews.c.member_id == bindparam("member_id"), reviews.c.id < bindparam("before"),
        reviews.c.status != ReviewStatus.AUTOMATIC,
    )
    .order_by(reviews.c.id.desc())
    .limit(bindparam("most")),
)  # fmt: skip

_OF_ORDER: Final = Statement(
    "reviews.of_order",
    select(reviews)
    .where(
        reviews.c.member_id == bindparam("member_id"), reviews.c.order_id == bindparam("order_id"),
        reviews.c.status != ReviewStatus.AUTOMATIC,
    )
    .order_by(reviews.c.line),
)  # fmt: skip


@cache
def _cases(in_state: bool, words: int, is_queue: bool) -> Statement:
    """There is no index of words: staff seldom look for some, and each page ends as soon as it is full."""
    found = select(reviews).where(
        *(reviews.c.words.like(bindparam(f"word{at}", type_=Words()), escape="!") for at in range(words))
    )
    if in_state:
        found = found.where(reviews.c.status == bindparam("status"))
    beyond = reviews.c.id > bindparam("beyond") if is_queue else reviews.c.id < bindparam("beyond")
    order = reviews.c.id if is_queue else reviews.c.id.desc()
    return Statement(
        "reviews.queue" if is_queue else "reviews.cases", found.where(beyond).order_by(order).limit(bindparam("most"))
    )


def _containing(word: str) -> str:
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return f"%{word}%"


_SUMMARY: Final = Statement(
    "review_summaries.show", select(review_summaries).where(review_summaries.c.product_id == bindparam("product_id"))
)


@frozen
class SqlReviewQueries:
    """The read side of reviews; see the Protocol."""

    database: Database

    async def of_product(self, product_id: ProductId, wanted: ReviewFilter, page: PageRequest) -> Page[PublicReview]:
        """Those that are up, newest first."""
        (before,) = key_after(page.cursor, _NEWEST)
        values: dict[str, Any] = {"product_id": product_id, "before": before, "most": page.limit + 1}
        if wanted.stars is not None:
            values["stars"] = wanted.stars
        statement = _of_product(wanted.stars is not None, wanted.with_pictures, wanted.with_follow_up)
        rows = await self.database.rows(statement, **values)
        return _paged(rows, page, lambda row: public_review(REVIEWS.state(row), row["author_name"]))

    async def summary(self, product_id: ProductId) -> SummaryView:
        """What they come to."""
        rows = await self.database.rows(_SUMMARY, product_id=product_id)
        return summary_view(SUMMARIES.state(rows[0]) if rows else ReviewSummary(product_id=product_id))

    async def mine(self, member_id: MemberId, page: PageRequest) -> Page[MyReview]:
        """A member's own, newest first."""
        (before,) = key_after(page.cursor, _NEWEST)
        rows = await self.database.rows(_MINE, member_id=member_id, before=before, most=page.limit + 1)
        return _paged(rows, page, lambda row: my_review(REVIEWS.state(row)))

    async def of_order(self, member_id: MemberId, order_id: OrderId) -> tuple[MyReview, ...]:
        """By line."""
        rows = await self.database.rows(_OF_ORDER, member_id=member_id, order_id=order_id)
        return tuple(my_review(REVIEWS.state(row)) for row in rows)

    async def cases(self, page: PageRequest, wanted: ReviewCases = WAITING) -> Page[ReviewCase]:
        """For staff."""
        (beyond,) = key_after(page.cursor, _OLDEST if wanted.is_queue else _NEWEST)
        values: dict[str, Any] = {"beyond": beyond, "most": page.limit + 1}
        values |= {f"word{at}": _containing(word) for at, word in enumerate(wanted.words)}
        if wanted.status is not None:
            values["status"] = wanted.status
        statement = _cases(wanted.status is not None, len(wanted.words), wanted.is_queue)
        return _paged(await self.database.rows(statement, **values), page, lambda row: review_case(REVIEWS.state(row)))


def _paged(rows: Sequence[Row], page: PageRequest, shown: Callable[[Row], V]) -> Page[V]:
    some = rows[: page.limit]
    return Page(tuple(map(shown, some)), cursor_of(some[-1]["id"]) if len(rows) > page.limit else None)
