"""Requests read once and strictly: content type, size, UTF-8, depth, duplicate keys, exact types (R34, R37)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, Final

from litestar import Request
from litestar.types import Receive, Scope, Send

from retail_domain.kernel.once import Witness
from retail_entrypoints.http import bodies
from retail_entrypoints.http.caller import NOBODY
from retail_entrypoints.http.refusals import Malformed, NotJson, TooLarge

_NAMES: Final = (
    "authorization", "x-cart-token", "idempotency-key", "content-type", "content-encoding", "content-length",
)  # fmt: skip
READ: Final = {name.encode(): name for name in _NAMES}
"""The headers that the door itself reads; a request that brings one of them twice is refused."""

_INTEGER_DIGITS_MAX: Final = 18
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is taken only when it means exactly one thing and fits the handler's body type."""

    __slots__ = ("_raw", "_tree", "caller", "given", "witness", "words")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.given: Mapping[str, str] = first_of_each(scope["headers"])
        """The headers of `READ` that were sent."""
        self.caller = NOBODY
        """Who sent it, once that has been found out."""
        self.words: Mapping[str, str] = {}
        """The query parameters, once they have been checked."""
        self.witness = Witness()
        """Hears whether the answer is one that was given before."""
        self._raw: bytes | None = None
        self._tree: Any = None

    def lines_of(self, name: bytes) -> list[str]:
        """Every line of a header, in the order they came."""
        return [line.decode("latin-1") for given, line in self.scope["headers"] if given == name]

    async def body(self) -> bytes:
        """The raw body, whole. Raises TooLarge; Malformed for a caller who hung up half-way: that is no failure of ours."""
        if self._raw is None:
            self._raw = await self._read(self.route_handler.resolve_request_max_body_size() or inf)
        return self._raw

    async def _read(self, bytes_max: float) -> bytes:
        if _announced(self.given.get("content-length", "0")) > bytes_max:
            raise TooLarge()
        parts: list[bytes] = []
        size, is_complete = 0, False
        while not is_complete:
            message = await self.receive()
            if message["type"] != "http.request":
                raise Malformed.because("", "body", "the body stopped before its end")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > bytes_max:
                raise TooLarge()
            is_complete = not message.get("more_body")
        return b"".join(parts)

    async def read_as(self, wanted: Any, *, may_be_absent: bool) -> Any:
        """The body as the type that is wanted; None for an empty one that may be. Raises Malformed, NotJson, InvalidInput."""
        raw = await self.body()
        if may_be_absent and not raw:
            return None
        self._tree = tree_of(raw, self.given)
        return bodies.read(self._tree, wanted)

    def checked_query(self, known: Mapping[str, bool]) -> Mapping[str, str]:
        """The query parameters by name. Refuses unknown and repeated ones, NUL, and numbers in unusual spellings (R37)."""
        given = self.query_params.dict()
        for name, values in given.items():
            if name not in known:
                raise Malformed.because(name[:64], "unknown", "this parameter is not known here")
            if len(values) > 1:
                raise Malformed.because(name, "repeated", "this parameter may be given once")
            if "\x00" in values[0] or "\ufffd" in values[0]:
                raise Malformed.because(name, "text", "text may not hold NUL or broken UTF-8")
            if known[name] and not is_plain_integer(values[0]):
                raise Malformed.because(name, "type", "a whole number is expected")
        return {name: values[0] for name, values in given.items()}

    @property
    def needs_words(self) -> bool:
        """Whether the call cannot be made without a body."""
        declared = self.route_handler.parsed_data_field
        return declared is not None and not declared.is_optional

    def fingerprint(self) -> str:
        """A digest of method, path and body in canonical spelling: spaces and the order of fields do not matter (R17)."""
        words = _CANONICAL.encode(self._tree) if self._tree else ""
        path = self.scope.get("root_path", "") + self.scope["path"]
        return hashlib.sha256(f"{self.method}\n{path}\n{words}".encode()).hexdigest()


def is_plain_integer(text: str) -> bool:
    """Whether it is a whole number as machines spell it, not longer than any that is meant here."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= _INTEGER_DIGITS_MAX


def first_of_each(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """The headers that are read here; of one that is sent twice, the first."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name in READ:
            found.setdefault(READ[name], value.decode("latin-1"))
    return found


def _announced(length: str) -> int:
    try:
        return int(length)
    except ValueError:
        raise Malformed() from None


def tree_of(raw: bytes, headers: Mapping[str, str]) -> Any:
    """A body as plain values, checked. Raises Malformed, NotJson."""
    if not raw:
        raise Malformed.because("", "json", "a JSON body is expected")
    if headers.get("content-encoding", "identity") != "identity":
        raise NotJson()
    bodies.check_content_type(headers.get("content-type", ""))
    return bodies.read_tree(raw)
