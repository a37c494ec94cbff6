"""A sandbox provider of our own on a free port, for as long as a test needs it, and an ear for its notices."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from attrs import define, field, frozen

from retail_domain.payments.gateway import RawNotification, RawReply

STARTING_SECONDS_MAX = 30.0


class ControlRefused(Exception):
    """The sandbox would not do what the test asked; the message is its code."""


@frozen
class Sandbox:
    """A running sandbox provider and its control API; every call blocks until it is answered."""

    url: str
    pid: int

    def pay(self, ref: str, *, force: bool = False) -> str:
        """The buyer pays; force also pays what is closed, failed, expired or paid. The event id of the notice."""
        return str(self.control("POST", f"payments/{ref}/pay", force=force)["notice"])

    def fail(self, ref: str) -> str:
        """The bank refuses for good. The event id of the notice."""
        return str(self.control("POST", f"payments/{ref}/fail")["notice"])

    def expire(self, ref: str) -> str:
        """The time to pay is over. The event id of the notice."""
        return str(self.control("POST", f"payments/{ref}/expire")["notice"])

    def arm(self, kind: str, **more: Any) -> None:
        """Misbehave: `kind`, and if wanted `on`, `count`, `delay_ms`."""
        self.control("POST", "faults", kind=kind, **more)

    def send_notices(self, sent: bool) -> None:
        """Switch the sending of notices off or on again (R11)."""
        self.control("POST", "notices", sent=sent)

    def refunds_become(self, result: str) -> None:
        """`succeeded` at once, or `pending` until `settle_refund`."""
        self.control("POST", "refunds", result=result)

    def settle_refund(self, ref: str, word: str) -> None:
        """`succeed`, `close` or `need-attention`."""
        self.control("POST", f"refunds/{ref}/{word}")

    def payments(self) -> list[dict[str, Any]]:
        """Every payment as the provider sees it."""
        return list(self.control("GET", "payments")["items"])

    def refunds(self, ref: str) -> list[dict[str, Any]]:
        """The refunds of a payment as the provider sees them."""
        return list(self.control("GET", f"payments/{ref}")["refunds"])

    def notices(self) -> list[dict[str, Any]]:
        """Every notice with its deliveries so far."""
        return list(self.control("GET", "notices")["items"])

    def signed(self, event_id: str) -> RawNotification:
        """A fresh genuine delivery of a notice that is not sent, as if it came in now."""
        signed = self.control("GET", f"notices/{event_id}/signed")
        return RawNotification(headers=signed["headers"], body=signed["body"].encode(), received_at=datetime.now(UTC))

    def repeat(self, event_id: str, times: int) -> list[dict[str, Any]]:
        """Deliver a notice so many times at once; what came back. In a test with an ear, call it in a thread."""
        return list(self.control("POST", f"notices/{event_id}/repeat", times=times)["answers"])

    def reset(self) -> None:
        """Forget everything and behave again."""
        self.control("POST", "reset")

    def control(self, method: str, path: str, **document: Any) -> dict[str, Any]:
        """One call of the control API."""
        body = json.dumps(document).encode() if method == "POST" else None
        request = Request(f"{self.url}/control/{path}", data=body, method=method)
        try:
            with urlopen(request, timeout=30) as answer:
                return dict(json.load(answer))
        except HTTPError as no:
            raise ControlRefused(json.load(no)["code"]) from None


@contextlib.contextmanager
def running_sandbox(
    *, store: Path | None = None, port: int = 0, environment: Mapping[str, str] | None = None
) -> Iterator[Sandbox]:
    """A sandbox until the end of the block; notices are repeated every fifth of a second unless told otherwise."""
    command = [sys.executable, "-m", "retail_entrypoints.simulators.sandbox", "--port", str(port)]
    told = {"RETAIL_SANDBOX_RETRY_SECONDS": "0.2", "PYTHONPATH": os.pathsep.join(sys.path), **(environment or {})}
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("RETAIL_")}
    with tempfile.TemporaryFile("w+") as journal:
        process = subprocess.Popen(
            [*command, *(("--store", str(store)) if store else ())], stderr=journal, env={**inherited, **told}
        )
        try:
            yield Sandbox(_address(process, journal), process.pid)
        finally:
            process.terminate()
            process.wait(10)


def _address(process: subprocess.Popen[bytes], journal: Any) -> str:
    deadline = time.monotonic() + STARTING_SECONDS_MAX
    while time.monotonic() < deadline:
        journal.seek(0)
        said = journal.read()
        if "\n" in said and "http://" in said:
            return "http://" + said.split("http://", 1)[1].split()[0]
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"the sandbox did not start: {journal.read()}")


@define
class Ear:
    """A listener for notices: keeps every delivery and answers as told, the last answer for ever."""

    url: str
    answers: Sequence[RawReply]
    heard: list[RawNotification] = field(factory=list)

    async def until(self, count: int, seconds: float = 10.0) -> list[RawNotification]:
        """The deliveries, once there are that many."""
        async with asyncio.timeout(seconds):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        return self.heard

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length") or headers["Content-Length"]))
        self.heard.append(RawNotification(headers=headers, body=body, received_at=datetime.now(UTC)))
        reply = self.answers[min(len(self.heard), len(self.answers)) - 1]
        writer.write(f"HTTP/1.1 {reply.status} X\r\nconnection: close\r\ncontent-length: {len(reply.body)}\r\n\r\n".encode())
        writer.write(reply.body)
        await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def an_ear(*answers: RawReply) -> AsyncIterator[Ear]:
    """Listen on a free port until the end of the block."""
    ear = Ear("", answers)
    server = await asyncio.start_server(ear._hear, "127.0.0.1", 0)
    ear.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/notices"
    async with server:
        yield ear
