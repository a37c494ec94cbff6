"""What takes two people, as an operator says it: RETAIL_TWO_PEOPLE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from retail_domain.kernel.second_person import MATTERS

_MOST: Final = 10**12


def two_people(text: str) -> Mapping[str, int]:
    """`refund:50000,write_off:20`: a matter, and above which size it takes two. Raises ValueError."""
    found: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        matter, _, limit = part.partition(":")
        if matter not in MATTERS or matter in found:
            raise ValueError(f"each of {', '.join(MATTERS)} once at most, such as refund:50000")
        if not (limit.isascii() and limit.isdigit() and int(limit) <= _MOST):
            raise ValueError("a limit is a whole number from 0")
        found[matter] = int(limit)
    return found
