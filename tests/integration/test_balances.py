"""Balances are carried forward while others book: nobody waits, and no entry is passed over (R6, decision 0031)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_adapters.sql.queries.payments import SqlPaymentQueries
from retail_domain.kernel.frames import deciding, looking
from retail_domain.processes.worker.bookkeeping import CarryBalances, carry_forward, uncarried
from retail_domain.processes.worker.due import Round
from retail_domain.testing.means import means_of
from tests.support.stores import Place, Surroundings, open_store

_BOOK = """
INSERT INTO retail.ledger_entries (reference, order_id, account, amount_minor, currency, at)
SELECT $1, $2, account, minor, 'CNY', now() FROM (VALUES ('counter', $3::bigint), ('sales', -$3::bigint)) AS e (account, minor)
"""
_ORDER = UUID(int=7)


def carrying(store: Any) -> CarryBalances:
    """The timer, for which one entry is enough."""
    carry = deciding(store.begin, carry_forward, means_of())
    return CarryBalances(look=looking(store.look, uncarried), carry=carry, after=1)


async def _held(show: SqlPaymentQueries) -> Mapping[str, int]:
    return {one.account: one.balance.minor for one in await show.balances()}


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_an_entry_that_is_committed_late_is_not_passed_over_and_its_writer_does_not_wait(
    kind: str, postgres_url: str
) -> None:
    """R6: positions are given out before they are committed; balances are carried only when all below are certain."""
    slow, quick = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
    async with open_store(Place(kind, postgres_url), Surroundings(EVERY_EVENT)) as store:
        show = SqlPaymentQueries(store.database)
        carry = carrying(store)
        slowly = slow.transaction()
        await slowly.start()
        await slow.execute(_BOOK, "payment:a/1", _ORDER, 100)
        await quick.execute(_BOOK, "payment:b/1", _ORDER, 20)

        assert await asyncio.wait_for(carry(), 20) == Round(due=1, done=0)
        assert await _held(show) == {"counter": 20, "sales": -20}
        await slowly.commit()
        assert await carry() == Round(due=1, done=1)

        assert await _held(show) == {"counter": 120, "sales": -120}
        await quick.execute(_BOOK, "payment:c/1", _ORDER, 3)
        assert await _held(show) == {"counter": 123, "sales": -123}
        assert (await carry()).done == 1 and (await carry()) == Round(due=0, done=0)
        assert await _held(show) == {"counter": 123, "sales": -123}
        found = await audit(store.database, at=store.tools.clock.now())
        assert "R6-carried" not in {one.law for one in found}
    await slow.close()
    await quick.close()


async def test_two_workers_who_carry_at_once_carry_once(postgres_url: str) -> None:
    """R28, R31: whoever comes second leaves it for the next round."""
    quick = await asyncpg.connect(postgres_url)
    at = Place("postgres", postgres_url), Surroundings(EVERY_EVENT)
    async with open_store(*at) as one, open_store(*at) as other:
        workers = [carrying(store) for store in (one, other)]
        for number in range(12):
            await quick.execute(_BOOK, f"payment:{number}/1", _ORDER, 10)

            rounds = await asyncio.gather(*(carry() for carry in workers))

            assert sum(told.done for told in rounds) <= 1
            assert await _held(SqlPaymentQueries(one.database)) == {"counter": 10 * (number + 1), "sales": -10 * (number + 1)}
    await quick.close()
