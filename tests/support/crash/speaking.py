"""What members and staff do with reviews, killed at every point."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import ConfirmReceipt
from retail_domain.reviews import (
    DecideReviews,
    PostReview,
    ReviewAction,
    ReviewFilter,
    ReviewOutcome,
    ReviewReason,
    ReviewSeen,
)
from tests.support.crash.givens import Danger, Sold, command, events_of, sent_order, tea
from tests.support.market import CLERK
from tests.support.shop import Shop

_PAGE = PageRequest(100)


async def _arrived(shop: Shop, number: int) -> Sold:
    sold = await sent_order(shop, number)
    await shop.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=sold.buyer.id, order_id=sold.placed.order_id))
    return sold


def _saying(sold: Sold, **more: Any) -> PostReview:
    return PostReview(member_id=sold.buyer.id, order_id=sold.placed.order_id, line=1, stars=4, text="good tea", **more)


async def _listed(shop: Shop) -> int:
    """How many reviews of tea are up, which the summary says too."""
    show, product_id = shop.retail.reviews.show, shop.products[tea(shop)]
    found, cursor = 0, None
    while True:
        page = await show.of_product(product_id, ReviewFilter(), PageRequest(100, cursor))
        found, cursor = found + len(page.items), page.next_cursor
        if cursor is None:
            assert (await show.summary(product_id)).count == found
            return found


@command
async def post_review(shop: Shop, number: int) -> Danger:
    """REV-R1, REV-R6: a review and its count are stored together, once."""
    sold, before = await _arrived(shop, number), await _listed(shop)

    async def check(shop: Shop) -> None:
        (mine,) = (await shop.retail.reviews.show.mine(sold.buyer.id, _PAGE)).items
        assert await events_of(shop, mine.review_id) == {"review.posted": 1, "review.published": 1}
        assert await _listed(shop) == before + 1

    return Danger(call=("reviews.post", _saying(sold, once=sold.once)), check=check)


@command
async def take_review_down(shop: Shop, number: int) -> Danger:
    """REV-R4, REV-R6: what is hidden counts no more, once."""
    sold = await _arrived(shop, number)
    posted: ReviewOutcome = await shop.retail.reviews.post(_saying(sold))
    before = await _listed(shop)
    seen = (ReviewSeen(review_id=posted.review_id, version=posted.version),)
    wish = DecideReviews(reviews=seen, action=ReviewAction.HIDE, reason=ReviewReason.ABUSE, actor=CLERK, once=sold.once)

    async def check(shop: Shop) -> None:
        told = {"review.posted": 1, "review.published": 1, "review.hidden": 1}
        assert await events_of(shop, posted.review_id) == told
        assert await _listed(shop) == before - 1

    return Danger(call=("reviews.decide", wish), check=check)


@command
async def review_silent_lines(shop: Shop, number: int) -> Danger:
    """ORD-R8: a line nobody spoke of is done with once, and counts for nothing."""
    sold, before = await _arrived(shop, number), await _listed(shop)

    async def check(shop: Shop) -> None:
        assert await _listed(shop) == before
        assert (await shop.retail.reviews.show.mine(sold.buyer.id, _PAGE)).items == ()
        async with shop.retail.begin() as work:
            known = await work.reviews.of_lines([sold.placed.order_id])  # type: ignore[attr-defined]
        assert {key[1]: one.status.value for key, one in known.items()} == {1: "automatic"}

    return Danger(call=("timer:review", None), check=check, same_answer=False, shift=timedelta(days=2))
