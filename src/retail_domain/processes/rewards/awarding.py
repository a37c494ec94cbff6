"""What brings points besides purchases: coming by every day, and a review that is up (PTS-R4, PTS-R6)."""

from __future__ import annotations

from typing import Protocol

from attrs import evolve

from retail_domain.kernel.ids import MemberId
from retail_domain.kernel.means import Means
from retail_domain.membership import CheckedIn, CheckInToday, MembershipWork
from retail_domain.membership.use_cases import check_in
from retail_domain.ordering import Order, OrderRefunded, Orders
from retail_domain.points import (
    Award,
    Because,
    LotKey,
    PointsCause,
    PointsLedger,
    PointsRules,
    PointsSource,
    RuledPointsWork,
    award,
    claimed,
    keep,
)
from retail_domain.reviews import Review, ReviewPublished, ReviewRemoved, Reviews, ReviewStatus


class ComingWork(MembershipWork, RuledPointsWork, Protocol):
    """The unit of work of coming by."""


class ReviewAwardWork(RuledPointsWork, Protocol):
    """The unit of work of awards for reviews."""

    @property
    def reviews(self) -> Reviews: ...
    @property
    def orders(self) -> Orders: ...


async def check_in_for_points(work: ComingWork, command: CheckInToday, means: Means) -> CheckedIn:
    """A member is here today, and is given what that day in a row brings, in one transaction (PTS-R4, PTS-I7).

    Raises AlreadyCheckedIn.
    """
    told, at = await check_in(work, command, means), means.clock.now()
    rules = PointsRules((await work.settings.timetable()).at(at))
    points = rules.check_in_reward(told.streak)
    if not points:
        return told
    day = told.day.isoformat()
    wish = Award(
        member_id=command.member_id,
        key=LotKey(day, PointsSource.CHECK_IN),
        points=points,
        cause=PointsCause(Because.CHECK_IN, day),
    )
    await award(work, wish, at, rules.until(at, means.calendar))
    return evolve(told, points=points)


async def award_review(work: ReviewAwardWork, event: ReviewPublished, means: Means) -> None:
    """A review that is up brings points, once, whatever it says (PTS-R6); one that is gone by now brings none.

    Whoever comes to take it back waits for this, or is waited for: so a review is looked at when its author's points are held.
    """
    at = means.clock.now()
    points = (rules := PointsRules((await work.settings.timetable()).at(at))).review_reward
    if not points:
        return
    review, ledger = await _held(work, event)
    key = LotKey(str(event.review_id), PointsSource.REVIEW)
    if review.status is ReviewStatus.REMOVED or ledger.lot(key) is not None:
        return
    if rules.refunds_take_back_reviews and _is_gone(await work.orders.get(review.order_id), review.line):
        return
    wish = Award(member_id=review.member_id, key=key, points=points, cause=PointsCause(Because.REVIEW, key.ref))
    await award(work, wish, at, rules.until(at, means.calendar))


async def take_back_review(work: ReviewAwardWork, event: ReviewRemoved, means: Means) -> None:
    """A review that was removed: what it brought is taken back, once (PTS-R6)."""
    _, ledger = await _held(work, event)
    key = LotKey(str(event.review_id), PointsSource.REVIEW)
    lot = ledger.lot(key)
    if lot is None:
        keep(work, ledger.noted())
    else:
        keep(work, ledger.take_back(key, lot.amount, PointsCause(Because.REVIEW, key.ref), means.clock.now()))


async def take_back_refunded(work: ReviewAwardWork, event: OrderRefunded, means: Means) -> None:
    """Where the shop says so: what reviews brought goes with the last units of their lines, once (PTS-R6).

    An award that is on its way waits for this and finds the line gone, or is waited for.
    """
    at = means.clock.now()
    if not PointsRules((await work.settings.timetable()).at(at)).refunds_take_back_reviews:
        return
    order = await work.orders.get(event.order_id)
    known = await work.reviews.of_lines([event.order_id])
    written = [one for one in known.values() if one.status is not ReviewStatus.AUTOMATIC and _is_gone(order, one.line)]
    if not written:
        return
    ledger = (await claimed(work, order.member_id, [str(one.id) for one in written])).noted()
    for key in (LotKey(ref, PointsSource.REVIEW) for ref in sorted(str(one.id) for one in written)):
        lot = ledger.lot(key)
        if lot is not None:
            ledger = ledger.take_back(key, lot.amount, PointsCause(Because.REVIEW, key.ref), at)
    keep(work, ledger)


def _is_gone(order: Order, line: int) -> bool:
    return not order.line(line).refundable


async def _held(work: ReviewAwardWork, event: ReviewPublished | ReviewRemoved) -> tuple[Review, PointsLedger]:
    author: MemberId = (await work.reviews.get(event.review_id)).member_id
    ledger = await claimed(work, author, (str(event.review_id),))
    return await work.reviews.get(event.review_id), ledger
