"""The examination every store of notes passes; a subclass brings the fixture `begin` of an empty store."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import pytest
from attrs import evolve

from retail_domain.kernel.actor import Actor
from retail_domain.kernel.errors import Stale, Taken
from retail_domain.kernel.units import Begin
from retail_domain.notes import Notes, NotesWork, ThingSort
from retail_domain.testing.goods import NOON

_ERP: Final = Actor.machine("erp")
_ONE, _TWO = UUID(int=1), UUID(int=2)


async def _kept(begin: Begin[NotesWork], values: dict[str, Any], thing: UUID = _ONE, sort: ThingSort = ThingSort.SKU) -> None:
    async with begin() as work:
        known = (await work.notes.claim(sort, [thing])).get(thing) or Notes(sort=sort, thing_id=thing)
        work.notes.save(known.changed(values, actor=_ERP, at=NOON))
        await work.commit()


@pytest.mark.asyncio
class NotesContract:
    """What every store of notes promises."""

    async def test_notes_come_back_to_the_letter(self, begin: Begin[NotesWork]) -> None:
        """NTE-R1: numbers keep their kind, and text its letters."""
        values = {"erp.a": 1.0, "erp.b": 1, "erp.c": 1e300, "erp.d": '茶 \u2028 "', "erp.e": [True, {"z": 1, "a": []}]}
        await _kept(begin, values)
        async with begin() as work:
            found = (await work.notes.of(ThingSort.SKU, [_ONE, _TWO]))[_ONE]

        assert (found.values, found.version) == (values, 1)
        assert [type(found.values[key]) for key in ("erp.a", "erp.b", "erp.c")] == [float, int, float]

    async def test_sorts_and_things_are_kept_apart(self, begin: Begin[NotesWork]) -> None:
        """NTE-R3: an order and a member may have one id."""
        await _kept(begin, {"a.a": 1}, sort=ThingSort.ORDER)
        await _kept(begin, {"a.a": 2}, sort=ThingSort.MEMBER)
        await _kept(begin, {"a.a": 3}, _TWO, sort=ThingSort.MEMBER)
        async with begin() as work:
            orders = await work.notes.of(ThingSort.ORDER, [_TWO, _ONE])
            members = await work.notes.claim(ThingSort.MEMBER, [_TWO, _ONE])

        assert {id: one.values for id, one in orders.items()} == {_ONE: {"a.a": 1}}
        assert [(id, one.values) for id, one in members.items()] == [(_ONE, {"a.a": 2}), (_TWO, {"a.a": 3})]

    async def test_of_two_first_notes_one_is_told_and_an_older_state_never_overwrites(self, begin: Begin[NotesWork]) -> None:
        """NTE-R2: so that whoever is told goes on from what was stored."""
        first = Notes(sort=ThingSort.SKU, thing_id=_ONE)
        await _kept(begin, {"erp.a": 1})
        with pytest.raises(Taken):
            await self._save(begin, first, {"crm.a": 1})
        stored = evolve(first.changed({"erp.a": 1}, actor=_ERP, at=NOON).state, version=1)
        await self._save(begin, stored, {"erp.b": 2})
        with pytest.raises(Stale):
            await self._save(begin, stored, {"crm.a": 1})
        async with begin() as work:
            assert (await work.notes.of(ThingSort.SKU, [_ONE]))[_ONE].values == {"erp.a": 1, "erp.b": 2}

    async def test_what_is_staged_is_seen_and_lost_without_a_commit(self, begin: Begin[NotesWork]) -> None:
        """GEN-R7"""
        async with begin() as work:
            change = Notes(sort=ThingSort.SKU, thing_id=_ONE).changed({"a.a": 1}, actor=_ERP, at=NOON)
            work.notes.save(change)
            assert (await work.notes.of(ThingSort.SKU, [_ONE]))[_ONE] == change.state
        async with begin() as work:
            assert await work.notes.of(ThingSort.SKU, [_ONE]) == {}

    async def _save(self, begin: Begin[NotesWork], state: Notes, values: dict[str, Any]) -> None:
        async with begin() as work:
            work.notes.save(state.changed(values, actor=_ERP, at=NOON))
            await work.commit()
