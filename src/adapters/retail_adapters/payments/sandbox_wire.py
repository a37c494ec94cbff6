"""The sandbox provider's protocol without any input or output: sign, verify, read (docs/reference/sandbox-gateway.md)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import field, frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from retail_domain.kernel import reading
from retail_domain.kernel.money import Money
from retail_domain.payments.gateway import (
    MerchantRef,
    PaymentSnapshot,
    PaymentStatus,
    RefundRef,
    RefundSnapshot,
    RefundStatus,
)

SKEW_SECONDS_MAX: Final = 300
_STAMP: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_NONCE: Final = re.compile(r"[0-9A-Za-z_-]{16,64}", re.ASCII)
Document = dict[str, Any]


class NotBelieved(Exception):
    """A signature is missing, malformed, of an unknown key, or wrong."""


class UnreadableNotice(ValueError):
    """What was signed is not what the protocol describes."""


@frozen
class MerchantKey:
    """Who we are to the provider, and the secret under which we sign our calls."""

    merchant: str
    secret: bytes = field(repr=False)

    def sign(self, method: str, target: str, body: bytes, *, stamp: int, nonce: str) -> dict[str, str]:
        """The headers that make exactly these bytes a call of ours."""
        text = f"request\n{method}\n{target}\n{stamp}\n{nonce}\n{self.merchant}\n".encode() + body
        return {
            "sandbox-merchant": self.merchant,
            "sandbox-timestamp": str(stamp),
            "sandbox-nonce": nonce,
            "sandbox-signature": hmac.new(self.secret, text, hashlib.sha256).hexdigest(),
        }


@frozen
class ProviderKeys:
    """The provider's public keys that we trust, by key id; several while it changes them (PAY-F16)."""

    by_id: Mapping[str, Ed25519PublicKey] = field(repr=False)

    @classmethod
    def read(cls, texts: tuple[str, ...]) -> ProviderKeys:
        """From public keys of 32 bytes in base64. Raises ValueError."""
        raws = tuple(base64.b64decode(text, validate=True) for text in texts)
        if not raws or any(len(raw) != 32 for raw in raws):
            raise ValueError("a provider key is 32 bytes in base64")
        return cls({hashlib.sha256(raw).hexdigest()[:16]: Ed25519PublicKey.from_public_bytes(raw) for raw in raws})

    def believe_answer(self, status: int, headers: Mapping[str, str], body: bytes, *, nonce: str) -> None:
        """Return only if this is the provider's answer to the call with this nonce. Raises NotBelieved."""
        stamp = _matching(_STAMP, headers, "sandbox-timestamp")
        self._verify(headers, f"answer\n{status}\n{nonce}\n{stamp}\n".encode() + body)

    def believe_notice(self, headers: Mapping[str, str], body: bytes) -> datetime:
        """When the provider signed this notice; whether that is fresh is the caller's question. Raises NotBelieved."""
        stamp = _matching(_STAMP, headers, "sandbox-timestamp")
        nonce = _matching(_NONCE, headers, "sandbox-nonce")
        self._verify(headers, f"notice\n{stamp}\n{nonce}\n".encode() + body)
        return datetime.fromtimestamp(int(stamp), UTC)

    def _verify(self, headers: Mapping[str, str], text: bytes) -> None:
        key = self.by_id.get(headers.get("sandbox-key", ""))
        if key is None:
            raise NotBelieved("key_unknown")
        try:
            signature = base64.b64decode(headers.get("sandbox-signature", ""), validate=True)
            key.verify(signature, text)
        except (InvalidSignature, ValueError):  # binascii.Error and non-ASCII text are ValueErrors
            raise NotBelieved("signature_invalid") from None


def _matching(pattern: re.Pattern[str], headers: Mapping[str, str], name: str) -> str:
    text = headers.get(name, "")
    if not pattern.fullmatch(text):
        raise NotBelieved("header_invalid")
    return text


# ---- documents -------------------------------------------------------------------------------------------------------


def spell(document: Mapping[str, object]) -> bytes:
    """A document as the bytes that are signed and sent."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_document(body: bytes) -> Document:
    """A JSON object without duplicate members. Raises UnreadableNotice."""
    try:
        document = json.loads(body, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        raise UnreadableNotice("not a JSON object") from None
    if not isinstance(document, dict):
        raise UnreadableNotice("not a JSON object")
    return document


def read_payment(document: Document) -> PaymentSnapshot:
    """A payment as the provider tells it. Raises UnreadableNotice."""
    try:
        return PaymentSnapshot(
            ref=MerchantRef(_text(document, "ref")),
            status=PaymentStatus(_text(document, "status")),
            amount=_money(document["amount"]),
            refunded=_money(document["refunded"]),
            provider_ref=_text(document, "provider_ref"),
            occurred_at=None if document["occurred_at"] is None else _moment(_text(document, "occurred_at")),
        )
    except (KeyError, TypeError, ValueError):
        raise UnreadableNotice("not a payment") from None


def read_refund(document: Document) -> RefundSnapshot:
    """A refund as the provider tells it. Raises UnreadableNotice."""
    try:
        return RefundSnapshot(
            refund_ref=RefundRef(_text(document, "refund_ref")),
            payment_ref=MerchantRef(_text(document, "payment_ref")),
            status=RefundStatus(_text(document, "status")),
            amount=_money(document["amount"]),
            provider_ref=_text(document, "provider_ref"),
        )
    except (KeyError, TypeError, ValueError):
        raise UnreadableNotice("not a refund") from None


def _without_duplicates(members: list[tuple[str, object]]) -> Document:
    document = dict(members)
    if len(document) != len(members):
        raise UnreadableNotice("a member appears twice")
    return document


def _text(document: Document, name: str) -> str:
    return reading.reference(document[name])


def _money(document: Document) -> Money:
    minor, currency = document["minor"], document["currency"]
    if not isinstance(currency, str) or type(minor) is not int or minor < 0:
        raise UnreadableNotice("no amount")
    return Money(minor, currency)


def _moment(text: str) -> datetime:
    return reading.instant(text)


__all__ = (
    "Document",
    "MerchantKey",
    "NotBelieved",
    "ProviderKeys",
    "SKEW_SECONDS_MAX",
    "UnreadableNotice",
    "read_document",
    "read_payment",
    "read_refund",
    "spell",
)
