"""The examination every store of check-ins passes; a subclass brings the fixture `begin` of an empty store."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Final

import pytest
from attrs import evolve

from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.units import Begin
from retail_domain.membership import AlreadyCheckedIn, CheckIn, MembershipWork, OpeningTotals
from retail_domain.testing.goods import NOON, member_id

MONDAY: Final = date(2026, 6, 1)


async def came_by(begin: Begin[MembershipWork], *days: int, member: int = 1) -> None:
    """Check in on these days, counted from Monday."""
    for day in days:
        async with begin() as work:
            last = await work.check_ins.last(member_id(member))
            work.check_ins.save(CheckIn.made(member_id(member), MONDAY + timedelta(day), last, at=NOON))
            await work.commit()


@pytest.mark.asyncio
class CheckInsContract:
    """What every store of check-ins promises."""

    async def test_the_last_day_is_found_and_the_days_of_a_stretch_in_their_order(self, begin: Begin[MembershipWork]) -> None:
        """PTS-R4: each member's own; the end of a stretch does not belong to it."""
        await came_by(begin, 0, 1, 2, 4)
        await came_by(begin, 3, member=2)
        async with begin() as work:
            last = await work.check_ins.last(member_id(1))
            found = await work.check_ins.between(member_id(1), MONDAY + timedelta(1), MONDAY + timedelta(4))

        assert last is not None and (last.day, last.streak, last.version) == (MONDAY + timedelta(4), 1, 1)
        assert [(one.day.day, one.streak) for one in found] == [(2, 2), (3, 3)]

    async def test_of_rivals_on_one_day_one_checks_in(self, begin: Begin[MembershipWork]) -> None:
        """PTS-R4: one a member and day, whoever looks first."""

        async def come_by() -> bool:
            async with begin() as work:
                work.check_ins.save(CheckIn.made(member_id(1), MONDAY, None, at=NOON))
                try:
                    await work.commit()
                except Taken:
                    return False
            return True

        assert sum(await asyncio.gather(*(come_by() for _ in range(8)))) == 1

    @pytest.mark.parametrize("earlier", [(), (-1,), (-3,)])
    async def test_check_ins_on_both_sides_of_midnight_wait_for_each_other(
        self, begin: Begin[MembershipWork], earlier: tuple[int, ...]
    ) -> None:
        """PTS-R4: the streak of the second day knows of the first, be it the member's very first."""

        async def come_by(day: int, member: int = 1) -> None:
            while True:
                async with begin() as work:
                    last = await work.check_ins.claim_last(member_id(member))
                    await asyncio.sleep(0.02)  # whoever does not wait has looked by now
                    try:
                        change = CheckIn.made(member_id(member), MONDAY + timedelta(day), last, at=NOON)
                        work.check_ins.save(change)
                        await work.commit()
                    except (Stale, Taken):
                        continue
                    except AlreadyCheckedIn:
                        pass  # the later day came first
                    return

        await came_by(begin, *earlier)
        await asyncio.gather(come_by(0), come_by(1), come_by(0, member=2))
        async with begin() as work:
            made = await work.check_ins.between(member_id(1), MONDAY, MONDAY + timedelta(2))

        first = 2 if -1 in earlier else 1
        assert [(one.day.day, one.streak) for one in made] in ([(1, first), (2, first + 1)], [(2, 1)])

    async def test_what_is_staged_is_seen_and_lost_without_a_commit(self, begin: Begin[MembershipWork]) -> None:
        async with begin() as work:
            made = CheckIn.made(member_id(1), MONDAY, None, at=NOON)
            work.check_ins.save(made)
            assert await work.check_ins.last(member_id(1)) == made.state
            assert await work.check_ins.claim_last(member_id(1)) == made.state
        async with begin() as work:
            assert await work.check_ins.last(member_id(1)) is None

    async def test_an_opening_entry_is_made_once_and_found_for_many_members(self, begin: Begin[MembershipWork]) -> None:
        """ACC-R18: those who have none are absent; a second one of a member meets a rule."""
        first = OpeningTotals.opened(member_id(1), orders_count=3, amount_minor=19_950, currency="CNY", at=NOON)
        async with begin() as work:
            work.opening_totals.save(first)
            assert set(await work.opening_totals.of([member_id(1), member_id(2)])) == {member_id(1)}
            await work.commit()

        async with begin() as work:
            found = await work.opening_totals.of([member_id(2), member_id(1)])
            assert found == {member_id(1): evolve(first.state, version=1)}
            assert await work.opening_totals.of([]) == {}
            work.opening_totals.save(first)
            with pytest.raises(Taken):
                await work.commit()
