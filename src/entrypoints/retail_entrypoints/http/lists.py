"""Lists: `{"items": [...], "next_cursor": "..." | null}` with `?limit=1..100&cursor=`."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.paging import Page, PageRequest
from retail_entrypoints.http.shapes import Answer

V = TypeVar("V")
S = TypeVar("S")


class PageShape(Answer, Generic[S], frozen=True):
    """Some items in order, and the cursor of the next page, or null after the last."""

    items: list[S]
    next_cursor: str | None


def listing(page: Page[V], shape: Callable[[V], S]) -> PageShape[S]:
    """A page of views as a body."""
    return PageShape([shape(view) for view in page.items], page.next_cursor)


def part_of(views: Sequence[V], page: PageRequest, shape: Callable[[V], S]) -> PageShape[S]:
    """A page of a list that is short and read as a whole. Raises InvalidInput for a cursor that no such list gave out."""
    start = _place(page.cursor)
    end = start + page.limit
    return PageShape([shape(view) for view in views[start:end]], f"after-{end}" if end < len(views) else None)


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    _, _, digits = cursor.partition("after-")
    if cursor != f"after-{digits}" or not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise InvalidInput.of("cursor", "cursor", "this is not a cursor of this list")
    return int(digits)
