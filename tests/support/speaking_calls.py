"""What buyers and staff do with reviews, each called once about little and once about much."""

from __future__ import annotations

from retail_domain.kernel.ids import OrderId, ProductId
from retail_domain.kernel.paging import PageRequest
from retail_domain.reviews import (
    DecideReviews,
    EditReview,
    FollowUpReview,
    ImportReviews,
    PostReview,
    ReplyToReview,
    ReviewAction,
    ReviewCases,
    ReviewFilter,
    ReviewReason,
    ReviewRow,
    ReviewSeen,
    ReviewStatus,
)
from tests.support.market import CLERK, Buyer, Market
from tests.support.statements import Statements

_PAGE = PageRequest(100)


async def speak(
    market: Market, statements: Statements, buyer: Buyer, order_id: OrderId, lines: int, product: ProductId
) -> None:
    """Of the first line its buyer speaks; reviews of products that have none yet are taken over, and decided about together."""
    desk = market.retail.reviews
    mine = {"member_id": buyer.id, "order_id": order_id, "line": 1}
    posted = await statements.of("review", desk.post(PostReview(**mine, stars=5, text="good")))  # type: ignore[arg-type]
    edit = EditReview(**mine, stars=4, text="better")  # type: ignore[arg-type]
    await statements.of("edit a review", desk.edit(edit))
    later = FollowUpReview(**mine, text="after a month")  # type: ignore[arg-type]
    await statements.of("follow up a review", desk.follow_up(later))
    thanks = ReplyToReview(review_id=posted.review_id, text="thanks", actor=CLERK)
    await statements.of("reply to a review", desk.reply(thanks))
    alone = range(lines // 2 + 1, lines + 1)  # the other lines: each a product of its own
    rows = tuple(ReviewRow(order_id=order_id, line=line, stars=3, text=f"text {line}") for line in alone)
    await statements.of("import reviews", desk.import_rows(ImportReviews(rows=rows, actor=CLERK)))
    wanted = ReviewCases(status=ReviewStatus.PUBLISHED, words=("text",))
    found = (await statements.of("search reviews", desk.show.cases(_PAGE, wanted))).items
    seen = tuple(ReviewSeen(review_id=one.review_id, version=one.version) for one in found)
    wish = DecideReviews(reviews=seen, action=ReviewAction.HIDE, reason=ReviewReason.ABUSE, actor=CLERK)
    await statements.of("decide about reviews", desk.decide(wish))
    await statements.of("review list", desk.show.of_product(product, ReviewFilter(stars=4), _PAGE))
    await statements.of("review summary", desk.show.summary(product))
    await statements.of("reviews of an order", desk.show.of_order(buyer.id, order_id))
    await statements.of("my reviews", desk.show.mine(buyer.id, _PAGE))
