"""Barcodes (条码): numbers that others gave goods, which a scanner reads and staff may name a kind of goods by (CAT-R7)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from retail_domain.catalog.model.wording import problem
from retail_domain.kernel.errors import FieldProblem

BARCODES_MAX: Final = 20
_SHAPE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{2,47}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)
_NUMBERED: Final = frozenset({8, 12, 13, 14})
"""How many digits the numbers of GS1 have: EAN-8, UPC-A, EAN-13 and GTIN-14, whose last digit checks the others."""


def is_trade_number(barcode: str) -> bool:
    """Whether it is as long as a number whose last digit checks the others."""
    return len(barcode) in _NUMBERED and _DIGITS.fullmatch(barcode) is not None


def barcode_key(barcode: str) -> str:
    """What a barcode is known by: scanners write one number with leading noughts or without."""
    return barcode.zfill(14) if is_trade_number(barcode) else barcode


def barcode_problems(field: str, barcodes: Sequence[str]) -> Iterator[FieldProblem]:
    """What is wrong with the barcodes of one kind of goods."""
    if len(barcodes) > BARCODES_MAX:
        yield problem(field, "too_many", f"at most {BARCODES_MAX} barcodes")
    for index, one in enumerate(barcodes[:BARCODES_MAX]):
        if not _SHAPE.fullmatch(one):
            yield problem(f"{field}[{index}]", "barcode", "3 to 48 of 0-9, A-Z, a-z and ._/-, a digit or letter first")
        elif is_trade_number(one) and check_digit(one[:-1]) != one[-1]:
            yield problem(f"{field}[{index}]", "check_digit", f"the last digit of {one} would be {check_digit(one[:-1])}")
    if any(count > 1 for count in Counter(map(barcode_key, barcodes)).values()):
        yield problem(field, "unique", "a barcode is named once")


def check_digit(digits: str) -> str:
    """The digit behind these: from the right they count three times and once by turns, and all add up to tens."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
