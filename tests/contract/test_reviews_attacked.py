"""What somebody tries with reviews who means no good, or is only in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, fields

from retail_adapters.assemble import Outside, on_units
from retail_adapters.assembly.policies import Policies
from retail_adapters.memory.catalog_reader import MemoryCatalogReader
from retail_adapters.memory.reviews import MemoryReviewQueries
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.queries.catalog import SqlCatalogReader
from retail_adapters.sql.queries.reviews import SqlReviewQueries
from retail_adapters.system.word_list import WordList
from retail_domain.catalog import ProductRating
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import PageRequest
from retail_domain.ordering import Order
from retail_domain.reviews import (
    DecideReviews,
    EditReview,
    FollowUpReview,
    PostReview,
    ReplyToReview,
    ReviewAction,
    ReviewCases,
    ReviewChanged,
    ReviewDesk,
    ReviewExists,
    ReviewFilter,
    ReviewOutcome,
    ReviewQueries,
    ReviewReason,
    ReviewRules,
    ReviewSeen,
    ReviewStatus,
    ReviewWrongState,
    WordsOutcome,
    WordsVerdict,
)
from retail_domain.testing.contracts.pictures import picture_id, stored, uses
from retail_domain.testing.contracts.reviews import arrived, brought
from retail_domain.testing.goods import a_kind, a_product
from retail_domain.testing.orders import ALICE, CLERK, a_line, order_id, placed, refund, wish
from tests.contract.test_reviews import Reads
from tests.support.stores import STORES, HandClock, Place, Surroundings, open_store, place_of

ALL = PageRequest(100)
WORDS = WordList(blocks={"加微信": ReviewReason.ADVERTISING}, asks={"问": ReviewReason.PERSONAL_DATA})


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
async def show(store: Any) -> ReviewQueries:
    """What it shows of reviews."""
    return MemoryReviewQueries(store.memory) if isinstance(store, MemoryStore) else SqlReviewQueries(store.database)


@pytest.fixture
async def shop(store: Any, show: ReviewQueries) -> Any:
    """A shop whose moderator knows two words."""
    return on_units(store.begin, Reads(show), Outside(clock=HandClock(), review_moderator=WORDS))


@pytest.fixture
async def desk(shop: Any) -> ReviewDesk:
    """Its reviews."""
    found: ReviewDesk = shop.reviews
    return found


@pytest.fixture
async def order(store: Any) -> Order:
    """Three lines of the same goods that have arrived."""
    return await arrived(store.begin)


def saying(text: str = "很好", line: int = 1, **more: Any) -> PostReview:
    return PostReview(**{"member_id": ALICE, "order_id": order_id(1), "line": line, "stars": 5, "text": text, **more})


def rewording(text: str, **more: Any) -> EditReview:
    return EditReview(**{"member_id": ALICE, "order_id": order_id(1), "line": 1, "stars": 5, "text": text, **more})


def further(text: str, **more: Any) -> FollowUpReview:
    return FollowUpReview(**{"member_id": ALICE, "order_id": order_id(1), "line": 1, "text": text, **more})


def decision(action: ReviewAction, *seen: ReviewOutcome, reason: ReviewReason | None = None) -> DecideReviews:
    named = tuple(ReviewSeen(review_id=one.review_id, version=one.version) for one in seen)
    return DecideReviews(reviews=named, action=action, reason=reason, actor=CLERK)


async def decided(
    desk: ReviewDesk, action: ReviewAction, seen: ReviewOutcome, reason: ReviewReason | None = None
) -> ReviewOutcome:
    return (await desk.decide(decision(action, seen, reason=reason))).reviews[0]


async def test_a_removed_review_lets_go_of_its_pictures(store: Any, desk: ReviewDesk, order: Order) -> None:
    """REV-R9, PIC-R8: those of its follow-up too; what is hidden keeps them, since it may be shown again."""
    await stored(store.begin, 1, 2, owner=Actor.member(ALICE))
    await desk.post(saying(pictures=(picture_id(1),)))
    up = await desk.follow_up(further("还好", pictures=(picture_id(2),)))
    hidden = await decided(desk, ReviewAction.HIDE, up, ReviewReason.ILLEGAL)
    assert [await uses(store.begin, one) for one in (1, 2)] == [1, 1]
    await decided(desk, ReviewAction.REMOVE, hidden, ReviewReason.ILLEGAL)
    assert [await uses(store.begin, one) for one in (1, 2)] == [0, 0]
    (mine,) = (await desk.show.mine(ALICE, ALL)).items
    assert mine.shown is not None and mine.follow_up is not None
    assert mine.shown.pictures == mine.follow_up.pictures == ()


async def test_one_picture_in_two_reviews_is_counted_for_each(store: Any, desk: ReviewDesk, order: Order) -> None:
    """PIC-R8: also when one decision lets one go and the other take it up."""
    await stored(store.begin, 1, 2, owner=Actor.member(ALICE))
    await desk.post(saying(line=1, pictures=(picture_id(1),)))
    await desk.post(saying(line=2, pictures=(picture_id(1),)))
    assert [await uses(store.begin, one) for one in (1, 2)] == [2, 0]
    waits = [
        await desk.edit(rewording("问", line=1, pictures=(picture_id(2),))),
        await desk.edit(rewording("问", line=2, pictures=(picture_id(2),))),
    ]
    assert [await uses(store.begin, one) for one in (1, 2)] == [2, 2]
    await desk.decide(decision(ReviewAction.PUBLISH, *waits))
    assert [await uses(store.begin, one) for one in (1, 2)] == [0, 2]


async def test_whoever_edits_again_and_again_keeps_nothing_up_that_must_go(desk: ReviewDesk, order: Order) -> None:
    """REV-R4: words that wait are no shelter for those that are up, and they wait still when it is shown again."""
    product = order.line(1).product_id
    await desk.post(saying())
    waits = await desk.edit(rewording("问"))
    hidden = await decided(desk, ReviewAction.HIDE, waits, ReviewReason.ABUSE)
    assert (hidden.status, (await desk.show.summary(product)).count) == ("hidden", 0)
    with pytest.raises(ReviewWrongState):
        await desk.edit(rewording("好"))
    shown = await decided(desk, ReviewAction.SHOW, hidden)
    (up,) = (await desk.show.of_product(product, ReviewFilter(), ALL)).items
    assert (shown.status, up.text) == ("pending", "很好")
    published = await decided(desk, ReviewAction.PUBLISH, shown)
    (up,) = (await desk.show.of_product(product, ReviewFilter(), ALL)).items
    assert (published.status, up.text) == ("published", "问")


async def test_what_is_gone_for_good_comes_back_by_no_way(desk: ReviewDesk, order: Order) -> None:
    """REV-R4: neither its author nor staff bring it back, and the line has had its review (REV-R1)."""
    up = await desk.post(saying())
    hidden = await decided(desk, ReviewAction.HIDE, up, ReviewReason.ABUSE)
    gone = await decided(desk, ReviewAction.REMOVE, hidden, ReviewReason.ABUSE)
    with pytest.raises(ReviewExists):
        await desk.post(saying())
    for call in (desk.edit(rewording("好")), desk.follow_up(further("好"))):
        with pytest.raises(ReviewWrongState):
            await call
    for action in (ReviewAction.PUBLISH, ReviewAction.SHOW):
        with pytest.raises(ReviewWrongState):
            await decided(desk, action, gone)
    with pytest.raises(ReviewWrongState):
        await desk.reply(ReplyToReview(review_id=up.review_id, text="谢谢", actor=CLERK))


async def test_of_many_decisions_one_that_cannot_be_undoes_all(desk: ReviewDesk, order: Order) -> None:
    """REV-R4: and it is named."""
    waits, up = await desk.post(saying("问", line=1)), await desk.post(saying(line=2))
    with pytest.raises(ReviewWrongState) as refused:
        await desk.decide(decision(ReviewAction.PUBLISH, waits, up))
    assert refused.value.review_id == up.review_id
    assert [case.version for case in (await desk.show.cases(ALL)).items] == [waits.version]


async def test_a_reply_is_said_in_other_words_and_the_same_words_are_no_other(desk: ReviewDesk, order: Order) -> None:
    """REV-R10: a version that somebody looks at is not passed over for nothing."""
    up = await desk.post(saying())
    told = [
        await desk.reply(ReplyToReview(review_id=up.review_id, text=text, actor=CLERK)) for text in ("谢谢", "谢谢 ", "多谢")
    ]
    assert [one.version for one in told] == [up.version + 1, up.version + 1, up.version + 2]
    with pytest.raises(InvalidInput):
        await desk.reply(ReplyToReview(review_id=up.review_id, text="好\u202e", actor=CLERK))


async def test_pages_and_signs_of_the_web_are_letters_like_others(desk: ReviewDesk, order: Order) -> None:
    """GEN-R22: they come back as they were written; whoever shows them escapes them."""
    text = "<script>alert('差')</script> & \"引号\" 100%_好!\n第二行"
    await desk.post(saying(text))
    (up,) = (await desk.show.of_product(order.line(1).product_id, ReviewFilter(), ALL)).items
    assert up.text == text


async def test_staff_find_reviews_by_their_words(desk: ReviewDesk, order: Order) -> None:
    """REV-R11: up or not, in the spelling in which they are judged; signs that databases know are letters."""
    one = await desk.post(saying("物流很快，ＨＵＡＷＥＩ手机 100%_好"))
    two = await desk.post(saying("问一下 Huawei 充电慢", line=2))
    await desk.follow_up(further("一个月后 电池差"))

    async def found(words: str, status: ReviewStatus | None = None, page: PageRequest = ALL) -> list[Any]:
        return [case.review_id for case in (await desk.show.cases(page, ReviewCases.asked(status, words))).items]

    assert await found("huawei") == [two.review_id, one.review_id]
    assert await found("huawei", page=PageRequest(1)) == [two.review_id]
    assert await found("huawei", ReviewStatus.PENDING) == [two.review_id]
    assert await found("Huawei 慢") == await found("华") + [two.review_id] == [two.review_id]
    assert await found("电池差") == await found("物流 电池") == [one.review_id]
    assert await found("100%_") == await found("0%") == [one.review_id]
    assert await found("1_0%") == await found("!") == await found("好一个月") == []
    assert await found("") == [two.review_id]


async def test_an_award_learns_whose_a_review_is_and_not_how_good(desk: ReviewDesk, order: Order) -> None:
    """PTS-R6, REV-R7: neither stars nor words nor pictures can decide anything."""
    up = await desk.post(saying())
    whose = await desk.of(up.review_id)
    assert (whose.member_id, whose.order_id, whose.line, whose.status) == (ALICE, order.id, 1, ReviewStatus.PUBLISHED)
    assert not {one.name for one in fields(type(whose))} & {"stars", "text", "shown", "waiting", "pictures", "words"}


async def test_a_line_that_came_back_and_a_gift_may_be_reviewed(store: Any, desk: ReviewDesk, order: Order) -> None:
    """REV-R1: who had goods in hand may speak of them, whatever they paid and whether they kept them."""
    async with store.begin() as work:
        work.orders.save(refund(await work.orders.get(order.id), wish(s1=1)))
        await work.commit()
    assert (await desk.post(saying())).status == "published"
    async with store.begin() as work:
        work.orders.save(placed(a_line(1, 1), a_line(2, 1, payable_minor=0, gift=True), which=2))
        await work.commit()
    await brought(store.begin, 2, 2)
    assert (await desk.post(saying(order_id=order_id(2), line=2))).status == "published"


async def test_who_speaks_after_all_and_the_timer_at_once_make_one_review(
    store: Any, show: ReviewQueries, order: Order
) -> None:
    """REV-R1, ORD-R8: whoever comes first, the buyer is heard."""
    clock = HandClock(HandClock().at + timedelta(days=9))
    rules = Policies(reviews=ReviewRules(automatic_after_days=7))
    shop = on_units(store.begin, Reads(show), Outside(clock=clock, policies=rules))
    timer = shop.background.timers["review"]
    await asyncio.gather(timer(), shop.reviews.post(saying(line=2)), timer())
    assert (await show.summary(order.line(1).product_id)).histogram == (0, 0, 0, 0, 1)
    async with store.begin() as work:
        every = await work.reviews.of_lines([order.id])
    assert {key[1]: one.status.value for key, one in every.items()} == {1: "automatic", 2: "published", 3: "automatic"}


async def test_a_silent_line_is_sought_within_the_month_and_seldom(store: Any, show: ReviewQueries, order: Order) -> None:
    """ORD-R8: a round that found nothing is followed by an hour of rest; what arrived long ago is left as it is."""
    clock = HandClock(HandClock().at + timedelta(days=60))
    rules = Policies(reviews=ReviewRules(automatic_after_days=7))
    shop = on_units(store.begin, Reads(show), Outside(clock=clock, policies=rules))
    assert (await shop.background.timers["review"]()).due == 0
    clock.at -= timedelta(days=40)
    assert (await shop.background.timers["review"]()).done == 1


async def test_a_page_of_goods_tells_what_buyers_make_of_them(store: Any, desk: ReviewDesk, order: Order) -> None:
    """REV-R6, ORD-R8: what the summary says, in the same answer; of goods nobody reviewed, nothing."""
    memory = isinstance(store, MemoryStore)
    goods = MemoryCatalogReader(store.memory) if memory else SqlCatalogReader(store.database)
    made = evolve(a_product(1, a_kind()).state, id=order.line(1).product_id)
    async with store.begin() as work:
        work.products.save(Change(None, made))
        await work.commit()
    assert (await goods.product(made.id)).rating == ProductRating()
    await desk.post(saying(stars=2))
    await desk.post(saying(line=2, stars=5))
    await desk.post(saying("问", line=3, stars=1))
    rating = (await goods.product(made.id)).rating
    assert (rating.count, rating.histogram, rating.average_hundredths) == (2, (0, 1, 0, 0, 1), 350)


class Hasty:
    """A moderator that lets a rival in while it judges."""

    def __init__(self) -> None:
        self.meanwhile: Any = None

    async def judge(self, words: Any) -> Any:
        rival, self.meanwhile = self.meanwhile, None
        if rival is not None:
            await rival
        return [WordsVerdict(WordsOutcome.PASS) for _ in words]


async def test_a_verdict_passes_the_words_that_were_judged_and_no_others(store: Any, show: ReviewQueries, order: Order) -> None:
    """REV-R4, REV-R5: a take-down that comes while words are judged stays; the edit is refused."""
    moderator = Hasty()
    desk = on_units(store.begin, Reads(show), Outside(clock=HandClock(), review_moderator=moderator)).reviews
    up = await desk.post(saying())
    moderator.meanwhile = decided(desk, ReviewAction.HIDE, up, ReviewReason.ABUSE)
    with pytest.raises(ReviewWrongState):
        await desk.edit(rewording("好得很"))
    assert (await show.summary(order.line(1).product_id)).count == 0
    with pytest.raises(ReviewChanged):
        await decided(desk, ReviewAction.SHOW, up)
