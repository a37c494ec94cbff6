"""A deed: one thing that somebody does, and how often compared with others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from attrs import frozen

from retail_domain.kernel.actor import Actor
from retail_domain.testing.simulation.book import Promise
from retail_domain.testing.simulation.mix import one_of
from retail_domain.testing.simulation.world import Buyer, World

T = TypeVar("T")
CLERK: Final = Actor.system("the clerk")


@frozen
class Deed:
    """`act` asks the shop for something and judges what it says."""

    name: str
    weight: float
    act: Callable[[World], Awaitable[None]]


def some_buyer(world: World) -> Buyer:
    """Any buyer."""
    return one_of(world.dice, world.buyers)


def some_order(world: World, *statuses: str) -> Promise | None:
    """An order that was, when last heard of, in one of these states; the newer ones more often."""
    known = [world.auditor.book.orders[id] for id in world.orders[-12:]]
    fitting = [one for one in known if not statuses or one.status in statuses]
    return one_of(world.dice, fitting) if fitting else None


def some(world: World, choices: Sequence[T], most: int) -> list[T]:
    """One to so many of these, each once."""
    left, taken = list(choices), list[T]()
    for _ in range(1 + int(world.dice.random() * min(most, len(left)))):
        taken.append(left.pop(int(world.dice.random() * len(left))))
    return taken
