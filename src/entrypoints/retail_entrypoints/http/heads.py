"""The head of a request, judged before anything else and alike whichever server speaks HTTP for us (R37)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from typing import Final

from attrs import define
from litestar.types import HTTPScope, Receive, Send

from retail_domain.kernel.errors import DomainError
from retail_entrypoints.http.layers import Layer
from retail_entrypoints.http.problems import hanging_up, plain_answer
from retail_entrypoints.http.refusals import HeadTooLarge, Malformed
from retail_entrypoints.http.requests import READ

HEAD_BYTES_MAX: Final = 16 * 1024
"""The request line and all headers together."""
HEADERS_MAX: Final = 100

_ONCE: Final = frozenset(READ) | {b"host", b"transfer-encoding"}
_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]{0,255}")


@define
class HeadCheck:
    """A layer that answers for the door what no use of HTTP needs; the connection ends with the answer."""

    inner: Layer

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Pass a request with a sound head on."""
        flaw = flaw_of(scope)
        if flaw is None:
            await self.inner(scope, receive, send)
            return
        start, body = plain_answer(flaw)
        await send(hanging_up(start))
        await send(copy(body))


def flaw_of(scope: HTTPScope) -> DomainError | None:
    """What is wrong with a head: too large, a header that is read given twice, no or an odd Host, two lengths of one body."""
    headers = scope["headers"]
    size, seen = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]), set[bytes]()
    host = b""
    for name, value in headers:
        size += len(name) + len(value) + 4
        if name in _ONCE:
            if name in seen:
                return Malformed.because(name.decode(), "repeated", "this header may be given once")
            seen.add(name)
            if name == b"host":
                host = value
    if size > HEAD_BYTES_MAX or _more_than(headers, HEADERS_MAX):
        return HeadTooLarge()
    if not host and scope["http_version"] != "1.0":  # granian tells of an empty one where none was sent
        return Malformed.because("host", "required", "a request names the host that it is for")
    if not _HOST.fullmatch(host):
        return Malformed.because("host", "format", "this is no name of a host")
    if b"transfer-encoding" in seen and b"content-length" in seen:
        return Malformed.because("content-length", "ambiguous", "a body has a length or an encoding for its transfer, not both")
    return None


def _more_than(headers: Iterable[tuple[bytes, bytes]], most: int) -> bool:
    return len(headers if isinstance(headers, list | tuple) else list(headers)) > most
