"""Books are closed while somebody is writing entries: the closing waits, and none of them is passed over (PAY-R20, R13)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from retail_adapters.serialization.events import EVERY_EVENT
from retail_adapters.sql.audit import audit
from retail_domain.testing.contracts.books import Bookkeeper, told_of
from tests.support.stores import Place, Surroundings, open_store

_BOOK: Final = """
INSERT INTO retail.ledger_entries (reference, order_id, account, amount_minor, currency, at)
SELECT $1, $2, account, minor, 'CNY', $4 FROM (VALUES ('counter', $3::bigint), ('sales', -$3::bigint)) AS e (account, minor)
"""
_ORDER: Final = UUID(int=7)
_LATE: Final = datetime(2026, 5, 31, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["postgres", "sqlalchemy"])
async def test_what_is_being_written_is_waited_for_and_closed_with_its_day(kind: str, postgres_url: str) -> None:
    """PAY-R20: and who comes while the closing waits is served after it, on the first open day; nobody is refused."""
    slow, quick = await asyncpg.connect(postgres_url), await asyncpg.connect(postgres_url)
    async with open_store(Place(kind, postgres_url), Surroundings(EVERY_EVENT)) as store:
        keeper = Bookkeeper(store.begin)
        slowly = slow.transaction()
        await slowly.start()
        await slow.execute(_BOOK, "payment:a/1", _ORDER, 100, _LATE)

        closing = asyncio.create_task(keeper.close(date(2026, 5, 31)))
        while not await quick.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not closing.done(), "the closing waited for nobody"
            await asyncio.sleep(0.01)
        after = asyncio.create_task(quick.execute(_BOOK, "payment:b/1", _ORDER, 20, _LATE))
        await asyncio.sleep(0.05)
        assert not closing.done() and not after.done()
        await slowly.commit()
        await asyncio.wait_for(after, 20)
        closed = await asyncio.wait_for(closing, 20)

        assert closed.entries == 2
        assert told_of(await keeper.days()) == [
            (date(2026, 5, 31), 0, 100, 0, 100), (date(2026, 6, 1), 100, 20, 0, 120),
        ]  # fmt: skip
        found = {one.law for one in await audit(store.database, at=store.tools.clock.now())}
        assert not found & {"PAY-R19", "PAY-R20", "R6"}
    await slow.close()
    await quick.close()
