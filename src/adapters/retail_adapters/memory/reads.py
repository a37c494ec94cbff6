"""The read side in memory: one query object a context."""

from __future__ import annotations

from attrs import frozen

from retail_adapters.memory.store import Memory


@frozen(slots=False)
class MemoryReads:
    """Query objects over one memory."""

    memory: Memory
