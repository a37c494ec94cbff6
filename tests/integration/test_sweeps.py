"""Sweeping beside trade on PostgreSQL: what was begun anew while the sweep waited for it stays (R40, R36)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from attrs import define, field
from sqlalchemy import Column, Delete, LargeBinary, Table, func, select

from retail_adapters.assemble import Outside, on_database
from retail_adapters.sql.audit import audit
from retail_adapters.sql.statement import Statement
from retail_adapters.sql.tables.growth import SWEPT
from retail_adapters.sql.tables.outbox import events
from retail_adapters.sql.tables.webhooks import webhooks
from retail_adapters.sql.tables.whole import metadata
from retail_adapters.sql.types import Choice, Doc, Flag, Id, Instant, Whole
from retail_adapters.sql.unit_of_work import SqlStore
from retail_adapters.sql.writes import insert_into
from retail_domain.accounts.model.challenge import ChallengeStatus
from retail_domain.jobs.model import JobState
from retail_domain.kernel.counting import Allowance, Slot
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing.clock import SettableClock
from retail_domain.webhooks import TellingState
from tests.support.stores import Place, Surroundings, open_database, open_store

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


# ---------------------------------------------------------------------------------------- every table that has an end

ENDED: Final = NOON - timedelta(days=400)
MANY: Final = 2_100
PORTION: Final = 1_000
WITH_ANOTHER: Final = frozenset({"job_papers", "message_occasions", "message_sendings"})
"""These go in the portion of the job or the message that they belong to."""
SWEPT_TABLES: Final = tuple(
    table for table in metadata.sorted_tables if table.info["grows"].goes == SWEPT and table.name not in WITH_ANOTHER
)
BESIDE: Final[Mapping[str, Mapping[str, Callable[[int], Any]]]] = {
    "challenges": {"status": lambda _: ChallengeStatus.SOLVED, "tries": lambda _: 0},
    "quotes": {"expires_at": lambda _: ENDED + timedelta(minutes=15)},
    "carts": {"token_hash": lambda number: f"token {number}"},
    "jobs": {"state": lambda _: JobState.DONE, "ended_at": lambda _: ENDED},
    "deliveries": {"event_id": lambda number: UUID(int=number), "done_at": lambda _: ENDED},
    "webhook_tellings": {
        "webhook_id": lambda _: UUID(int=1),
        "number": lambda number: number,
        "state": lambda _: TellingState.DELIVERED,
        "ended_at": lambda _: ENDED,
    },
}
"""What no value of its type alone makes a row of: it is over, and its rules hold."""


def over(table: Table, number: int) -> Mapping[str, Any]:
    """A row that ended long ago; each has values of its own."""
    made = {column.name: _value(column, number) for column in table.columns if column.identity is None}
    return made | {name: value(number) for name, value in BESIDE.get(table.name, {}).items()}


def _value(column: Column[Any], number: int) -> Any:
    if column.nullable:
        return None
    match column.type:
        case Choice() as choice:
            return next(iter(choice.kind))
        case Id():
            return UUID(int=number)
        case Instant():
            return ENDED
        case Whole():
            return 1
        case Flag():
            return False
        case Doc():
            return {}
        case LargeBinary():
            return number.to_bytes(8, "big")
        case _:
            return f"{column.name} {number}"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("table", SWEPT_TABLES, ids=lambda table: table.name)
async def test_whatever_has_an_end_goes_in_portions_each_a_unit(
    table: Table, kind: str, request: pytest.FixtureRequest
) -> None:
    """R40: no row that ended stays, and none of them all went with one statement, which others would have waited for."""
    place = Place(kind, str(request.getfixturevalue("sqlite_path" if kind == "sqlite" else "postgres_url")))
    async with open_database(place) as database:
        whole, late = Counting(database), Outside(clock=SettableClock(NOON))
        sweep = on_database(whole, late).background.timers["sweep"]
        if table.name == "deliveries":
            await _write(database, insert_into(events), [over(events, number) for number in range(1, MANY + 1)])
        if table.name == "webhook_tellings":
            await _write(database, insert_into(webhooks), [over(webhooks, 1)])
        await _write(database, insert_into(table), [over(table, number) for number in range(1, MANY + 1)])

        await sweep()

        left = await database.rows(Statement("left", select(func.count().label("n")).select_from(table)))
        findings = await audit(database, at=NOON)
    assert left[0]["n"] == 0
    assert sum(whole.gone) >= MANY and max(whole.gone) <= PORTION
    assert [finding.law for finding in findings if finding.law.startswith("R25")] == []


async def _write(database: Any, write: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    async with database.begin() as transaction:
        await transaction.write([(write, rows)])
        await transaction.commit()


@define
class Counting:
    """A database that notes how many rows each deleting statement took."""

    inner: Any
    gone: list[int] = field(factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @asynccontextmanager
    async def begin(self, **options: Any) -> AsyncIterator[Any]:
        """A transaction that notes it."""
        async with self.inner.begin(**options) as transaction:
            yield CountingTransaction(transaction, self.gone)

    async def rows(self, statement: Any, **values: Any) -> Any:
        """One reading statement."""
        return await self.inner.rows(statement, **values)


@define
class CountingTransaction:
    """Passes everything on."""

    inner: Any
    gone: list[int]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def changed(self, statement: Statement, **values: Any) -> int:
        """Counted, where it deletes."""
        changed: int = await self.inner.changed(statement, **values)
        if isinstance(statement.clause, Delete):
            self.gone.append(changed)
        return changed

    async def write(self, writes: Any) -> Any:
        """Counted, where it deletes."""
        changed = await self.inner.write(writes)
        self.gone += [many for (write, _), many in zip(writes, changed, strict=True) if write.kind == "delete"]
        return changed
