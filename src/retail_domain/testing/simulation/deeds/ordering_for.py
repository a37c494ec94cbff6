"""Orders that staff place for members, who agree by paying, or do not (ORD-R16)."""

from __future__ import annotations

from typing import Final

from retail_domain.kernel.actor import Actor
from retail_domain.pricing import WantedLine
from retail_domain.processes.purchase.checkout import Placed
from retail_domain.testing.simulation.deeds.deed import Deed, some, some_buyer
from retail_domain.testing.simulation.deeds.paying import pay_for
from retail_domain.testing.simulation.deeds.seconding import PEOPLE
from retail_domain.testing.simulation.deeds.shopping import placing, quoted
from retail_domain.testing.simulation.mix import one_of
from retail_domain.testing.simulation.requests import ask
from retail_domain.testing.simulation.world import World


async def order_for_a_member(world: World) -> None:
    """Somebody rings up; now and then they order what they were told themselves, at the same moment."""
    buyer, clerk = some_buyer(world), Actor.staff(one_of(world.dice, PEOPLE))
    lines = tuple(WantedLine(sku_id, one_of(world.dice, (1, 1, 2))) for sku_id in some(world, world.skus, 2))
    quote = await quoted(world, buyer, lines, clerk)
    if quote is None:
        return
    if world.dice.random() < 0.2:
        world.spawn("their own tab", lambda: ask(world, placing(world, buyer, quote)))
    placed = await ask(world, placing(world, buyer, quote, clerk))
    if isinstance(placed, Placed) and world.dice.random() < world.mix.eagerness:
        await pay_for(world, world.auditor.book.orders[placed.order_id])


ORDERING_FOR: Final = (Deed("order for a member", 4.0, order_for_a_member),)
