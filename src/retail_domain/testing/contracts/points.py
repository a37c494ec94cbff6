"""The examination every store of points passes; a subclass brings the fixture `begin` of an empty store, and its `show`."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.change import Change
from retail_domain.kernel.errors import InvalidInput, Stale, Taken
from retail_domain.kernel.ids import OrderId
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.points import (
    Award,
    Because,
    ExpiringPoints,
    LotKey,
    PointsAre,
    PointsBalance,
    PointsCause,
    PointsLot,
    PointsQueries,
    PointsSource,
    PointsWork,
    TooFewPoints,
    award,
    claimed,
    keep,
)
from retail_domain.testing.goods import NOON, member_id

DAY: Final = timedelta(days=1)
GIFT: Final = PointsCause(Because.CAMPAIGN, "spring")


async def awarded(
    begin: Begin[PointsWork], points: int, *, member: int = 1, ref: str = "a", until: datetime | None = None
) -> None:
    """Give a member points."""
    async with begin() as work:
        wish = Award(member_id=member_id(member), key=LotKey(ref, PointsSource.CAMPAIGN), points=points, cause=GIFT)
        await award(work, wish, NOON, until)
        await work.commit()


async def ordered(begin: Begin[PointsWork], order: int, units: int, *, member: int = 1) -> bool:
    """An order wants to spend points; whether it got them, however often a rival came first."""
    while True:
        async with begin() as work:
            ledger = await claimed(work, member_id(member))
            await asyncio.sleep(0.01)  # whoever does not wait has looked by now
            try:
                keep(work, *ledger.lock(OrderId(UUID(int=order)), units, NOON))
                await work.commit()
            except (Stale, Taken):
                continue
            except TooFewPoints:
                return False
            return True


@pytest.mark.asyncio
class PointsContract:
    """What every store of points promises."""

    async def test_a_lot_comes_back_as_it_was_with_what_moved_it(self, begin: Begin[PointsWork], show: PointsQueries) -> None:
        """PTS-R1: frozen, released, spent in part, taken back: each step a change, each with its entry."""
        key, cause, alice = LotKey("order-1", PointsSource.PURCHASE), PointsCause(Because.ORDER, "order-1"), member_id(1)
        made = PointsLot.made(alice, key, 10, into=PointsAre.FROZEN, cause=cause, at=NOON)
        async with begin() as work:
            work.points_lots.save(made)
            assert [one.key for one in await work.points_lots.free_of([alice], ["order-1"])] == [key]
            await work.commit()
        async with begin() as work:
            assert await work.points_lots.free_of([alice]) == []
            ledger = await claimed(work, alice, ["order-1"])
            assert ledger.lot(key) == evolve(made.state, version=1, entries=())
            keep(work, ledger.release(key, cause, NOON, NOON + DAY))
            await work.commit()
        async with begin() as work:
            keep(work, (await claimed(work, alice)).deduct(4, PointsCause(Because.STAFF, "x"), NOON, "a mistake"))
            await work.commit()
        async with begin() as work:
            keep(work, (await claimed(work, alice, ["order-1"])).take_back(key, 10, cause, NOON + DAY))
            await work.commit()
        async with begin() as work:
            (account,) = (await work.points_accounts.claim([alice, member_id(2)])).values()
            (lot,) = await work.points_lots.free_of([alice], ["order-1"])
        told = await show.entries(alice, PageRequest(100))

        assert (account.debt, account.decisions, account.version) == (4, 3, 3)
        assert (lot.frozen, lot.free, lot.spent, lot.expired, lot.revoked, lot.undone) == (0, 0, 4, 6, 4, 4)
        assert (lot.expires_at, lot.available_from, lot.amount) == (NOON + DAY, NOON, 10)
        assert [one.number for one in told.items][::-1] == list(range(1, lot.written + 1))
        assert sum(one.worth for one in told.items) == -account.debt
        spent = next(one for one in told.items if one.went_to is PointsAre.SPENT)
        assert (spent.units, spent.note, spent.cause, spent.at) == (4, "a mistake", PointsCause(Because.STAFF, "x"), NOON)

    async def test_one_award_a_cause(self, begin: Begin[PointsWork]) -> None:
        """PTS-R2: of rivals with one cause, one gives it; another cause, or another member, is another award."""

        async def give() -> bool:
            try:
                await awarded(begin, 5)
            except (Taken, Stale):
                return False
            return True

        assert sum(await asyncio.gather(*(give() for _ in range(6)))) == 1
        assert not await give()
        await awarded(begin, 5, member=2)
        await awarded(begin, 5, ref="b")

    async def test_two_orders_never_spend_the_same_point(self, begin: Begin[PointsWork], show: PointsQueries) -> None:
        """PTS-I4: eight orders want four each, of eleven."""
        await awarded(begin, 6, until=NOON + 2 * DAY)
        await awarded(begin, 5, ref="b", until=NOON + DAY)
        got = await asyncio.gather(*(ordered(begin, number, 4) for number in range(1, 9)))
        stands = await show.balance(member_id(1), NOON)

        assert sum(got) == 2 and (stands.available, stands.locked) == (3, 8)
        async with begin() as work:
            uses = [one for number in range(1, 9) for one in await work.points_uses.of_order(OrderId(UUID(int=number)))]
        assert sum(one.open for one in uses) == 8
        assert sorted((one.key.ref, one.units) for one in uses) == [("a", 3), ("b", 1), ("b", 4)]

    async def test_what_an_order_used_is_spent_and_given_back_where_it_came_from(
        self, begin: Begin[PointsWork], show: PointsQueries
    ) -> None:
        """PTS-R7, PTS-I5: the last lot that was taken from is the first that gets back."""
        await awarded(begin, 2, until=NOON + DAY)
        await awarded(begin, 5, ref="b")
        assert await ordered(begin, 1, 6)
        for back, left in ((None, 1), (3, 4), (6, 7)):
            async with begin() as work:
                uses = await work.points_uses.of_order(OrderId(UUID(int=1)))
                ledger, changes = await claimed(work, member_id(1), ["a", "b"]), tuple(Change(one, one) for one in uses)
                if back is None:
                    keep(work, *ledger.spend(changes, NOON))
                else:
                    keep(work, *ledger.give_back(changes, back, NOON, NOON + 3 * DAY))
                await work.commit()
            assert (await show.balance(member_id(1), NOON)).available == left

        expiring = (await show.balance(member_id(1), NOON)).expiring
        assert expiring == (ExpiringPoints(expires_at=NOON + 3 * DAY, points=2),)

    async def test_expired_points_are_found_and_count_for_nothing_before_they_are(
        self, begin: Begin[PointsWork], show: PointsQueries
    ) -> None:
        """PTS-R9, PTS-I6: nearest first, each member once, and at the very moment."""
        await awarded(begin, 2, until=NOON + 2 * DAY)
        await awarded(begin, 3, ref="b", until=NOON + 3 * DAY)
        await awarded(begin, 4, ref="c", until=NOON + DAY, member=2)
        await awarded(begin, 5, ref="d", member=3)
        soon, late = NOON + 2 * DAY, NOON + 9 * DAY
        stands = await show.balance(member_id(1), soon)
        async with begin() as work:
            found = [await work.points_lots.lapsed(at, most) for at, most in ((NOON, 9), (soon, 9), (late, 1))]
            keep(work, (await claimed(work, member_id(2))).expire(soon))
            await work.commit()
        async with begin() as work:
            assert await work.points_lots.lapsed(late, 9) == [member_id(1)]

        assert {type(one) for one in (stands.available, stands.frozen, stands.locked, stands.debt)} == {int}
        assert found == [[], [member_id(2), member_id(1)], [member_id(2)]]
        expiring = (ExpiringPoints(expires_at=NOON + 3 * DAY, points=3),)
        assert stands == PointsBalance(available=3, frozen=0, locked=0, debt=0, expiring=expiring)
        assert await show.balance(member_id(9), NOON) == PointsBalance(available=0, frozen=0, locked=0, debt=0, expiring=())

    async def test_a_history_is_leafed_through_from_the_latest(self, begin: Begin[PointsWork], show: PointsQueries) -> None:
        """Each member's own; a cursor of something else is refused."""
        for number in range(5):
            await awarded(begin, number + 1, ref=str(number))
            await awarded(begin, 9, ref=str(number), member=2)
        first = await show.entries(member_id(1), PageRequest(3))
        second = await show.entries(member_id(1), PageRequest(3, first.next_cursor))

        assert [one.units for one in (*first.items, *second.items)] == [5, 4, 3, 2, 1]
        assert first.next_cursor is not None and second.next_cursor is None
        with pytest.raises(InvalidInput):
            await show.entries(member_id(1), PageRequest(3, "x"))
