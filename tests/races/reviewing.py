"""Races about reviews: one a line, what is looked at, and what is taken down."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from retail_domain.kernel.ids import SkuId
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import ConfirmReceipt, ShipOrder
from retail_domain.payments import ConfirmCounterPayment, Flow
from retail_domain.processes.purchase.checkout import Placed
from retail_domain.reviews import (
    DecideReviews,
    EditReview,
    FollowUpReview,
    PostReview,
    ReviewAction,
    ReviewFilter,
    ReviewOutcome,
    ReviewReason,
    ReviewSeen,
    SummaryView,
)
from tests.races.race import Heat, Race, Scene
from tests.support.market import CLERK
from tests.support.shop import Call, Shop, Told

_PAGE = PageRequest(100)
_CHANGED = ("review.changed", "review.wrong_state")


async def _arrived(scene: Scene) -> tuple[Placed, SkuId]:
    """An order of this heat's buyer that has arrived."""
    tea, buyer = await scene.goods(), await scene.buyer()
    retail = scene.shop.retail
    placed = await scene.shop.order(buyer, (tea, 1))
    view = await scene.shop.start(buyer, placed, Flow.COUNTER, "counter")
    await retail.payments.confirm_counter(
        ConfirmCounterPayment(payment_id=view.payment_id, amount=placed.payable, actor=CLERK)
    )  # fmt: skip
    await retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK))
    await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id))
    return placed, tea


async def _saying(scene: Scene, placed: Placed, stars: int = 5) -> PostReview:
    buyer = await scene.buyer()
    return PostReview(member_id=buyer.id, order_id=placed.order_id, line=1, stars=stars, text=f"{stars} of 5")


async def _posted(scene: Scene) -> tuple[ReviewOutcome, Placed, SkuId]:
    placed, tea = await _arrived(scene)
    return await scene.shop.retail.reviews.post(await _saying(scene, placed)), placed, tea


def _decision(seen: ReviewOutcome, action: ReviewAction, reason: ReviewReason | None = None) -> Call:
    named = (ReviewSeen(review_id=seen.review_id, version=seen.version),)
    return "reviews.decide", DecideReviews(reviews=named, action=action, reason=reason, actor=CLERK)


async def _summed(shop: Shop, tea: SkuId) -> SummaryView:
    """What the shop says of the goods, which is what it lists."""
    summary = await shop.retail.reviews.show.summary(shop.products[tea])
    listed = (await shop.retail.reviews.show.of_product(shop.products[tea], ReviewFilter(), _PAGE)).items
    assert summary.count == len(listed) == sum(summary.histogram)
    return summary


async def _reviews_of_a_line(scene: Scene) -> Heat:
    placed, tea = await _arrived(scene)
    says = [await _saying(scene, placed, 1 + number % 5) for number in range(scene.rivals)]

    async def reviews(shop: Shop, answers: Sequence[Told]) -> int:
        assert sum(1 for one in answers if one.is_done) == 1
        return (await _summed(shop, tea)).count

    return Heat(calls=[("reviews.post", one) for one in says], allowed=1, refusals=("review.exists",), won=reviews)


async def _follow_ups(scene: Scene) -> Heat:
    _, placed, tea = await _posted(scene)
    wish = FollowUpReview(member_id=(await scene.buyer()).id, order_id=placed.order_id, line=1, text="after a month")

    async def followed(shop: Shop, answers: Sequence[Told]) -> int:
        assert sum(1 for one in answers if one.is_done) == 1
        return (await _summed(shop, tea)).with_follow_up

    return Heat(calls=scene.dealt(("reviews.follow_up", wish)), allowed=1, refusals=("review.followed_up",), won=followed)


async def _decisions_or_edits(scene: Scene) -> Heat:
    """A decision is about one version: of those who decide about it one wins, and none if an edit came first."""
    posted, placed, tea = await _posted(scene)
    edit = EditReview(member_id=(await scene.buyer()).id, order_id=placed.order_id, line=1, stars=1, text="other words")
    down = _decision(posted, ReviewAction.HIDE, ReviewReason.ABUSE)

    async def decided(shop: Shop, answers: Sequence[Told]) -> int:
        """One at most; what is down counts nothing, and what is up shows what its author said last."""
        won = [one for one in answers if one.is_done and not isinstance(one.answer, ReviewOutcome)]
        assert len(won) <= 1
        summary = await _summed(shop, tea)
        assert summary.count == 1 - len(won)
        if not won:
            assert summary.histogram == (1, 0, 0, 0, 0)
        return 1

    return Heat(calls=scene.dealt(down, ("reviews.edit", edit)), allowed=1, refusals=_CHANGED, won=decided)


async def _take_downs(scene: Scene) -> Heat:
    posted, _, tea = await _posted(scene)

    async def taken(shop: Shop, answers: Sequence[Told]) -> int:
        assert (await _summed(shop, tea)).count == 0
        return sum(1 for one in answers if one.is_done)

    down = _decision(posted, ReviewAction.HIDE, ReviewReason.ABUSE)
    return Heat(calls=scene.dealt(down), allowed=1, refusals=_CHANGED, won=taken)


async def _stars_of_goods(scene: Scene) -> Heat:
    """Everybody reviews the same goods, and one review after another goes down: each is counted, none twice."""
    tea = await scene.goods()
    retail, says = scene.shop.retail, []
    gone: list[Call] = []
    for number, buyer in enumerate((await scene.crowd())[:8]):
        placed = await scene.shop.order(buyer, (tea, 1))
        view = await scene.shop.start(buyer, placed, Flow.COUNTER, "counter")
        cash = ConfirmCounterPayment(payment_id=view.payment_id, amount=placed.payable, actor=CLERK)
        await retail.payments.confirm_counter(cash)
        await retail.ordering.ship(ShipOrder(order_id=placed.order_id, carrier="SF", tracking_number="1", actor=CLERK))
        await retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=placed.order_id))
        wish = evolve(await _saying(scene, placed, 1 + number % 5), member_id=buyer.id)
        if number % 2:
            gone.append(_decision(await retail.reviews.post(wish), ReviewAction.HIDE, ReviewReason.ABUSE))
        else:
            says.append(("reviews.post", wish))

    async def counted(shop: Shop, answers: Sequence[Told]) -> int:
        assert all(one.is_done for one in answers)
        return (await _summed(shop, tea)).count

    return Heat(calls=[call for pair in zip(says, gone, strict=True) for call in pair], allowed=4, won=counted)


RACES = (
    Race(limit="reviews of a line", rules="REV-R1 REV-R6", prepare=_reviews_of_a_line),
    Race(limit="follow-ups of a review", rules="REV-R2 REV-R6", prepare=_follow_ups),
    Race(limit="ways on: taken down or said otherwise", rules="REV-R4 REV-R6", prepare=_decisions_or_edits),
    Race(limit="decisions about one version", rules="REV-R4 REV-R6", prepare=_take_downs),
    Race(limit="stars of goods (none lost)", rules="REV-R6 R30", prepare=_stars_of_goods),
)
"""What readers are shown of goods, whoever comes first."""
