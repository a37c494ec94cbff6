"""Reviews: one a line of an order that has arrived, judged by its words, and summed with what it counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from attrs import fields

from retail_adapters.assemble import Outside, on_units
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.reviews import MemoryReviewQueries
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.queries.reviews import SqlReviewQueries
from retail_adapters.system.word_list import WordList
from retail_domain import reviews
from retail_domain.accounts.model.member import Member
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import PictureId, ReviewId
from retail_domain.kernel.once import Once
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import Order, OrderNotFound
from retail_domain.pictures import PictureNotFound
from retail_domain.reviews import (
    NO_PICTURES,
    DecideReviews,
    EditReview,
    FollowUpReview,
    ImportReviews,
    PostReview,
    ReplyToReview,
    ReviewAction,
    ReviewChanged,
    ReviewDesk,
    ReviewExists,
    ReviewFilter,
    ReviewFollowedUp,
    ReviewNoSuchLine,
    ReviewNotFound,
    ReviewPicturesUnavailable,
    ReviewQueries,
    ReviewReason,
    ReviewRow,
    ReviewRules,
    ReviewSeen,
    ReviewShows,
    ReviewStatus,
    ReviewTooEarly,
    ReviewWrongState,
)
from retail_domain.testing.contracts.pictures import picture_id, stored, uses
from retail_domain.testing.contracts.reviews import ReviewsContract, arrived
from retail_domain.testing.orders import ALICE, BOB, CLERK, order_id, placed
from tests.support.stores import STORES, HandClock, Place, Surroundings, open_store, place_of

ALL = PageRequest(100)
WORDS = WordList(blocks={"加微信": ReviewReason.ADVERTISING}, asks={"13800138000": ReviewReason.PERSONAL_DATA})


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Any]:
    """An empty store."""
    async with open_store(place, Surroundings(EVERY_EVENT)) as opened:
        yield opened


@pytest.fixture
async def begin(store: Any) -> Any:
    """Its units of work."""
    return store.begin


@pytest.fixture
async def show(store: Any) -> ReviewQueries:
    """What it shows of reviews."""
    return MemoryReviewQueries(store.memory) if isinstance(store, MemoryStore) else SqlReviewQueries(store.database)


class TestReviews(ReviewsContract):
    """Reviews, on every store."""


class Reads:
    """Views of reviews, and nothing of the others."""

    def __init__(self, show: ReviewQueries) -> None:
        self.reviews = show

    def __getattr__(self, name: str) -> Any:
        return self


def a_shop(store: Any, show: ReviewQueries, moderator: Any = WORDS, **more: Any) -> Any:
    outside = Outside(clock=HandClock(), review_moderator=moderator, **more)
    return on_units(store.begin, Reads(show), outside)


@pytest.fixture
async def desk(store: Any, show: ReviewQueries) -> ReviewDesk:
    """The reviews of a shop whose moderator knows a few words."""
    desk: ReviewDesk = a_shop(store, show).reviews
    return desk


@pytest.fixture
async def order(begin: Any) -> Order:
    """Three lines that have arrived."""
    return await arrived(begin)


def saying(line: int = 1, text: str = "很好", stars: int = 5, **more: Any) -> PostReview:
    return PostReview(**{"member_id": ALICE, "order_id": order_id(1), "line": line, "stars": stars, "text": text, **more})


def rewording(text: str, stars: int = 1, **more: Any) -> EditReview:
    return EditReview(**{"member_id": ALICE, "order_id": order_id(1), "line": 1, "stars": stars, "text": text, **more})


def about(*seen: tuple[ReviewId, int], action: ReviewAction, reason: ReviewReason | None = None) -> DecideReviews:
    named = tuple(ReviewSeen(review_id=id, version=version) for id, version in seen)
    return DecideReviews(reviews=named, action=action, reason=reason, actor=CLERK)


async def test_a_line_is_reviewed_once_by_its_buyer_after_it_has_arrived(begin: Any, desk: ReviewDesk, order: Order) -> None:
    """REV-R1"""
    posted = await desk.post(saying())
    assert (posted.status, posted.version) == ("published", 1)
    with pytest.raises(ReviewExists):
        await desk.post(saying())
    with pytest.raises(ReviewNoSuchLine):
        await desk.post(saying(line=4))
    with pytest.raises(OrderNotFound):
        await desk.post(saying(line=2, member_id=BOB))
    async with begin() as work:
        work.orders.save(placed(which=2))
        await work.commit()
    with pytest.raises(ReviewTooEarly):
        await desk.post(saying(order_id=order_id(2)))


async def test_of_many_posts_for_one_line_at_once_one_counts(desk: ReviewDesk, order: Order) -> None:
    """REV-R1, R17: the key of the line decides, and a repeat is told the same."""
    keyed = saying(once=Once(principal="a", operation="post", key="k", fingerprint="f"))
    told = await asyncio.gather(*(desk.post(one) for one in (keyed, saying(), saying(), keyed)), return_exceptions=True)

    stored = [one for one in told if not isinstance(one, BaseException)]
    assert stored and len({one.review_id for one in stored}) == 1
    assert all(isinstance(one, ReviewExists) for one in told if isinstance(one, BaseException))
    assert (await desk.show.summary(order.line(1).product_id)).count == 1


@pytest.mark.parametrize(("text", "stars"), [("", 5), ("x" * 4_001, 5), ("好\u202e", 5), ("好", 0), ("好", 6)])
async def test_odd_words_and_stars_are_refused_by_their_name(desk: ReviewDesk, order: Order, text: str, stars: int) -> None:
    """GEN-R22"""
    with pytest.raises(InvalidInput) as refused:
        await desk.post(saying(text=text, stars=stars))
    assert {one.field for one in refused.value.problems} == {"text" if stars == 5 else "stars"}
    assert (await desk.show.mine(ALICE, ALL)).items == ()


async def test_pictures_are_refused_while_nobody_takes_them(store: Any, show: ReviewQueries, order: Order) -> None:
    """REV-R9: and nothing is stored."""
    desk = a_shop(store, show, review_pictures=NO_PICTURES).reviews
    with pytest.raises(ReviewPicturesUnavailable):
        await desk.post(saying(pictures=(PictureId(order.id),)))
    assert (await desk.show.mine(ALICE, ALL)).items == ()


class Shelf:
    """Pictures that a review refers to, as a shop keeps them that takes some."""

    def __init__(self) -> None:
        self.shown: set[tuple[ReviewId, PictureId]] = set()

    async def show(self, work: Any, reviews: Sequence[ReviewShows]) -> None:
        for one in reviews:
            self.shown |= {(one.review_id, id) for id in one.shows}
            self.shown -= {(one.review_id, id) for id in one.hides}


async def test_pictures_are_referred_to_as_long_as_some_words_show_them(store: Any, show: ReviewQueries, order: Order) -> None:
    """REV-R9"""
    shelf = Shelf()
    desk = a_shop(store, show, review_pictures=shelf).reviews
    old, new = PictureId(order.id), PictureId(order.line(1).sku_id)
    posted = await desk.post(saying(pictures=(old,)))
    assert shelf.shown == {(posted.review_id, old)}
    assert (await show.summary(order.line(1).product_id)).with_pictures == 1
    waits = await desk.edit(rewording("打 13800138000", pictures=(new,)))
    assert shelf.shown == {(posted.review_id, old), (posted.review_id, new)}
    await desk.decide(about((waits.review_id, waits.version), action=ReviewAction.PUBLISH))
    assert shelf.shown == {(posted.review_id, new)}
    with pytest.raises(InvalidInput):
        await desk.edit(rewording("好", pictures=(new, new)))


async def test_a_review_shows_pictures_of_its_author_and_counts_them(begin: Any, desk: ReviewDesk, order: Order) -> None:
    """REV-R9, PIC-R8: an edit lets go of those it shows no more; a stranger's are refused, and nothing is stored."""
    old, new, strange = picture_id(2), picture_id(1), picture_id(3)
    await stored(begin, 1, 2, owner=Actor.member(ALICE))
    await stored(begin, 3, owner=Actor.member(BOB))
    with pytest.raises(PictureNotFound):
        await desk.post(saying(pictures=(strange,)))
    assert (await desk.show.mine(ALICE, ALL)).items == ()
    await desk.post(saying(pictures=(old,)))
    assert [await uses(begin, one) for one in (1, 2, 3)] == [0, 1, 0]
    waits = await desk.edit(rewording("打 13800138000", pictures=(new,)))
    assert [await uses(begin, one) for one in (1, 2)] == [1, 1]
    await desk.decide(about((waits.review_id, waits.version), action=ReviewAction.PUBLISH))
    assert [await uses(begin, one) for one in (1, 2)] == [1, 0]
    await desk.edit(rewording("好用", pictures=(old,)))
    assert [await uses(begin, one) for one in (1, 2)] == [0, 1]


