"""The headers of every page: what it may load, and who may keep it."""

from __future__ import annotations

from typing import Final

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)
PRIVATE: Final = "private, no-cache"
"""Somebody's own; the browser may show it when they go back."""
NEVER: Final = "no-store"
"""Paying, contacts and the console: not even a browser keeps these."""

OFFLINE: Final = "Retail-Offline"
"""Says that a page tells nothing of whoever asked for it: it may be shown again where there is no network."""


def headers(keeping: str, *, forms: str = "") -> dict[str, str]:
    """Of a page; `forms` is one more origin that its forms may be sent to, such as a payment provider's."""
    return {
        "Content-Security-Policy": _POLICY.format(forms=f" {forms}" if forms else ""),
        "Referrer-Policy": "same-origin",
        "Cache-Control": keeping,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
        "Vary": "Cookie, Accept-Language",
    }
