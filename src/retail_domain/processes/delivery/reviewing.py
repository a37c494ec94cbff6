"""Reviewing (评价): who bought goods that have arrived says what they are like, once a line of the order (REV-R1).

Words are judged before the unit begins, since whoever judges them may be a provider; the verdict is stored with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import evolve, frozen

from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.errors import FieldProblem, InvalidInput
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import OrderId, ReviewId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.settings import InForce
from retail_domain.ordering import Order, Orders
from retail_domain.reviews import (
    ImportReviews,
    LineBought,
    PostReview,
    Review,
    ReviewExists,
    ReviewModerator,
    ReviewNoSuchLine,
    ReviewOutcome,
    ReviewPictures,
    ReviewRules,
    ReviewsImported,
    ReviewStatus,
    ReviewTooEarly,
    ReviewTooLate,
    RuledReviewsWork,
    Wording,
    WordsVerdict,
    days_left_over,
    read_text,
    verdict_under,
)
from retail_domain.reviews.commands import outcome_of
from retail_domain.reviews.use_cases import judged_by, keep, set_now


class ReviewingWork(RuledReviewsWork, Protocol):
    """The unit of work of reviewing."""

    @property
    def orders(self) -> Orders: ...


@frozen(kw_only=True)
class JudgedPosting:
    """A review, and what the moderator says of its words."""

    wish: PostReview
    verdict: WordsVerdict
    once: Once | None


def bought(order: Order, line: int) -> LineBought:
    """The line of an order that has arrived. Raises ReviewNoSuchLine, ReviewTooEarly (REV-R1)."""
    if not 1 <= line <= len(order.lines):
        raise ReviewNoSuchLine(order_id=order.id, line=line)
    one = order.line(line)
    if order.signed_at is None or not one.shipped:
        raise ReviewTooEarly(order_id=order.id, line=line)
    return LineBought(order_id=order.id, line=line, member_id=order.member_id, product_id=one.product_id, sku_id=one.sku_id)


async def post_review(
    wish: PostReview, store: Called[JudgedPosting, ReviewOutcome], moderator: ReviewModerator
) -> ReviewOutcome:
    """A member reviews a line of an order that has arrived (REV-R1). Answers how the review stands.

    Raises InvalidInput, OrderNotFound, ReviewNoSuchLine, ReviewTooEarly, ReviewTooLate, ReviewExists, and what pictures are
    refused for.
    """
    wish = evolve(wish, text=read_text(wish.text))
    (verdict,) = await moderator.judge([wish.text])
    return await store(JudgedPosting(wish=wish, verdict=verdict, once=wish.once))


async def store_review(
    work: ReviewingWork, judged: JudgedPosting, means: Means, pictures: ReviewPictures, rules: ReviewRules
) -> ReviewOutcome:
    """The review of `post_review`, in one unit."""
    wish = judged.wish
    order = (await work.orders.get(wish.order_id)).owned_by(wish.member_id)
    line, in_force = bought(order, wish.line), await set_now(work, means)
    _check_in_time(order, wish.line, in_force, rules, means.clock.now())
    wording = Wording.read(wish.stars, wish.text, wish.pictures)
    known = (await work.reviews.of_lines([order.id])).get((order.id, wish.line))
    if known is not None and known.status is not ReviewStatus.AUTOMATIC:
        raise ReviewExists(order_id=order.id, line=wish.line)
    change = _said(line, wording, known, wish.anonymous, means)
    change = judged_by(verdict_under(in_force, judged.verdict, rules), change, means)
    await keep(work, [change], pictures)
    return outcome_of(change)


def _check_in_time(order: Order, line: int, in_force: InForce, rules: ReviewRules, at: datetime) -> None:
    """Raises ReviewTooLate."""
    assert order.signed_at is not None, "what was bought has arrived"
    within_days = days_left_over(in_force, order.signed_at, at, rules)
    if within_days is not None:
        raise ReviewTooLate(order_id=order.id, line=line, within_days=within_days)


def _said(line: LineBought, wording: Wording, known: Review | None, anonymous: bool, means: Means) -> Change[Review]:
    at = means.clock.now()
    if known is not None:
        return known.first_words(wording, anonymous=anonymous, at=at)
    return Review.posted(line, wording, id=ReviewId(means.ids.new()), anonymous=anonymous, at=at)


# ---- many at once --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class JudgedImport:
    """Rows, and what the moderator says of the words of each."""

    wish: ImportReviews
    verdicts: tuple[WordsVerdict, ...]
    once: Once | None


@brings(Effect.REVIEWS)
async def import_reviews(
    wish: ImportReviews, store: Called[JudgedImport, ReviewsImported], moderator: ReviewModerator
) -> ReviewsImported:
    """Many reviews at once, judged like any other (REV-R8): all rows are stored, or none. Answers what became of them.

    Raises InvalidInput that names each row that cannot be, by its place from 0.
    """
    texts = _texts(wish)
    wish = evolve(wish, rows=tuple(evolve(row, text=text) for row, text in zip(wish.rows, texts, strict=True)))
    verdicts = await moderator.judge(texts)
    return await store(JudgedImport(wish=wish, verdicts=tuple(verdicts), once=wish.once))


async def store_import(
    work: ReviewingWork, judged: JudgedImport, means: Means, pictures: ReviewPictures, rules: ReviewRules
) -> ReviewsImported:
    """The rows of `import_reviews`, in one unit."""
    rows = judged.wish.rows
    orders = await work.orders.claim({row.order_id for row in rows})
    lines = _lines(judged.wish, orders)
    known = await work.reviews.of_lines(sorted(orders))
    silent = {known[key].id for row in rows if _is_silent(known.get(key := (row.order_id, row.line)))}
    claimed = await work.reviews.claim(silent) if silent else {}
    known = {key: claimed.get(one.id, one) for key, one in known.items()}
    in_force = await set_now(work, means)
    changes: list[Change[Review]] = []
    for row, line, verdict in zip(rows, lines, judged.verdicts, strict=True):
        before = known.get((row.order_id, row.line))
        if before is not None and not _is_silent(before):
            continue
        wording = Wording.read(row.stars, row.text, ())
        changes.append(
            judged_by(verdict_under(in_force, verdict, rules), _said(line, wording, before, row.anonymous, means), means)
        )
    await keep(work, changes, pictures)
    stands = [change.state.status for change in changes]
    return ReviewsImported(
        published=stands.count(ReviewStatus.PUBLISHED), pending=stands.count(ReviewStatus.PENDING),
        rejected=stands.count(ReviewStatus.REJECTED), known=len(rows) - len(changes),
    )  # fmt: skip


def _texts(wish: ImportReviews) -> list[str]:
    """The words of each row. Raises InvalidInput that names each row whose words cannot be."""
    texts: list[str] = []
    problems: list[FieldProblem] = []
    for at, row in enumerate(wish.rows):
        try:
            texts.append(read_text(row.text, f"rows.{at}.text"))
        except InvalidInput as no:
            problems += no.problems
    if problems:
        raise InvalidInput(problems=tuple(problems))
    return texts


def _is_silent(review: Review | None) -> bool:
    return review is not None and review.status is ReviewStatus.AUTOMATIC


def _lines(wish: ImportReviews, orders: Mapping[OrderId, Order]) -> list[LineBought]:
    """What each row is about. Raises InvalidInput for those that are about nothing that has arrived."""
    lines, problems = [], []
    for at, row in enumerate(wish.rows):
        try:
            if row.order_id not in orders:
                raise ReviewNoSuchLine(order_id=row.order_id, line=row.line)
            lines.append(bought(orders[row.order_id], row.line))
        except (ReviewNoSuchLine, ReviewTooEarly) as no:
            problems.append(FieldProblem(field=f"rows.{at}.line", rule=no.code.partition(".")[2], message=no.sentence()))
    if problems:
        raise InvalidInput(problems=tuple(problems))
    return lines


# ---- nobody said anything ------------------------------------------------------------------------------------------------


async def review_automatically(work: ReviewingWork, order_id: OrderId, means: Means) -> None:
    """Lines of one order of which nobody said anything are done with: no stars, no words, no points (ORD-R8)."""
    order = await work.orders.get(order_id)
    known = await work.reviews.of_lines([order_id])
    at = means.clock.now()
    for line in order.lines:
        if (order_id, line.number) not in known and line.shipped:
            work.reviews.save(Review.automatic(bought(order, line.number), id=ReviewId(means.ids.new()), at=at))
