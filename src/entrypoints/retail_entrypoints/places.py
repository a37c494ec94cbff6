"""Places: where a request is served, and where it stands while it only waits for something dear (ACC-R7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final, Protocol

from retail_adapters.system.turns import Portions as Portions, Turns as Turns


class Place(Protocol):
    """What a request that is being served holds."""

    def leave(self) -> None:
        """Let somebody else have it."""
        ...

    async def take_again(self) -> None:
        """Have it back, before all who wait for one."""
        ...


PLACE: Final[ContextVar[Place | None]] = ContextVar("place", default=None)
"""The place of the request that is being served, if the door gave it one."""


@asynccontextmanager
async def aside() -> AsyncIterator[None]:
    """Wait for something without keeping anybody from being served; what is raised meanwhile is answered from outside."""
    place = PLACE.get()
    if place is None:
        yield
        return
    place.leave()
    yield
    await place.take_again()
