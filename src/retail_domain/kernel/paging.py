"""Lists come in pages with an opaque cursor."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import frozen

T = TypeVar("T", covariant=True)


@frozen
class PageRequest:
    """How many items, and after which cursor (none: from the start)."""

    limit: int = 20
    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.limit <= 100:
            raise ValueError("a page holds 1 to 100 items")


@frozen
class Page(Generic[T]):
    """Some items in order, and the cursor of the next page, or None after the last."""

    items: tuple[T, ...]
    next_cursor: str | None
