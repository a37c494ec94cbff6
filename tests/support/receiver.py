"""A receiver of webhooks on a real socket, written from the published convention and sharing nothing with the shop."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from attrs import define, field, frozen


@frozen
class Heard:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    answered: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of its signatures was made with this secret."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in self.headers["webhook-signature"].split(" ")


@define
class Receiver:
    """Answers with `status`; while it is `away` nobody listens at its port; while it `hangs` it never answers."""

    status: int = 204
    head: str = ""
    """More lines of its answers."""
    body: bytes = b""
    hangs: bool = False
    heard: list[Heard] = field(factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"

    @property
    def taken(self) -> list[Heard]:
        """What it said that it has."""
        return [one for one in self.heard if 200 <= one.answered < 300]

    async def come(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Nobody listens any more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # whoever called has gone
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = [line.split(": ", 1) for line in lines[1:] if line]
            headers = {name.lower(): text for name, text in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status = 0 if self.hangs else self.status
            self.heard.append(Heard(lines[0].split(" ")[1], headers, body, status))
            if self.hangs:
                await reader.read()
            else:
                head = f"HTTP/1.1 {status} X\r\n{self.head}content-length: {len(self.body)}\r\n\r\n"
                writer.write(head.encode() + self.body)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(**told: Any) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver(**told)
    await receiver.come()
    try:
        yield receiver
    finally:
        await receiver.go()
