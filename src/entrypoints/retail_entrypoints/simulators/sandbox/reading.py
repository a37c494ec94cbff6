"""How the simulated provider reads what a merchant asks: strictly, with a code for each refusal."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from retail_entrypoints.simulators.sandbox.clock import parse_time
from retail_entrypoints.simulators.sandbox.records import Payment, Refund

Document = dict[str, Any]
_REF: Final = re.compile(r"[0-9A-Za-z]{8,32}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_FLOWS: Final = ("desktop_page", "mobile_web", "desktop_qr")
_MINOR_MAX: Final = 10**12


class Refused(Exception):
    """A call that is understood and not carried out."""

    def __init__(self, status: int, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.document: Document = {"code": code, **more}


def spelled(document: Mapping[str, object]) -> str:
    """JSON in one spelling."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def written(moment: datetime) -> str:
    """An instant as the protocol writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def read_payment(asked: Mapping[str, object]) -> Payment:
    """What a create call asks for. Raises Refused."""
    minor, currency = _amount(asked.get("amount"))
    flow = _text(asked, "flow", 32)
    if flow not in _FLOWS:
        raise Refused(422, "flow_unknown")
    return_url = None if asked.get("return_url") is None else _address(_text(asked, "return_url", 2000))
    notify_url = _address(_text(asked, "notify_url", 2000))
    if urlsplit(notify_url).query:
        raise Refused(422, "notify_url_invalid")
    return Payment(
        ref=_ref(asked, "ref"),
        provider_ref=f"pay{secrets.token_hex(10)}",
        asked=spelled(asked),
        minor=minor,
        currency=currency,
        flow=flow,
        description=_text(asked, "description", 200),
        expires_at=_moment(_text(asked, "expires_at", 40)),
        notify_url=notify_url,
        return_url=return_url,
    )


def read_refund(payment: Payment, asked: Mapping[str, object], result: str) -> Refund:
    """What a refund call asks for of this payment. Raises Refused."""
    minor, currency = _amount(asked.get("amount"))
    total = _amount(asked.get("total"))
    if total != (payment.minor, payment.currency):
        raise Refused(422, "total_mismatch")
    if currency != payment.currency:
        raise Refused(422, "currency_mismatch")
    _text(asked, "reason", 200)
    return Refund(
        ref=_ref(asked, "refund_ref"),
        payment_ref=payment.ref,
        provider_ref=f"ref{secrets.token_hex(10)}",
        minor=minor,
        currency=currency,
        status=result,
    )


def _ref(asked: Mapping[str, object], name: str) -> str:
    ref = asked.get(name)
    if not isinstance(ref, str) or not _REF.fullmatch(ref):
        raise Refused(422, f"{name}_invalid")
    return ref


def _text(asked: Mapping[str, object], name: str, characters_max: int) -> str:
    text = asked.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= characters_max or not text.isprintable():
        raise Refused(422, f"{name}_invalid")
    return text


def _amount(asked: object) -> tuple[int, str]:
    minor, currency = (asked.get("minor"), asked.get("currency")) if isinstance(asked, dict) else (None, None)
    if type(minor) is not int or not 0 < minor <= _MINOR_MAX or not isinstance(currency, str):
        raise Refused(422, "amount_invalid")
    if not _CURRENCY.fullmatch(currency):
        raise Refused(422, "amount_invalid")
    return minor, currency


def _moment(text: str) -> str:
    try:
        return written(parse_time(text))
    except ValueError:
        raise Refused(422, "expires_at_invalid") from None


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        good = False
    if not good or not text.isascii() or any(sign <= " " for sign in text):
        raise Refused(422, "address_invalid")
    return text
