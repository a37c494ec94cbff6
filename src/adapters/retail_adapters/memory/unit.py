"""What every unit of work in memory is, whatever it keeps."""

from __future__ import annotations

from retail_adapters.memory.counting import MemoryCounters
from retail_adapters.memory.store import Memory, MemoryAnswers, MemorySession
from retail_adapters.system.units import StoreUnit, collection


class MemoryUnit(StoreUnit[MemorySession]):
    """Collections over one memory, answers and counters among them; others see nothing before `commit`."""

    answers = collection(MemoryAnswers)
    counters = collection(MemoryCounters)

    def __init__(self, memory: Memory, session: MemorySession | None = None) -> None:
        self._session = session or MemorySession(memory)

    async def commit(self) -> None:
        """Check and apply everything staged."""
        self._session.commit()

    async def flush(self) -> None:
        """Nothing to do: what is staged stays in memory either way."""