async def test_an_edit_waits_while_the_old_words_stay_up(desk: ReviewDesk, order: Order) -> None:
    """REV-R4"""
    product = order.line(1).product_id
    await desk.post(saying())
    waits = await desk.edit(rewording("电话 13800138000"))
    (up,) = (await desk.show.of_product(product, ReviewFilter(), ALL)).items
    (mine,) = (await desk.show.mine(ALICE, ALL)).items
    assert (waits.status, up.text, up.stars) == ("pending", "很好", 5)
    assert mine.waiting is not None and mine.waiting.text == "电话 13800138000"
    assert (await desk.show.summary(product)).histogram == (0, 0, 0, 0, 1)
    kept = await desk.decide(about((waits.review_id, 2), action=ReviewAction.REJECT, reason=ReviewReason.PERSONAL_DATA))
    assert kept.reviews[0].status == "published"
    again = await desk.edit(rewording("用了一周，坏了"))
    (up,) = (await desk.show.of_product(product, ReviewFilter(), ALL)).items
    assert (again.status, up.text, up.stars) == ("published", "用了一周，坏了", 1)
    assert (await desk.show.summary(product)).histogram == (1, 0, 0, 0, 0)
    with pytest.raises(ReviewNotFound):
        await desk.edit(rewording("我的", member_id=BOB))


