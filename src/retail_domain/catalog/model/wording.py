"""What may be written about goods: bounded, printable text and addresses of images (CAT-R3, R38, R39)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from retail_domain.kernel.errors import FieldProblem
from retail_domain.kernel.reading import LATER_RULES, LINE, LINES

_HTTPS: Final = re.compile(
    r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&()*+,;=:@%/?-]*)?"
)
_OWN: Final = re.compile(r"/pictures/[0-9a-f]{64}-[0-9]{1,5}\.(webp|jpg)")
"""A picture that was sent to this shop and prepared by it, as it is served."""
IMAGE_LENGTH_MAX: Final = 500


def problem(field: str, rule: str, message: str) -> FieldProblem:
    """One thing wrong with one field."""
    return FieldProblem(field=field, rule=rule, message=message)


def text_problems(field: str, text: str, most: int, *, least: int = 0, lines: bool = False) -> Iterator[FieldProblem]:
    """What is wrong with a text as it is spelled: too short, too long, nothing to see, or characters that do not print."""
    return (LINES if lines else LINE).problems(field, text, most, least)


def kept_flaws(found: Iterable[FieldProblem]) -> Iterator[FieldProblem]:
    """Of what is wrong those things that nobody could ever store: what an earlier release took is still read."""
    return (one for one in found if one.rule not in LATER_RULES)


def image_problems(field: str, address: str) -> Iterator[FieldProblem]:
    """Images are named by https address or by their path in this shop, judged by shape alone and never fetched (R39)."""
    if len(address) > IMAGE_LENGTH_MAX or not (_HTTPS.fullmatch(address) or _OWN.fullmatch(address)):
        yield problem(
            field,
            "https_url",
            "an image is an https:// address of at most 500 characters, or a path /pictures/... of this shop",
        )


def whole_number_problems(field: str, number: int, least: int, most: int) -> Iterator[FieldProblem]:
    """What is wrong with a whole number: not one, or out of its bounds."""
    if type(number) is not int or not least <= number <= most:
        yield problem(field, "out_of_range", f"a whole number from {least} to {most}")
