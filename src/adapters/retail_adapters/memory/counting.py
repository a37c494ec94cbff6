"""Counters in memory: of every context (ACC-R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from retail_adapters.memory.store import MemoryCollection
from retail_domain.kernel.counting import Slot


class MemoryCounters(MemoryCollection[str, Slot]):
    """Counters; see the port."""

    table: ClassVar[str] = "send_slots"
    key_columns: ClassVar[str] = "key"

    def key(self, state: Slot) -> str:
        """What is counted."""
        return state.key

    async def claim(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """These counters, ascending."""
        found = ((key, self.look(key)) for key in sorted(set(keys)))
        return {key: slot for key, slot in found if slot is not None}

    async def read(self, keys: Iterable[str]) -> Mapping[str, Slot]:
        """The same: nobody waits here."""
        return await self.claim(keys)

    async def sweep(self, before: datetime, limit: int) -> int:
        """The oldest first."""
        return self.drop_first([(one.ends_at, one.key) for one in self.every() if one.ends_at < before], limit)
