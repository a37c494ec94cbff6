"""The examination every store of the trail passes: it is read as it was written, and sealed row by row (R42)."""

from __future__ import annotations

from typing import Any

import pytest

from retail_domain.accounts import (
    AccountsQueries,
    StaffAction,
    TrailSeal,
)
from retail_domain.kernel.errors import Taken
from retail_domain.kernel.paging import PageRequest
from retail_domain.kernel.units import Begin
from retail_domain.testing.contracts.accounts import SYSTEM, Opens
from retail_domain.testing.people import (
    NOON,
)


@pytest.mark.asyncio
class TrailContract:
    """What every store of the trail promises."""

    async def test_the_trail_tells_what_staff_did_newest_first(self, begin: Opens, show: AccountsQueries) -> None:
        """R35"""
        for number in range(3):
            async with begin() as work:
                noted = StaffAction(actor=SYSTEM, action="stock.adjust", object=str(number), at=NOON)
                work.audit_trail.note(noted)
                await work.commit()

        first = await show.trail(PageRequest(2))
        second = await show.trail(PageRequest(2, first.next_cursor))

        assert [view.object for view in (*first.items, *second.items)] == ["2", "1", "0"]
        assert first.items[0].actor_kind == "system" and second.next_cursor is None

    async def test_the_trail_is_sealed_in_portions_one_behind_the_other(self, begin: Opens, show: AccountsQueries) -> None:
        """R42: nothing is left out, nothing comes under two seals, and each seal knows the one before."""
        await note(begin, *"abcde")
        assert (await show.trail_seal()).unsealed == 5
        seals = [await sealed(begin, 3), await sealed(begin, 3)]
        async with begin() as work:
            assert not await work.trail_seals.has_unsealed()

        await note(begin, "f")
        async with begin() as work:
            assert await work.trail_seals.has_unsealed()
            last, rows = await work.trail_seals.unsealed(10)

        assert [(seal.number, seal.rows) for seal in seals] == [(1, 3), (2, 2)]
        assert last is not None and (last.number, last.digest) == (2, seals[1].digest)
        assert [row.action.object for row in rows] == ["f"]
        assert rows[0].position > seals[1].until > seals[0].until
        shown = await show.trail_seal()
        assert await show.is_sealed(shown.number, shown.digest)
        assert not await show.is_sealed(shown.number, "0" * len(shown.digest))
        assert not await show.is_sealed(shown.number + 1, shown.digest)
        assert (shown.number, shown.digest, shown.unsealed) == (2, seals[1].digest, 1)

    async def test_of_two_who_seal_the_same_one_comes_first(self, begin: Opens) -> None:
        """R42"""
        await note(begin, "a")
        async with begin() as early:
            last, rows = await early.trail_seals.unsealed(10)
        await sealed(begin, 10)
        async with begin() as late:
            late.trail_seals.save(TrailSeal.over(last, rows, at=NOON))
            with pytest.raises(Taken):
                await late.commit()


async def note(begin: Begin[Any], *objects: str) -> None:
    """A row of the trail each."""
    async with begin() as work:
        for one in objects:
            work.audit_trail.note(StaffAction(actor=SYSTEM, action="stock.adjust", object=one, at=NOON))
        await work.commit()


async def sealed(begin: Begin[Any], most: int) -> TrailSeal:
    """The next seal, over so many rows at most."""
    async with begin() as work:
        last, rows = await work.trail_seals.unsealed(most)
        seal = TrailSeal.over(last, rows, at=NOON)
        work.trail_seals.save(seal)
        await work.commit()
    return seal.state
