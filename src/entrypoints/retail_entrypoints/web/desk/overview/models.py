"""What the overview shows: what waits for somebody."""

from __future__ import annotations

from typing import Any, Final

from attrs import frozen

from retail_domain.kernel.paging import Page

MANY: Final = 100
"""What waits is counted up to here: beyond, it is many, and the list tells more than a number."""


@frozen(kw_only=True)
class Waiting:
    """Something that waits, and the list of it."""

    name: str
    path: str
    count: int
    is_more: bool
    is_late: bool
    """Whether it stands there because something went wrong."""

    @classmethod
    def of(cls, name: str, path: str, page: Page[Any], *, is_late: bool = False) -> Waiting:
        """From the first page of its list."""
        count = len(page.items)
        return cls(
            name=name, path=path, count=count, is_more=page.next_cursor is not None, is_late=is_late and count > 0,
        )  # fmt: skip
