"""Answers kept under an idempotency key, sealed: they may hold a token or an address (R17, R41, R40)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import field, frozen

from retail_domain.kernel.errors import Unavailable
from retail_domain.kernel.once import Once

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

DEVELOPMENT_SECRET: Final = b"retail development secret: not for production"
_NONCE_BYTES: Final = 12


def _derived(secret: bytes) -> bytes:
    return hmac.digest(secret, b"retail answers", "sha256")


@frozen
class KeptKey:
    """A key as it is kept: who used it, for what, and which, without telling any of them but the operation."""

    principal: str
    operation: str
    key: str


@frozen
class SealedAnswers:
    """Keyed digests instead of keys and requests, and answers that only the same request opens again.

    The key of the cipher is made of the shop's secret *and* of what the client sends (its key and its request), which
    is stored nowhere. So neither the database alone nor the database together with the secret tells an answer.
    """

    _secret: bytes = field(default=DEVELOPMENT_SECRET, repr=False, converter=_derived)

    def kept_key(self, once: Once) -> KeptKey:
        """Where the answer lies."""
        key = self._digest("key", once.principal, once.operation, once.key)
        return KeptKey(self._digest("principal", once.principal).hex(), once.operation, key.hex())

    def kept_fingerprint(self, once: Once) -> str:
        """What tells another request under the same key apart; a request may hold a password, so it depends on the key too."""
        return self._digest("request", *_words(once)).hex()

    def close(self, once: Once, answer: Any) -> Mapping[str, str]:
        """An answer as it is kept."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = msgspec.json.encode(answer)
        return {"sealed": b64encode(nonce + self._cipher(once).encrypt(nonce, plain, None)).decode()}

    def open(self, once: Once, kept: Mapping[str, str]) -> Any:
        """What was closed for the same request, as a document. Raises InvalidTag for one that somebody changed."""
        raw = b64decode(kept["sealed"])
        return msgspec.json.decode(self._cipher(once).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None))

    def _cipher(self, once: Once) -> ChaCha20Poly1305:
        # Imported when first needed: a shop that is never sent a key does not need the library.
        try:
            from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        except ImportError:
            raise Unavailable(reason="cryptography is not installed") from None
        return ChaCha20Poly1305(self._digest("answer", *_words(once)))

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, b"".join(map(_told, parts)), "sha256")


def _told(part: str) -> bytes:
    """A part that nothing before or after it can be taken for."""
    raw = part.encode("utf-8", "surrogatepass")
    return len(raw).to_bytes(4, "big") + raw


def _words(once: Once) -> tuple[str, str, str, str]:
    return once.principal, once.operation, once.key, once.fingerprint
