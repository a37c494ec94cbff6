"""Lists: `{"items": [...], "next_cursor": "..." | null}` with `?limit=1..100&cursor=`."""

from collections.abc import Callable
from typing import Generic, TypeVar

from retail_domain.kernel.paging import Page
from retail_entrypoints.http.shapes import Answer

V = TypeVar("V")
S = TypeVar("S")


class Listing(Answer, Generic[S], frozen=True):
    """Some items in order, and the cursor of the next page, or null after the last."""

    items: list[S]
    next_cursor: str | None


def listing(page: Page[V], shape: Callable[[V], S]) -> Listing[S]:
    """A page of views as a body."""
    return Listing([shape(view) for view in page.items], page.next_cursor)
