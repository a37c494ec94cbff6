"""Authors edit and follow up, staff decide and reply; what the summary counts is stored with what it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from attrs import evolve, frozen

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.effects import Effect, brings
from retail_domain.kernel.frames import Called
from retail_domain.kernel.ids import MemberId, OrderId, ProductId, ReviewId
from retail_domain.kernel.means import Means
from retail_domain.kernel.once import Once
from retail_domain.kernel.settings import InForce
from retail_domain.reviews.commands import (
    DecideReviews,
    EditReview,
    FollowUpReview,
    ImportReviews,
    PostReview,
    ReplyToReview,
    ReviewOutcome,
    ReviewsDecided,
    ReviewsImported,
    outcome_of,
)
from retail_domain.reviews.errors import ReviewChanged, ReviewNotFound
from retail_domain.reviews.model import Review, Wording, read_text
from retail_domain.reviews.moderation import ReviewModerator, ReviewPictures, ReviewShows, WordsVerdict
from retail_domain.reviews.ports import ReviewsWork, RuledReviewsWork
from retail_domain.reviews.queries import ReviewOrigin, ReviewQueries, review_origin
from retail_domain.reviews.settings import ReviewRules, verdict_under
from retail_domain.reviews.summary import ReviewSummary, summed

MODERATION: Final = Actor.system("moderation")
"""The actor of what is passed or blocked by itself."""


@frozen(kw_only=True)
class JudgedEdit:
    """An edit, and what the moderator says of its words."""

    wish: EditReview
    verdict: WordsVerdict
    once: Once | None


@frozen(kw_only=True)
class JudgedFollowUp:
    """A follow-up, and what the moderator says of its words."""

    wish: FollowUpReview
    verdict: WordsVerdict
    once: Once | None


async def edit_review(wish: EditReview, store: Called[JudgedEdit, ReviewOutcome], moderator: ReviewModerator) -> ReviewOutcome:
    """The author puts it in other words (REV-R4). Answers how it stands.

    Raises InvalidInput, ReviewNotFound, ReviewWrongState, and what pictures are refused for.
    """
    wish = evolve(wish, text=read_text(wish.text))
    (verdict,) = await moderator.judge([wish.text])
    return await store(JudgedEdit(wish=wish, verdict=verdict, once=wish.once))


async def store_edit(
    work: RuledReviewsWork, judged: JudgedEdit, means: Means, pictures: ReviewPictures, rules: ReviewRules
) -> ReviewOutcome:
    """The edit of `edit_review`, in one unit."""
    wish, at = judged.wish, means.clock.now()
    review = await claim_mine(work, wish.member_id, wish.order_id, wish.line)
    wording = Wording.read(wish.stars, wish.text, wish.pictures)
    change = review.edit(wording, anonymous=wish.anonymous, at=at)
    if change.state.waiting is not None and not review.follow_up_waits:  # which a person looks at
        verdict = verdict_under(await set_now(work, means), judged.verdict, rules)
        change = judged_by(verdict, change, means)
    await keep(work, [change], pictures)
    return outcome_of(change)


async def follow_up_review(
    wish: FollowUpReview, store: Called[JudgedFollowUp, ReviewOutcome], moderator: ReviewModerator
) -> ReviewOutcome:
    """The author says more, once (追评, REV-R2). Answers how it stands.

    Raises InvalidInput, ReviewNotFound, ReviewWrongState, ReviewFollowedUp, and what pictures are refused for.
    """
    wish = evolve(wish, text=read_text(wish.text))
    (verdict,) = await moderator.judge([wish.text])
    return await store(JudgedFollowUp(wish=wish, verdict=verdict, once=wish.once))


async def store_follow_up(
    work: RuledReviewsWork, judged: JudgedFollowUp, means: Means, pictures: ReviewPictures, rules: ReviewRules
) -> ReviewOutcome:
    """The follow-up of `follow_up_review`, in one unit."""
    wish, at = judged.wish, means.clock.now()
    review = await claim_mine(work, wish.member_id, wish.order_id, wish.line)
    change = review.follow(wish.text, wish.pictures, at=at)
    if review.waiting is None:  # words that wait for a person are not passed along with a follow-up
        verdict = verdict_under(await set_now(work, means), judged.verdict, rules)
        change = judged_by(verdict, change, means)
    await keep(work, [change], pictures)
    return outcome_of(change)


@brings(Effect.REVIEWS)
async def decide_reviews(work: ReviewsWork, wish: DecideReviews, means: Means, pictures: ReviewPictures) -> ReviewsDecided:
    """Staff decide about reviews that they looked at: all of them, or none (REV-R4, REV-R5). Answers how they stand.

    Raises ReviewNotFound, ReviewChanged when one is not what was looked at, ReviewWrongState, InvalidInput.
    """
    at = means.clock.now()
    claimed = await work.reviews.claim([one.review_id for one in wish.reviews])
    changes = []
    for seen in wish.reviews:
        review = claimed.get(seen.review_id)
        if review is None:
            raise ReviewNotFound(review_id=seen.review_id)
        if review.version != seen.version:
            raise ReviewChanged(review_id=review.id, version=review.version)
        changes.append(review.decide(wish.action, wish.reason, actor=wish.actor, at=at))
    await keep(work, changes, pictures)
    return ReviewsDecided(reviews=tuple(outcome_of(change) for change in changes))


@brings(Effect.REVIEWS)
async def reply_to_review(work: ReviewsWork, wish: ReplyToReview, means: Means) -> ReviewOutcome:
    """The shop answers a review that is up. Answers how it stands. Raises ReviewNotFound, ReviewWrongState, InvalidInput."""
    claimed = await work.reviews.claim([wish.review_id])
    if wish.review_id not in claimed:
        raise ReviewNotFound(review_id=wish.review_id)
    change = claimed[wish.review_id].answer(wish.text, at=means.clock.now())
    work.reviews.save(change)
    return outcome_of(change)


async def claim_mine(work: ReviewsWork, member_id: MemberId, order_id: OrderId, line: int) -> Review:
    """A member's own review of a line, locked. Raises ReviewNotFound, also for somebody else's (GEN-R14)."""
    found = (await work.reviews.of_lines([order_id])).get((order_id, line))
    if found is None or found.member_id != member_id:
        raise ReviewNotFound(order_id=order_id, line=line)
    claimed = await work.reviews.claim([found.id])
    return claimed[found.id]


async def set_now(work: RuledReviewsWork, means: Means) -> InForce:
    """What is set at this moment."""
    return (await work.settings.timetable()).at(means.clock.now())


def judged_by(verdict: WordsVerdict, change: Change[Review], means: Means) -> Change[Review]:
    """What follows by itself from what the moderator says of the words that wait."""
    decision = verdict.decision
    if decision is None:
        return change
    action, reason = decision
    at = means.clock.now()
    return change.then(lambda review: review.decide(action, reason, actor=MODERATION, at=at))


async def keep(work: ReviewsWork, changes: Sequence[Change[Review]], pictures: ReviewPictures) -> None:
    """Stage these changes, what they do to the summaries of their products, and which pictures are shown (REV-R6)."""
    by_product: dict[ProductId, list[Change[Review]]] = defaultdict(list)
    for change in changes:
        work.reviews.save(change)
        if _counted(change.before) != _counted(change.state):
            by_product[change.state.product_id].append(change)
    known = await work.review_summaries.claim(by_product) if by_product else {}
    for product_id, counted in sorted(by_product.items()):  # rivals may be the first to speak of the same goods
        before = after = known.get(product_id) or ReviewSummary(product_id=product_id)
        for change in counted:
            after = after.following(change.before, change.state)
        work.review_summaries.save(summed(before, after))
    shown = [one for one in map(_shown, changes) if one.shows or one.hides]
    if shown:
        await pictures.show(work, shown)


def _shown(change: Change[Review]) -> ReviewShows:
    had, has = change.before.pictures if change.before else frozenset(), change.state.pictures
    shows, hides = tuple(sorted(has - had)), tuple(sorted(had - has))
    return ReviewShows(review_id=change.state.id, member_id=change.state.member_id, shows=shows, hides=hides)


def _counted(review: Review | None) -> tuple[int, bool, bool] | None:
    """What a summary counts of a review."""
    up = review.up if review is not None else None
    return None if review is None or up is None else (up.stars, review.has_pictures, review.has_follow_up)


@frozen(kw_only=True)
class ReviewDesk:
    """Reviews, for those who embed the shop."""

    post: Callable[[PostReview], Awaitable[ReviewOutcome]]
    edit: Callable[[EditReview], Awaitable[ReviewOutcome]]
    follow_up: Callable[[FollowUpReview], Awaitable[ReviewOutcome]]
    decide: Callable[[DecideReviews], Awaitable[ReviewsDecided]]
    reply: Callable[[ReplyToReview], Awaitable[ReviewOutcome]]
    import_rows: Callable[[ImportReviews], Awaitable[ReviewsImported]]
    of: Callable[[ReviewId], Awaitable[ReviewOrigin]]
    """Whose any review is: for what follows from its events."""
    show: ReviewQueries


async def look_at_review(work: ReviewsWork, review_id: ReviewId) -> ReviewOrigin:
    """Whose it is, and of which line (PTS-R6). Raises ReviewNotFound."""
    return review_origin(await work.reviews.get(review_id))
