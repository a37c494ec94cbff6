"""Numbered points: an adapter author can stop a use case at each thing it asks of the world (F1, R16)."""

from __future__ import annotations

from typing import NoReturn

import pytest
from attrs import define

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization import EventCodec
from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.system.ids import UuidSevenIds
from retail_domain.inventory import OpenLocation
from retail_domain.inventory.use_cases import open_location
from retail_domain.kernel.actor import Actor
from retail_domain.kernel.frames import deciding
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.means import means_of
from retail_domain.testing.points import Points, numbered, numbered_units


class PowerCut(BaseException):
    """Not an error anybody would catch."""


def power_cut(_name: str) -> NoReturn:
    raise PowerCut


@define
class Printer:
    """A port of somebody's own."""

    code: str = "laser"
    pages: int = 0

    async def print(self, page: str) -> str:
        self.pages += 1
        return page.upper()


async def test_a_port_has_a_point_before_and_after_each_call_and_is_otherwise_itself() -> None:
    """F1."""
    points = Points()
    printer = numbered(Printer(), points, "printer")

    assert (await printer.print("receipt"), printer.code) == ("RECEIPT", "laser")
    assert points.passed == ["before printer.print", "after printer.print"]


@pytest.mark.parametrize(("chosen", "pages"), [(1, 0), (2, 1)])
async def test_a_call_cut_before_has_no_effect_and_one_cut_after_has_it_though_nobody_learns(chosen: int, pages: int) -> None:
    """F5: the two sides of an outcome that is unknown."""
    laser = Printer()

    with pytest.raises(PowerCut):
        await numbered(laser, Points(chosen, power_cut), "printer").print("receipt")

    assert laser.pages == pages


async def test_a_unit_of_work_cut_at_any_point_but_the_last_stores_nothing() -> None:
    """R16: wholly or not at all, whichever point it is."""
    points = Points()
    await opened(MemoryStore(a_memory()), points)
    assert points.passed[-2:] == ["before commit", "after commit"] and len(points.passed) >= 6

    for number in range(1, len(points.passed) + 1):
        store = MemoryStore(a_memory())
        with pytest.raises(PowerCut):
            await opened(store, Points(number, power_cut))

        async with store.begin() as work:
            assert bool(await work.locations.all()) == (number == len(points.passed))


async def opened(store: MemoryStore, points: Points) -> None:
    means = means_of(ids=store.memory.tools.ids)
    open_one = deciding(numbered_units(store.begin, points), open_location, means)
    await open_one(OpenLocation(code="SH", name="Shanghai", actor=Actor.system("test")))


def a_memory() -> Memory:
    return Memory(MemoryTools(SettableClock(), UuidSevenIds(), EventCodec(EVERY_EVENT), reactions_to))
