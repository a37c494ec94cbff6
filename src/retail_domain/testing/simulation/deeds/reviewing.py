"""What members and staff do with reviews: post, edit, follow up, decide, reply (REV-R1 to REV-R10).

The moderator of a simulated shop knows two words: one lets a review wait for a person, one blocks it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from retail_domain.kernel.errors import DomainError
from retail_domain.kernel.ids import MemberId, PictureId
from retail_domain.kernel.paging import PageRequest
from retail_domain.pictures import PictureNotFound, PictureUnfit
from retail_domain.reviews import (
    DecideReviews,
    EditReview,
    FollowUpReview,
    PostReview,
    ReplyToReview,
    Review,
    ReviewAction,
    ReviewFilter,
    ReviewReason,
    ReviewSeen,
    ReviewStatus,
)
from retail_domain.reviews.states import NEEDS_REASON
from retail_domain.testing.simulation.deeds.deed import CLERK, Deed, some, some_order
from retail_domain.testing.simulation.mix import between, one_of
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World

DOUBTFUL: Final = "ask about it"
BLOCKED: Final = "call me"
_TEXTS: Final = ("good tea", "bad tea", DOUBTFUL, BLOCKED)
_PICTURES: Final = (PictureNotFound.code, PictureUnfit.code)
_TO_POST: Final = ("review.exists", "review.too_early", *_PICTURES)
_TO_WRITE: Final = ("review.not_found", "review.wrong_state", "review.followed_up", *_PICTURES)
_TO_DECIDE: Final = ("review.changed", "review.wrong_state")


async def post_a_review(world: World) -> None:
    """Whoever ordered speaks of a line, whether it has arrived or not."""
    order = some_order(world, "shipped", "signed", "completed", "closed")
    if order is None or order.order_id is None:
        return
    once = keyed(world, order.member_id, "reviews.post")
    wish = PostReview(
        member_id=order.member_id, order_id=order.order_id, line=between(world.dice, 1, len(order.units)),
        stars=between(world.dice, 1, 5), text=one_of(world.dice, _TEXTS), anonymous=one_of(world.dice, (True, False)),
        pictures=_pictures_of(world, order.member_id), once=once,
    )  # fmt: skip
    await ask(world, Request(
        name=f"review line {wish.line} of {order.number}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.reviews.post(wish), certain=_only(world, _TO_POST),
    ))  # fmt: skip


async def write_again(world: World) -> None:
    """Whoever wrote says it in other words, or says more."""
    review = _some_review(world)
    if review is None:
        return
    more: dict[str, Any] = {
        "member_id": review.member_id, "order_id": review.order_id, "line": review.line,
        "text": one_of(world.dice, _TEXTS), "pictures": _pictures_of(world, review.member_id),
    }  # fmt: skip
    verb = one_of(world.dice, ("edit", "edit", "follow_up"))
    once = keyed(world, review.member_id, f"reviews.{verb}")
    wish: Any = FollowUpReview(**more, once=once)
    if verb == "edit":
        anonymous, stars = one_of(world.dice, (True, False)), between(world.dice, 1, 5)
        wish = EditReview(**more, stars=stars, anonymous=anonymous, once=once)
    await ask(world, Request(
        name=f"{verb} review {str(review.id)[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: getattr(shop.retail.reviews, verb)(wish), certain=_only(world, _TO_WRITE),
    ))  # fmt: skip


async def decide_about_reviews(world: World) -> None:
    """Staff decide about some that they looked at, one or several at once."""
    known = _reviews(world)
    if not known:
        return
    action = one_of(world.dice, (ReviewAction.PUBLISH, ReviewAction.PUBLISH, *ReviewAction))
    seen = tuple(ReviewSeen(review_id=one.id, version=one.version) for one in some(world, known, 3))
    once = keyed(world, "clerk", "reviews.decide")
    reason = one_of(world.dice, tuple(ReviewReason)) if action in NEEDS_REASON else None
    wish = DecideReviews(reviews=seen, action=action, reason=reason, actor=CLERK, once=once)
    await ask(world, Request(
        name=f"{action.value} {len(seen)} reviews", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.reviews.decide(wish), certain=_only(world, _TO_DECIDE),
    ))  # fmt: skip


async def reply_to_a_review(world: World) -> None:
    """The shop answers."""
    review = _some_review(world)
    if review is None:
        return
    once = keyed(world, "clerk", "reviews.reply")
    wish = ReplyToReview(review_id=review.id, text=one_of(world.dice, ("thank you", "sorry")), actor=CLERK, once=once)
    await ask(world, Request(
        name=f"reply to review {str(review.id)[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.reviews.reply(wish), certain=_only(world, _TO_DECIDE),
    ))  # fmt: skip


async def look_at_reviews(world: World) -> None:
    """Readers see each once, and nobody's name who did not tell one."""
    goods = world.auditor.book.goods[one_of(world.dice, world.skus)]
    show = world.some_node().shop.retail.reviews.show
    page = await show.of_product(goods.product_id, ReviewFilter(), PageRequest(50))
    ids = [one.review_id for one in page.items]
    world.auditor.expect(ids == sorted({*ids}, reverse=True), "REV-R6", f"reviews are listed as {ids}")
    world.auditor.expect(not any(one.author for one in page.items), "REV-R3", "somebody is named who told no name")


def _only(world: World, codes: Sequence[str]) -> Callable[[Request, Any], None]:
    def judge(request: Request, said: Any) -> None:
        if isinstance(said, DomainError):
            world.auditor.expect(said.code in codes, "REV-R4", f"{request.name} was refused with {said.code}")

    return judge


def _reviews(world: World) -> list[Review]:
    """What somebody may know of: the newer ones."""
    known = list(world.auditor.mirror.tables["reviews"].values())[-8:]
    return [one for one in known if one.status is not ReviewStatus.AUTOMATIC]


def _some_review(world: World) -> Review | None:
    known = _reviews(world)
    return one_of(world.dice, known) if known else None


def _pictures_of(world: World, member_id: MemberId) -> tuple[PictureId, ...]:
    """None, or some of those that they have sent."""
    sent = [one.id for one in world.auditor.mirror.tables["pictures"].values() if one.owner.ref == str(member_id)]
    wants_some = world.dice.random() < 0.5
    return tuple(some(world, sent[-4:], 3)) if sent and wants_some else ()


DEEDS: Final = (
    Deed("post a review", 1.0, post_a_review),
    Deed("write again", 0.6, write_again),
    Deed("decide about reviews", 0.6, decide_about_reviews),
    Deed("reply to a review", 0.2, reply_to_a_review),
    Deed("look at reviews", 0.2, look_at_reviews),
)
