"""Who signed what: the simulator's own reading of docs/reference/sandbox-gateway.md.

It shares no code with the shop, so that one misreading of the protocol cannot pass on both sides (DOR-R5).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SKEW_SECONDS_MAX: Final = 300
_SECONDS: Final = re.compile(rb"[0-9]{1,11}")
_NONCE: Final = re.compile(rb"[0-9A-Za-z_-]{16,64}")


class Unsigned(Exception):
    """A call that is not believed; the message is its code."""


@frozen(kw_only=True)
class Call:
    """What of a call is signed, as it came over the wire."""

    method: str
    target: bytes
    """The path with its query, percent-encoding untouched."""
    headers: Mapping[bytes, bytes] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def nonce(self) -> str:
        """The nonce to which the answer is bound; `-` when the call brought none that is well formed."""
        nonce = self.headers.get(b"sandbox-nonce", b"")
        return nonce.decode("ascii") if _NONCE.fullmatch(nonce) else "-"


@frozen
class Merchant:
    """The one shop that may call, and the secret it shares with us."""

    id: str
    secret: bytes = field(repr=False)

    def believe(self, call: Call, *, now_seconds: float) -> str:
        """The nonce of a genuine and fresh call, which the caller sees to being used once. Raises Unsigned."""
        merchant, stamp = call.headers.get(b"sandbox-merchant", b""), call.headers.get(b"sandbox-timestamp", b"")
        if merchant != self.id.encode():
            raise Unsigned("unknown_merchant")
        if not _SECONDS.fullmatch(stamp) or call.nonce == "-":
            raise Unsigned("signature_invalid")
        head = b"\n".join((b"request", call.method.encode(), call.target, stamp, call.nonce.encode(), merchant, b""))
        expected = hmac.new(self.secret, head + call.body, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(expected, call.headers.get(b"sandbox-signature", b"")):
            raise Unsigned("signature_invalid")
        if abs(now_seconds - int(stamp)) > SKEW_SECONDS_MAX:
            raise Unsigned("clock_skew")
        return call.nonce


class Seal:
    """Our own key, under which every answer and every notice goes out."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(self.public_key).hexdigest()[:16]

    def of_answer(self, status: int, nonce: str, stamp: int, body: bytes) -> dict[str, str]:
        """The headers that make an answer to one call genuine."""
        return self._headers(f"answer\n{status}\n{nonce}\n{stamp}\n".encode() + body, nonce, stamp)

    def of_notice(self, nonce: str, stamp: int, body: bytes) -> dict[str, str]:
        """The headers that make one delivery of a notice genuine."""
        return self._headers(f"notice\n{stamp}\n{nonce}\n".encode() + body, nonce, stamp)

    def _headers(self, text: bytes, nonce: str, stamp: int) -> dict[str, str]:
        return {
            "sandbox-key": self.key_id,
            "sandbox-timestamp": str(stamp),
            "sandbox-nonce": nonce,
            "sandbox-signature": base64.b64encode(self._key.sign(text)).decode(),
        }


def spoiled(headers: dict[str, str]) -> dict[str, str]:
    """The same headers with a signature that does not hold."""
    signature = bytearray(base64.b64decode(headers["sandbox-signature"]))
    signature[0] ^= 1
    return {**headers, "sandbox-signature": base64.b64encode(signature).decode()}
