"""What members do between purchases: they come by, and look at their calendar (PTS-R4)."""

from __future__ import annotations

from typing import Any, Final

from retail_domain.membership import CheckedIn, CheckInToday, ShowCheckIns
from retail_domain.testing.simulation.deeds.deed import Deed, some_buyer
from retail_domain.testing.simulation.requests import Request, ask, keyed, new_effect
from retail_domain.testing.simulation.world import World


async def check_in(world: World) -> None:
    """Come by; whether it counts is for the law of rows to judge."""
    member_id = some_buyer(world).member_id
    once = keyed(world, member_id, "membership.check_in")
    wish = CheckInToday(member_id=member_id, once=once)
    await ask(world, Request(
        name=f"check in {str(member_id)[-4:]}", once=once, effect=new_effect(world),
        send=lambda shop, _: shop.retail.membership.check_in(wish),
        certain=lambda request, said: _judge(world, said),
    ))  # fmt: skip


def _judge(world: World, said: Any) -> None:
    if isinstance(said, CheckedIn):
        world.auditor.expect(said.streak >= 1, "PTS-R4", f"{said.streak} days in a row, and one of them is today")


async def look_at_the_calendar(world: World) -> None:
    """Leaf through this month: days in their order, each once, and a streak that fits the last of them."""
    wish = ShowCheckIns(member_id=some_buyer(world).member_id)
    month = await world.some_node().shop.retail.membership.show_check_ins(wish)
    days = [one.day for one in month.days]
    world.auditor.expect(days == sorted(set(days)), "PTS-R4", f"days of a calendar: {days}")
    world.auditor.expect(not month.has_checked_in or month.streak >= 1, "PTS-R4", "here today, and no day in a row")


DEEDS: Final = (Deed("check in", 0.5, check_in), Deed("look at the calendar", 0.2, look_at_the_calendar))
