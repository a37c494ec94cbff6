"""Requests read strictly: content type, size, UTF-8, depth, duplicate keys, exact types (R34, R37)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from litestar import Request
from litestar.exceptions import InternalServerException

from retail_entrypoints.http import bodies
from retail_entrypoints.http.refusals import Malformed, NotJson

_TREE: Final = "retail_tree"


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is taken only when it means exactly one thing and fits the handler's body type."""

    __slots__ = ()

    async def json(self) -> Any:
        """The body as the type the handler declares; None for an empty body where the handler allows it."""
        declared = self.route_handler.parsed_data_field
        if declared is None:
            return await self.tree()
        is_absent = declared.is_optional and not await self.body()
        return None if is_absent else bodies.read(await self.tree(), declared.annotation)

    async def body(self) -> bytes:
        """The raw body; a caller who hung up half-way is no failure of ours."""
        try:
            return await super().body()
        except InternalServerException:
            raise Malformed.because("", "body", "the body stopped before its end") from None

    async def tree(self) -> Any:
        """The body as plain values, checked."""
        if _TREE not in self.scope["state"]:
            self.scope["state"][_TREE] = tree_of(await self.body(), self.headers)
        return self.scope["state"][_TREE]

    @property
    def needs_words(self) -> bool:
        """Whether the call cannot be made without a body."""
        declared = self.route_handler.parsed_data_field
        return declared is not None and not declared.is_optional

    async def fingerprint(self) -> str:
        """A digest of method, path and body in canonical spelling: spaces and the order of fields do not matter (R17)."""
        has_body = self.route_handler.parsed_data_field is not None and await self.body()
        return fingerprint_of(self.method, self.url.path, await self.tree() if has_body else {})


def tree_of(raw: bytes, headers: Mapping[str, str]) -> Any:
    """A body as plain values, checked. Raises Malformed, NotJson."""
    if not raw:
        raise Malformed.because("", "json", "a JSON body is expected")
    if headers.get("content-encoding", "identity") != "identity":
        raise NotJson()
    bodies.check_content_type(headers.get("content-type", ""))
    return bodies.read_tree(raw)


def fingerprint_of(method: str, path: str, told: Any) -> str:
    """A digest of method, path and body in canonical spelling."""
    words = json.dumps(told, sort_keys=True, separators=(",", ":")) if told else ""
    return hashlib.sha256(f"{method}\n{path}\n{words}".encode()).hexdigest()
