"""Units of work: the transaction a use case runs in (GEN-R17, GEN-R18)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias, TypeVar

from retail_domain.kernel.once import Answers

W = TypeVar("W")

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[W]]
"""Opens a unit of work: `async with begin() as work:`. Leaving it without `await work.commit()` rolls back."""


class Unit(Protocol):
    """What every unit of work has, beside the collections that a use case asks for."""

    @property
    def answers(self) -> Answers:
        """What commands answered before."""
        ...

    async def commit(self) -> None:
        """Store everything staged, or nothing."""
        ...
