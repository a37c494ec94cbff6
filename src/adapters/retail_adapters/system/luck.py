"""Where unguessable things come from: the operating system's randomness (R36)."""

from __future__ import annotations

import secrets

from attrs import frozen


@frozen
class SystemLuck:
    """Digits and tokens from a cryptographic source."""

    def digits(self, count: int) -> str:
        """That many decimal digits, every combination equally likely."""
        return str(secrets.randbelow(10**count)).rjust(count, "0") if count else ""

    def token(self, size_bytes: int) -> str:
        """That many random bytes as URL-safe text without padding."""
        return secrets.token_urlsafe(size_bytes)
