"""Units of work in memory: each has every collection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import frozen

from retail_adapters.memory.store import Memory
from retail_adapters.memory.unit import MemoryUnit
from retail_adapters.system.units import manifests, whole_unit

MemoryUnitOfWork: Final[type[MemoryUnit]] = whole_unit("MemoryUnitOfWork", manifests("retail_adapters.memory.contexts"))


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
