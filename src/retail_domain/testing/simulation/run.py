"""One simulation: a seed, so many steps of trouble, then calm until everything has settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final

from attrs import field, frozen

from retail_domain.kernel.paging import PageRequest
from retail_domain.testing.simulation.auditor import Violation
from retail_domain.testing.simulation.deeds.staff import try_all_stuck_refunds
from retail_domain.testing.simulation.mix import draw
from retail_domain.testing.simulation.opening import Play, new_world, set_up
from retail_domain.testing.simulation.people import open_the_doors, tidy_up
from retail_domain.testing.simulation.scheduler import Dice, Sleep
from retail_domain.testing.simulation.showing import everything
from retail_domain.testing.simulation.trouble import Fault, Rare
from retail_domain.testing.simulation.world import LayGround, World

WEATHER_EVERY: Final = 32
"""So many steps between two chances for processes to die and clocks to jump."""
CALM_STEPS_MAX: Final = 200_000
CALM_SECONDS_MAX: Final = 10 * 86_400.0
"""Within so many steps, and so much time, everything has settled."""


@frozen(kw_only=True)
class SimulationOutcome:
    """What came of one simulation."""

    seed: int
    steps: int
    steps_in_trouble: int
    commands: int
    answered: int
    refused: int
    commits: int
    orders: int
    waits: int
    """How often a claim waited for somebody else's lock."""
    deadlocks: int
    fired: Counter[Fault] = field(factory=Counter)
    reached: Counter[Rare] = field(factory=Counter)
    violations: tuple[Violation, ...] = ()
    tail: tuple[str, ...] = ()

    @property
    def replay(self) -> str:
        """The line that makes it happen again."""
        return f"retail simulate --seed {self.seed} --steps {self.steps_in_trouble}"


def simulate(seed: int, steps: int, dice: Dice, ground: LayGround, play: Play) -> SimulationOutcome:
    """Two phases: trouble, then calm. The same arguments give the same history, to the last step."""
    world = new_world(dice, ground, draw(dice, [(deed.name, deed.weight) for deed in play.deeds]), play)
    _drive(set_up(world))
    world.trouble.is_on = True
    open_the_doors(world, play.deeds)
    _trouble(world, steps)
    if not world.auditor.violations:
        _calm(world)
    world.scheduler.close()
    return _outcome(world, seed, steps)


def _trouble(world: World, steps: int) -> None:
    scheduler, auditor = world.scheduler, world.auditor
    while scheduler.steps < steps and not auditor.violations:
        if not scheduler.step():
            break
        if scheduler.steps % WEATHER_EVERY == 0:
            world.weather()


def _calm(world: World) -> None:
    world.trouble.is_on = False
    world.is_closing = True
    world.calm_since = world.scheduler.seconds
    for node in world.nodes:
        node.clock.wrong_seconds = 0.0
    world.spawn("tidy up", lambda: _settle(world), is_endless=True)
    steps, seconds = world.scheduler.steps + CALM_STEPS_MAX, world.scheduler.seconds + CALM_SECONDS_MAX

    def is_over() -> bool:
        late = world.scheduler.steps > steps or world.scheduler.seconds > seconds
        return world.is_settled or late or bool(world.auditor.violations)

    if not world.scheduler.run(is_over):
        world.auditor.blame("R31", "nobody could go on any more")
    if world.auditor.violations:
        return
    if not world.is_settled:
        world.auditor.blame("R28", f"not everything has settled: {'; '.join(_unsettled(world)) or 'requests are unanswered'}")
        return
    retail = world.nodes[0].shop.retail
    goods = {sku_id: one.product_id for sku_id, one in world.auditor.book.goods.items()}
    world.auditor.shown = _drive(everything(retail, goods))
    world.auditor.settled()


async def _settle(world: World) -> None:
    is_last_look = False
    while True:
        await tidy_up(world)
        waits = bool(world.scheduler.under_way or _unsettled(world))
        if not (waits or await _outbox_waits(world) or await _events_wait(world)):
            if is_last_look:
                break
            await try_all_stuck_refunds(world)
            is_last_look = True
        await Sleep(world.rest_seconds)
    world.is_settled = True


async def _outbox_waits(world: World) -> bool:
    page = await world.nodes[0].shop.retail.background.outbox.open(PageRequest(100))
    return any(one.parked_at is None for one in page.items)


async def _events_wait(world: World) -> bool:
    """Whether something happened last that nobody was told of yet: messages are written from events, by a timer."""
    came_to = max((one.came_to for one in world.auditor.mirror.tables["message_reading"].values()), default=0)
    return bool(await world.nodes[0].shop.retail.events.after(came_to, 1))


def _unsettled(world: World) -> list[str]:
    tables = world.auditor.mirror.tables
    orders = [f"order {one.number} is unpaid" for one in tables["orders"].values() if one.status.value == "pending_payment"]
    payments = [
        f"payment {one.id} is {one.state.value}, its money {one.money.value}"
        for one in tables["payments"].values()
        if one.state.value in ("created", "pending") or one.money.value == "unapplied" or _is_still_asked(one)
    ]
    refunds = [
        f"refund {one.id} is {one.state.value}"
        for one in tables["refunds"].values()
        if one.state.value in ("requested", "pending")
    ]
    return [*orders, *payments, *refunds]


def _is_still_asked(payment: Any) -> bool:
    """Whether money may still be found of which the shop knows nothing."""
    return payment.money.value == "none" and payment.next_poll_at is not None


def _drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Carry something out with nobody in between."""
    while True:
        try:
            work.send(None)
        except StopIteration as done:
            return done.value


def _outcome(world: World, seed: int, steps: int) -> SimulationOutcome:
    auditor, locks = world.auditor, world.traffic.locks
    world.trouble.reached += Counter({Rare.WORKERS_MET: locks.passed_over})
    return SimulationOutcome(
        seed=seed,
        steps=world.scheduler.steps,
        steps_in_trouble=steps,
        commands=world.commands,
        answered=world.answered,
        refused=world.refused,
        commits=auditor.commits,
        orders=len(auditor.book.orders),
        waits=locks.waits,
        deadlocks=locks.deadlocks,
        fired=world.trouble.fired,
        reached=world.trouble.reached,
        violations=tuple(auditor.violations),
        tail=tuple(auditor.tail()) if auditor.violations else (),
    )
