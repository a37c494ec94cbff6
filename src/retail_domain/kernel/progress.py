"""Progress (进度): long work tells how far it has come, between two steps of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

Follow: TypeAlias = Callable[[str, int], Awaitable[None]]
"""Awaited between steps: what is being done, and how many rows of it are done. What it raises ends the work."""

CHECKING: Final = "checking"
STORING: Final = "storing"


async def unheard(_phase: str, _rows: int) -> None:
    """Nobody follows it."""
