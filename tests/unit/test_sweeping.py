"""The hourly sweep (R40, R29)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from retail_adapters.serialization import EventCodec
from retail_adapters.sql.migrations import upgrade
from retail_adapters.sql.session import SqlTools
from retail_adapters.sql.sqlite import SqliteDatabase
from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.kernel.frames import deciding
from retail_domain.kernel.once import Once
from retail_domain.processes.worker.sweeping import ForgetAnswers, HourlySweep, forget_answers
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds
from retail_domain.testing.means import means_of


async def test_it_sweeps_at_once_and_then_every_hour() -> None:
    clock, swept = SettableClock(), list[datetime]()

    async def sweep() -> None:
        swept.append(clock.now())

    timer = HourlySweep(clock=clock, sweeps=(sweep,))
    for _ in range(5):
        assert (await timer()).done == 0
        clock.advance(minutes=20)

    assert len(swept) == 2


async def test_a_clock_that_was_set_back_does_not_stop_it() -> None:
    """R29"""
    clock, swept = SettableClock(), list[datetime]()

    async def sweep() -> None:
        swept.append(clock.now())

    timer = HourlySweep(clock=clock, sweeps=(sweep,))
    await timer()
    clock.advance(hours=-24)
    await timer()

    assert len(swept) == 2


async def test_an_answer_is_kept_for_two_days_and_then_forgotten(tmp_path: Path) -> None:
    """R17: retention is at least a day."""
    upgrade(f"sqlite:///{tmp_path / 'shop.db'}")
    clock = SettableClock()
    database = SqliteDatabase(str(tmp_path / "shop.db"))
    store = SqlStore(database, SqlTools(clock, CountingIds(), EventCodec(()), lambda _: ()))
    once = Once(principal="member", operation="place", key="k", fingerprint="f")
    forget = deciding(store.begin, forget_answers, means_of(clock))
    async with store.begin() as work:
        work.answers.remember(once, "told")
        await work.commit()

    clock.advance(hours=47)
    kept = await forget(ForgetAnswers())
    clock.advance(hours=2)
    gone = await forget(ForgetAnswers())

    assert (kept, gone) == (0, 1)
    async with store.begin() as work:
        assert await work.answers.recall(once, str) is None
    await database.close()
