"""A program outside reads what happened by number, stretch by stretch, at whatever process it comes to (R48)."""

from __future__ import annotations

from typing import Final

from retail_domain.testing.simulation.deeds.deed import Deed
from retail_domain.testing.simulation.mix import between
from retail_domain.testing.simulation.world import World


async def read_events(world: World) -> None:
    """From somewhere on, so many: without a gap, and each number means for ever what it meant when it was read first."""
    after, most = between(world.dice, 0, len(world.numbered)), between(world.dice, 1, 20)
    found = await world.some_node().shop.retail.events.after(after, most)
    numbers = [one.number for one in found]
    world.auditor.expect(
        numbers == list(range(after + 1, after + 1 + len(found))), "R48", f"after {after} came the events {numbers}"
    )
    for one in found:
        before = world.numbered.setdefault(one.number, one.event_id)
        world.auditor.expect(before == one.event_id, "R48", f"event {one.number} was {before} and is {one.event_id}")


DEEDS: Final = (Deed("read events", 0.09, read_events),)