async def test_the_moderator_blocks_by_words_and_what_it_doubts_a_person_decides(desk: ReviewDesk, order: Order) -> None:
    """REV-R5: whatever the stars."""
    blocked = [await desk.post(saying(line=at, text="加 微 信 返现", stars=stars)) for at, stars in ((1, 5), (2, 1))]
    assert [one.status for one in blocked] == ["rejected", "rejected"]
    assert {one.reason for one in (await desk.show.mine(ALICE, ALL)).items} == {ReviewReason.ADVERTISING}
    better = await desk.edit(rewording("真的不好"))
    assert better.status == "published"


async def test_decisions_are_about_what_was_looked_at_all_or_none(desk: ReviewDesk, order: Order) -> None:
    """REV-R4: an edit that came first makes whoever decides look again."""
    one, two = [await desk.post(saying(line=at, text="问 13800138000")) for at in (1, 2)]
    edited = await desk.edit(rewording("再问 13800138000"))
    with pytest.raises(ReviewChanged):
        await desk.decide(about((two.review_id, 1), (one.review_id, 1), action=ReviewAction.PUBLISH))
    assert {case.status for case in (await desk.show.cases(ALL)).items} == {ReviewStatus.PENDING}
    both = about((two.review_id, 1), (one.review_id, edited.version), action=ReviewAction.PUBLISH)
    assert [told.status for told in (await desk.decide(both)).reviews] == ["published", "published"]
    assert (await desk.show.summary(order.line(1).product_id)).count == 2
    with pytest.raises(ReviewNotFound):
        await desk.decide(about((ReviewId(order.id), 1), action=ReviewAction.PUBLISH))


