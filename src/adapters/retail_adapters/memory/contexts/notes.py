"""Notes in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final
from uuid import UUID

from retail_adapters.memory.store import MemoryCollection
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Manifest, collection
from retail_domain.notes import Notes, NotesWork, ThingSort


class MemoryNotes(MemoryCollection[tuple[ThingSort, UUID], Notes]):
    """What programs keep with things; see the port."""

    table: ClassVar[str] = "notes"
    key_columns: ClassVar[str] = "sort+thing_id"

    def key(self, state: Notes) -> tuple[ThingSort, UUID]:
        """What it is about."""
        return state.sort, state.thing_id

    async def claim(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Rivals make the commit raise `Stale`."""
        return await self.of(sort, ids)

    async def of(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Staged or stored."""
        return {id: found for id in sorted({*ids}) if (found := self.look((sort, id))) is not None}


class Collections(MemoryUnit):
    """What programs keep with things."""

    notes = collection(MemoryNotes)


MANIFEST: Final = Manifest[NotesWork, None](Collections)
