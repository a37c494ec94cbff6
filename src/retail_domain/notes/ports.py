"""What notes need from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from retail_domain.kernel.change import Change
from retail_domain.kernel.units import Unit
from retail_domain.notes.model import Notes, ThingSort


class NoteBook(Protocol):
    """Notes, one state a thing (`notes.sort+thing_id`)."""

    async def claim(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Lock those of these things, ascending; things that were never noted on are absent."""
        ...

    async def of(self, sort: ThingSort, ids: Iterable[UUID]) -> Mapping[UUID, Notes]:
        """Those of these things in one statement, unlocked; things that were never noted on are absent."""
        ...

    def save(self, change: Change[Notes]) -> None:
        """Stage a change; two first ones at once: one raises `Taken` at commit."""
        ...


class NotesWork(Unit, Protocol):
    """The unit of work of notes."""

    @property
    def notes(self) -> NoteBook:
        """What programs keep with things."""
        ...
