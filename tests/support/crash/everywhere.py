"""Kill a command at point 1, 2, 3 ... until it has answered; after each kill look, repeat, and look again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from attrs import define, evolve, field, frozen

from retail_domain.kernel.ids import ProductId, SkuId
from tests.support.crash.commands import COMMANDS, Danger, Prepare
from tests.support.crash.executioner import Death, Executioner, called
from tests.support.sandbox import Sandbox
from tests.support.shop import Call, Shop, Told, Untouched, Where, open_shop, opened_shop, told
from tests.support.stores import Place

POINTS_MAX: Final = 400
STOCK: Final = 100_000
PATIENCE_SECONDS: Final = 30.0
"""How long a call of the provider may take here: a busy machine is not the fault that is looked for."""


@define
class Tally:
    """What killing one command on one database came to."""

    verb: str
    kind: str
    deaths: list[Death] = field(factory=list)

    @property
    def points(self) -> int:
        """How many points it was killed at: each of them exactly once."""
        return len(self.deaths)

    @property
    def commits(self) -> int:
        """How many times it was killed while COMMIT was on its way."""
        return sum(death.point == "during commit" for death in self.deaths)

    @property
    def calls(self) -> int:
        """How many times it was killed beside a call to provider, counter or text messages."""
        return sum(death.point.partition(" ")[2].partition(".")[0] in ("provider", "counter", "sms") for death in self.deaths)


@frozen
class Site:
    """A shop that lies somewhere; whoever wants it opens it anew, as after a restart."""

    where: Where
    sandbox: Sandbox
    executioner: Executioner
    products: dict[SkuId, ProductId]

    @asynccontextmanager
    async def opened(self, shift: timedelta = timedelta(0)) -> AsyncIterator[tuple[Shop, Any]]:
        """The shop in this process, opened for the first time as far as it knows."""
        where = evolve(self.where, shift=shift)
        async with opened_shop(where) as opened:
            shop = Shop(opened.retail, opened.clock, where=where, database=opened.database, sandbox=self.sandbox)
            shop.products.update(self.products)
            yield shop, opened


@asynccontextmanager
async def a_site(place: Place, sandbox: Sandbox, executioner: Executioner, messages: str = "") -> AsyncIterator[Site]:
    """A shop with goods; no process has it open, so that whoever is killed was the only one."""
    sandbox.reset()
    sandbox.send_notices(False)
    async with open_shop(place, sandbox) as shop:
        await shop.goods("tea", stock=STOCK)
        where = evolve(shop.where, messages=messages, patience_seconds=PATIENCE_SECONDS)
    yield Site(where, sandbox, executioner, dict(shop.products))


async def kill_everywhere(site: Site, verb: str, prepare: Prepare | None = None) -> Tally:
    """Every point of a command; AssertionError names the point at which something was not so."""
    tally = Tally(verb, site.where.place.kind)
    for number in range(1, POINTS_MAX):
        async with site.opened() as (shop, _):
            danger = await (prepare or COMMANDS[verb])(shop, number)
        where = evolve(site.where, shift=danger.shift)
        death = await site.executioner.kill_at(where, danger.call, number)
        tally.deaths.append(death)
        try:
            await _judge(site, danger, death)
        except AssertionError as broken:
            broken.add_note(
                f"{verb} on {tally.kind}, killed at point {number}: {death.point} (python -m tests.support.crash "
                f"--only {verb} --on {tally.kind.split()[-1]})"
            )
            raise
        if death.has_answered:
            return tally
    raise AssertionError(f"{verb} does not come to an end")


async def _judge(site: Site, danger: Danger, death: Death) -> None:
    async with site.opened(danger.shift) as (shop, _):
        await shop.is_clean()  # R16: whatever was done, was done whole
    if isinstance(death.answer, Told):
        assert death.answer.code == danger.or_refused, death.answer
    async with site.opened(danger.shift + danger.later) as (shop, opened):
        first = await _again(opened, danger.call)
        second = await _again(opened, danger.call)
        refused = {first.code, second.code} - {"", danger.or_refused}
        assert not refused, refused  # R15: the same request again is safe
        if danger.same_answer:
            assert repr(first.answer) == repr(second.answer), (first, second)  # R17
        if danger.same_answer and death.has_answered:
            assert repr(death.answer) == repr(first.answer), (death.answer, first)  # R15: what was acknowledged is there
        await shop.works(2)
        await danger.check(shop)
        await shop.is_clean()


async def _again(opened: Any, call: Call) -> Told:
    return await told(called(opened, Untouched(), call))
