"""Reviews and their summaries in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, select

from retail_adapters.serialization import converter, kept
from retail_adapters.sql.database import Flush
from retail_adapters.sql.rows import Part, Rows, spread_if_any
from retail_adapters.sql.session import SqlCollection, inserted, updated
from retail_adapters.sql.statement import AnyOf, Statement
from retail_adapters.sql.tables.ordering import order_lines, orders
from retail_adapters.sql.tables.reviews import review_summaries, reviews
from retail_adapters.sql.writes import insert_into, update_of
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.ids import MemberId, OrderId, PictureId, ProductId, ReviewId
from retail_domain.reviews import FollowUp, Reply, Review, ReviewNotFound, ReviewSummary, Wording

_PICTURES: Final = tuple[PictureId, ...]
_READ_PICTURES: Final = kept(_PICTURES)


def _document(kind: type[Any], column: str) -> Part:
    """A value that may be missing, kept as a document."""
    read = kept(kind)
    return Part(
        (column,),
        lambda value: None if value is None else converter.unstructure(value, kind),
        lambda stored: None if stored is None else read(stored),
    )


def _of_wording(shown: Wording | None) -> tuple[Any, ...]:
    if shown is None:
        return None, None, None
    return shown.stars, shown.text, converter.unstructure(shown.pictures, _PICTURES)


def _wording(stars: int | None, text: str, pictures: Any) -> Wording | None:
    return None if stars is None else Wording(stars=stars, text=text, pictures=_READ_PICTURES(pictures))


REVIEWS: Final = Rows(
    reviews,
    Review,
    parts={
        "shown": Part(("stars", "text", "pictures"), _of_wording, _wording),
        "waiting": _document(Wording, "waiting"),
        "follow_up": _document(FollowUp, "follow_up"),
        "reply": _document(Reply, "reply"),
        "decided_by": spread_if_any(Actor, "decider_kind", "decider_ref"),
    },
    derived=("is_up", "has_pictures", "has_follow_up", "words"),
)
SUMMARIES: Final = Rows(review_summaries, ReviewSummary)

_GET: Final = Statement("reviews.get", select(reviews).where(reviews.c.id == bindparam("id")))
_OF_LINES: Final = Statement("reviews.of_lines", select(reviews).where(AnyOf(reviews.c.order_id, "order_ids")))
_CLAIM: Final = Statement(
    "reviews.claim", select(reviews).where(AnyOf(reviews.c.id, "ids")).order_by(reviews.c.id).with_for_update()
)
_OF_MEMBER: Final = Statement(
    "reviews.of_member", select(reviews.c.id).where(reviews.c.member_id == bindparam("member_id")).order_by(reviews.c.id)
)
_UNREVIEWED: Final = Statement(
    "reviews.unreviewed",
    select(orders.c.id)
    .where(
        orders.c.signed_at <= bindparam("before"),
        orders.c.signed_at > bindparam("after"),
        exists(
            select(order_lines.c.order_id).where(
                order_lines.c.order_id == orders.c.id,
                order_lines.c.shipped > 0,
                ~exists(
                    select(reviews.c.id).where(
                        and_(reviews.c.order_id == order_lines.c.order_id, reviews.c.line == order_lines.c.position + 1)
                    )
                ),
            )
        ),
    )
    .order_by(orders.c.signed_at, orders.c.id)
    .limit(bindparam("most")),
)


class SqlReviews(SqlCollection[ReviewId, Review]):
    """The reviews; see the port."""

    table = reviews

    def key(self, state: Review) -> ReviewId:
        """Its id."""
        return state.id

    async def get(self, id: ReviewId) -> Review:
        """Staged or stored."""
        rows = await self._session.tx.rows(_GET, id=id)
        found = self.seen(id, REVIEWS.state(rows[0]) if rows else None)
        if found is None:
            raise ReviewNotFound(review_id=id)
        return found

    async def of_lines(self, order_ids: Iterable[OrderId]) -> Mapping[tuple[OrderId, int], Review]:
        """Staged or stored."""
        wanted = sorted(set(order_ids))
        stored = map(REVIEWS.state, await self._session.tx.rows(_OF_LINES, order_ids=wanted))
        found = {(one.order_id, one.line): self.seen(one.id, one) or one for one in stored}
        staged = (one for _, one in self._staged.values() if one.order_id in wanted)
        return {**found, **{(one.order_id, one.line): one for one in staged}}

    async def claim(self, ids: Iterable[ReviewId]) -> Mapping[ReviewId, Review]:
        """Ascending."""
        wanted = sorted(set(ids))
        self._session.lock(self.rank, wanted)
        stored = map(REVIEWS.state, await self._session.tx.rows(_CLAIM, ids=wanted))
        return {one.id: self.seen(one.id, one) or one for one in stored}

    async def of_member(self, member_id: MemberId) -> Sequence[ReviewId]:
        """As they are stored."""
        return [row["id"] for row in await self._session.tx.rows(_OF_MEMBER, member_id=member_id)]

    async def unreviewed(self, after: datetime, before: datetime, limit: int) -> Sequence[OrderId]:
        """Stored ones."""
        rows = await self._session.tx.rows(_UNREVIEWED, after=after, before=before, most=limit)
        return [OrderId(row["id"]) for row in rows]

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, REVIEWS.row(one)) for one in self.new()]
        changed = [updated(before, REVIEWS.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(reviews), new), Flush(update_of(reviews), changed, "review")]


_CLAIM_SUMMARIES: Final = Statement(
    "review_summaries.claim",
    select(review_summaries)
    .where(AnyOf(review_summaries.c.product_id, "ids"))
    .order_by(review_summaries.c.product_id)
    .with_for_update(),
)


class SqlReviewSummaries(SqlCollection[ProductId, ReviewSummary]):
    """What they come to; see the port."""

    table = review_summaries

    def key(self, state: ReviewSummary) -> ProductId:
        """The product."""
        return state.product_id

    async def claim(self, product_ids: Iterable[ProductId]) -> Mapping[ProductId, ReviewSummary]:
        """Ascending."""
        wanted = sorted(set(product_ids))
        self._session.lock(self.rank, wanted)
        stored = map(SUMMARIES.state, await self._session.tx.rows(_CLAIM_SUMMARIES, ids=wanted))
        return {one.product_id: self.seen(one.product_id, one) or one for one in stored}

    def flushes(self) -> Sequence[Flush]:
        """New ones, then changed ones."""
        new = [inserted(one, SUMMARIES.row(one)) for one in self.new()]
        changed = [updated(before, SUMMARIES.row(after)) for before, after in self.changed()]
        return [Flush(insert_into(review_summaries), new), Flush(update_of(review_summaries), changed, "review summary")]
