"""The examination every store of settings passes; a subclass brings the fixture `begin` of an empty store."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import Taken
from retail_domain.kernel.units import Begin
from retail_domain.settings import SettingsWork, Timetable
from retail_domain.testing.goods import NOON

ADMIN = Actor.system("the admin")


async def change(begin: Begin[SettingsWork], *, at: datetime = NOON, since: datetime | None = None, **values: Any) -> int:
    """Set `area__name=value`; the number of the change."""
    async with begin() as work:
        told = {name.replace("__", "."): value for name, value in values.items()}
        known = await work.settings.timetable()
        made = known.changed(told, actor=ADMIN, reason="because", at=at, effective_at=since)
        assert made is not None, "it was so before"
        work.settings.save(made)
        await work.commit()
    return made.state.number


async def stored(begin: Begin[SettingsWork]) -> Timetable:
    """All that is there."""
    async with begin() as work:
        return await work.settings.timetable()


@pytest.mark.asyncio
class SettingsContract:
    """What every store of settings promises."""

    async def test_changes_are_kept_as_they_were_made_in_the_order_of_their_numbers(self, begin: Begin[SettingsWork]) -> None:
        """SET-R2: texts, numbers, lists and what is usual again; nothing at all in an empty store."""
        empty, later = await stored(begin), NOON + timedelta(days=1)
        await change(begin, shop__name="Tea 茶", orders__pay_seconds=900, delivery__regions_not_served=["54", "65"])
        await change(begin, at=NOON, since=later, orders__pay_seconds=None)
        first, second = (await stored(begin)).changes

        assert (empty.newest, empty.changes) == (0, ())
        assert first.values == {"shop.name": "Tea 茶", "orders.pay_seconds": 900, "delivery.regions_not_served": ["54", "65"]}
        assert (first.number, first.at, first.effective_at, first.actor, first.reason) == (1, NOON, NOON, ADMIN, "because")
        assert (second.number, second.values, second.effective_at) == (2, {"orders.pay_seconds": None}, later)
        assert (first.takes_back, first.version) == (None, 1)

    async def test_a_step_back_is_kept_and_nothing_is_taken_back_twice(self, begin: Begin[SettingsWork]) -> None:
        """SET-R5: by nobody, also if two do it at once."""
        await change(begin, orders__pay_seconds=900)

        async def step_back() -> bool:
            async with begin() as work:
                made = (await work.settings.timetable()).taken_back(1, actor=ADMIN, reason="no", at=NOON)
                await asyncio.sleep(0.02)
                if made is None:
                    return False
                work.settings.save(made)
                try:
                    await work.commit()
                except Taken:
                    return False
            return True

        assert sum(await asyncio.gather(*(step_back() for _ in range(6)))) == 1
        assert [one.takes_back for one in (await stored(begin)).changes] == [None, 1]

    async def test_rivals_who_change_at_once_never_write_over_one_another(self, begin: Begin[SettingsWork]) -> None:
        """SET-R2: whoever comes second is told so; what is acknowledged is there, under a number of its own."""

        async def at_once(seconds: int) -> bool:
            async with begin() as work:
                known = await work.settings.timetable()
                made = known.changed({"orders.pay_seconds": seconds}, actor=ADMIN, reason="because", at=NOON, effective_at=None)
                await asyncio.sleep(0.05)  # whoever does not wait has looked by now
                assert made is not None
                work.settings.save(made)
                try:
                    await work.commit()
                except Taken:
                    return False
            return True

        won = await asyncio.gather(*(at_once(600 + number) for number in range(6)))
        changes = (await stored(begin)).changes

        assert [one.number for one in changes] == list(range(1, sum(won) + 1))
        assert {one.values["orders.pay_seconds"] for one in changes} == {600 + at for at, is_done in enumerate(won) if is_done}

    async def test_what_is_kept_in_a_process_is_as_new_as_what_is_stored(self, begin: Begin[SettingsWork]) -> None:
        """SET-R4: after every change, and never before it is committed."""
        for seconds in (60, 120, 180):
            await change(begin, orders__pay_seconds=seconds)
            async with begin() as work:  # never committed
                known = await work.settings.timetable()
                lost = known.changed({"orders.pay_seconds": 1}, actor=ADMIN, reason="x", at=NOON, effective_at=None)
                assert lost is not None
                work.settings.save(lost)
            assert (await stored(begin)).at(NOON).values == {"orders.pay_seconds": seconds}
