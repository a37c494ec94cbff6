"""Runs the table of races: heats are prepared one after the other, then their rivals start together in several processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from retail_adapters.system.coalescer import Queueing
from retail_domain.inventory import OpenLocation
from retail_domain.testing.people import RememberingSms
from tests.races import buying, couponing, entering, paying, reviewing, taking
from tests.races.race import RULES, Heat, Race, Result, Scene, joined
from tests.races.taking import ANNEX
from tests.support.market import CLERK
from tests.support.sandbox import Sandbox
from tests.support.shop import Crew, Shop, Told, open_shop
from tests.support.stores import Place

TABLE: tuple[Race, ...] = (*buying.RACES, *taking.RACES, *entering.RACES, *paying.RACES, *reviewing.RACES, *couponing.RACES)
"""Every limited thing of the shop; a new one is one more row."""

RIVALS = 50
BUSY = ("store.busy", "store.unavailable")
"""Told with 503: the shop was too busy and did nothing. Allowed on a slow machine, as long as all who may win have won."""


@asynccontextmanager
async def a_scene(place: Place, sandbox: Sandbox, rivals: int = RIVALS) -> AsyncIterator[Scene]:
    """A shop to race in, opened as a server opens it, until the end of the block; its second warehouse is often empty."""
    sms = RememberingSms()
    async with open_shop(place, sandbox, Queueing(), accounts=RULES, sms=sms, split=True) as shop:
        await shop.retail.inventory.open_location(OpenLocation(code=ANNEX, name="Annex", actor=CLERK, priority=1))
        yield Scene(shop, sms, rivals)


async def run(race: Race, scene: Scene, crew: Crew, rounds: int) -> Result:
    """So many rounds of one race."""
    if race.alone and rounds > 1:
        return joined([await run(race, scene, crew, 1) for _ in range(rounds)])
    if race.passes:  # what races before have left unpaid is overdue by then, and would come first
        scene.shop.clock.pass_(race.passes)
        await scene.shop.works_through()
    heats = [await _prepared(race, scene) for _ in range(rounds)]
    scene.shop.clock.pass_(race.passes)
    answers = await crew.carry_out_rounds(scene.shop.here, [heat.calls for heat in heats])
    if race.settles:
        await scene.shop.works(2)
    won = [await heat.won(scene.shop, told) for heat, told in zip(heats, answers, strict=True)]
    unclean = [code for heat, told in zip(heats, answers, strict=True) for code in _unclean(heat, told)]
    return Result(
        race=race, rivals=len(heats[0].calls), won=tuple(won), allowed=tuple(heat.allowed for heat in heats),
        unclean=tuple(sorted(set(unclean))),
    )  # fmt: skip


async def _prepared(race: Race, scene: Scene) -> Heat:
    scene.begin_heat()
    return await race.prepare(scene)


def _unclean(heat: Heat, told: Sequence[Told]) -> list[str]:
    return [one.code for one in told if one.code and one.code not in (*heat.refusals, *BUSY)]


async def is_clean(shop: Shop) -> None:
    """Whatever was left to workers is done, and every law of the shop holds (R43)."""
    await shop.works_through()
    await shop.is_clean()
