"""Units of work: the transaction a use case runs in (GEN-R17, GEN-R18)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias, TypeVar

W = TypeVar("W")

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[W]]
"""Opens a unit of work: `async with begin() as work:`. Leaving it without `await work.commit()` rolls back."""
