"""Passwords that are tried first: the kept list of zxcvbn (MIT), thirty thousand, and the ways they are dressed up (ACC-R9)."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from retail_domain.kernel.errors import Unavailable

_OF_OUR_MARKET: Final = frozenset(
    "woaini1314 woaini520 woaini521 woaini123 woaini1314520 5201314a 1314520a a5201314 woaiwojia wodemima nihao123 "
    "66668888 88886666 qq123456 wang123456 zhang123 li123456 liu123456 chen1234 admin888 administrator".split()
)
"""What the list of the west does not hold."""
_LEET: Final = str.maketrans("0134578@$!", "oleastbasi")
_TAIL_MAX: Final = 6
_BASE_MIN: Final = 5


def is_common(password: str) -> bool:
    """Whether it, its plain letters, or what is left without a short tail (`Football2026!`) is among those tried first."""
    plain = unicodedata.normalize("NFKC", password).casefold().strip()
    base = plain.rstrip("0123456789!?.@#$%^&*_- ")
    words = [plain, base] if len(base) >= _BASE_MIN and len(plain) - len(base) <= _TAIL_MAX else [plain]
    return any(word in _known() or word.translate(_LEET) in _known() for word in words)


@cache
def _known() -> frozenset[str]:
    # Loaded with the first new password: it takes a moment, and a shop that never hears one does not need the library.
    try:
        from zxcvbn.frequency_lists import FREQUENCY_LISTS
    except ImportError:
        raise Unavailable(reason="zxcvbn is not installed") from None
    return _OF_OUR_MARKET.union(FREQUENCY_LISTS["passwords"])
