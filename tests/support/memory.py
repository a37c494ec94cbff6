"""A store in memory for tests of one context."""

from __future__ import annotations

from retail_adapters.memory.store import Memory, MemoryTools
from retail_adapters.memory.unit_of_work import MemoryStore
from retail_adapters.serialization import EventCodec
from retail_domain import inventory
from retail_domain.processes.worker.reactions import reactions_to
from retail_domain.testing.clock import SettableClock
from retail_domain.testing.ids import CountingIds


def memory_store(clock: SettableClock | None = None) -> MemoryStore:
    """Empty, with counting ids and a clock that stands still."""
    return MemoryStore(Memory(MemoryTools(clock or SettableClock(), CountingIds(), EventCodec(inventory.EVENTS), reactions_to)))
