"""The little HTTP the simulated provider needs: requests in, replies out, and two ways of not answering."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from retail_entrypoints.simulators.sandbox.reading import Refused, spelled

BODY_BYTES_MAX: Final = 65_536
SILENCE_SECONDS_MAX: Final = 120.0

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@frozen(kw_only=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    target: bytes
    headers: Mapping[bytes, bytes]
    body: bytes = field(repr=False)

    def document(self) -> dict[str, object]:
        """The body as a JSON object; an empty body is an empty object. Raises Refused."""
        try:
            document = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "body_invalid") from None
        if not isinstance(document, dict):
            raise Refused(400, "body_invalid")
        return document


@frozen(kw_only=True)
class Reply:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(factory=lambda: {"content-type": "application/json"})
    is_silent: bool = False
    """Nothing is sent until the caller gives up."""
    is_cut: bool = False
    """The connection is closed in the middle of the answer."""


def json_reply(document: Mapping[str, object], status: int = 200) -> Reply:
    """A JSON object as a reply."""
    return Reply(status=status, body=(spelled(document) + "\n").encode())


async def read_request(scope: Scope, receive: Receive) -> Request:
    """The whole request. Raises Refused when it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise Refused(413, "body_too_large")
        if not message.get("more_body", False):
            break
    query: bytes = scope["query_string"]
    return Request(
        method=scope["method"],
        path=scope["path"],
        target=scope["raw_path"] + (b"?" + query if query else b""),
        headers=dict(scope["headers"]),
        body=bytes(body),
    )


async def send_reply(reply: Reply, receive: Receive, send: Send) -> None:
    """Answer, or keep silent, or break off."""
    if reply.is_silent:
        await _until_the_caller_leaves(receive)
        return
    length = len(reply.body) + (1 if reply.is_cut else 0)
    headers = [(name.encode(), text.encode()) for name, text in {**reply.headers, "content-length": str(length)}.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    # a body that ends before its announced length makes the server close the connection
    await send({"type": "http.response.body", "body": reply.body, "more_body": reply.is_cut})


async def _until_the_caller_leaves(receive: Receive) -> None:
    try:
        async with asyncio.timeout(SILENCE_SECONDS_MAX):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return
