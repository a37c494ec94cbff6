"""Words of reviews in the one spelling in which they are judged and searched: what a list blocks is what a search finds."""

from __future__ import annotations

import unicodedata
from typing import Final

SOUGHT_MAX: Final = 8
"""So many words of a search count."""


def spelled(text: str) -> str:
    """Wide letters, small letters and blanks make no other word of one."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def sought(text: str) -> tuple[str, ...]:
    """What somebody looks for, word by word: each must stand somewhere in what a review says."""
    words = dict.fromkeys(map(spelled, text.split()))
    return tuple(word for word in words if word)[:SOUGHT_MAX]
