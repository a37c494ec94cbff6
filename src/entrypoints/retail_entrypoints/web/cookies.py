"""Cookies of the pages: sealed session tokens, so that a page's token opens no other door, and the reverse (decision 0070)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import timedelta
from hmac import digest
from typing import Final

from attrs import field, frozen
from cryptography.fernet import Fernet, InvalidToken
from litestar.datastructures import Cookie

_VALUE_MAX: Final = 2_000


@frozen
class Seal:
    """Closes what a cookie holds for one purpose; what another purpose or another shop closed does not open."""

    purpose: str
    _secret: bytes = field(repr=False)
    _cipher: Fernet = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        key = urlsafe_b64encode(digest(self._secret, f"retail pages {self.purpose}".encode(), "sha256"))
        object.__setattr__(self, "_cipher", Fernet(key))

    def close(self, text: str) -> str:
        """Text as a cookie's value."""
        return self._cipher.encrypt(text.encode()).decode().rstrip("=")

    def open(self, value: str | None, lasts: timedelta | None = None) -> str | None:
        """What was closed, if it was closed here, for this purpose and not longer ago than it lasts."""
        if value is None or len(value) > _VALUE_MAX:
            return None
        try:
            token = value.encode() + b"=" * (-len(value) % 4)
            return self._cipher.decrypt(token, ttl=int(lasts.total_seconds()) if lasts else None).decode()
        except (InvalidToken, UnicodeError):
            return None


@frozen(kw_only=True)
class Jar:
    """The names of our cookies: over https they are bound to this host, which browsers enforce by the prefix."""

    is_secure: bool

    def name(self, bare: str) -> str:
        """As the browser knows it."""
        return f"__Host-{bare}" if self.is_secure else bare

    def kept(
        self, bare: str, value: str, lasts: timedelta | None = None, *, strict: bool = False, script: bool = False
    ) -> Cookie:
        """A cookie to be set; without a time it lasts as long as the browser runs. `script` lets our modules read it."""
        return Cookie(
            key=self.name(bare),
            value=value,
            path="/",
            max_age=None if lasts is None else int(lasts.total_seconds()),
            secure=self.is_secure,
            httponly=not script,
            samesite="strict" if strict else "lax",
        )

    def dropped(self, bare: str) -> Cookie:
        """It is taken away."""
        return self.kept(bare, "", timedelta(0))


def read_cookies(lines: Iterable[str]) -> Mapping[str, str]:
    """The cookies of a request; of two with one name, the first."""
    found: dict[str, str] = {}
    for line in lines:
        for part in line.split(";"):
            name, is_there, value = part.strip().partition("=")
            if is_there:
                found.setdefault(name, value.strip('"'))
    return found
