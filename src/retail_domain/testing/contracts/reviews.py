"""The examination every store of reviews passes.

An adapter's author subclasses it with the fixtures `begin`, units of work on an empty store that has orders too, and `show`,
what it shows of reviews.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

import pytest

from retail_domain.kernel.errors import InvalidInput, Taken
from retail_domain.kernel.ids import OrderId, ReviewId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.ordering import Order
from retail_domain.processes.delivery.reviewing import ReviewingWork, bought
from retail_domain.reviews import (
    NO_PICTURES,
    Review,
    ReviewAction,
    ReviewCases,
    ReviewFilter,
    ReviewNotFound,
    ReviewQueries,
    ReviewReason,
    ReviewStatus,
    Wording,
)
from retail_domain.reviews.use_cases import keep
from retail_domain.testing.goods import member_id
from retail_domain.testing.orders import ALICE, CLERK, HOUR, NOON, a_line, order_id, parcel, pay, placed

_ONE: Final = PageRequest(1)
_ALL: Final = PageRequest(50)
EVERYTHING: Final = ReviewFilter()


class ReviewsUnit(ReviewingWork, Protocol):
    """A unit of work with orders and reviews."""


async def arrived(begin: Begin[Any], which: int = 1, lines: int = 3) -> Order:
    """An order of so many lines of the same goods, which has arrived."""
    goods = [a_line(1, 1, product_id=a_line(1).product_id, sku_id=a_line(at).sku_id) for at in range(1, lines + 1)]
    async with begin() as work:
        work.orders.save(placed(*goods, which=which))
        await work.commit()
    return await brought(begin, which, lines)


async def brought(begin: Begin[Any], which: int, lines: int) -> Order:
    """An order that was placed is paid, sent, and signed for."""
    steps: Sequence[Any] = (
        pay,
        lambda order: order.ship(parcel(which, **{f"s{at}": 1 for at in range(1, lines + 1)}), actor=CLERK, at=NOON),
        lambda order: order.sign(actor=CLERK, at=NOON + HOUR),
    )
    for step in steps:
        async with begin() as work:
            work.orders.save(step(await work.orders.get(order_id(which))))
            await work.commit()
    async with begin() as work:
        order: Order = await work.orders.get(order_id(which))
    return order


def review_id(number: int) -> ReviewId:
    """The review id of that number."""
    return ReviewId(UUID(int=0x2E7_0000 + number))


async def said(begin: Begin[Any], order: Order, line: int, stars: int, *, up: bool = True, **more: Any) -> Review:
    """A review of a line, which is up unless otherwise said."""
    change = Review.posted(
        bought(order, line), Wording(stars=stars, text=f"{stars}颗星"), id=review_id(10 * order.id.int + line & 0xFFFF),
        anonymous=more.get("anonymous", False), at=NOON,
    )  # fmt: skip
    if up:
        change = change.then(lambda one: one.decide(ReviewAction.PUBLISH, None, actor=CLERK, at=NOON))
    async with begin() as work:
        await keep(work, [change], NO_PICTURES)
        await work.commit()
    async with begin() as work:
        stored: Review = (await work.reviews.of_lines([order.id]))[order.id, line]
    return stored


async def decided(begin: Begin[Any], review: Review, action: ReviewAction, reason: ReviewReason | None = None) -> Review:
    """Decide about it."""
    async with begin() as work:
        found = (await work.reviews.claim([review.id]))[review.id]
        await keep(work, [found.decide(action, reason, actor=CLERK, at=NOON)], NO_PICTURES)
        await work.commit()
    async with begin() as work:
        stored: Review = await work.reviews.get(review.id)
    return stored


@pytest.mark.asyncio
class ReviewsContract:
    """What every store of reviews promises."""

    async def test_a_review_comes_back_as_it_was(self, begin: Begin[ReviewsUnit]) -> None:
        """R32: in each of its states."""
        order = await arrived(begin)
        review = await said(begin, order, 1, 4, anonymous=True)
        assert (review.version, review.status, review.shown) == (1, ReviewStatus.PUBLISHED, Wording(stars=4, text="4颗星"))
        async with begin() as work:
            found = (await work.reviews.claim([review.id]))[review.id]
            later = found.follow("一个月后", (), at=NOON).then(lambda one: one.answer("谢谢", at=NOON))
            later = later.then(lambda one: one.edit(Wording(stars=2, text="又变"), anonymous=True, at=NOON))
            await keep(work, [later], NO_PICTURES)
            assert await work.reviews.get(review.id) == later.state
            await work.commit()
        async with begin() as work:
            stored = await work.reviews.get(review.id)
        assert (stored.follow_up, stored.reply, stored.waiting) == (
            later.state.follow_up, later.state.reply, later.state.waiting
        )  # fmt: skip
        assert stored.decided_by == CLERK and stored.version == 2
        async with begin() as work:
            with pytest.raises(ReviewNotFound):
                await work.reviews.get(review_id(9_999))

    async def test_of_two_reviews_of_one_line_one_is_stored(self, begin: Begin[ReviewsUnit]) -> None:
        """REV-R1: by a unique key, whoever looks first."""
        order = await arrived(begin)

        async def post(number: int) -> bool:
            async with begin() as work:
                words = Wording(stars=5, text="好")
                change = Review.posted(bought(order, 1), words, id=review_id(number), anonymous=False, at=NOON)
                await keep(work, [change], NO_PICTURES)
                try:
                    await work.commit()
                except Taken:
                    return False
            return True

        assert sum(await asyncio.gather(*map(post, range(4)))) == 1

    async def test_the_summary_counts_what_is_up(self, begin: Begin[ReviewsUnit], show: ReviewQueries) -> None:
        """REV-R6: whatever becomes of a review."""
        order = await arrived(begin, lines=4)
        product = order.line(1).product_id
        assert (await show.summary(product)).average_hundredths is None
        first = await said(begin, order, 1, 5)
        await said(begin, order, 2, 2)
        await said(begin, order, 3, 1, up=False)
        summary = await show.summary(product)
        assert (summary.histogram, summary.count, summary.average_hundredths) == ((0, 1, 0, 0, 1), 2, 350)
        await decided(begin, first, ReviewAction.HIDE, ReviewReason.ABUSE)
        assert (await show.summary(product)).histogram == (0, 1, 0, 0, 0)
        await decided(begin, first, ReviewAction.SHOW)
        assert (await show.summary(product)).histogram == (0, 1, 0, 0, 1)
        await decided(begin, first, ReviewAction.HIDE, ReviewReason.ABUSE)
        await decided(begin, first, ReviewAction.REMOVE, ReviewReason.ABUSE)
        assert (await show.summary(product)).histogram == (0, 1, 0, 0, 0)

    async def test_readers_find_what_is_up_the_newest_first(self, begin: Begin[ReviewsUnit], show: ReviewQueries) -> None:
        """REV-R3, REV-R6: by stars and by follow-up, page by page; the name of who wishes so is told to nobody."""
        order = await arrived(begin, lines=4)
        product = order.line(1).product_id
        for line, stars in ((1, 5), (2, 1), (3, 5)):
            await said(begin, order, line, stars, anonymous=True)
        await said(begin, order, 4, 5, up=False)
        first = await show.of_product(product, EVERYTHING, _ONE)
        rest = await show.of_product(product, EVERYTHING, PageRequest(5, first.next_cursor))
        assert [one.stars for one in (*first.items, *rest.items)] == [5, 1, 5]
        assert {one.author for one in (*first.items, *rest.items)} == {None}
        assert [one.stars for one in (await show.of_product(product, ReviewFilter(stars=1), _ALL)).items] == [1]
        assert (await show.of_product(product, ReviewFilter(with_pictures=True), _ALL)).items == ()
        async with begin() as work:
            found = (await work.reviews.of_lines([order.id]))[order.id, 2]
            change = found.follow("后来好了", (), at=NOON)
            change = change.then(lambda one: one.decide(ReviewAction.PUBLISH, None, actor=CLERK, at=NOON))
            await keep(work, [change], NO_PICTURES)
            await work.commit()
        (followed,) = (await show.of_product(product, ReviewFilter(with_follow_up=True), _ALL)).items
        assert followed.follow_up is not None and followed.follow_up.text == "后来好了"
        assert (await show.summary(product)).with_follow_up == 1
        with pytest.raises(InvalidInput):
            await show.of_product(product, EVERYTHING, PageRequest(5, "x"))

    async def test_an_author_finds_what_they_said_of_the_lines_of_an_order(
        self, begin: Begin[ReviewsUnit], show: ReviewQueries
    ) -> None:
        """REV-R1, R33: by line, what waits too; what others said of it is not theirs."""
        order, other = await arrived(begin, lines=3), await arrived(begin, 2, lines=1)
        await said(begin, order, 3, 2, up=False)
        await said(begin, order, 1, 5)
        await said(begin, other, 1, 4)

        mine = await show.of_order(order.member_id, order.id)

        assert [(one.line, one.status) for one in mine] == [(1, ReviewStatus.PUBLISHED), (3, ReviewStatus.PENDING)]
        assert await show.of_order(member_id(99), order.id) == ()

    async def test_what_waits_stands_in_the_queue_the_oldest_first(
        self, begin: Begin[ReviewsUnit], show: ReviewQueries
    ) -> None:
        """REV-R4, REV-R5: with its version, and without its stars."""
        order = await arrived(begin)
        one, two = [await said(begin, order, line, 1, up=False) for line in (1, 2)]
        await said(begin, order, 3, 5)
        first = await show.cases(_ONE)
        rest = await show.cases(PageRequest(5, first.next_cursor))
        assert [case.review_id for case in (*first.items, *rest.items)] == [one.id, two.id]
        assert not hasattr(first.items[0], "stars") and first.items[0].version == 1
        assert [case.status for case in (await show.cases(_ALL, ReviewCases(status=ReviewStatus.PUBLISHED))).items] == [
            ReviewStatus.PUBLISHED
        ]
        assert {mine.line for mine in (await show.mine(ALICE, _ALL)).items} == {1, 2, 3}

    async def test_orders_nobody_spoke_of_are_found(self, begin: Begin[ReviewsUnit], show: ReviewQueries) -> None:
        """ORD-R8: until each of their lines is done with; what is automatic counts nowhere and stands in no list."""
        order, other = await arrived(begin, 1, 2), await arrived(begin, 2, 1)
        await said(begin, order, 1, 3)
        late, long_ago = NOON + timedelta(days=9), NOON - timedelta(days=9)
        async with begin() as work:
            assert await work.reviews.unreviewed(long_ago, NOON, 5) == []
            assert await work.reviews.unreviewed(long_ago, late, 5) == [OrderId(order.id), OrderId(other.id)]
            assert await work.reviews.unreviewed(long_ago, late, 1) == [order.id]
            assert await work.reviews.unreviewed(NOON + HOUR, late, 5) == []
            work.reviews.save(Review.automatic(bought(order, 2), id=review_id(1), at=late))
            await work.commit()
        async with begin() as work:
            assert await work.reviews.unreviewed(long_ago, late, 5) == [other.id]
        product = order.line(1).product_id
        assert (await show.summary(product)).histogram == (0, 0, 1, 0, 0)
        assert len((await show.of_product(product, EVERYTHING, _ALL)).items) == len((await show.mine(ALICE, _ALL)).items) == 1
