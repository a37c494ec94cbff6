"""What staff type: sums of money and numbers of units, as the shop counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.money import MINOR_MAX, Money

_AMOUNT: Final = re.compile(r"[¥$€£]?\s*(\d{1,12})(?:[.．](\d{1,2}))?")
_COUNT: Final = re.compile(r"\d{1,7}")
_SIGNED: Final = re.compile(r"([+＋\-−－]?)\s*(\d{1,7})")


def minor_typed(text: str, field: str) -> int:
    """A sum as somebody types it, in cents: `88`, `88.5`, `¥88.50`. Raises InvalidInput."""
    found = _AMOUNT.fullmatch(text.strip())
    if not text.strip():
        raise InvalidInput.of(field, "required", "please type an amount")
    minor = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None
    if minor is None or minor > MINOR_MAX:
        raise InvalidInput.of(field, "format", "an amount such as 88.50")
    return minor


def amount_for_typing(money: Money) -> str:
    """A sum as it stands in a field: `88.50`."""
    return f"{money.minor // 100}.{money.minor % 100:02d}"


def count_typed(text: str, field: str) -> int:
    """A number of units. Raises InvalidInput."""
    if not text.strip():
        raise InvalidInput.of(field, "required", "please type a number")
    if not _COUNT.fullmatch(text.strip()):
        raise InvalidInput.of(field, "type", "a whole number is expected")
    return int(text)


def change_typed(text: str, field: str) -> int:
    """How many units more, or with a minus fewer. Raises InvalidInput."""
    found = _SIGNED.fullmatch(text.strip())
    if not text.strip():
        raise InvalidInput.of(field, "required", "please type a number")
    if not found:
        raise InvalidInput.of(field, "type", "a whole number is expected, such as -3")
    return int(found[2]) * (-1 if found[1] in ("-", "−", "－") else 1)


def counts_typed(fields: Mapping[str, object], prefix: str, keys: Iterable[int]) -> Mapping[int, int]:
    """The numbers in fields called `prefix` and a key; an empty one is none. Raises InvalidInput."""
    typed = {key: str(fields.get(f"{prefix}{key}", "")) for key in keys}
    return {key: count_typed(text, f"{prefix}{key}") for key, text in typed.items() if text.strip()}
