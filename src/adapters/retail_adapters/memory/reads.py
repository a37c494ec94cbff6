"""The read side in memory: one query object a context."""

from __future__ import annotations

from retail_adapters.memory.store import Memory
from retail_adapters.system.units import Reads


class MemoryReads(Reads):
    """Query objects over one memory."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory, "retail_adapters.memory.contexts")
