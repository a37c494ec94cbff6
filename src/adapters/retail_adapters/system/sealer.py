"""Keyed digests: HMAC-SHA256 with a key derived from the shop's secret (R36)."""

from __future__ import annotations

import hmac
from hashlib import sha256

from attrs import field, frozen


def _derived(secret: bytes) -> bytes:
    return hmac.digest(secret, b"retail accounts", "sha256")


@frozen
class HmacSealer:
    """Seals parts under a key that is not the secret itself; the lengths are sealed too, so no two splits are alike."""

    _key: bytes = field(repr=False, converter=_derived)

    def seal(self, *parts: str) -> bytes:
        """32 bytes for these parts."""
        digest = hmac.new(self._key, digestmod=sha256)
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(4, "big") + raw)
        return digest.digest()
