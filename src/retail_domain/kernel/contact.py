"""How to reach a person: phone numbers in one spelling, masked for everyone else (R36, R40)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import frozen

from retail_domain.kernel.checked import checked
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.reading import CODE

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_MAINLAND: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
# No number of the mainland, but near enough to one for a carrier to guess which: a 0 or 86 too many, digits too many or few.
_MISSPELT: Final = re.compile(r"\+86(?:0|86|1[3-9](?![0-9]{9}$))[0-9]*")
_NOISE: Final = str.maketrans("", "", " -()./\t\u2014")


@frozen
@checked
class Phone:
    """A phone number in E.164 form, `+8613800138000`: one spelling, so limits cannot be bypassed by formatting."""

    e164: str

    def __attrs_post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise InvalidInput.of("e164", "format", "a phone number is written +<country><number>, 7 to 15 digits")

    @classmethod
    def parse(cls, text: str) -> Phone:
        """Read what a person typed or pasted; a bare mainland mobile number gets +86, and 00 is +. Raises ValueError.

        What a carrier might read as another number's second spelling is no number, so limits count each number once (R36);
        what each country writes before its numbers at home is left to `SpellPhone`.
        """
        bare = CODE.spelled(text).translate(_NOISE)
        if bare.startswith("00"):
            bare = f"+{bare[2:]}"
        mainland = _MAINLAND.fullmatch(bare)
        if mainland is None and _MISSPELT.fullmatch(bare):
            raise ValueError("a mainland mobile number has eleven digits after +86")
        return cls(f"+86{mainland.group(1)}" if mainland else bare)

    @property
    def masked(self) -> str:
        """For eyes that may not see it: `+86138****8000` style, the last two digits at most."""
        return f"{self.e164[:-8]}******{self.e164[-2:]}" if len(self.e164) > 10 else "******"

    def __repr__(self) -> str:
        return f"Phone({self.masked})"  # so that no log, trace or error ever shows it

    def __str__(self) -> str:
        return self.masked


SpellPhone: TypeAlias = Callable[[Phone], Phone]
"""Answers a number in the one spelling that its country gives it: `+49 0171 ...` is `+49 171 ...`. Raises InvalidInput."""
