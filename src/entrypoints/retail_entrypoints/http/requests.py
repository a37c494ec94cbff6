"""Requests read strictly: content type, size, UTF-8, depth, duplicate keys, exact types (guarantees 5.3)."""

from __future__ import annotations

import hashlib
import json
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
            raw = await self.body()
            if not raw:
                raise Malformed.because("", "json", "a JSON body is expected")
            if self.headers.get("content-encoding", "identity") != "identity":
                raise NotJson()
            bodies.check_content_type(self.headers.get("content-type", ""))
            self.scope["state"][_TREE] = bodies.read_tree(raw)
        return self.scope["state"][_TREE]

    @property
    def needs_words(self) -> bool:
        """Whether the call cannot be made without a body."""
        declared = self.route_handler.parsed_data_field
        return declared is not None and not declared.is_optional

    async def fingerprint(self) -> str:
        """A digest of method, path and body in canonical spelling: spaces and the order of fields do not matter (R17)."""
        has_body = self.route_handler.parsed_data_field is not None and await self.body()
        told = await self.tree() if has_body else {}
        words = json.dumps(told, sort_keys=True, separators=(",", ":")) if told else ""
        return hashlib.sha256(f"{self.method}\n{self.url.path}\n{words}".encode()).hexdigest()