async def test_an_edit_and_a_decision_at_once_never_publish_what_nobody_looked_at(desk: ReviewDesk, order: Order) -> None:
    """REV-R4"""
    posted = await desk.post(saying(text="问 13800138000"))
    wish = about((posted.review_id, 1), action=ReviewAction.PUBLISH)
    await asyncio.gather(desk.decide(wish), desk.edit(rewording("另问 13800138000")), return_exceptions=True)
    shown = (await desk.show.of_product(order.line(1).product_id, ReviewFilter(), ALL)).items
    assert [one.text for one in shown] in ([], ["问 13800138000"])


async def test_keeping_words_from_readers_takes_a_reason_and_that_they_are_bad_is_none(desk: ReviewDesk, order: Order) -> None:
    """REV-R5: the list is closed, no view for whoever decides has stars, and no wish takes them."""
    posted = await desk.post(saying(stars=1, text="差"))
    for action, reason in ((ReviewAction.HIDE, None), (ReviewAction.PUBLISH, ReviewReason.ABUSE)):
        with pytest.raises(InvalidInput):
            await desk.decide(about((posted.review_id, 1), action=action, reason=reason))
    with pytest.raises(InvalidInput):
        DecideReviews(
            reviews=(ReviewSeen(review_id=posted.review_id, version=1),), action=ReviewAction.HIDE, actor=CLERK,
            reason="bad_review",  # type: ignore[arg-type]
        )  # fmt: skip
    assert {one.value for one in ReviewReason} == {
        "advertising", "abuse", "personal_data", "illegal", "off_topic", "unreadable", "infringing", "paid_for"
    }  # fmt: skip
    seen = {one.name for kind in (reviews.ReviewCase, DecideReviews) for one in fields(kind)}
    assert not seen & {"stars", "rating", "member_id", "author"}
    with pytest.raises(TypeError):
        DecideReviews(stars=1, action=ReviewAction.HIDE, actor=CLERK)  # type: ignore[call-arg]


async def test_what_is_taken_down_counts_no_more(desk: ReviewDesk, order: Order) -> None:
    """REV-R6"""
    product = order.line(1).product_id
    posted = await desk.post(saying(stars=1, text="差"))
    assert (await desk.show.summary(product)).count == 1
    hidden = about((posted.review_id, posted.version), action=ReviewAction.HIDE, reason=ReviewReason.ABUSE)
    await desk.decide(hidden)
    assert (await desk.show.summary(product)).count == 0


async def test_a_review_is_followed_up_once(desk: ReviewDesk, order: Order) -> None:
    """REV-R2: once it is up; a follow-up that was refused may be written anew."""
    wish = FollowUpReview(member_id=ALICE, order_id=order.id, line=1, text="一个月后还好")
    with pytest.raises(ReviewNotFound):
        await desk.follow_up(wish)
    await desk.post(saying())
    blocked = FollowUpReview(member_id=ALICE, order_id=order.id, line=1, text="加微信")
    assert (await desk.follow_up(blocked)).status == "published"
    (up,) = (await desk.show.of_product(order.line(1).product_id, ReviewFilter(), ALL)).items
    assert up.follow_up is None
    assert (await desk.follow_up(wish)).status == "published"
    with pytest.raises(ReviewFollowedUp):
        await desk.follow_up(wish)
    (up,) = (await desk.show.of_product(order.line(1).product_id, ReviewFilter(with_follow_up=True), ALL)).items
    assert up.follow_up is not None and up.follow_up.text == "一个月后还好"


async def test_an_edit_that_passes_takes_no_doubtful_follow_up_with_it(desk: ReviewDesk, order: Order) -> None:
    """REV-R5: nor a follow-up a doubtful edit."""
    await desk.post(saying())
    doubtful = FollowUpReview(member_id=ALICE, order_id=order.id, line=1, text="问 13800138000")
    assert (await desk.follow_up(doubtful)).status == "pending"
    assert (await desk.edit(rewording("好的"))).status == "pending"


