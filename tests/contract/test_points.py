"""What brings points in a whole shop, on every store: purchases, check-ins, reviews and staff; and what takes them back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from retail_adapters.assemble import Outside
from retail_adapters.assembly.policies import Policies
from retail_adapters.payments import counter_gateway
from retail_domain.accounts import AddStaff, Role
from retail_domain.approvals import Approve, AwaitsSecondPerson
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.second_person import POINTS, SecondPerson
from retail_domain.kernel.settings import InForce
from retail_domain.membership import AlreadyCheckedIn, CheckInToday
from retail_domain.ordering import ConfirmReceipt, RefundOrder, ShipOrder, Units
from retail_domain.payments import ConfirmCounterPayment, Flow, StartPayment
from retail_domain.points import (
    AboveOnesLimit,
    AdjustPoints,
    Because,
    PointsAre,
    PointsBalance,
    PointsRules,
    PointsSource,
    TooFewPoints,
)
from retail_domain.processes.purchase.checkout import PlaceOrder
from retail_domain.processes.takings.points import by_line, payables, undone
from retail_domain.reviews import DecideReviews, PostReview, ReviewAction, ReviewReason, ReviewSeen
from retail_domain.settings import ChangeSettings
from retail_domain.testing.goods import NOON
from retail_domain.testing.orders import a_line, paid as paid_order, refund, wish
from tests.support.market import CLERK, Buyer, Market, open_market
from tests.support.stores import STORES, Place, place_of

DAY = timedelta(days=1)
RULES = {
    "points.purchase_rate": 150, "points.check_in_rewards": "1,2,5", "points.review_reward": 7, "points.last_months": 12,
}  # fmt: skip


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@pytest.fixture
async def market(place: Place) -> AsyncIterator[Market]:
    """A shop in which everything brings points."""
    async with open_market(place, gateways={"counter": counter_gateway("a secret that only tests know")}) as market:
        await rules(market, **RULES)
        yield market


async def rules(market: Market, **values: Any) -> None:
    """Set these from now on."""
    await market.retail.settings.change(ChangeSettings(actor=CLERK, values=values, reason="because"))


async def paid(market: Market, buyer: Buyer, *wanted: Any) -> OrderId:
    """An order that is paid at the counter."""
    retail, quote = market.retail, await market.quote(buyer, *wanted)
    placed = await retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    due = await retail.payments.start(
        StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
    )
    await retail.payments.confirm_counter(ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK))
    return placed.order_id


async def received(market: Market, buyer: Buyer, order_id: OrderId) -> None:
    """It has arrived."""
    await market.retail.ordering.ship(ShipOrder(order_id=order_id, carrier="SF", tracking_number="1", actor=CLERK))
    await market.retail.ordering.confirm_receipt(ConfirmReceipt(member_id=buyer.id, order_id=order_id))


async def completed(market: Market) -> None:
    """Nobody sent anything back in time."""
    market.clock.pass_(8 * DAY)
    assert not (await market.retail.background.timers["complete"]()).failed


async def refunded(market: Market, order_id: OrderId, *units: Units) -> None:
    """Staff pay these back."""
    await market.retail.ordering.refund(RefundOrder(order_id=order_id, reason="x", actor=CLERK, units=units))


async def follows(market: Market) -> None:
    """Whatever must follow from what happened, has."""
    while await market.retail.background.deliver_next():
        pass


async def stands(market: Market, buyer: Buyer) -> PointsBalance:
    """How a member stands."""
    return await market.retail.points.balance(buyer.id)


async def test_a_purchase_brings_frozen_points_that_are_free_when_it_is_completed(market: Market) -> None:
    """PTS-R3: of what was paid for goods, not for freight, rounded down; by the rate that held when it was placed."""
    await market.freight(800)
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=9_990)
    quote = await market.quote(buyer, (tea, 2))
    placed = await market.retail.checkout.place(PlaceOrder(member_id=buyer.id, quote_id=quote.id, hash=quote.hash))
    await rules(market, **{"points.purchase_rate": 9_000})
    assert (await stands(market, buyer)).frozen == 0
    start = StartPayment(member_id=buyer.id, order_id=placed.order_id, gateway="counter", flow=Flow.COUNTER)
    due = await market.retail.payments.start(start)
    confirm = ConfirmCounterPayment(payment_id=due.payment_id, amount=due.amount, actor=CLERK)
    await market.retail.payments.confirm_counter(confirm)
    while_frozen = await stands(market, buyer)
    await received(market, buyer, placed.order_id)
    await completed(market)
    then, at = await stands(market, buyer), market.clock.now()

    assert while_frozen == PointsBalance(available=0, frozen=299, locked=0, debt=0, expiring=())
    assert (then.available, then.frozen) == (299, 0)
    (expiring,) = then.expiring
    assert expiring.points == 299 and expiring.expires_at == PointsRules(InForce()).until(at, Policies().calendar)


async def test_refunds_take_back_in_proportion_frozen_points_first_and_all_in_the_end(market: Market) -> None:
    """PTS-R8, PTS-I5: a part before completion, the rest after; what was spent meanwhile is owed, and repaid."""
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=6_700)
    order = await paid(market, buyer, (tea, 3))
    assert (await stands(market, buyer)).frozen == 301
    await received(market, buyer, order)
    await refunded(market, order, Units(tea, 1))
    part = await stands(market, buyer)
    await completed(market)
    spend = AdjustPoints(member_id=buyer.id, points=-150, reason="a present", actor=Actor.system("till"))
    assert (await market.retail.points.adjust(spend)).available == 50
    await refunded(market, order, Units(tea, 2))
    owing = await stands(market, buyer)
    await market.retail.membership.check_in(CheckInToday(member_id=buyer.id))
    repaid = await stands(market, buyer)

    assert (part.available, part.frozen, part.debt) == (0, 200, 0)
    assert owing == PointsBalance(available=0, frozen=0, locked=0, debt=150, expiring=())
    assert (repaid.available, repaid.debt) == (0, 149)
    entries = (await market.retail.points.show.entries(buyer.id, PageRequest(100))).items
    assert sum(one.worth for one in entries) == -149
    assert {one.key.source for one in entries} == {PointsSource.PURCHASE, PointsSource.CHECK_IN}


async def test_a_paid_order_that_is_called_off_leaves_nothing(market: Market) -> None:
    """PTS-I3: whatever it brought is gone, and nothing is owed."""
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=6_700)
    order = await paid(market, buyer, (tea, 3))
    await refunded(market, order, Units(tea, 3))

    assert await stands(market, buyer) == PointsBalance(available=0, frozen=0, locked=0, debt=0, expiring=())


async def test_a_shop_that_sets_nothing_gives_nothing_and_asks_no_more(place: Place) -> None:
    """PTS-R3: an order placed at a rate of nothing brings nothing, whatever is set later; it does not note the kind."""
    async with open_market(place, gateways={"counter": counter_gateway("a secret that only tests know")}) as market:
        buyer, tea = await market.buyer(), await market.goods("tea", price_minor=100_000)
        order = await paid(market, buyer, (tea, 1))
        await rules(market, **RULES)
        await received(market, buyer, order)
        await completed(market)
        async with market.retail.begin() as work:
            stored = await work.orders.get(order)  # type: ignore[attr-defined]

        assert "points" not in stored.took and stored.points_rate == 0
        assert (await stands(market, buyer)).available == 0


async def test_checking_in_brings_what_its_day_in_the_cycle_brings_and_once_a_day(market: Market) -> None:
    """PTS-R4, PTS-I7: 1, 2, 5, then anew; of several at once on two devices one counts."""
    buyer, got = await market.buyer(), []
    for _ in range(4):
        wishes = [market.retail.membership.check_in(CheckInToday(member_id=buyer.id)) for _ in range(3)]
        told = await asyncio.gather(*wishes, return_exceptions=True)
        (counted,) = (one for one in told if not isinstance(one, BaseException))
        assert sum(isinstance(one, AlreadyCheckedIn) for one in told) == 2
        got.append(counted.points)
        market.clock.pass_(DAY)
    market.clock.pass_(DAY)
    got.append((await market.retail.membership.check_in(CheckInToday(member_id=buyer.id))).points)

    assert got == [1, 2, 5, 1, 1] and (await stands(market, buyer)).available == 10


async def test_a_review_brings_points_once_and_loses_them_when_it_is_removed(market: Market) -> None:
    """PTS-R6: whatever the stars or the words; hidden it keeps them, removed it does not, and what was spent is owed."""
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=10)
    order = await paid(market, buyer, (tea, 1))
    await received(market, buyer, order)
    posted = await market.retail.reviews.post(PostReview(member_id=buyer.id, order_id=order, line=1, stars=1, text="weak"))
    await follows(market)
    after = await stands(market, buyer)

    async def decide(action: ReviewAction, reason: ReviewReason | None = None) -> PointsBalance:
        async with market.retail.begin() as work:
            review = await work.reviews.get(posted.review_id)  # type: ignore[attr-defined]
        seen = (ReviewSeen(review_id=review.id, version=review.version),)
        await market.retail.reviews.decide(DecideReviews(reviews=seen, action=action, reason=reason, actor=CLERK))
        await follows(market)
        return await stands(market, buyer)

    hidden = await decide(ReviewAction.HIDE, ReviewReason.ABUSE)
    shown = await decide(ReviewAction.SHOW)
    spend = AdjustPoints(member_id=buyer.id, points=-3, reason="a present", actor=Actor.system("till"))
    await market.retail.points.adjust(spend)
    await decide(ReviewAction.HIDE, ReviewReason.ABUSE)
    removed = await decide(ReviewAction.REMOVE, ReviewReason.ABUSE)

    assert after.available == hidden.available == shown.available == 7
    assert (removed.available, removed.debt) == (0, 3)


async def test_a_review_that_is_gone_before_its_award_brings_none(market: Market) -> None:
    """PTS-R6: in whatever order what follows is carried out, it is judged by what is there."""
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=10)
    order = await paid(market, buyer, (tea, 1))
    await received(market, buyer, order)
    posted = await market.retail.reviews.post(PostReview(member_id=buyer.id, order_id=order, line=1, stars=5, text="strong"))
    for version, action in enumerate((ReviewAction.HIDE, ReviewAction.REMOVE), posted.version):
        seen = (ReviewSeen(review_id=posted.review_id, version=version),)
        wish = DecideReviews(reviews=seen, action=action, reason=ReviewReason.ABUSE, actor=CLERK)
        await market.retail.reviews.decide(wish)
    await follows(market)

    assert (await market.retail.points.show.entries(buyer.id, PageRequest())).items == ()


async def test_a_review_of_goods_that_were_wholly_paid_back_keeps_nothing_where_the_shop_says_so(market: Market) -> None:
    """PTS-R6: review, collect, return; a part that stays keeps all of it, and the last unit takes it back, once."""
    await rules(market, **{"points.purchase_rate": 0, "points.review_refunded": "taken_back"})
    buyer, tea, cup = await market.buyer(), await market.goods("tea", price_minor=10), await market.goods("cup", price_minor=20)
    order = await paid(market, buyer, (tea, 2), (cup, 1))
    await received(market, buyer, order)
    for line in (1, 2):
        await market.retail.reviews.post(PostReview(member_id=buyer.id, order_id=order, line=line, stars=5, text="strong"))
    had = []
    for units in (None, Units(tea, 1), Units(tea, 1), Units(cup, 1)):
        if units:
            await refunded(market, order, units)
        await follows(market)
        had.append(await stands(market, buyer))

    assert [(one.available, one.debt) for one in had] == [(14, 0), (14, 0), (7, 0), (0, 0)]


async def test_a_review_that_goes_up_after_its_goods_were_paid_back_brings_none_where_the_shop_says_so(market: Market) -> None:
    """PTS-R6: in whatever order what follows is carried out; elsewhere it brings what reviews bring."""
    buyer, tea = await market.buyer(), await market.goods("tea", price_minor=10)
    await rules(market, **{"reviews.go_up": "looked_at"})
    brought = []
    for word in ("taken_back", "kept"):
        await rules(market, **{"points.purchase_rate": 0, "points.review_refunded": word})
        order = await paid(market, buyer, (tea, 1))
        await received(market, buyer, order)
        said = PostReview(member_id=buyer.id, order_id=order, line=1, stars=1, text="weak")
        posted = await market.retail.reviews.post(said)
        await refunded(market, order, Units(tea, 1))
        await follows(market)
        seen = (ReviewSeen(review_id=posted.review_id, version=posted.version),)
        await market.retail.reviews.decide(DecideReviews(reviews=seen, action=ReviewAction.PUBLISH, actor=CLERK))
        await follows(market)
        brought.append((await stands(market, buyer)).available)

    assert brought == [0, 7]


async def test_expired_points_are_written_off_late_and_once(market: Market) -> None:
    """PTS-R9, PTS-I6: what can be spent does not depend on the timer."""
    buyer = await market.buyer()
    await market.retail.membership.check_in(CheckInToday(member_id=buyer.id))
    market.clock.pass_(400 * DAY)
    before = await stands(market, buyer)
    spend = AdjustPoints(member_id=buyer.id, points=-1, reason="too late", actor=Actor.system("till"))
    with pytest.raises(TooFewPoints):
        await market.retail.points.adjust(spend)
    timer = market.retail.background.timers["expire_points"]
    first = await timer()
    market.clock.pass_(DAY)
    second = await timer()

    assert before == await stands(market, buyer)
    assert (first.done, second.due) == (1, 0) and before.available == 0
    newest = (await market.retail.points.show.entries(buyer.id, PageRequest())).items[0]
    assert (newest.went_to, newest.cause.because, newest.units) == (PointsAre.EXPIRED, Because.TIME, 1)


async def test_staff_adjust_within_what_their_role_may_and_say_why(place: Place) -> None:
    """PTS-R11, ACC-R14: the highest limit of their roles; above another limit somebody else approves it; the trail tells it."""
    policies = Policies(second_person=SecondPerson(limits={POINTS: 500}))
    async with open_market(place, policies=policies) as market:
        retail, buyer = market.retail, await market.buyer()

        async def hired(login: str, *roles: Role) -> Actor:
            wish = AddStaff(login=login, name=login, roles=roles, password="a long enough word", actor=CLERK)
            return Actor.staff((await retail.accounts.add_staff(wish)).staff_id)

        finance, admin = await hired("finance", Role.FINANCE), await hired("admin", Role.ADMIN)

        def wish(points: int, actor: Actor, reason: str = "late parcel") -> AdjustPoints:
            return AdjustPoints(member_id=buyer.id, points=points, reason=reason, actor=actor)

        for wrong in (wish(0, finance), wish(1, finance, " "), wish(10**10, finance)):
            with pytest.raises(InvalidInput):
                await retail.points.adjust(wrong)
        with pytest.raises(AboveOnesLimit) as above:
            await retail.points.adjust(wish(1_001, finance))
        assert above.value.most == 1_000
        assert (await retail.points.adjust(wish(400, finance))).available == 400
        assert (await retail.points.adjust(wish(-150, finance))).available == 250
        with pytest.raises(TooFewPoints):
            await retail.points.adjust(wish(-251, finance))
        with pytest.raises(AwaitsSecondPerson) as waits:
            await retail.points.adjust(wish(600, finance))
        assert (await stands(market, buyer)).available == 250
        await retail.approvals.approve(Approve(approval_id=waits.value.approval_id, actor=admin))

        assert (await stands(market, buyer)).available == 850
        entries = (await retail.points.show.entries(buyer.id, PageRequest())).items
        assert [one.note for one in entries] == ["late parcel"] * 3


@given(
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 5)), min_size=1, max_size=5),
    st.integers(1, 50_000),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=8),
)
def test_points_are_allocated_to_lines_and_undone_with_their_units(
    lines: list[tuple[int, int]], points: int, refunds: list[tuple[int, int]]
) -> None:
    """PTS-R3, PTS-I5: shares add up to all; more is undone with each refund, and in the end all, whatever the parts."""
    order = paid_order(*(a_line(number, quantity, price) for number, (price, quantity) in enumerate(lines, 1)))
    if not any(price for price, _ in lines):
        return
    assert sum(by_line(points, payables(order)).values()) == points and undone(order, points, payables(order)) == 0
    so_far = 0
    for number, units in [*refunds, *((number, 5) for number in range(1, len(lines) + 1))]:
        line = order.lines[(number - 1) % len(lines)]
        if line.refundable:
            order = refund(order, wish(**{f"s{line.number}": min(units, line.refundable)})).state
            assert undone(order, points, payables(order)) >= so_far
            so_far = undone(order, points, payables(order))
    assert so_far == points


def test_a_month_later_is_the_same_day_or_the_last_of_its_month() -> None:
    """PTS-R9: points last until the end of that day of the shop's calendar."""
    calendar = Outside().policies.calendar
    one = PointsRules(InForce(1, {"points.last_months": 1}))
    assert one.until(datetime(2027, 1, 31, 3, tzinfo=UTC), calendar) == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert one.until(datetime(2027, 1, 30, 20, tzinfo=UTC), calendar) == datetime(2027, 2, 28, 16, tzinfo=UTC)
    assert PointsRules(InForce(1, {"points.last_months": 0})).until(NOON, calendar) is None


@pytest.mark.parametrize("told", ["1,,2", "x", "-1", "1;2", "١", "1," * 31 + "1", "100001", 5, ["1"]])
def test_rewards_of_check_ins_are_numbers_day_by_day(told: Any) -> None:
    """PTS-R4: what is none is refused by name."""
    from retail_domain.points.settings import CHECK_IN_REWARDS

    with pytest.raises(InvalidInput) as no:
        CHECK_IN_REWARDS.read(told, "values.points.check_in_rewards")
    assert no.value.problems[0].field == "values.points.check_in_rewards"
    assert CHECK_IN_REWARDS.written(CHECK_IN_REWARDS.read(" 1, 2,3 ", "x")) == "1,2,3" and CHECK_IN_REWARDS.read("", "x") == ()
