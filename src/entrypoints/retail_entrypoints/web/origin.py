"""The origin rule: what decides something must have been sent by a page of ours (R36)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from retail_domain.kernel.errors import DomainError, Kind, refusal
from retail_entrypoints.http.requests import StrictRequest

_LOOKS: Final = ("GET", "HEAD", "OPTIONS")
_OWN: Final = ("same-origin", "none")


@refusal
class ForeignForm(DomainError):
    """This was sent from another site; please start again from the shop's own page."""

    code = "request.foreign_form"
    kind = Kind.FORBIDDEN


def check_origin(request: StrictRequest, public_url: str) -> None:
    """Raises ForeignForm for a deciding request that cannot prove it comes from here.

    Browsers that tell `Sec-Fetch-Site` are believed; of others the Origin, else the Referer must be our own.
    """
    if request.method in _LOOKS:
        return
    site = _header(request, b"sec-fetch-site")
    if site is not None:
        if site not in _OWN:
            raise ForeignForm()
        return
    told = _header(request, b"origin") or _header(request, b"referer")
    if told is None or not _is_ours(told, request, public_url):
        raise ForeignForm()


def _is_ours(address: str, request: StrictRequest, public_url: str) -> bool:
    """By the address the shop is known under, or the one this very request was sent to."""
    try:
        told, ours = urlsplit(address), urlsplit(public_url)
    except ValueError:
        return False
    hosts = {ours.netloc} if ours.scheme == "https" else {ours.netloc, _header(request, b"host") or ours.netloc}
    return told.scheme == ours.scheme and told.netloc in hosts


def _header(request: StrictRequest, name: bytes) -> str | None:
    found = request.lines_of(name)
    return found[0] if found else None


def is_path(text: str) -> bool:
    """Whether it is an address within the shop, safe to be sent on to: no other host by any browser's reading."""
    return (
        text.startswith("/") and not text.startswith(("//", "/\\")) and len(text) <= 500
        and text.isprintable() and "\\" not in text and text.isascii()
    )  # fmt: skip
