"""How reviews go up, as an operator says it: RETAIL_REVIEWS, and RETAIL_REVIEWS_SILENT_DAYS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen

_WAYS: Final = {"at_once": False, "looked_at": True}
_DAYS_MAX: Final = 365


@frozen(kw_only=True)
class ReviewSetting:
    """Whether a person looks at each review before readers do; after how many days a line nobody spoke of is done with."""

    is_each_looked_at: bool = False
    silent_days: int | None = None


def reviews_setting(environ: Mapping[str, str]) -> Callable[[str], ReviewSetting]:
    """A reader of RETAIL_REVIEWS. It raises ValueError."""

    def parse(text: str) -> ReviewSetting:
        if text not in _WAYS:
            raise ValueError("at_once or looked_at")
        return ReviewSetting(is_each_looked_at=_WAYS[text], silent_days=_days(environ))

    return parse


def _days(environ: Mapping[str, str]) -> int | None:
    told = environ.get("RETAIL_REVIEWS_SILENT_DAYS", "").strip()
    if not told:
        return None
    if not (told.isascii() and told.isdecimal() and len(told) < 4 and 1 <= int(told) <= _DAYS_MAX):
        raise ValueError(f"RETAIL_REVIEWS_SILENT_DAYS is a whole number from 1 to {_DAYS_MAX}")
    return int(told)
