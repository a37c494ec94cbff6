"""Units of work in memory: each has every collection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import frozen

from retail_adapters.memory.store import Memory
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import Reads, manifests, whole_unit

CONTEXTS: Final = "retail_adapters.memory.contexts"
"""What memory keeps of each context."""

MemoryUnitOfWork: Final[type[MemoryUnit]] = whole_unit("MemoryUnitOfWork", manifests(CONTEXTS))


class MemoryReads(Reads):
    """Query objects over one memory: an attribute a context."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory, CONTEXTS)


@frozen
class MemoryStore:
    """Opens units of work on a memory."""

    memory: Memory

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """`async with store.begin() as work:`; leaving without commit forgets what was staged."""
        yield MemoryUnitOfWork(self.memory)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Any]:
        """A unit that only reads."""
        yield MemoryUnitOfWork(self.memory)
