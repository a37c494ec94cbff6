"""A worker's rounds: what takes long holds up nothing else (R28, PIC-R4)."""

from __future__ import annotations

import asyncio
from typing import Any

from retail_adapters.assemble import on_memory
from retail_domain.processes.worker.background import Background
from retail_domain.processes.worker.due import Round
from retail_entrypoints.worker import Worker


async def test_a_timer_that_takes_long_holds_up_neither_deliveries_nor_the_other_timers() -> None:
    """PIC-R4: while somebody's picture is being decoded, orders are closed and money is sent back."""
    begun, may_end = asyncio.Event(), asyncio.Event()
    rounds: list[str] = []

    async def prepares() -> Round:
        begun.set()
        await may_end.wait()
        return Round(due=0, done=0)

    async def closes() -> Round:
        rounds.append("close")
        return Round(due=0, done=0)

    async def delivers() -> bool:
        rounds.append("deliver")
        return False

    unused: Any = None
    background = Background(
        deliver_next=delivers, timers={"prepare": prepares, "close": closes}, takes_long=frozenset({"prepare"}),
        replay_parked=unused, outbox=unused,
    )  # fmt: skip
    worker = Worker(background, rest_seconds=0.001)
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await begun.wait()
        seen = len(rounds)
        while rounds[seen:].count("close") < 3 or rounds[seen:].count("deliver") < 3:
            await asyncio.sleep(0.001)

    worker.stop()
    await asyncio.sleep(0.01)
    assert not working.done(), "what is under way is finished"
    may_end.set()
    async with asyncio.timeout(10):
        await working


async def test_the_shops_pictures_messages_and_jobs_take_long() -> None:
    """PIC-R4, MSG-R8"""
    assert on_memory().background.takes_long == {"look_after_pictures", "send_messages", "do_jobs"}
