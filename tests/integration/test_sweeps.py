"""Sweeping beside trade on PostgreSQL: what was begun anew while the sweep waited for it stays (R40, R36)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from retail_adapters.sql.unit_of_work import SqlStore
from retail_domain.kernel.counting import Allowance, Slot
from retail_domain.processes.worker.reactions import reactions_to
from tests.support.stores import Place, Surroundings, open_store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
ONCE = Allowance(most=1, within=timedelta(minutes=5))


async def test_a_counter_begun_anew_while_the_sweep_waits_for_it_still_counts(postgres_url: str) -> None:
    """R36: swept away all the same, a limit would begin from nothing."""
    async with open_store(Place("postgres", postgres_url), Surroundings((), reactions=reactions_to)) as store:
        async with store.begin() as work:
            for key in ("again", "ended"):
                work.counters.save(Slot.opened(key, ONCE, at=NOON))
            await work.commit()
        async with store.begin() as renewing:
            slot = (await renewing.counters.claim(["again"]))["again"]
            sweeping = asyncio.create_task(swept(store))
            await asyncio.sleep(0.3)  # it waits for the row by now
            anew = slot.take(ONCE, at=LATER)
            assert anew is not None and not sweeping.done()
            renewing.counters.save(anew)
            await renewing.commit()

        assert await sweeping == 1
        async with store.begin() as work:
            assert list(await work.counters.claim(["again", "ended"])) == ["again"]


async def swept(store: SqlStore) -> int:
    async with store.begin() as work:
        gone = await work.counters.sweep(LATER, 1_000)
        await work.commit()
    return gone
