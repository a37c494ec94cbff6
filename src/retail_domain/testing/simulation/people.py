"""Who is about: clients that do one deed after another, workers, and the postman who brings the provider's notices."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Final

from retail_domain.kernel.errors import DomainError, Kind
from retail_domain.payments import TakeNotice
from retail_domain.testing.simulation.deeds import Deed
from retail_domain.testing.simulation.provider import CODE
from retail_domain.testing.simulation.requests import ask_until_certain
from retail_domain.testing.simulation.scheduler import Sleep
from retail_domain.testing.simulation.world import Node, World

_OK: Final = 200


def open_the_doors(world: World, all_deeds: Sequence[Deed]) -> None:
    """Clients come in, workers begin."""
    deeds = _weighed(world, all_deeds)
    for number in range(world.mix.clients):
        world.spawn(f"client {number + 1}", lambda: _client(world, deeds), survives=True)
    for number in range(world.mix.workers):
        node = world.nodes[number % len(world.nodes)]
        world.spawn(f"worker {number + 1}", partial(_worker, world, node), survives=True, is_endless=True)


def bring(world: World, body: bytes, after_seconds: float) -> None:
    """A notice is on its way."""
    world.spawn("postman", lambda: _postman(world, body, [after_seconds]), survives=True)


def do_later(world: World, after_seconds: float, effect: Callable[[], None]) -> None:
    """Something happens outside the shop after a while."""

    async def later() -> None:
        await Sleep(after_seconds)
        effect()

    world.spawn("later", later)


async def tidy_up(world: World) -> None:
    """Whatever was left in doubt is asked again until it is certain."""
    while world.in_doubt:
        await ask_until_certain(world, world.in_doubt.pop())


def _weighed(world: World, deeds: Sequence[Deed]) -> list[Deed]:
    weights = world.mix.weights
    drawn = [deed for deed in deeds for _ in range(round(10 * weights.get(deed.name, 0.0)))]
    return drawn or [deeds[0]]


async def _client(world: World, deeds: list[Deed]) -> None:
    while not world.is_closing:
        deed = deeds[int(world.dice.random() * len(deeds))]
        try:
            await deed.act(world)
        except DomainError as refusal:
            if refusal.kind is not Kind.UNAVAILABLE:
                world.auditor.blame("R31", f"{deed.name}: {refusal}")
        await Sleep(world.dice.random() * world.mix.seconds_a_step * 4 * world.mix.clients)


async def _worker(world: World, node: Node) -> None:
    task = world.scheduler.current
    assert task is not None
    while True:
        node.running[task] = _nobody_waits
        background = node.shop.retail.background
        await _tried(world, "deliver", partial(_deliver_all, background))
        for name, timer in list(background.timers.items()):
            if name != "sweep" or world.dice.random() < 0.05:
                await _tried(world, name, partial(_round, world, timer))
        node.running.pop(task, None)
        await Sleep(world.rest_seconds)


async def _deliver_all(background: Any) -> None:
    while await background.deliver_next():
        continue


async def _round(world: World, timer: Any) -> None:
    for failure in (await timer()).failed:
        if not failure.rpartition(" ")[2].count("."):
            world.auditor.blame("R47", f"a timer broke: {failure}")


async def _tried(world: World, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    except DomainError as refusal:
        if not refusal.code.startswith("store.") or refusal.code in ("store.broken", "store.taken"):
            world.auditor.blame("R31", f"worker, {name}: {refusal}")


def _nobody_waits() -> None:
    return None


async def _postman(world: World, body: bytes, delays: list[float]) -> None:
    """Again and again until it is acknowledged, as providers do; a process that dies does not stop him."""
    tries = 0
    if delays:
        await Sleep(delays.pop())
    while True:
        status = await _brought(world, body)
        if status == _OK:
            break
        tries += 1
        await Sleep(min(600.0, 2.0**tries))
    _judge_acknowledged(world, json.loads(body))


async def _brought(world: World, body: bytes) -> int:
    node, task = world.some_node(), world.scheduler.current
    assert task is not None
    node.running[task] = _nobody_waits
    try:
        reply = await node.shop.retail.payments.take_notice(TakeNotice(gateway=CODE, headers={}, body=body))
    except DomainError as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            world.auditor.blame("R31", f"a notice was answered {refusal}")
        return 503
    finally:
        node.running.pop(task, None)
    world.auditor.expect(reply.status != 401, "R9", "a genuine notice was refused")
    return reply.status


def _judge_acknowledged(world: World, told: dict[str, Any]) -> None:
    """R10, R15: once the provider's word is acknowledged, its money is on record."""
    if told["refund_ref"] is not None or told["status"] != "succeeded":
        return
    payments = world.auditor.mirror.tables["payments"].values()
    known = next((one for one in payments if one.ref == told["ref"]), None)
    if known is None or known.money.value == "none":
        world.auditor.blame("R10", f"a notice of {told['minor']} was acknowledged, and nothing is on record")
