"""The hourly sweep (R40, R29)."""

from __future__ import annotations

from retail_domain.accounts import Sweep
from retail_domain.processes.sweeping import HourlySweep
from retail_domain.testing.clock import SettableClock


async def test_it_sweeps_at_once_and_then_every_hour() -> None:
    clock, swept = SettableClock(), list[Sweep]()

    async def sweep(command: Sweep) -> None:
        swept.append(command)

    timer = HourlySweep(clock=clock, sweep=sweep)
    for _ in range(5):
        assert (await timer()).done == 0
        clock.advance(minutes=20)

    assert len(swept) == 2


async def test_a_clock_that_was_set_back_does_not_stop_it() -> None:
    """R29"""
    clock, swept = SettableClock(), list[Sweep]()

    async def sweep(command: Sweep) -> None:
        swept.append(command)

    timer = HourlySweep(clock=clock, sweep=sweep)
    await timer()
    clock.advance(hours=-24)
    await timer()

    assert len(swept) == 2
