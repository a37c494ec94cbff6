"""Changes of settings in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from retail_adapters.memory.store import Memory, MemoryCollection
from retail_domain.settings import SettingsChange, Timetable


class MemorySettingsBook(MemoryCollection[int, SettingsChange]):
    """See the port."""

    table: ClassVar[str] = "settings_changes"
    key_columns: ClassVar[str] = "number"
    unique: ClassVar[Mapping[str, Any]] = {"settings_changes.takes_back": lambda one: one.takes_back}

    def key(self, state: SettingsChange) -> int:
        """Its number."""
        return state.number

    async def timetable(self) -> Timetable:
        """As committed."""
        return timetable_of(self._session.memory)


def timetable_of(memory: Memory) -> Timetable:
    """What is committed."""
    changes = memory.table(MemorySettingsBook.table)
    return Timetable(tuple(changes[number] for number in sorted(changes)))
