"""Luck that repeats itself: the same seed gives the same codes and tokens."""

from __future__ import annotations

import base64
from hashlib import blake2b

from attrs import define


@define
class SeededLuck:
    """Digits and tokens that look random and are not; never for a real shop."""

    seed: int = 0
    drawn: int = 0

    def digits(self, count: int) -> str:
        """That many decimal digits."""
        return str(int.from_bytes(self._bytes(count + 8)) % 10**count).rjust(count, "0") if count else ""

    def token(self, size_bytes: int) -> str:
        """That many bytes as URL-safe text without padding."""
        return base64.urlsafe_b64encode(self._bytes(size_bytes)).decode().rstrip("=")

    def _bytes(self, count: int) -> bytes:
        drawn = b""
        while len(drawn) < count:
            self.drawn += 1
            drawn += blake2b(b"%d:%d" % (self.seed, self.drawn)).digest()
        return drawn[:count]
