"""Lists come in pages with an opaque cursor."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from attrs import frozen

from retail_domain.kernel.checked import Between, checked

T = TypeVar("T", covariant=True)


@frozen
@checked
class PageRequest:
    """How many items, and after which cursor (none: from the start)."""

    limit: Annotated[int, Between(1, 100)] = 20
    cursor: str | None = None


@frozen
class Page(Generic[T]):
    """Some items in order, and the cursor of the next page, or None after the last."""

    items: tuple[T, ...]
    next_cursor: str | None