async def test_the_shop_replies_to_what_is_up(desk: ReviewDesk, order: Order) -> None:
    """REV-R10"""
    posted = await desk.post(saying())
    for text in ("谢谢", "多谢"):
        await desk.reply(ReplyToReview(review_id=posted.review_id, text=text, actor=CLERK))
    (up,) = (await desk.show.of_product(order.line(1).product_id, ReviewFilter(), ALL)).items
    assert up.reply is not None and up.reply.text == "多谢"
    waits = await desk.post(saying(line=2, text="13800138000"))
    with pytest.raises(ReviewWrongState):
        await desk.reply(ReplyToReview(review_id=waits.review_id, text="谢谢", actor=CLERK))


async def test_no_name_leaks_of_who_wishes_so_and_no_event_says_who_it_was(store: Any, show: ReviewQueries, begin: Any) -> None:
    """REV-R3, REV-R7: at once, also where words wait; and events carry ids of review and goods alone."""
    await arrived(begin)
    desk = a_shop(store, show).reviews
    async with begin() as work:
        work.members.save(Member.registered(id=ALICE, phone=None, name="梅兰芳", terms_version="1", at=HandClock().now()))
        await work.commit()
    product = (await arrived(begin, 2)).line(1).product_id
    await desk.post(saying())
    (named,) = (await show.of_product(product, ReviewFilter(), ALL)).items
    assert named.author == "梅**"
    await desk.edit(rewording("13800138000", anonymous=True))
    (hidden,) = (await show.of_product(product, ReviewFilter(), ALL)).items
    assert hidden.author is None and "梅" not in repr(hidden) and str(ALICE) not in repr(hidden)
    known = {"at", "review_id", "product_id", "reason"}
    assert all({one.name for one in fields(event)} <= known for event in reviews.EVENTS)


async def test_what_nobody_spoke_of_is_done_with_and_counts_for_nothing(store: Any, show: ReviewQueries, order: Order) -> None:
    """ORD-R8, PTS-R6: no stars, no event that an award could follow; its buyer may still speak."""
    shop = a_shop(store, show, policies=Policies(reviews=ReviewRules(automatic_after_days=7)))
    assert (await shop.background.timers["review"]()).due == 0
    later = on_units(
        store.begin, Reads(show),
        Outside(
            clock=HandClock(HandClock().at.replace(day=20)), policies=Policies(reviews=ReviewRules(automatic_after_days=7))
        ),
    )  # fmt: skip
    assert (await later.background.timers["review"]()).done == 1
    assert (await later.background.timers["review"]()).due == 0
    product = order.line(1).product_id
    assert (await show.summary(product)).count == 0
    assert (await show.of_product(product, ReviewFilter(), ALL)).items == (await show.mine(ALICE, ALL)).items == ()
    assert (await shop.reviews.post(saying(stars=3))).status == "published"
    assert (await show.summary(product)).histogram == (0, 0, 1, 0, 0)
    never = on_units(store.begin, Reads(show), Outside(clock=HandClock(HandClock().at.replace(day=20))))
    assert (await never.background.timers["review"]()).due == 0


async def test_many_are_imported_at_once_and_again_changes_nothing(desk: ReviewDesk, order: Order) -> None:
    """REV-R8: judged like any other; a row about nothing that has arrived is named, and no row is stored."""
    rows = tuple(ReviewRow(order_id=order.id, line=at, stars=at, text=text) for at, text in
                 ((1, "差"), (2, "加微信"), (3, "13800138000")))  # fmt: skip
    odd = ReviewRow(order_id=order.id, line=4, stars=1, text="x")
    with pytest.raises(InvalidInput) as refused:
        await desk.import_rows(ImportReviews(rows=(*rows, odd), actor=CLERK))
    assert [(one.field, one.rule) for one in refused.value.problems] == [("rows.3.line", "no_such_line")]
    assert (await desk.show.mine(ALICE, ALL)).items == ()
    told = await desk.import_rows(ImportReviews(rows=rows, actor=CLERK))
    assert (told.published, told.rejected, told.pending, told.known) == (1, 1, 1, 0)
    assert (await desk.import_rows(ImportReviews(rows=rows, actor=CLERK))).known == 3
    assert (await desk.show.summary(order.line(1).product_id)).histogram == (1, 0, 0, 0, 0)
