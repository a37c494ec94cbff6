"""The request log, around every request: its id, its line in the journal, and the headers every answer carries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from os import urandom
from time import perf_counter
from typing import Final, cast

from attrs import define
from litestar.types import HTTPScope, Message, Receive, Send

from retail_entrypoints.http.caller import CALLER, Caller
from retail_entrypoints.http.layers import Layer
from retail_entrypoints.logs import journal, request_id

_GIVEN_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")

_METHOD_MAX: Final = 16

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_NAMES: Final = frozenset(name for name, _ in _HEADERS)


@define
class RequestLog:
    """The outermost layer; it also covers addresses and methods that no route knows."""

    inner: Layer

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Pass the request on, with an id, and write one line when it is answered."""
        scope["query_string"] = spelled_out(scope["query_string"])
        known = _id_of(scope)
        request_id.set(known.decode())
        asked = str(scope["method"])
        answered = OutgoingAnswer(send, known, is_bare=asked == "HEAD")
        if answered.is_bare:
            scope = cast(HTTPScope, {**scope, "method": "GET"})
        started = perf_counter()
        try:
            await self.inner(scope, receive, answered)
        finally:
            _tell(scope, asked, answered.status, perf_counter() - started)


@define
class OutgoingAnswer:
    """Adds the headers to an answer on its way out, and remembers its status; what HEAD asks for goes without its body."""

    send: Send
    id: bytes
    is_bare: bool = False
    status: int = 0

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = message.get("headers", ())
            message["headers"] = [*given, *_beside(given), (b"x-request-id", self.id)]
        elif self.is_bare and message["type"] == "http.response.body":
            message["body"] = b""
        await self.send(message)


def _beside(given: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    names = {name for name, _ in given}
    return _HEADERS if names.isdisjoint(_NAMES) else [header for header in _HEADERS if header[0] not in names]


def spelled_out(query: bytes) -> bytes:
    """Letters a client typed into an address as they are (`?query=龙井`), in the one spelling that readers agree on."""
    if query.isascii():
        return query
    return b"".join(b"%%%02X" % byte if byte > 0x7F else bytes((byte,)) for byte in query)


def _id_of(scope: HTTPScope) -> bytes:
    for name, given in scope["headers"]:
        if name == b"x-request-id":
            return given if _GIVEN_ID.fullmatch(given) else _new_id()
    return _new_id()


def _new_id() -> bytes:
    return urandom(12).hex().encode()


def _tell(scope: HTTPScope, method: str, status: int, seconds: float) -> None:
    caller = scope.get("state", {}).get(CALLER)
    journal.info(
        "request",
        extra={
            "method": method if method.isalpha() and len(method) <= _METHOD_MAX else "?",
            "route": str(scope.get("path_template") or "unmatched"),  # never the path: it holds ids
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "principal": caller.sort if isinstance(caller, Caller) else "anonymous",
        },
    )
