"""A lean load generator: bytes made beforehand, kept-alive connections, one process that spends little itself."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import uvloop
from attrs import define, frozen

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def request(method: str, path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A request as it goes over the wire."""
    told = [f"{method} {path} HTTP/1.1", "Host: shop", *(f"{name}: {value}" for name, value in headers)]
    if body:
        told += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    elif method != "GET":
        told += ["Content-Length: 0"]
    return "\r\n".join([*told, "", ""]).encode() + body


@frozen
class Answer:
    """A status and a body."""

    status: int
    body: bytes


@frozen
class Volley:
    """What came of a number of requests: an answer each, in the order they were given."""

    answers: tuple[Answer, ...]
    seconds: float
    own_cpu_seconds: float
    waits: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.answers) / self.seconds

    @property
    def statuses(self) -> Counter[int]:
        """How often each status came."""
        return Counter(answer.status for answer in self.answers)

    def all(self, *wanted: int) -> Volley:
        """Itself, when every answer has one of these statuses. Raises Refused: figures of refusals measure nothing."""
        odd = [answer for answer in self.answers if answer.status not in wanted]
        if odd:
            raise Refused(f"{len(odd)} of {len(self.answers)}: {odd[0].status} {odd[0].body[:300].decode(errors='replace')}")
        return self


class Refused(Exception):
    """The server answered otherwise than the benchmark needs."""


def fire(port: int, requests: Sequence[bytes], connections: int) -> Volley:
    """Send all requests over so many connections, each as soon as the one before it on its connection is answered."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_fire(port, requests, connections))


async def _fire(port: int, requests: Sequence[bytes], connections: int) -> Volley:
    loop = asyncio.get_running_loop()
    answers: list[Answer | None] = [None] * len(requests)
    waits = [0.0] * len(requests)
    left = iter(range(len(requests)))
    lanes = [_Lane(requests, left, answers, waits, loop.create_future()) for _ in range(min(connections, len(requests)))]
    for at, lane in enumerate(lanes):
        # Each from an address of its own, as buyers are: what one line may have at once is its share, not the shop's speed.
        ours = (f"127.0.0.{2 + at % 250}", 0)
        await loop.create_connection(lambda lane=lane: lane, "127.0.0.1", port, local_addr=ours)  # type: ignore[misc]
    began, cpu = time.perf_counter(), time.process_time()
    for lane in lanes:
        lane.send_next()
    await asyncio.gather(*(lane.done for lane in lanes))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    for lane in lanes:
        lane.close()
    return Volley(tuple(answer for answer in answers if answer is not None), seconds, cpu, tuple(waits))


@define
class _Lane(asyncio.Protocol):
    requests: Sequence[bytes]
    left: Iterator[int]
    answers: list[Answer | None]
    waits: list[float]
    done: asyncio.Future[None]
    transport: asyncio.WriteTransport | None = None
    at: int = -1
    sent: float = 0.0
    heard: bytes = b""
    need: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport) or hasattr(transport, "write")
        self.transport = transport  # type: ignore[assignment]

    def send_next(self) -> None:
        """The next request, or none is left."""
        at = next(self.left, None)
        if at is None:
            self.done.set_result(None)
            return
        assert self.transport is not None
        self.at, self.sent, self.heard, self.need = at, time.perf_counter(), b"", 0
        self.transport.write(self.requests[at])

    def data_received(self, data: bytes) -> None:
        heard = self.heard = self.heard + data if self.heard else data
        if not self.need:
            head = heard.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(heard, 0, head + 2)
            self.need = head + 4 + (int(length[1]) if length else 0)
        if len(heard) < self.need:
            return
        head = heard.find(b"\r\n\r\n")
        self.answers[self.at] = Answer(int(heard[9:12]), heard[head + 4 :])
        self.waits[self.at] = time.perf_counter() - self.sent
        self.send_next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"the server hung up on request {self.at}") if error is None else error)

    def close(self) -> None:
        """Hang up."""
        assert self.transport is not None
        self.transport.close()
