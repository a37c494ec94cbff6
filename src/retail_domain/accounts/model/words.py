"""What people type: names, login names and passwords, cleaned or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from retail_domain.kernel.contact import Phone
from retail_domain.kernel.errors import InvalidInput
from retail_domain.kernel.reading import LINE

_LOGIN: Final = re.compile(r"\w[\w.@-]{2,39}")
_PASSWORD_MIN: Final = 8
_PASSWORD_MAX: Final = 128


def one_line(text: str, least: int, most: int, field: str) -> str:
    """Text in its one spelling. Raises InvalidInput when too short, too long, not one line or nothing to see."""
    told = LINE.spelled(text)
    if any(LINE.flaws(told, len(told))):
        raise InvalidInput.of(field, "text", "one line that can be seen, without control characters")
    if not least <= len(told) <= most:
        raise InvalidInput.of(field, "length", f"{least} to {most} characters")
    return told


def phone_number(text: str, field: str = "phone") -> Phone:
    """A phone number as somebody typed it. Raises InvalidInput."""
    try:
        return Phone.parse(text)
    except ValueError:
        raise InvalidInput.of(field, "phone", "a phone number such as 13800138000 or +8613800138000") from None


def login_name(text: str) -> str:
    """A login name in its one spelling: `Ｌi-Lei ` and `li-lei` are the same. Raises InvalidInput.

    It never looks like a phone number, so nobody can take the number of somebody else as a name.
    """
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _LOGIN.fullmatch(name):
        raise InvalidInput.of("login", "login", "3 to 40 letters, digits and ._-@, beginning with a letter or digit")
    if re.fullmatch(r"[0-9]{6,}", name):
        raise InvalidInput.of("login", "login", "a login name is not a number")
    return name


def spelled_login(text: str) -> str:
    """A login name as far as it can be one; what cannot is left as it is and will simply not be found."""
    return unicodedata.normalize("NFKC", text[:200]).strip().casefold()


def good_password(password: str, login: str, is_common: Callable[[str], bool]) -> str:
    """A password long enough and not among those guessed first (ACC-R9). Raises InvalidInput.

    `is_common` knows the thousands that are.
    """
    if not _PASSWORD_MIN <= len(password) <= _PASSWORD_MAX or "\x00" in password:
        raise InvalidInput.of("password", "length", f"{_PASSWORD_MIN} to {_PASSWORD_MAX} characters")
    if is_common(password) or password.casefold() == login or len(set(password)) < 3:
        raise InvalidInput.of("password", "guessable", "this password is among the first that are guessed")
    return password
