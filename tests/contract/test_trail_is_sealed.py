"""The trail is sealed by the worker, and whoever changes it afterwards is noticed (R42)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from retail_adapters.assemble import Outside, on_database, on_memory
from retail_adapters.sql.audit import audit
from retail_adapters.sql.database import Database
from retail_adapters.sql.repositories.accounts import BEHIND, trail_row
from retail_domain.accounts import NO_SEAL, NoteStaffAction, StaffAction, TrailRow, digest_over
from retail_domain.application import Retail
from retail_domain.kernel.actor import Actor
from retail_domain.testing.people import NOON
from tests.integration.test_audit import spoil
from tests.support.stores import STORES, HandClock, Place, open_database, place_of

SYSTEM = Actor.system("office")
SPOILT = {
    "a word of a row": "UPDATE {}audit_trail SET object = 'nothing' WHERE object = '7'",
    "who did it": "UPDATE {}audit_trail SET actor_ref = 'somebody else' WHERE object = '7'",
    "a row taken away": "DELETE FROM {}audit_trail WHERE object = '7'",
    "the end of what is sealed": "DELETE FROM {}audit_trail WHERE object IN ('10', '11')",
    "a seal taken away": "DELETE FROM {}trail_seals WHERE number = 1",
    "a seal that is no digest": "UPDATE {}trail_seals SET digest = 'nothing' WHERE number = 1",
    "a seal made anew": "UPDATE {}trail_seals SET digest = '00' WHERE number = 2",
}


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the store lies."""
    return place_of(request)


@frozen
class Office:
    """A shop, and where its tables lie, if they do."""

    retail: Retail
    place: Place
    database: Database | None

    async def findings(self) -> set[str]:
        """The laws that are broken in the end."""
        return {one.law for one in await audit(self.database, at=NOON + timedelta(days=1))} if self.database else set()


@pytest.fixture
async def office(place: Place) -> AsyncIterator[Office]:
    """A shop on an empty store."""
    outside = Outside(clock=HandClock(), gateways={})
    if place.kind == "memory":
        yield Office(on_memory(outside), place, None)
        return
    async with open_database(place) as database:
        yield Office(on_database(database, outside), place, database)


@pytest.fixture
def shop(office: Office) -> Retail:
    """The same, where its tables are of no concern."""
    return office.retail


async def change(office: Office, statement: str) -> None:
    """Do what no use case would."""
    place = Place("same sqlite", office.place.address) if office.place.kind == "sqlite" else office.place
    await spoil(place, statement)


async def do(shop: Retail, *objects: int) -> None:
    for one in objects:
        await shop.accounts.note_staff_action(NoteStaffAction(actor=SYSTEM, action="stock.adjust", object=str(one)))


async def seal(shop: Retail) -> int:
    """One round of the worker's timer."""
    return (await shop.background.timers["seal_trail"]()).done


async def behind(shop: Retail) -> tuple[int, int]:
    """The last seal's number, and how many rows lie behind it."""
    async with shop.begin() as work:
        unit: Any = work
        last, rows = await unit.trail_seals.unsealed(1_000)
    return (last.number if last else 0), len(rows)


async def test_the_worker_seals_what_was_done_and_then_has_nothing_to_do(shop: Retail) -> None:
    """R42"""
    await do(shop, *range(5))
    assert await seal(shop) == 1
    assert await seal(shop) == 0
    await do(shop, 5)
    assert await behind(shop) == (1, 1)
    assert await seal(shop) == 1
    assert await behind(shop) == (2, 0)


async def test_slow_writers_and_rival_workers_leave_nothing_out(office: Office) -> None:
    """R42: whatever is committed late comes under a later seal, not under none."""
    shop, luck, told = office.retail, random.Random(3), 24
    writing = True

    async def write(turn: int) -> None:
        async with shop.begin() as work:
            unit: Any = work
            unit.audit_trail.note(StaffAction(actor=SYSTEM, action="stock.adjust", object=str(turn), at=NOON))
            if hasattr(unit, "flush"):
                await unit.flush()  # in the table, seen by nobody
            await asyncio.sleep(luck.random() / 50)
            await unit.commit()

    async def rival() -> None:
        while writing:
            await seal(shop)
            await asyncio.sleep(0.002)

    rivals = [asyncio.create_task(rival()), asyncio.create_task(rival())]
    await asyncio.gather(*(write(turn) for turn in range(told)))
    writing = False
    await asyncio.gather(*rivals)
    while await seal(shop):
        continue

    assert (await behind(shop))[1] == 0
    assert await office.findings() == set()


@pytest.mark.parametrize("spoilt", SPOILT)
@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
async def test_whatever_is_changed_under_a_seal_is_found(office: Office, spoilt: str) -> None:
    """R42"""
    for portion in (range(6), range(6, 12)):
        await do(office.retail, *portion)
        await seal(office.retail)
    assert await office.findings() == set()

    await change(office, SPOILT[spoilt])

    assert await office.findings() == {"R42"}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_whoever_changes_a_row_and_its_seal_is_found_by_the_next(office: Office) -> None:
    """R42: a seal can be made anew for changed rows, but not so that the seals behind it still fit."""
    for portion in (range(3), range(3, 6)):
        await do(office.retail, *portion)
        await seal(office.retail)
    assert office.database is not None
    await change(office, "UPDATE {}audit_trail SET object = 'nothing' WHERE object = '1'")
    rows = [trail_row(row) for row in await office.database.rows(BEHIND, after=0, most=3)]
    await change(office, f"UPDATE {{}}trail_seals SET digest = '{digest_over(NO_SEAL, rows)}' WHERE number = 1")

    found = await audit(office.database, at=NOON + timedelta(days=1))

    assert [(one.law, one.row["seal"]) for one in found] == [("R42", "2")]


_WORDS = st.text(max_size=8)
_ACTIONS = st.builds(
    StaffAction, actor=st.just(SYSTEM), action=st.text(min_size=1, max_size=8), object=_WORDS, at=st.just(NOON)
)
_ROWS = st.lists(st.builds(TrailRow, st.integers(1, 9), _ACTIONS), min_size=1, max_size=4)


@given(one=_ROWS, other=_ROWS)
def test_only_the_same_rows_have_the_same_digest(one: list[TrailRow], other: list[TrailRow]) -> None:
    """R42: no way of moving letters from word to word or from row to row says the same."""
    assert (digest_over(NO_SEAL, one) == digest_over(NO_SEAL, other)) == (one == other)
