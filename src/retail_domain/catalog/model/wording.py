"""What may be written about goods: bounded, printable text and https image addresses (CAT-R3, R38, R39)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from retail_domain.kernel.errors import FieldProblem

_HTTPS: Final = re.compile(
    r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&()*+,;=:@%/?-]*)?"
)
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
IMAGE_LENGTH_MAX: Final = 500


def problem(field: str, rule: str, message: str) -> FieldProblem:
    """One thing wrong with one field."""
    return FieldProblem(field=field, rule=rule, message=message)


def text_problems(field: str, text: str, most: int, *, least: int = 0, lines: bool = False) -> Iterator[FieldProblem]:
    """What is wrong with a text: too short, too long, or holding characters that do not print."""
    if len(text.strip()) < least:
        yield problem(field, "required", "must not be empty")
    if len(text) > most:
        yield problem(field, "too_long", f"at most {most} characters")
    if not is_printable(text, lines=lines):
        yield problem(field, "unprintable", "control characters are not allowed")


def is_printable(text: str, *, lines: bool = False) -> bool:
    """Whether a text can be stored and shown anywhere: no control characters and no half of a surrogate pair."""
    kept = text.replace("\n", "") if lines else text
    return not any(unicodedata.category(character) in _UNPRINTABLE for character in kept)


def image_problems(field: str, address: str) -> Iterator[FieldProblem]:
    """Images are named by https address, judged by shape alone and never fetched by the shop (R39)."""
    if len(address) > IMAGE_LENGTH_MAX or not _HTTPS.fullmatch(address):
        yield problem(field, "https_url", "an image is an https:// address of at most 500 characters")


def whole_number_problems(field: str, number: int, least: int, most: int) -> Iterator[FieldProblem]:
    """What is wrong with a whole number: not one, or out of its bounds."""
    if type(number) is not int or not least <= number <= most:
        yield problem(field, "out_of_range", f"a whole number from {least} to {most}")
